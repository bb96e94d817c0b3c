"""Pieces that had a level are classified ones; an expediente keeps the version of its subserie; a version whose
expedientes all begin with the same office has that office's code."""

from django.db import migrations
from django.db.models import OuterRef, Subquery


def tell(apps, schema_editor):
    del schema_editor
    document, expediente = apps.get_model("records", "Document"), apps.get_model("records", "Expediente")
    subserie = apps.get_model("records", "Subserie")
    document.objects.exclude(level="unclassified").update(state="classified")
    version = subserie.objects.filter(pk=OuterRef("subserie")).values("serie__trd")[:1]
    expediente.objects.exclude(subserie=None).update(trd=Subquery(version))
    offices = {code.split("-")[0] for code in expediente.objects.values_list("code", flat=True)}
    if len(offices) == 1:
        apps.get_model("records", "TrdVersion").objects.filter(office_code="").update(office_code=offices.pop())


class Migration(migrations.Migration):
    dependencies = [("records", "0005_expediente_life")]

    operations = [migrations.RunPython(tell, migrations.RunPython.noop)]
