from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("announcements", "0003_accounts"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="subscription",
            name="announcements_reader_once",
        ),
        migrations.AddField(
            model_name="subscription",
            name="about",
            field=models.CharField(blank=True, default="", max_length=12),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.UniqueConstraint(
                fields=("audience", "channel", "address", "about"),
                name="announcements_reader_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(("about", ""), ("follows_all", False), _connector="OR"),
                name="announcements_one_or_all",
            ),
        ),
    ]
