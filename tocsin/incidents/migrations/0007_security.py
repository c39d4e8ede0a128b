from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0006_reports"),
    ]

    operations = [
        migrations.AlterField(
            model_name="incident",
            name="kind",
            field=models.CharField(
                choices=[
                    ("incident", "Something wrong"),
                    ("security", "Something wrong, and data or access may be in others' hands"),
                    ("maintenance", "Planned work"),
                ],
                default="incident",
                max_length=16,
            ),
        ),
    ]
