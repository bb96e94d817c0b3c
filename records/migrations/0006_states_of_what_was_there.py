"""Pieces that had a level are classified ones; an expediente keeps the version of its subserie."""

from django.db import migrations
from django.db.models import OuterRef, Subquery


def tell(apps, schema_editor):
    del schema_editor
    document, expediente = apps.get_model("records", "Document"), apps.get_model("records", "Expediente")
    subserie = apps.get_model("records", "Subserie")
    document.objects.exclude(level="unclassified").update(state="classified")
    version = subserie.objects.filter(pk=OuterRef("subserie")).values("serie__trd")[:1]
    expediente.objects.exclude(subserie=None).update(trd=Subquery(version))


class Migration(migrations.Migration):
    dependencies = [("records", "0005_expediente_life")]

    operations = [migrations.RunPython(tell, migrations.RunPython.noop)]
