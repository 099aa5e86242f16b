"""The lanes of mails find what is due past any number of SMS that wait."""

from django.db import migrations, models

from abhiyan.core.concurrent import ConcurrentIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("messaging", "0011_emails")]
    operations = [
        ConcurrentIndex(
            "message",
            models.Index(
                condition=models.Q(state__in=["queued", "leased"], way="email"),
                fields=["due_at"],
                name="message_due_email",
            ),
        ),
    ]
