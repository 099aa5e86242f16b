from django.db import migrations, models

from abhiyan.core.concurrent import ConcurrentIndex


class Migration(migrations.Migration):
    """The worklists of entries are read in the order they came."""

    atomic = False
    dependencies = [
        ("enrolment", "0031_door_as_typed"),
    ]

    operations = [
        ConcurrentIndex(
            model_name="claim",
            index=models.Index(
                condition=models.Q(
                    models.Q(("membership_id", None), ("taken", 5)),
                    models.Q(
                        ("is_placed", False), ("membership_id__isnull", False), ("taken__in", (1, 2, 4))
                    ),
                    _connector="OR",
                ),
                fields=["at", "public_id"],
                include=("unit_id",),
                name="claim_queue",
            ),
        ),
    ]
