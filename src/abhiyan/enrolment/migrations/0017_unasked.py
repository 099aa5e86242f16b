"""Terms that are to be asked about, found while people enrol."""

from django.db import migrations, models

from abhiyan.core.concurrent import ConcurrentIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("enrolment", "0016_asked"),
    ]

    operations = [
        ConcurrentIndex(
            "enrolment",
            models.Index(
                fields=["programme_id", "at"],
                condition=models.Q(
                    ("ask_over_at", None), ("asked_at", None), ("confirmed_at", None), ("ended_at", None)
                ),
                name="enrolment_unasked",
            ),
        ),
    ]
