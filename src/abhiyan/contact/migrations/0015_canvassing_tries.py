"""Tries of field cards, friends and dialogues stand beside those of doors and calls, where the unit's offices read them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contact", "0014_help_and_handover")]

    operations = [
        migrations.AddField("contacttry", "about", models.UUIDField(null=True)),
        migrations.AddField("contacttry", "phone_id", models.UUIDField(null=True)),
        migrations.AddField("contacttry", "is_visit", models.BooleanField(default=False, db_default=False)),
        migrations.AddField("contacttry", "again_at", models.DateTimeField(null=True)),
        migrations.AlterField(
            "contacttry",
            "way",
            models.TextField(
                choices=[
                    ("door", "Door of a list"),
                    ("walk", "Walk without a list"),
                    ("call", "Call"),
                    ("card", "Field card"),
                    ("friend", "Friend"),
                    ("dialogue", "Call to a booth president"),
                ]
            ),
        ),
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
                    ("visited", "Been there"),
                    ("gone", "No longer president"),
                    ("taken_back", "Taken back"),
                ]
            ),
        ),
        migrations.AddIndex(
            "contacttry",
            models.Index(
                fields=["about", "at"], condition=models.Q(about__isnull=False), name="contact_try_about"
            ),
        ),
        migrations.AddIndex(
            "contacttry",
            models.Index(
                fields=["phone_id", "at"],
                condition=models.Q(phone_id__isnull=False),
                name="contact_try_phone",
            ),
        ),
        migrations.AlterField(
            "attempt",
            "outcome",
            models.TextField(
                choices=[
                    ("reached", "Reached"),
                    ("no_answer", "No answer"),
                    ("later", "Asked to try later"),
                    ("wrong_number", "Wrong number"),
                    ("never", "No more contact"),
                    ("lapsed", "Not finished in time"),
                ],
                db_default="",
                default="",
            ),
        ),
    ]
