from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0002_keys'),
    ]

    operations = [
        migrations.AlterField(
            model_name='grant',
            name='role',
            field=models.CharField(choices=[('owner', 'Owner'), ('incident_lead', 'Incident lead'), ('responder', 'Responder'), ('communications', 'Communications'), ('legal', 'Legal'), ('security', 'Security'), ('reader', 'Reader')], max_length=16),
        ),
    ]
