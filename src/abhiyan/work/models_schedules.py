"""Schedules and dues: meetings and reports that units ask of those below. The room's models import them."""

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from abhiyan.core.deadlines import Presence
from abhiyan.core.policy import BODIES, LINE, SYSTEM, placed_by_row, policies
from abhiyan.core.titles import TitledModel
from abhiyan.forms.models import FormVersion, Submission
from abhiyan.org.models import Body, Office
from abhiyan.units.models import Hierarchy, Kind, Unit

from .rules.schedules import AskedFor, Rhythm, Timing

# True where the unit at the placement `p` is in the set of a schedule. `{s}`: the schedule, or its parameters.
# A named unit means itself and all units below it now. A unit that comes there later is asked too.
_NAMED = """(cardinality({s}within{a}) = 0 or exists (select from units_placement w where w.unit_id = any({s}within{a})
 and w.hierarchy = {s}hierarchy{h} and p.lo >= w.lo and p.lo < w.hi))"""
# A mandal with villages is rural, and a booth in a village. A mandal with wards is urban. Some are both.
_AREA = f"""({{s}}area{{t}} = '' or exists (select from units_placement x join units_unit g on g.id = x.parent_id
  where x.unit_id = p.unit_id and x.hierarchy = {Hierarchy.ADMINISTRATIVE.value} and x.lo is not null
   and g.kind = {{s}}area{{t}})
 or exists (select from units_placement x join units_unit g on g.id = x.unit_id where x.parent_id = p.unit_id
   and x.hierarchy = {Hierarchy.ADMINISTRATIVE.value} and x.lo is not null and g.kind = {{s}}area{{t}}))"""


def in_set(schedule: str = "") -> str:
    """Return the SQL that decides whether a schedule asks the unit at `p`, or bodies of it.

    schedule: its alias; without one, the parameters of a schedule that need not be saved (`queries.schedule_sets`).
    """
    words = {"s": f"{schedule}.", "a": "", "h": "", "t": ""}
    if not schedule:
        words = {"s": "%(", "a": ")s::bigint[]", "h": ")s::smallint", "t": ")s::text"}
    return f"{_NAMED} and {_AREA}".format(**words)


# The asking unit is above the viewer's line or in it. Trees nest, so overlapping is enough.
_NEAR = f"""exists (select from units_placement pl where pl.unit_id = programmes_schedule.unit_id
 and {LINE} && int8range(pl.lo, pl.hi))"""
# One of the viewer's bodies is of the kind that is asked, in the asking unit or below it.
_MY_BODY = f"""(body_kind <> '' and exists (select from org_body b
 join units_placement its on its.unit_id = b.unit_id and its.hierarchy = programmes_schedule.hierarchy
 join units_placement pl on pl.unit_id = programmes_schedule.unit_id and pl.hierarchy = its.hierarchy
  and its.lo >= pl.lo and its.lo < pl.hi
 where b.id = any ({BODIES}) and b.kind = programmes_schedule.body_kind
  and (programmes_schedule.body_id is null or programmes_schedule.body_id = b.id)
  and (cardinality(programmes_schedule.within) = 0 or exists (select from units_placement w
   where w.unit_id = any (programmes_schedule.within) and w.hierarchy = programmes_schedule.hierarchy
    and its.lo >= w.lo and its.lo < w.hi))))"""


class Schedule(TitledModel):
    """A meeting or a report that a unit asks of an office below it, or of a kind of body, once or regularly.

    It asks all units of the kind below, or the set that `within`, `area` and `body` leave (`in_set`).
    """

    WANTED = ((AskedFor.MEETING.value, _("A meeting")), (AskedFor.REPORT.value, _("A report")))
    RHYTHMS = (
        (Rhythm.ONCE.value, _("Once")),
        (Rhythm.DAILY.value, _("Every day")),
        (Rhythm.WEEKLY.value, _("Every week")),
        (Rhythm.MONTHLY.value, _("Every month")),
    )

    AREAS = ((Kind.VILLAGE.value, _("Rural: with villages")), (Kind.WARD.value, _("Urban: with wards")))

    public_id = models.UUIDField(unique=True)
    wanted = models.TextField(choices=WANTED)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)  # that asks
    hierarchy = models.SmallIntegerField(choices=Hierarchy.choices, default=Hierarchy.ORGANISATIONAL)
    programme = models.ForeignKey("programmes.Programme", models.PROTECT, null=True, related_name="+")
    # Either an office in every unit of a kind, or every body of a kind.
    office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="+", db_index=False)
    kind = models.TextField(default="")  # of units.Kind
    body_kind = models.TextField(default="", db_default="")  # of org.Body.Kind
    within = ArrayField(models.BigIntegerField(), default=list, db_default=[])  # units; empty: all below
    area = models.TextField(default="", db_default="")  # of units: of AREAS; "" is both
    body = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+", db_index=False)  # it alone
    rhythm = models.TextField(choices=RHYTHMS)
    first_on = models.DateField()
    last_on = models.DateField()
    hour = models.TimeField()  # until when on the last day of a period
    # The form that is filled in. Bound to its version: what was asked stays comparable.
    form = models.ForeignKey(FormVersion, models.PROTECT, null=True, related_name="+", db_index=False)
    # Newer versions of it, as [the first day that asks it, its id]; `queries.schedule_forms` reads them.
    later_forms = models.JSONField(default=list, db_default=[])
    figures = models.JSONField(default=dict)  # key of a number, or of a question -> measure of the programme
    above = models.ForeignKey("self", models.PROTECT, null=True, related_name="passed_on", db_index=False)
    asked_at = models.DateTimeField()
    asked_by = models.BigIntegerField(null=True)  # account
    ended_at = models.DateTimeField(null=True)
    # The offices that owe it have got their message. Older schedules, from before there was one, count as announced.
    is_announced = models.BooleanField(default=False, db_default=True)
    announced_to = models.BigIntegerField(default=0, db_default=0)  # last account with its message
    # Times in which it was not asked: [when it ended, when it was asked again], as ISO.
    pauses = models.JSONField(default=list, db_default=[])

    class Meta:
        app_label = "programmes"
        db_table = "programmes_schedule"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_on__gte=models.F("first_on")), name="schedule_days_in_order"
            ),
            models.CheckConstraint(
                condition=models.Q(body_kind="") & ~models.Q(kind="")
                | models.Q(kind="", office=None) & ~models.Q(body_kind=""),
                name="schedule_of_office_or_body",
            ),
            models.CheckConstraint(
                condition=models.Q(body_kind="", body=None) | ~models.Q(body_kind="") & models.Q(area=""),
                name="schedule_set_of_one_sort",
            ),
            models.UniqueConstraint(
                fields=["above", "unit"],
                condition=models.Q(ended_at=None, above__isnull=False),
                name="schedule_passed_on_once",
            ),
            *policies("schedule", using=f"{_NEAR} or {_MY_BODY}", write=SYSTEM),
        ]
        indexes = [
            # used by: what a unit asks, and what those above it ask of it
            models.Index(fields=["unit", "-last_on"], name="schedule_unit"),
        ]

    @cached_property
    def timing(self) -> Timing:
        """Return when it is owed. Wants the programme to be read already, where there is one."""
        return Timing(
            rhythm=self.rhythm,
            first_on=self.first_on,
            last_on=self.last_on,
            hour=self.hour,
            zone=self.programme.zone if self.programme else settings.TIME_ZONE,
            ended_at=self.ended_at,
            asked_at=self.asked_at,
            pauses=[Presence(*map(datetime.fromisoformat, pause)) for pause in self.pauses],
        )

    @property
    def is_narrow(self) -> bool:
        """Return True if it asks less than all units or bodies of a kind below."""
        return bool(self.within or self.area or self.body_id)

    @property
    def is_meeting(self) -> bool:
        return self.wanted == AskedFor.MEETING


class Due(models.Model):
    """One unit or body in one period. There is a row once somebody says something, or is reminded."""

    beside: str = ""  # of DueRecord.Why: what an act just brought was kept beside; no column

    class State(models.IntegerChoices):
        """As rules.schedules.DueState, with their names."""

        OPEN = 0, _("Not answered")
        RETURNED = 1, pgettext_lazy("of a report", "Returned")
        PLANNED = 2, _("Day set")
        CANNOT = 3, _("Not possible")
        DONE = 4, pgettext_lazy("of what was asked", "Done")
        ACCEPTED = 5, pgettext_lazy("of a report", "Accepted")

    schedule = models.ForeignKey(Schedule, models.CASCADE, related_name="dues", db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    body = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+", db_index=False)
    begins_on = models.DateField()  # the first day of its period
    state = models.SmallIntegerField(choices=State.choices, default=State.OPEN)
    planned_on = models.DateField(null=True)
    held_on = models.DateField(null=True)
    people = models.IntegerField(null=True)  # who came, as the unit reports
    seen = models.IntegerField(null=True)  # how many of them were ticked by name; null: no list was opened
    text = models.TextField(default="", db_default="")  # the unit's own words
    submission = models.ForeignKey(Submission, models.SET_NULL, null=True, related_name="+", db_index=False)
    figures = models.JSONField(default=dict, db_default={})  # measure -> number, as it was sent.
    reason = models.TextField(default="", db_default="")  # why it cannot be done, or why it was returned.
    said_at = models.DateTimeField(null=True)  # when the unit last said something.
    said_by = models.BigIntegerField(null=True)  # account
    let_in_by = models.BigIntegerField(
        null=True
    )  # account that accepted it from a phone that was signed out.
    done_at = models.DateTimeField(null=True)  # when it was first done, while that holds.
    # When a phone finished the answer that stands, which came later; null: it was given on its page.
    made_at = models.DateTimeField(null=True)
    # It came more than seven days after the hour: it is kept, and changes no figure of its period.
    is_after = models.BooleanField(default=False, db_default=False)
    decided_at = models.DateTimeField(null=True)  # when it was accepted or returned
    decided_by = models.BigIntegerField(null=True)  # account
    fed = models.JSONField(
        default=list, db_default=[]
    )  # own figures in force: [measure, first day, last day]

    class Meta:
        app_label = "programmes"
        db_table = "programmes_due"
        constraints = [
            # used by: a board's units without a row
            models.UniqueConstraint(
                fields=["schedule", "begins_on", "unit", "body"], name="due_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=models.Q(people=None) | models.Q(people__gt=0, held_on__isnull=False),
                name="due_people",
            ),
            *policies(
                "due",
                using=f"{placed_by_row('programmes_due.unit_id', LINE)} or body_id = any ({BODIES})",
                write=SYSTEM,
            ),
        ]
        indexes = [
            # used by: a unit's own
            models.Index(fields=["unit", "schedule"], name="due_unit"),
            # used by: a board's units that said something, what waits for a decision
            models.Index(fields=["schedule", "begins_on", "state", "unit"], name="due_state"),
        ]

    @property
    def sent_later(self) -> int:
        """Count the days that the answer in force lay on the phone; 0: it came on the day it was made."""
        return (self.said_at - self.made_at).days if self.made_at and self.said_at else 0


class DueRecord(models.Model):
    """An answer to a due that is not in force. It is kept beside the answer in force, and shown."""

    class Why(models.TextChoices):
        """Why it does not stand."""

        OLDER = "older", _("a newer one stands")
        REPLACED = "replaced", _("replaced by a newer one")
        AFTER = "after", _("came after the period was closed")
        BACK = "back", _("taken back")

    due = models.ForeignKey(Due, models.CASCADE, related_name="records", db_index=False)
    why = models.TextField(choices=Why.choices)
    said_by = models.BigIntegerField(null=True)  # account
    made_at = models.DateTimeField()  # when it was finished
    stored_at = models.DateTimeField()  # when it came
    held_on = models.DateField(null=True)
    people = models.IntegerField(null=True)
    text = models.TextField(default="", db_default="")
    figures = models.JSONField(default=dict, db_default={})  # measure -> number
    answers = models.JSONField(null=True)  # of the form; its pictures are not kept

    class Meta:
        app_label = "programmes"
        db_table = "programmes_due_record"
        constraints = policies(
            "due_record",
            using="exists (select from programmes_due d where d.id = programmes_due_record.due_id)",
            write=SYSTEM,
        )
        indexes = [
            models.Index(fields=["due", "made_at"], name="record_of_due")
        ]  # used by: the page of a due
