"""A try may say no more than that somebody has been there."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contact", "0007_missed_calls")]

    operations = [
        migrations.AlterField(
            "attempt",
            "outcome",
            models.TextField(
                choices=[
                    ("reached", "Reached"),
                    ("no_answer", "No answer"),
                    ("later", "Asked to try later"),
                    ("wrong_number", "Wrong number"),
                    ("visited", "Been there"),
                    ("lapsed", "Not finished in time"),
                ],
                db_default="",
                default="",
            ),
        ),
    ]
