from django.db import migrations, models

from abhiyan.core.concurrent import ConcurrentIndex


class Migration(migrations.Migration):
    """A bulk send's messages are found by it."""

    atomic = False
    dependencies = [
        ("messaging", "0009_bulk"),
    ]

    operations = [
        ConcurrentIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("send_id__isnull", False)),
                fields=["send_id", "state"],
                name="message_send",
            ),
        ),
    ]
