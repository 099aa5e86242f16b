"""Calls that a provider's bridge was asked for."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contact", "0004_calls")]

    operations = [
        migrations.AddField("callturn", "asks", models.SmallIntegerField(db_default=0, default=0)),
        migrations.AddField("callturn", "asked_at", models.DateTimeField(null=True)),
        migrations.AlterField(
            "contacttry",
            "outcome",
            models.TextField(
                choices=[
                    ("talked", "Talked"),
                    ("not_home", "Not at home"),
                    ("later", "Later"),
                    ("unwilling", "Does not want to talk"),
                    ("wants_help", "Wants to help"),
                    ("entitled", "Entitled, not received"),
                    ("no_answer", "No answer"),
                    ("busy", "Busy"),
                    ("wrong_number", "Wrong number"),
                    ("never", "No more contact"),
                ]
            ),
        ),
    ]
