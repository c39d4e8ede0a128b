from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0004_is_joining")]

    operations = [
        migrations.AddField("page", "weights", models.JSONField(default=dict)),
    ]
