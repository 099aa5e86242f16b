"""Tries to reach somebody: who tried, about what, when, and what came of it. Whatever calls or visits uses them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from abhiyan.core.policy import ACCOUNT, SYSTEM, private


class Attempt(models.Model):
    """One try. It names what it is about (a room's own id), never whom: only the room can tell."""

    class Outcome(models.TextChoices):
        REACHED = "reached", _("Reached")
        NO_ANSWER = "no_answer", _("No answer")
        LATER = "later", _("Asked to try later")
        WRONG_NUMBER = "wrong_number", _("Wrong number")
        LAPSED = "lapsed", _("Not finished in time")

    id = models.UUIDField(primary_key=True)
    room = models.TextField()
    about = models.UUIDField()
    account_id = models.BigIntegerField()
    is_visit = models.BooleanField(default=False, db_default=False)
    begun_at = models.DateTimeField()
    until = models.DateTimeField()  # of the lease: then it is anybody's again
    outcome = models.TextField(choices=Outcome.choices, default="", db_default="")
    done_at = models.DateTimeField(null=True)
    again_at = models.DateTimeField(null=True)  # not before

    class Meta:
        db_table = "contact_attempt"
        indexes = [
            models.Index(
                fields=["room", "about", "begun_at"], name="attempt_about"
            ),  # used by: tries of one thing
        ]
        constraints = [
            *private("attempt", using=f"contact_attempt.account_id = {ACCOUNT}", write=SYSTEM),
            models.UniqueConstraint(
                fields=["room", "about"], condition=models.Q(outcome=""), name="attempt_one_at_a_time"
            ),
        ]
