"""Outcomes of dialogues are those of contact, and each is a try of canvassing beside the others."""

from django.db import migrations, models

OUTCOMES = [
    ("talked", "Talked"),
    ("no_answer", "No answer"),
    ("later", "Later"),
    ("gone", "No longer president"),
    ("wrong_number", "Wrong number"),
    ("never", "No more contact"),
]
_TRIES = """insert into contact_try
 (id, programme_id, unit_id, way, outcome, by_id, at, stored_at, about, phone_id)
 select d.id, d.programme_id, d.unit_id, 'dialogue', d.outcome, d.leader_id, coalesce(d.made_at, d.noted_at), d.noted_at,
   d.id, a.phone_id
 from dialogues_dialogue d join people_account a on a.id = d.president_id
 where d.outcome <> '' and d.noted_at is not null"""


class Migration(migrations.Migration):
    dependencies = [("contact", "0015_canvassing_tries"), ("dialogues", "0004_spoken_no")]

    operations = [
        *(
            migrations.RunSQL(
                f"update {table} set outcome = 'wrong_number' where outcome = 'wrong'", migrations.RunSQL.noop
            )
            for table in ("dialogues_dialogue", "dialogues_outcome")
        ),
        migrations.RunSQL(_TRIES, migrations.RunSQL.noop),
        migrations.AlterField(
            "dialogue", "outcome", models.TextField(choices=OUTCOMES, default="", db_default="")
        ),
        migrations.AlterField("outcomebeside", "outcome", models.TextField(choices=OUTCOMES)),
    ]
