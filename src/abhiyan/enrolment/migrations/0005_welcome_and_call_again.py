"""Who has joined is welcomed once; who calls again and has not joined is replied to once more."""

from django.db import migrations, models

from abhiyan.core.concurrent import ConcurrentIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("enrolment", "0004_photos_put_aside")]
    operations = [
        migrations.AddField("enrolment", "welcomed_at", models.DateTimeField(null=True)),
        migrations.AddField("waiting", "called_at", models.DateTimeField(null=True)),
        ConcurrentIndex(
            "enrolment",
            models.Index(
                condition=models.Q(channel__in=(1, 2, 5, 6, 9), ended_at=None, rung=20, welcomed_at=None),
                fields=["at"],
                name="enrolment_unwelcomed",
            ),
        ),
        ConcurrentIndex(
            "waiting",
            models.Index(
                condition=models.Q(called_at__isnull=False), fields=["called_at"], name="waiting_again"
            ),
        ),
    ]
