"""The emergency stop: from when to when no file, no number and no bulk message leaves, and why."""

from django.db import models

from abhiyan.core.policy import SYSTEM, open_to_all


class EmergencyStop(models.Model):
    """One stop of the whole installation. It holds until two people have ended it."""

    began_at = models.DateTimeField()
    began_by = models.UUIDField()  # public id of who began it; that of the system, from the console
    reason = models.TextField()  # everybody who is refused reads it
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "people_emergency_stop"
        constraints = [
            # used by: each file, each shown number and each batch of messages that leaves
            models.UniqueConstraint(
                models.Value(1), condition=models.Q(ended_at=None), name="one_emergency_stop"
            ),
            *open_to_all("emergency_stop", write=SYSTEM),
        ]
