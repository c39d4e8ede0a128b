from django.db import migrations, models
from django.db.models import Case, F, When


def date_the_locks(apps, schema_editor):
    """A circle is closed from its first day; a page, since its access last changed."""
    circles = Case(When(slug="everyone", then=F("changed_at")), default=F("created_at"))
    locked = apps.get_model("catalogue", "Audience").objects.filter(access="password")
    locked.update(locked_at=circles)


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0002_brands")]

    operations = [
        migrations.AddField("audience", "locked_at", models.DateTimeField(null=True)),
        migrations.RunPython(date_the_locks, migrations.RunPython.noop),
    ]
