from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('watch', '0001_initial'),
    ]

    operations = [
        migrations.AlterField(
            model_name='hook',
            name='source',
            field=models.CharField(choices=[('alertmanager', 'Prometheus Alertmanager'), ('grafana', 'Grafana'), ('pagerduty', 'PagerDuty'), ('events-v2', 'PagerDuty Events v2'), ('uptime-kuma', 'Uptime Kuma'), ('cloudevents', 'CloudEvents'), ('gatus', 'Gatus'), ('sentry', 'Sentry'), ('sns', 'Amazon SNS'), ('generic', 'Anything else')], max_length=16),
        ),
    ]
