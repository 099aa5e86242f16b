"""Terms ended by a merge. The room's models import it."""

from django.db import models

from abhiyan.core.policy import PHONE, SYSTEM, Policy, private


class MergedTerm(models.Model):
    """A term that ended because its person is on the roll twice, and the membership that stays. Kept for the undo."""

    id = models.UUIDField(primary_key=True)  # the term's
    membership_id = models.UUIDField()
    phone_id = models.UUIDField()
    kept_id = models.UUIDField()  # the membership that stays
    double_id = models.UUIDField()  # people's
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "enrolment_merged_term"
        indexes = [models.Index(fields=["double_id"], name="merged_term_double")]  # used by: the undo
        constraints = [
            *private("merged_term", using=f"phone_id = {PHONE}", write=SYSTEM),
            Policy(name="merged_term_gateway", to=("gateway",), using="true"),
        ]
