"""Which words a leader called no names: kept with the report."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("review", "0008_leader_reports"),
    ]

    operations = [
        migrations.AddField(
            model_name="leaderreport",
            name="no_names",
            field=models.JSONField(db_default=[], default=list),
        ),
    ]
