import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("incidents", "0001_initial"), ("catalogue", "0002_brands")]

    operations = [
        migrations.AddField(
            "incident",
            "audience",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="catalogue.audience",
            ),
        ),
    ]
