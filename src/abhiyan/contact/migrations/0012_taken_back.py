"""An outcome is taken back by another row, and who had a person without an outcome is known."""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

OUTCOMES = [
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
    ("taken_back", "Taken back"),
]


class Migration(migrations.Migration):
    dependencies = [("contact", "0011_words")]
    operations = [
        migrations.AddField(
            "contactentry", "had_ids", ArrayField(models.BigIntegerField(), default=list, db_default=[])
        ),
        migrations.AddField("contacttry", "turn_id", models.UUIDField(null=True)),
        migrations.AddField("contacttry", "takes_back_id", models.UUIDField(null=True)),
        migrations.AddField(
            "contacttry", "is_first_no", models.BooleanField(default=False, db_default=False)
        ),
        migrations.AlterField("contacttry", "outcome", models.TextField(choices=OUTCOMES)),
        # Calls of before: the try has the id of its turn.
        migrations.RunSQL("update contact_try set turn_id = id where way = 'call'", migrations.RunSQL.noop),
        migrations.AddIndex(
            "contacttry",
            models.Index(
                fields=["turn_id"], condition=models.Q(turn_id__isnull=False), name="contact_try_turn"
            ),
        ),
    ]
