import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F

EVERYONE, FORMERLY = "everyone", "public"


def rename(apps, schema_editor):
    audiences = apps.get_model("catalogue", "Audience").objects
    audiences.filter(slug=FORMERLY).update(slug=EVERYONE)
    audiences.update(changed_at=F("created_at"))


def rename_back(apps, schema_editor):
    apps.get_model("catalogue", "Audience").objects.filter(slug=EVERYONE).update(slug=FORMERLY)


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0001_initial")]

    operations = [
        migrations.AddField("page", "look", models.JSONField(default=dict)),
        migrations.CreateModel(
            name="Logo",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "page",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalogue.page",
                    ),
                ),
                ("scheme", models.CharField(max_length=5)),
                ("file", models.CharField(max_length=60)),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
                ("content", models.BinaryField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("page", "scheme"), name="catalogue_logo_once")
                ],
            },
        ),
        migrations.RemoveField("audience", "is_public"),
        migrations.AddField(
            "audience",
            "access",
            models.CharField(
                choices=[
                    ("public", "Public"),
                    ("named", "Readers let in by name"),
                    ("password", "One password"),
                ],
                default="public",
                max_length=8,
            ),
        ),
        migrations.AddField(
            "audience", "password", models.CharField(blank=True, max_length=200)
        ),
        migrations.AddField("audience", "changed_at", models.DateTimeField(null=True)),
        migrations.RunPython(rename, rename_back),
        migrations.AlterField("audience", "changed_at", models.DateTimeField()),
        migrations.AddConstraint(
            "audience",
            models.CheckConstraint(
                condition=models.Q(("slug", EVERYONE))
                | models.Q(("access", "public"), _negated=True),
                name="catalogue_audience_closed",
            ),
        ),
    ]
