"""Drives that take lists of earlier members, and nothing else."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enrolment", "0019_halts")]

    operations = [
        migrations.AddField("drive", "from_lists", models.BooleanField(default=False, db_default=False))
    ]
