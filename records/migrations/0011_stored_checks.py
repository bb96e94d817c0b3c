import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('records', '0010_index_issues')]

    operations = [
        migrations.CreateModel(
            name='StoredCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.CharField(max_length=20, verbose_name='lugar')),
                ('algorithm', models.CharField(max_length=20, verbose_name='algoritmo')),
                ('at', models.DateTimeField(verbose_name='verificado el')),
                ('result', models.CharField(blank=True, max_length=20, verbose_name='resultado')),
                ('blob', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='checks', to='records.blob')),
            ],
        ),
        migrations.AddIndex(
            model_name='storedcheck',
            index=models.Index(fields=['place', 'result', 'at'], name='records_sto_place_61b024_idx'),
        ),
        migrations.AddConstraint(
            model_name='storedcheck',
            constraint=models.UniqueConstraint(fields=('blob', 'place'), name='stored_check_once'),
        ),
    ]
