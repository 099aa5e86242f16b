"""Targets change when a unit is closed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("programmes", "0007_positions_of_a_tree"),
    ]

    operations = [
        migrations.AlterField(
            model_name="targetversion",
            name="act",
            field=models.TextField(
                choices=[
                    ("set", "Set by hand"),
                    ("locked", "Locked"),
                    ("unlocked", "Unlocked"),
                    ("split", "Split"),
                    ("plan", "Taken over from a plan"),
                    ("back", "Gone back"),
                    ("closed", "Unit closed"),
                ]
            ),
        ),
    ]
