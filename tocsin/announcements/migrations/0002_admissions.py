import django.db.models.deletion
from django.db import migrations, models

import tocsin.journal.ids

KEY = models.ForeignKey
KEPT = {"on_delete": django.db.models.deletion.PROTECT, "related_name": "+"}


class Migration(migrations.Migration):
    dependencies = [("announcements", "0001_initial"), ("catalogue", "0002_brands")]

    operations = [
        migrations.CreateModel(
            name="Admission",
            fields=[
                (
                    "id",
                    models.CharField(
                        default=tocsin.journal.ids.new_id,
                        editable=False,
                        max_length=12,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("page", KEY(to="catalogue.page", **KEPT)),
                ("audience", KEY(to="catalogue.audience", db_index=False, **KEPT)),
                ("address", models.CharField(max_length=254)),
                ("language", models.CharField(max_length=10)),
                ("key", models.CharField(max_length=32, unique=True)),
                ("admitted_at", models.DateTimeField()),
                ("expelled_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("audience", "address"), name="announcements_admitted_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Pass",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("admission", KEY(to="announcements.admission", **KEPT)),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
            ],
        ),
    ]
