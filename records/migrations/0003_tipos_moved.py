"""Every former tipo goes to the newest version of the schedule, and each piece to its tipo there."""

from django.db import migrations

KEPT = ("code", "name", "kinds", "stage", "producer", "default_level", "default_reasons", "template", "formats")


def move(apps, schema_editor):
    del schema_editor
    former, tipos = apps.get_model("records", "TipoDocumental"), apps.get_model("records", "VersionedTipo")
    document, version = apps.get_model("records", "Document"), apps.get_model("records", "TrdVersion")
    if not former.objects.exists():
        return
    newest = version.objects.order_by("-number").first() or version.objects.create(
        number=1, in_force_from="2025-01-01"
    )
    for row in former.objects.all():
        made = tipos.objects.create(trd=newest, **{name: getattr(row, name) for name in KEPT})
        document.objects.filter(tipo=row.code).update(versioned_tipo=made)


class Migration(migrations.Migration):
    dependencies = [("records", "0002_tipos_of_a_version")]

    operations = [migrations.RunPython(move, migrations.RunPython.noop)]
