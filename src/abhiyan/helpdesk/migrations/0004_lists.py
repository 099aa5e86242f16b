from django.db import migrations, models

from abhiyan.core.concurrent import ConcurrentIndex


class Migration(migrations.Migration):
    """Requests of one status, all of them, and those of four digits are read by what is due."""

    atomic = False
    dependencies = [
        ("helpdesk", "0003_desk"),
    ]

    operations = [
        ConcurrentIndex(
            model_name="ticket",
            index=models.Index(fields=["state", "due_at"], name="helpdesk_state"),
        ),
        ConcurrentIndex(
            model_name="ticket",
            index=models.Index(fields=["due_at"], name="helpdesk_due"),
        ),
        ConcurrentIndex(
            model_name="ticket",
            index=models.Index(fields=["last4", "due_at"], name="helpdesk_last4"),
        ),
    ]
