"""The lines of a request are found by who wrote them: a week of somebody's work counts them."""

from django.db import migrations, models

from abhiyan.core.concurrent import ConcurrentIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("helpdesk", "0005_own_requests")]
    operations = [
        ConcurrentIndex(
            "ticketline",
            models.Index(
                condition=models.Q(account_id__isnull=False),
                fields=["account_id", "at"],
                name="helpdesk_line_by",
            ),
        )
    ]
