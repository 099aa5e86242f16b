"""Units have a first day. Those that are there already were always there."""

from django.db import migrations, models

from abhiyan.core.concurrent import ConcurrentIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("units", "0001_ground")]
    operations = [
        migrations.AddField("unit", "opened_on", models.DateField(null=True)),
        ConcurrentIndex(
            "unit",
            models.Index(
                fields=["opened_on"], condition=models.Q(opened_on__isnull=False), name="unit_opened"
            ),
        ),
        ConcurrentIndex(
            "unit",
            models.Index(
                fields=["closed_on"], condition=models.Q(closed_on__isnull=False), name="unit_closed"
            ),
        ),
    ]
