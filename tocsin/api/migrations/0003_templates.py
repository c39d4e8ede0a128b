from django.db import migrations, models

import tocsin.journal.ids


class Migration(migrations.Migration):

    dependencies = [
        ('api', '0002_withdrawn'),
    ]

    operations = [
        migrations.CreateModel(
            name='Template',
            fields=[
                ('id', models.CharField(default=tocsin.journal.ids.new_id, editable=False, max_length=12, primary_key=True, serialize=False)),
                ('page_id', models.CharField(max_length=12)),
                ('told', models.TextField()),
                ('at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['page_id', 'at'], name='api_templates')],
            },
        ),
    ]
