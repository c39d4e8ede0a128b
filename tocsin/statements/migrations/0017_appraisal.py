import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("statements", "0016_promises"),
    ]

    operations = [
        migrations.CreateModel(
            name="Appraisal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("upto", models.PositiveIntegerField()),
                ("edition", models.CharField(max_length=16)),
                ("told", models.JSONField()),
                ("lacking", models.JSONField()),
                ("read_at", models.DateTimeField()),
                (
                    "thread",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="statements.thread",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["read_at"], name="statements_appraised_at")],
            },
        ),
    ]
