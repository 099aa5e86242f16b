"""A schedule asks a newer version of its form from one of its periods on."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("programmes", "0014_accepted_by_measure")]
    operations = [
        migrations.AddField("schedule", "later_forms", models.JSONField(default=list, db_default=[]))
    ]
