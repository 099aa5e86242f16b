"""Tables of the calendar of polls. They keep the app label of units, so their tables and migrations stay."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from abhiyan.core.policy import SYSTEM, open_to_all


class Poll(models.Model):
    """One version of an entry of the calendar of polls: an election, or that there is none until a day.

    Stated by one person, in force once another confirms it. Nothing of it changes afterwards: a correction is a new
    version, and so is a withdrawal. All versions stay.
    """

    class Kind(models.TextChoices):
        PARLIAMENTARY = "parliamentary", _("Lok Sabha election")
        ASSEMBLY = "assembly", _("Assembly election")
        BY_ELECTION = "by_election", _("By-election")
        LOCAL = "local", _("Local election")
        NONE = "none", _("No poll")

    class State(models.TextChoices):
        STATED = "stated", _("Waits for a second person")
        IN_FORCE = "in_force", _("In force")
        REPLACED = "replaced", _("Replaced by a newer version")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        DROPPED = "dropped", _("Not confirmed")

    public_id = models.UUIDField(unique=True)
    entry = models.UUIDField()  # the same in all versions of one entry
    version = models.SmallIntegerField()
    kind = models.TextField(choices=Kind.choices)
    name = models.TextField()
    unit_id = models.BigIntegerField()  # the state it concerns; the nation where it concerns several
    # Days in the installation's zone: announcement and result; of "no poll" the first day and the last.
    announced_on = models.DateField()
    result_on = models.DateField()
    source = models.TextField()  # a link, or the number of a document
    is_sample = models.BooleanField(default=False, db_default=False)
    is_withdrawal = models.BooleanField(default=False, db_default=False)  # this version withdraws the entry
    state = models.TextField(choices=State.choices, default=State.STATED)
    stated_by = models.BigIntegerField(null=True)  # account; null: the demo, or the server's console
    stated_at = models.DateTimeField()
    confirmed_by = models.BigIntegerField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)  # replaced, withdrawn or dropped

    class Meta:
        app_label = "units"
        db_table = "units_poll"
        constraints = [
            *open_to_all("poll", write=SYSTEM),
            models.UniqueConstraint(fields=["entry", "version"], name="poll_version_once"),
            models.UniqueConstraint(
                fields=["entry"], condition=models.Q(state="in_force"), name="poll_in_force_once"
            ),
            models.UniqueConstraint(
                fields=["entry"], condition=models.Q(state="stated"), name="poll_stated_once"
            ),
            models.CheckConstraint(
                condition=models.Q(announced_on__lte=models.F("result_on")), name="poll_days_in_order"
            ),
        ]
        indexes = [
            # used by: what is in force on a day
            models.Index(fields=["result_on"], condition=models.Q(state="in_force"), name="poll_result"),
        ]


class PollPhase(models.Model):
    """A phase of an election: when its poll closes. "No poll" has one, which never closes."""

    poll = models.ForeignKey(Poll, models.CASCADE, related_name="phases")
    number = models.SmallIntegerField()
    closes_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "units"
        db_table = "units_poll_phase"
        constraints = [
            *open_to_all("poll_phase", write=SYSTEM),
            models.UniqueConstraint(fields=["poll", "number"], name="poll_phase_once"),
        ]


class PollArea(models.Model):
    """A unit, of whatever hierarchy, where a phase's poll is held."""

    phase = models.ForeignKey(PollPhase, models.CASCADE, related_name="areas", db_index=False)
    unit_id = models.BigIntegerField()

    class Meta:
        app_label = "units"
        db_table = "units_poll_area"
        constraints = [
            *open_to_all("poll_area", write=SYSTEM),
            models.UniqueConstraint(fields=["phase", "unit_id"], name="poll_area_once"),
        ]
