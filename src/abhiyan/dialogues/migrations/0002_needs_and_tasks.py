"""Several needs of one talk, and the task of the office above after a call without a talk."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dialogues", "0001_ground")]

    operations = [
        migrations.AddField(
            model_name="dialogue",
            name="ticket_ids",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.UUIDField(), db_default=[], default=list, size=None
            ),
        ),
        migrations.AddField(model_name="dialogue", name="task_id", field=models.UUIDField(null=True)),
        migrations.RunSQL(
            "update dialogues_dialogue set ticket_ids = array[ticket_id] where ticket_id is not null",
            migrations.RunSQL.noop,
        ),
        migrations.RemoveField(model_name="dialogue", name="ticket_id"),
        migrations.AlterField(
            model_name="dialogue",
            name="outcome",
            field=models.TextField(
                choices=[
                    ("talked", "Talked"),
                    ("no_answer", "No answer"),
                    ("later", "Later"),
                    ("gone", "No longer president"),
                    ("wrong", "Wrong number"),
                ],
                db_default="",
                default="",
            ),
        ),
    ]
