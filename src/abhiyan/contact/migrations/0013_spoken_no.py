"""A try may end with a no that somebody said aloud."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contact", "0012_taken_back"),
    ]

    operations = [
        migrations.AlterField(
            model_name="attempt",
            name="outcome",
            field=models.TextField(
                choices=[
                    ("reached", "Reached"),
                    ("no_answer", "No answer"),
                    ("later", "Asked to try later"),
                    ("wrong_number", "Wrong number"),
                    ("visited", "Been there"),
                    ("never", "No more contact"),
                    ("lapsed", "Not finished in time"),
                ],
                db_default="",
                default="",
            ),
        ),
    ]
