"""A tipo documental belongs to a version of the schedule: its key is no longer its code.

Made beside the former table and renamed when that one is gone: PostgreSQL keeps the names of a renamed table's
indexes, and would meet them again.
"""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="VersionedTipo",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("code", models.SlugField(max_length=120, verbose_name="código")),
                ("name", models.CharField(max_length=200, verbose_name="nombre")),
                ("kinds", models.JSONField(default=list, verbose_name="expedientes que lo admiten")),
                ("mandatory", models.BooleanField(default=False, verbose_name="obligatorio")),
                ("stage", models.CharField(blank=True, max_length=200, verbose_name="cuándo se exige")),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="fuente")),
                ("producer", models.CharField(blank=True, max_length=200, verbose_name="productor")),
                ("default_level", models.CharField(blank=True, max_length=20, verbose_name="clase usual")),
                ("default_reasons", models.JSONField(default=list, verbose_name="razones usuales")),
                ("level_note", models.CharField(blank=True, max_length=300, verbose_name="nota de clase")),
                ("template", models.CharField(blank=True, max_length=60, verbose_name="modelo")),
                ("formats", models.CharField(blank=True, max_length=100, verbose_name="formato")),
                ("requires", models.JSONField(default=list, verbose_name="exige al registrar")),
                ("demands", models.JSONField(default=list, verbose_name="lista de verificación")),
                (
                    "trd",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="tipos", to="records.trdversion"
                    ),
                ),
            ],
            options={
                "ordering": ("name",),
                "constraints": [models.UniqueConstraint(fields=("trd", "code"), name="tipo_code_in_trd")],
            },
        ),
        migrations.AddField(
            "document",
            "versioned_tipo",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, to="records.versionedtipo"
            ),
        ),
    ]
