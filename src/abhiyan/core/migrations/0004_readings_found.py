"""Who read one person, and who read people in some days, is found in the trail by an index."""

import django.contrib.postgres.indexes
from django.db import migrations, models

from abhiyan.core.concurrent import ConcurrentIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("core", "0003_plain_roots_of_seals")]
    operations = [
        ConcurrentIndex(
            "auditentry",
            models.Index(
                fields=["subject"],
                name="audit_by_subject",
                condition=models.Q(("subject", ""), _negated=True),
            ),
        ),
        ConcurrentIndex(
            "auditentry", django.contrib.postgres.indexes.BrinIndex(fields=["at"], name="audit_by_time")
        ),
    ]
