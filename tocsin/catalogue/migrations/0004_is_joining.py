from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0003_locked_at")]

    operations = [
        migrations.AddField("audience", "is_joining", models.BooleanField(default=False)),
    ]
