"""The entries of one list, found without reading those of all."""

from django.db import migrations, models

from abhiyan.core.concurrent import ConcurrentIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("enrolment", "0027_sheets_known"),
    ]

    operations = [
        ConcurrentIndex(
            "claim",
            models.Index(
                fields=["import_id"], condition=models.Q(("import_id__isnull", False)), name="claim_import"
            ),
        ),
        ConcurrentIndex(
            "waiting",
            models.Index(
                fields=["completed_import"],
                condition=models.Q(("completed_import__isnull", False)),
                name="waiting_import",
            ),
        ),
    ]
