import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0003_tipos_moved")]

    operations = [
        migrations.RemoveField("document", "tipo"),
        migrations.DeleteModel("TipoDocumental"),
        migrations.RenameModel("VersionedTipo", "TipoDocumental"),
        migrations.RenameField("document", "versioned_tipo", "tipo"),
        migrations.AlterField(
            "document",
            "tipo",
            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="records.tipodocumental"),
        ),
    ]
