"""Meetings called by office, and visits of leaders: who is invited, who comes, what was decided."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from abhiyan.core.policy import ACCOUNT, EVERYTHING, LINE, SYSTEM, placed_sql, private
from abhiyan.core.titles import TitledModel
from abhiyan.programmes.models import Programme
from abhiyan.units.models import Hierarchy, Unit
from abhiyan.work.models import Due, Task

# A meeting is seen by who leads its unit, a visit only by the people on it. Invitees carry what this needs: their
# policy must not read the meeting, whose policy reads them.
_LED = f"({EVERYTHING} or {placed_sql('meetings_meeting.unit_id', LINE)})"
_INVITED = f"""exists (select from meetings_invitee i where i.meeting_id = meetings_meeting.id
 and i.account_id = {ACCOUNT})"""
_LED_INVITEE = f"({EVERYTHING} or {placed_sql('meetings_invitee.called_in_id', LINE)})"


class Meeting(TitledModel):
    """A meeting or a leader's visit that a unit calls. Moved, it keeps its earlier days."""

    is_beside: bool = (
        False  # A number that an act just brought was kept beside the one that stands; no column.
    )

    class Kind(models.TextChoices):
        MEETING = "meeting", pgettext_lazy("kind of meeting", "Meeting")
        VISIT = "visit", pgettext_lazy("kind of meeting", "Visit")

    public_id = models.UUIDField(unique=True)
    kind = models.TextField(choices=Kind.choices)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)  # that calls it
    hierarchy = models.SmallIntegerField(choices=Hierarchy.choices)
    first_on = models.DateField()
    last_on = models.DateField()
    starts = models.TimeField()
    place = models.TextField(default="")
    link = models.TextField(default="")
    host = models.TextField(default="")  # It receives the leader on a visit.
    chair_id = models.BigIntegerField(null=True)  # account
    is_public = models.BooleanField(default=False)  # Everybody may come, so it is refused before a poll.
    agenda = ArrayField(models.TextField(), default=list)  # It holds items or stops, in their order.
    reviewed = models.JSONField(default=list)  # It holds ids of programmes on the agenda.
    called_at = models.DateTimeField()
    called_by = models.BigIntegerField(null=True)  # account
    # Rises with each new day. Invitees with an earlier version hear of it again.
    version = models.SmallIntegerField(default=1)
    moves = models.JSONField(default=list)  # earlier days: first_on, last_on, starts, at, why
    programme = models.ForeignKey(
        Programme, models.PROTECT, null=True, related_name="+"
    )  # that counts who came
    previous = models.ForeignKey(
        "self", models.SET_NULL, null=True, related_name="+", db_index=False
    )  # the meeting before, whose open tasks come first
    # A schedule asked for it. Then nobody gets a message.
    due = models.OneToOneField(Due, models.PROTECT, null=True, related_name="+")
    roll = models.UUIDField(null=True)  # This bulk send invites the people of a roll.
    total = models.IntegerField(null=True)  # So many came, as the organiser counts.
    walk_ins = models.IntegerField(null=True)  # So many of them had no invitation.
    total_by = models.BigIntegerField(null=True)  # account that gave the number
    total_at = models.DateTimeField(null=True)  # when it was finished, maybe on a phone
    minutes = models.UUIDField(null=True)  # This circular carries them.
    cancelled_at = models.DateTimeField(null=True)
    why = models.TextField(default="")  # it was cancelled

    class Meta:
        db_table = "meetings_meeting"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_on__gte=models.F("first_on")), name="meeting_days"
            ),
            *private(
                "meeting",
                using=f"(kind = 'meeting' and {_LED}) or called_by = {ACCOUNT} or {_INVITED}",
                write=SYSTEM,
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "first_on"], name="meeting_unit"),  # used by: a unit's page
            models.Index(fields=["first_on"], name="meeting_day"),  # used by: the list
        ]


class Invitee(models.Model):
    """Somebody who is invited once, whatever offices they hold: what they answered, and whether they came.

    A person invited by a bulk send has a row from their first tick on: a phone, without account and office.
    """

    class Answer(models.TextChoices):
        NONE = "", _("No answer yet")
        YES = "yes", _("Coming")
        NO = "no", _("Can't come")

    public_id = models.UUIDField(unique=True)
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="invitees", db_index=False)
    account_id = models.BigIntegerField(null=True)  # null: of a roll or list that a bulk send invited
    phone_id = models.UUIDField()
    office = models.TextField()  # code of the highest office by which they are invited; "" without one
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="+", db_index=False
    )  # of that office or phone
    called_in_id = models.BigIntegerField()  # the meeting's unit
    is_private = models.BooleanField()  # of a visit
    invited_at = models.DateTimeField()
    told = models.SmallIntegerField(default=0, db_default=0)  # the version they heard
    question = models.UUIDField(null=True)  # what the last question to their phone is about
    answer = models.TextField(choices=Answer.choices, default="", db_default="")
    answered_at = models.DateTimeField(null=True)
    reason = models.TextField(default="", db_default="")  # why they can't come
    stands_for = models.OneToOneField(
        "self", models.CASCADE, null=True, related_name="substitute"
    )  # who named them as their substitute
    came_at = models.DateTimeField(null=True)  # The tick at the door; taking it back empties this.
    ticks = models.SmallIntegerField(default=0, db_default=0)  # Each tick adds one.
    # True if the last tick of an invited list was by name. Without it, it was by phone number.
    is_by_name = models.BooleanField(default=False, db_default=False)
    item = models.UUIDField(null=True)  # The last tick has it, if a programme counts it.
    has_been_asked = models.BooleanField(default=False, db_default=False)  # The day after.
    confirmed_at = models.DateTimeField(null=True)  # They said YES themselves.
    denied_at = models.DateTimeField(null=True)  # their own NO

    class Meta:
        db_table = "meetings_invitee"
        constraints = [
            models.UniqueConstraint(fields=["meeting", "account_id"], name="meeting_invitee_once"),
            models.UniqueConstraint(
                fields=["meeting", "phone_id"],
                condition=models.Q(account_id=None),
                name="meeting_phone_once",
            ),
            *private(
                "meeting_invitee",
                using=f"account_id = {ACCOUNT} or (not is_private and {_LED_INVITEE})",
                write=SYSTEM,
            ),
        ]
        indexes = [
            models.Index(fields=["account_id"], name="meeting_invitee_account"),  # used by: Today, the list
            models.Index(
                fields=["question"], condition=models.Q(question__isnull=False), name="meeting_question"
            ),  # used by: an answer to our question
            models.Index(
                fields=["item"], condition=models.Q(item__isnull=False), name="meeting_item"
            ),  # used by: a check of one attendance
            # used by: asking the day after
            models.Index(
                fields=["came_at"],
                condition=models.Q(came_at__isnull=False, has_been_asked=False),
                name="meeting_to_ask",
            ),
        ]


class CountBeside(models.Model):
    """A number of people that somebody gave of a meeting and that does not stand: kept beside what does, and shown."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="counts_beside", db_index=False)
    n = models.IntegerField()
    walk_ins = models.IntegerField(null=True)
    by = models.BigIntegerField(null=True)  # account
    made_at = models.DateTimeField(null=True)  # when it was finished; null: nobody wrote that down then
    stored_at = models.DateTimeField()  # when it was put here

    class Meta:
        db_table = "meetings_count"
        constraints = private(
            "meeting_count",
            using="exists (select from meetings_meeting m where m.id = meetings_count.meeting_id)",
            write=SYSTEM,
        )
        indexes = [models.Index(fields=["meeting", "made_at"], name="meeting_count_of")]  # used by: its page


class MeetingPoint(models.Model):
    """A decision of a meeting; with a task, what somebody has to do until a day."""

    public_id = models.UUIDField(unique=True)
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="points", db_index=False)
    text = models.TextField()
    task = models.ForeignKey(Task, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    by = models.BigIntegerField(null=True)  # account

    class Meta:
        db_table = "meetings_point"
        constraints = private(
            "meeting_point",
            using="exists (select from meetings_meeting m where m.id = meetings_point.meeting_id)",
            write=SYSTEM,
        )
        indexes = [models.Index(fields=["meeting", "at"], name="meeting_point_of")]  # used by: the minutes
