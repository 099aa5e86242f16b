"""Call-backs of the same instant have an order: by their number."""

from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations, models

from abhiyan.core.concurrent import ConcurrentIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("contact", "0008_been_there")]
    operations = [
        ConcurrentIndex(
            "contactentry",
            models.Index(
                condition=models.Q(
                    again_at__isnull=False, phone_id__isnull=False, state__in=["ready", "later"]
                ),
                fields=["list", "language", "again_at", "id"],
                name="entry_call_back",
            ),
        ),
        RemoveIndexConcurrently("contactentry", "entry_call_again"),
    ]
