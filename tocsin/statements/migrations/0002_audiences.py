import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("statements", "0001_initial"), ("incidents", "0002_audience")]

    operations = [
        migrations.AlterField(
            "publication",
            "clearance",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="statements.clearance",
            ),
        ),
        migrations.AddConstraint(
            "publication",
            models.UniqueConstraint(
                fields=("clearance", "audience"), name="statements_cleared_once"
            ),
        ),
    ]
