"""A schedule is announced once to the offices that owe it. Older schedules count as announced."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("programmes", "0014_accepted_by_measure")]
    operations = [
        migrations.AddField("schedule", "is_announced", models.BooleanField(default=False, db_default=True)),
        migrations.AddField("schedule", "announced_to", models.BigIntegerField(default=0, db_default=0)),
    ]
