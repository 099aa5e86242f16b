"""A schedule asks a newer version of its form from one of its periods on."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("programmes", "0015_schedules_announced")]
    operations = [
        migrations.AddField("schedule", "later_forms", models.JSONField(default=list, db_default=[]))
    ]
