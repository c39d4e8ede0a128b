import django.db.models.deletion
from django.db import migrations, models


def _to(model, **more):
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=model, **more
    )


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0002_brands"), ("statements", "0008_scrub_at")]

    operations = [
        migrations.CreateModel(
            name="Mention",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("audience", _to("catalogue.audience", db_index=False)),
                ("component", _to("catalogue.component", db_index=False)),
                ("incident", _to("incidents.incident", null=True)),
                ("publication", _to("statements.publication", null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("incident__isnull", False)),
                        fields=("audience", "component", "incident"),
                        name="statements_mention_of_incident",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("publication__isnull", False)),
                        fields=("audience", "component", "publication"),
                        name="statements_mention_alone",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("incident", None), ("publication", None), _connector="XOR"
                        ),
                        name="statements_mention_of_one",
                    ),
                ]
            },
        ),
    ]
