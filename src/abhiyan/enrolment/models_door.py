"""What workers enter at doors. Of the room's models, which import it."""

from django.db import models

from abhiyan.core.policy import PEOPLE, SYSTEM, placed, policies


class DoorEntry(models.Model):
    """What a worker wrote down at a door: for their own list, and for the code its phone reads to them."""

    id = models.UUIDField(primary_key=True)  # the claim's
    public_id = models.UUIDField(unique=True)  # the claim's
    by = models.UUIDField()  # public id of the worker
    programme_id = models.IntegerField()
    unit_id = models.BigIntegerField()
    phone_id = models.UUIDField()
    membership_id = models.UUIDField(null=True)
    is_new = models.BooleanField()  # it opened a term; else they were a member before
    at = models.DateTimeField()
    code_id = models.UUIDField(null=True)  # of the code last sent for it
    code_at = models.DateTimeField(null=True)
    proven_at = models.DateTimeField(null=True)  # that code came back

    class Meta:
        db_table = "enrolment_door_entry"
        indexes = [models.Index(fields=["by", "-at"], name="door_entry_by")]  # used by: a worker's own list
        constraints = policies(
            "door_entry", using=placed("enrolment_door_entry.unit_id", PEOPLE), write=SYSTEM
        )
