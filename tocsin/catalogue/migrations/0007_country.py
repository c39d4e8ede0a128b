from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0006_shows_score")]

    operations = [
        migrations.AddField("page", "country", models.CharField(blank=True, default="", max_length=16)),
    ]
