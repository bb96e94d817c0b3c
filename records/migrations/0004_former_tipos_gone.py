import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0003_tipos_moved")]

    operations = [
        migrations.RemoveField("document", "former_tipo"),
        migrations.AlterField(
            "document",
            "tipo",
            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="records.tipodocumental"),
        ),
        migrations.DeleteModel("FormerTipo"),
    ]
