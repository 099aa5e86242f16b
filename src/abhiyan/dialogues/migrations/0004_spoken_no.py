"""Who is called no more: a talk may end with a no that somebody said aloud."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dialogues", "0003_beside"),
    ]

    operations = [
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
                    ("never", "No more contact"),
                ],
                db_default="",
                default="",
            ),
        ),
        migrations.AlterField(
            model_name="outcomebeside",
            name="outcome",
            field=models.TextField(
                choices=[
                    ("talked", "Talked"),
                    ("no_answer", "No answer"),
                    ("later", "Later"),
                    ("gone", "No longer president"),
                    ("wrong", "Wrong number"),
                    ("never", "No more contact"),
                ]
            ),
        ),
    ]
