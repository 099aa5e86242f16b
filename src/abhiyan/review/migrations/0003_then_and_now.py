from django.db import migrations, models

DECISIONS = [
    ("keep", "Going well: carry on"),
    ("help", "Help is needed"),
    ("again", "Recheck the figures"),
    ("change", "Change needed"),
]


class Migration(migrations.Migration):
    dependencies = [("review", "0002_meeting_decks")]

    operations = [
        migrations.AlterField(
            "review", "decision", models.TextField(choices=DECISIONS, db_default="", default="")
        ),
        migrations.AlterField("minute", "decision", models.TextField(choices=DECISIONS)),
        migrations.AddField("review", "met_on", models.DateField(null=True)),
        migrations.AddField("minute", "figures", models.JSONField(db_default=[], default=list)),
    ]
