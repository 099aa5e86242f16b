import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("meetings", "0003_lists_and_rolls"),
        ("review", "0001_ground"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="deck", name="deck_once"),
        migrations.AddField(
            model_name="deck",
            name="meeting",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="meetings.meeting",
            ),
        ),
        migrations.AlterField(
            model_name="deck",
            name="about",
            field=models.TextField(
                choices=[
                    ("unit", "A unit"),
                    ("checked", "Reported beside checked"),
                    ("round", "A round of reviews"),
                    ("meeting", "A meeting"),
                ]
            ),
        ),
        migrations.AddConstraint(
            model_name="deck",
            constraint=models.UniqueConstraint(
                fields=(
                    "made_by",
                    "about",
                    "unit",
                    "hierarchy",
                    "level",
                    "programme",
                    "measure",
                    "frame",
                    "round",
                    "meeting",
                    "language",
                ),
                name="deck_once",
                nulls_distinct=False,
            ),
        ),
    ]
