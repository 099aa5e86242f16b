"""Programmes, measures, and the tally ledger every activity posts to."""

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from abhiyan.core.fields import CurrentXid, XidField
from abhiyan.core.policy import (
    ACCOUNT,
    COUNTS,
    EVERYTHING,
    FIGURES,
    SYSTEM,
    Policy,
    open_to_all,
    placed_sql,
    policies,
    private,
)
from abhiyan.org.models import Body
from abhiyan.units.models import Hierarchy, Unit

from .models_items import Item as Item  # noqa: PLC0414  # a table of this room, kept beside; other rooms read it from here


class Rung(models.IntegerChoices):
    """How sure a number is. Below 10: steps of a funnel, on no ladder."""

    REPORTED = 10, _("Reported")
    UNSIGNED = 15, _("Phone not answered yet")
    COUNTED = 20, _("Counted")
    CONFIRMED = 30, _("Confirmed")


class Programme(models.Model):
    """A campaign with a window, a hierarchy, units in scope, an owner, in-charges, measures and targets."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    id = models.AutoField(primary_key=True)
    public_id = models.UUIDField(unique=True)
    kind = models.TextField()  # drive, later stays, contacts, ...
    names = models.JSONField()
    state = models.TextField(choices=State.choices, default=State.DRAFT)
    owner = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    hierarchy = models.SmallIntegerField(choices=Hierarchy.choices, default=Hierarchy.ORGANISATIONAL)
    zone = models.TextField(default="Asia/Kolkata")
    opens_on = models.DateField()  # first day, in the zone
    closes_on = models.DateField()  # last day, in the zone
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)
    is_sample = models.BooleanField(default=False, db_default=False)
    # The programme it stands beneath; and of a programme above, the ids of those beneath it: they count there as well.
    body = models.ForeignKey(  # runs it, such as a wing: who holds its seats is in charge of the whole
        Body, models.PROTECT, null=True, related_name="+", db_index=False
    )
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    parts = models.JSONField(default=list, db_default=[])
    earlier = models.TextField(
        default="", db_default=""
    )  # label of the totals of an earlier drive shown beside it.
    places = models.TextField(default="", db_default="")  # a key of rules.places.PLACE_RULES.
    summed_on = models.DateField(null=True)  # when all its targets were last settled (actions.sums).
    ages_on = models.DateField(null=True)  # the last day of what was counted by age (actions.ages)

    class Meta:
        db_table = "programmes_programme"
        constraints = [
            *open_to_all("programme"),
            models.CheckConstraint(
                condition=models.Q(closes_on__gte=models.F("opens_on")), name="programme_window"
            ),
        ]

    @property
    def counted_ids(self) -> list[int]:
        """Return the ids of the programmes whose counts make its total: its own, and those beneath it."""
        return [self.pk, *self.parts]


class ProgrammeUnit(models.Model):
    """A unit whose whole subtree a programme covers."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")

    class Meta:
        db_table = "programmes_scope"
        constraints = [
            *open_to_all("programme_unit"),
            models.UniqueConstraint(fields=["programme", "unit"], name="programme_unit_once"),
        ]


class InCharge(models.Model):
    """A person in charge of a programme in a unit."""

    class Role(models.TextChoices):
        IN_CHARGE = "in_charge", _("In-charge")
        CO_IN_CHARGE = "co_in_charge", _("Co-in-charge")

    class State(models.TextChoices):
        NAMED = "named", _("Not answered yet")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    account_id = models.BigIntegerField()
    role = models.TextField(choices=Role.choices)
    named_at = models.DateTimeField()
    named_by = models.BigIntegerField(null=True)  # account
    import_id = models.BigIntegerField(null=True)  # the list that named them
    together = models.UUIDField(null=True)  # the act that named all leaders of a level at once
    told_at = models.DateTimeField(null=True)  # when the duty message was queued; null: not told
    state = models.TextField(choices=State.choices, default=State.NAMED, db_default=State.NAMED)
    answered_at = models.DateTimeField(null=True)
    accepted = models.JSONField(null=True)  # number of a measure -> the unit's target when they accepted
    reason = models.TextField(default="", db_default="")  # why they declined, in their words
    ended_at = models.DateTimeField(null=True)  # who declines has ended too

    class Meta:
        db_table = "programmes_in_charge"
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "unit", "account_id"],
                condition=models.Q(ended_at=None),
                name="in_charge_once",
            ),
            *policies(
                "in_charge",
                using=f"account_id = {ACCOUNT} or {placed_sql('programmes_in_charge.unit_id', COUNTS)}",
                write=f"{EVERYTHING} or {placed_sql('programmes_in_charge.unit_id', COUNTS)}",
            ),
            # The named person says yes or no, with or without an office.
            Policy(name="in_charge_answered", command="UPDATE", using=f"account_id = {ACCOUNT}"),
        ]
        indexes = [
            # used by: units without somebody in charge, a unit's own
            models.Index(fields=["unit", "programme"], name="in_charge_unit"),
            # used by: Today of people who name others where somebody declined
            models.Index(
                fields=["programme", "role", "unit"],
                condition=models.Q(state="declined"),
                name="in_charge_declined",
            ),
            models.Index(
                fields=["account_id"], name="in_charge_account"
            ),  # used by: Today, one's own charges
        ]


class Measure(models.Model):
    """One thing a programme counts. `number` is its key in the ledger; 1 is the programme's first."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="+")
    number = models.SmallIntegerField()
    code = models.TextField()  # enrolments, ...
    names = models.JSONField()

    class Meta:
        db_table = "programmes_measure"
        constraints = [
            *open_to_all("measure"),
            models.UniqueConstraint(fields=["programme", "number"], name="measure_once"),
        ]


class UnitTotal(models.Model):
    """A unit's earlier total, as a list gave it: a basis for targets. Never counted by us, on no ladder."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    label = models.TextField()  # of what: "Drive of 2019"
    n = models.BigIntegerField()
    source = models.TextField()  # who gives the figures, as their bringer says
    import_id = models.BigIntegerField()
    row = models.IntegerField()  # in that file

    class Meta:
        db_table = "programmes_unit_total"
        constraints = [
            models.UniqueConstraint(fields=["label", "unit"], name="unit_total_once"),
            models.CheckConstraint(condition=models.Q(n__gte=0), name="unit_total_not_negative"),
            *policies("unit_total", using=placed_sql("programmes_unit_total.unit_id", COUNTS)),
        ]


class OwnFigure(models.Model):
    """A unit's own figure: how many of a measure in some days, as somebody typed it.

    Held against what was counted and checked, never added up with it. A new one replaces, never edits.
    """

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="+", db_index=False)
    measure = models.SmallIntegerField()
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    begins_on = models.DateField()
    ends_on = models.DateField()  # of one measure and unit no two periods in force share a day
    n = models.BigIntegerField()
    typed_at = models.DateTimeField()
    typed_by = models.BigIntegerField(null=True)  # account
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "programmes_own_figure"
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "measure", "unit", "ends_on"],
                condition=models.Q(replaced_at=None),
                name="own_figure_once",
            ),
            models.CheckConstraint(
                condition=models.Q(n__gte=0, ends_on__gte=models.F("begins_on")), name="own_figure_sound"
            ),
            *policies("own_figure", using=placed_sql("programmes_own_figure.unit_id", COUNTS), write=SYSTEM),
        ]
        indexes = [
            # used by: a unit's own figures, those of units beside what was checked
            models.Index(fields=["unit", "programme"], name="own_figure_unit")
        ]


ALL_DAYS = date(
    1, 1, 1
)  # the day of the row that sums every day: reads touch few rows however long a programme runs


class Delta(models.Model):
    """A change of a tally, posted in the transaction of its fact; the fold consumes it. No key: none is needed."""

    pk = models.CompositePrimaryKey(
        "programme_id", "unit_id", "day", "rung"
    )  # for Django only; not in the table
    programme_id = models.IntegerField()
    measure = models.SmallIntegerField()
    channel = models.SmallIntegerField()
    unit_id = models.BigIntegerField()
    day = models.DateField()  # field day in the programme's zone
    rung = models.SmallIntegerField()
    n = models.IntegerField()
    posted_at = models.DateTimeField()
    xid = XidField(db_default=CurrentXid())  # reads start at the fold's horizon, past what is long consumed

    class Meta:
        db_table = "programmes_delta"
        managed = False


class Fold(models.Model):
    """The horizon of the fold, in one row: every delta of a transaction below it is folded.

    The horizon only saves reading dead rows. A fold without it, once a minute, heals a wrong one (after a
    restore into a server that counts transactions from the start).
    """

    id = models.SmallIntegerField(primary_key=True)
    horizon = XidField()
    folded_at = models.DateTimeField()
    swept_at = models.DateTimeField()  # the last fold that did not trust the horizon

    class Meta:
        db_table = "programmes_fold"
        constraints = open_to_all("fold", write=SYSTEM)


class Pace(models.Model):
    """The reports of a programme's first measure by a minute, by channel; kept for a day."""

    pk = models.CompositePrimaryKey("programme_id", "channel", "minute")
    programme = models.ForeignKey(Programme, models.CASCADE, related_name="+", db_index=False)
    unit_id = models.BigIntegerField()  # the programme's owner: who sees its exact figures reads this
    channel = models.SmallIntegerField()
    minute = models.DateTimeField()
    n = models.BigIntegerField()

    class Meta:
        db_table = "programmes_pace"
        constraints = policies("pace", using=placed_sql("programmes_pace.unit_id", FIGURES), write=SYSTEM)


class UnitPace(models.Model):
    """The same of the units right below that should each begin (rules.rates.BEGINNING), noted every five minutes and
    kept for some hours."""

    pk = models.CompositePrimaryKey("programme_id", "unit_id", "channel", "minute")
    programme = models.ForeignKey(Programme, models.CASCADE, related_name="+", db_index=False)
    unit_id = models.BigIntegerField()  # who sees its exact figures reads this
    channel = models.SmallIntegerField()
    minute = models.DateTimeField()
    n = models.BigIntegerField()

    class Meta:
        db_table = "programmes_unit_pace"
        indexes = [
            models.Index(fields=["programme", "minute"], name="unit_pace_minute"),  # used by: the launch page
        ]
        constraints = policies(
            "unit_pace", using=placed_sql("programmes_unit_pace.unit_id", FIGURES), write=SYSTEM
        )


class Large(models.Model):
    """A node whose totals are stored in a hierarchy: more than 250 leaves (actions.trees.LARGE) when last looked at.

    Reads and folds go by this list, not by the number of leaves, so they always agree on what is stored. With a
    node its ancestors are on it too.
    """

    pk = models.CompositePrimaryKey("hierarchy", "unit_id")
    hierarchy = models.SmallIntegerField(choices=Hierarchy.choices)
    unit_id = models.BigIntegerField()

    class Meta:
        db_table = "programmes_large"
        constraints = open_to_all("large", write=SYSTEM)


class Tally(models.Model):
    """A unit's own counter by day and channel, folded; and one row per channel for all days together."""

    # Day before channel and rung: "all days" and "the days since" are each one stretch of the index.
    pk = models.CompositePrimaryKey("unit_id", "programme_id", "measure", "day", "channel", "rung")
    unit_id = models.BigIntegerField()
    programme_id = models.IntegerField()
    measure = models.SmallIntegerField()
    day = models.DateField()  # field day, or ALL_DAYS
    channel = models.SmallIntegerField()
    rung = models.SmallIntegerField()
    n = models.BigIntegerField()

    class Meta:
        db_table = "programmes_tally"
        constraints = policies("tally", using=placed_sql("programmes_tally.unit_id", COUNTS), write=SYSTEM)


class Total(models.Model):
    """The stored sum below a large node in one hierarchy, by day and channel, and for all days together."""

    pk = models.CompositePrimaryKey(
        "unit_id", "hierarchy", "programme_id", "measure", "day", "channel", "rung"
    )
    unit_id = models.BigIntegerField()
    hierarchy = models.SmallIntegerField(choices=Hierarchy.choices)
    programme_id = models.IntegerField()
    measure = models.SmallIntegerField()
    day = models.DateField()
    channel = models.SmallIntegerField()
    rung = models.SmallIntegerField()
    n = models.BigIntegerField()

    class Meta:
        db_table = "programmes_total"
        constraints = policies("total", using=placed_sql("programmes_total.unit_id", COUNTS), write=SYSTEM)


DELTA_POLICIES = [
    *policies("delta", using=placed_sql("programmes_delta.unit_id", COUNTS), write=SYSTEM),
    Policy(name="delta_gateway", to=("gateway",), using="true"),
]

POLICIES = {"programmes_delta": DELTA_POLICIES}  # of tables that Django does not manage

GRANTS = {
    "programmes_programme": {
        "gateway": "select (id, state, owner_id, hierarchy, zone, opens_on, closes_on, parent_id)"
    },
    "programmes_scope": {"gateway": "select (programme_id, unit_id)"},
    "programmes_delta": {
        "gateway": "insert (programme_id, measure, channel, unit_id, day, rung, n, posted_at)"
    },
}


class AgeTally(models.Model):
    """A unit's own counter by age band, of all days up to the last night (`Programme.ages_on`)."""

    pk = models.CompositePrimaryKey("unit_id", "programme_id", "measure", "rung", "channel", "band")
    unit_id = models.BigIntegerField()
    programme_id = models.IntegerField()
    measure = models.SmallIntegerField()
    rung = models.SmallIntegerField()
    channel = models.SmallIntegerField()
    band = models.SmallIntegerField()  # rules.ages
    n = models.BigIntegerField()

    class Meta:
        db_table = "programmes_age_tally"
        constraints = policies(
            "age_tally", using=placed_sql("programmes_age_tally.unit_id", COUNTS), write=SYSTEM
        )


class AgeTotal(models.Model):
    """The sum below a node that was large that night, in one hierarchy."""

    pk = models.CompositePrimaryKey(
        "unit_id", "hierarchy", "programme_id", "measure", "rung", "channel", "band"
    )
    unit_id = models.BigIntegerField()
    hierarchy = models.SmallIntegerField(choices=Hierarchy.choices)
    programme_id = models.IntegerField()
    measure = models.SmallIntegerField()
    rung = models.SmallIntegerField()
    channel = models.SmallIntegerField()
    band = models.SmallIntegerField()
    n = models.BigIntegerField()

    class Meta:
        db_table = "programmes_age_total"
        constraints = policies(
            "age_total", using=placed_sql("programmes_age_total.unit_id", COUNTS), write=SYSTEM
        )


class PinnedProgramme(models.Model):
    """The one programme that an account has pinned."""

    account_id = models.BigIntegerField(primary_key=True)
    programme = models.ForeignKey(Programme, models.CASCADE, related_name="+")
    pinned_at = models.DateTimeField()

    class Meta:
        db_table = "programmes_pin"
        constraints = private("programmes_pin", using=f"account_id = {ACCOUNT}")
