import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('statements', '0010_mentions_of_the_past'),
    ]

    operations = [
        migrations.AlterField(
            model_name='clearance',
            name='kind',
            field=models.CharField(choices=[('policy', 'the policy clears this kind of word by itself'), ('break_glass', 'said in an emergency'), ('imported', 'said elsewhere, long ago'), ('review', "somebody else's consent"), ('holding', 'the holding statement, cleared beforehand, in place of a word that waits')], max_length=16),
        ),
        migrations.CreateModel(
            name='Request',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('incident_lead', 'incident_lead'), ('communications', 'communications'), ('legal', 'legal'), ('security', 'security')], max_length=16)),
                ('asked_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('announces', models.BooleanField(default=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_as', models.CharField(blank=True, choices=[('granted', 'granted'), ('sent_back', 'sent back'), ('lapsed', 'nobody answered in time'), ('withdrawn', 'its author took it back, or asked for another word')], max_length=12)),
                ('ended_by', models.CharField(blank=True, max_length=200)),
                ('reason', models.TextField(blank=True)),
                ('clearance', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='statements.clearance')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('ended_at', None)), fields=['due_at'], name='statements_asked_until')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('clearance',), name='statements_asked_once')],
            },
        ),
    ]
