"""Schedules remember when they were not asked, and a due that nobody answered is called so."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("programmes", "0009_late_tasks_reminded")]
    operations = [
        migrations.AddField(
            model_name="schedule", name="pauses", field=models.JSONField(db_default=[], default=list)
        ),
        migrations.AlterField(
            model_name="due",
            name="state",
            field=models.SmallIntegerField(
                choices=[
                    (0, "Not answered"),
                    (1, "Returned"),
                    (2, "Day set"),
                    (3, "Not possible"),
                    (4, "Done"),
                    (5, "Accepted"),
                ],
                default=0,
            ),
        ),
    ]
