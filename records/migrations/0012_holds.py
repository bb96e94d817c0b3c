import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0011_stored_checks'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Hold',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('litigation', 'Proceso judicial o disciplinario'), ('audit', 'Auditoría o control fiscal'), ('request', 'Petición de información')], max_length=20, verbose_name='causa')),
                ('authority', models.CharField(max_length=200, verbose_name='autoridad y acto')),
                ('reason', models.CharField(max_length=500, verbose_name='motivo')),
                ('placed_at', models.DateTimeField(verbose_name='suspendida el')),
                ('document', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='holds', to='records.document')),
                ('expediente', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='holds', to='records.expediente')),
                ('placed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('-placed_at',),
            },
        ),
        migrations.CreateModel(
            name='HoldLift',
            fields=[
                ('hold', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='lift', serialize=False, to='records.hold')),
                ('authority', models.CharField(max_length=200, verbose_name='autoridad y acto')),
                ('reason', models.CharField(max_length=500, verbose_name='motivo')),
                ('lifted_at', models.DateTimeField(verbose_name='levantada el')),
                ('lifted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('document__isnull', False), ('expediente__isnull', True)), models.Q(('document__isnull', True), ('expediente__isnull', False)), _connector='OR'), name='hold_of_one_thing'),
        ),
    ]
