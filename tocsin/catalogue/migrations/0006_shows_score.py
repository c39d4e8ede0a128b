from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0005_weights")]

    operations = [
        migrations.AddField("page", "shows_score", models.BooleanField(default=False)),
    ]
