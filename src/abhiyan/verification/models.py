"""Tables of frames, draws and back-checks.

No row says who was drawn: a stratum holds commitments (`rules.draws`), a check its place in the draw. Only the
frame's key shows who an item is; the key is derived from the master and stored nowhere.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from abhiyan.core.policy import ACCOUNT, COUNTS, SYSTEM, open_to_all, placed_sql, policies, private
from abhiyan.programmes.models import Programme
from abhiyan.units.models import Unit


class Frame(models.Model):
    """The items of a measure as they were counted at one moment. Frozen with all it says; only its state goes on."""

    class State(models.TextChoices):
        FROZEN = "frozen", _("Waits for the public value")
        DRAWN = "drawn", _("Checks are under way")
        CLOSED = "closed", _("Closed")

    public_id = models.UUIDField(unique=True)
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="+")
    measure = models.SmallIntegerField()
    number = models.SmallIntegerField()  # of the measure, from 1
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")  # the programme's owner
    state = models.TextField(choices=State.choices, default=State.FROZEN)
    frozen_at = models.DateTimeField()
    ends_on = models.DateField()  # planned; what is shown before is provisional
    key_hash = models.TextField()  # SHA-256 of the frame's key
    hash = models.TextField()  # SHA-256 of the published file
    closed_at = models.DateTimeField(null=True)
    key = models.TextField(default="", db_default="")  # in hexadecimal, published when the frame closes

    class Meta:
        db_table = "verification_frame"
        constraints = [
            *policies(
                "frame",  # a viewer of the counts of a part of it sees the frame
                using=f"{placed_sql('verification_frame.unit_id', COUNTS)} or exists"
                " (select 1 from verification_stratum fs where fs.frame_id = verification_frame.id)",
                write=SYSTEM,
            ),
            models.UniqueConstraint(fields=["programme", "measure", "number"], name="frame_number_once"),
        ]


class Draw(models.Model):
    """A public value named beforehand, and what came of it. A frame's only draw, unless the value never came."""

    frame = models.ForeignKey(Frame, models.PROTECT, related_name="+")
    number = models.SmallIntegerField()
    source = models.TextField()  # where the value will come from, as published with the frame
    named_at = models.DateTimeField()
    due_at = models.DateTimeField()  # when the value will be known; not before
    value = models.TextField(default="", db_default="")
    drawn_at = models.DateTimeField(null=True)
    void_at = models.DateTimeField(null=True)
    void_reason = models.TextField(default="", db_default="")

    class Meta:
        db_table = "verification_draw"
        constraints = [
            *policies(
                "draw",
                using="exists (select 1 from verification_frame f where f.id = verification_draw.frame_id)",
                write=SYSTEM,
            ),
            models.UniqueConstraint(
                fields=["frame"], condition=models.Q(void_at=None), name="draw_once_unless_void"
            ),
        ]


class Stratum(models.Model):
    """A part of a frame drawn by itself: a district's items confirmed, with a sign, without one, or without a phone."""

    frame = models.ForeignKey(Frame, models.PROTECT, related_name="+")
    key = models.TextField()  # in the published file
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="+"
    )  # district, or the owner for what is above one
    is_signed = models.BooleanField()
    is_confirmed = models.BooleanField()
    # Nobody gave a number: somebody goes there.
    is_phoneless = models.BooleanField(default=False, db_default=False)
    items = models.IntegerField()
    drawn = models.IntegerField()  # by the plan.
    more = models.IntegerField(default=0, db_default=0)  # drawn later, of the same order
    commitments = models.BinaryField()  # 16 bytes each, rising
    # Of each commitment the unit its item was entered in, 8 bytes, sealed (`queries.opening.key_of_places`).
    places = models.BinaryField(default=b"", db_default=b"")
    # The units above and the unit itself, as they stood at the freeze: a frozen frame keeps its tree.
    above = ArrayField(models.BigIntegerField())

    class Meta:
        db_table = "verification_stratum"
        constraints = [
            *policies("stratum", using=placed_sql("verification_stratum.unit_id", COUNTS), write=SYSTEM),
            models.UniqueConstraint(fields=["frame", "key"], name="stratum_key_once"),
        ]


class StratumPart(models.Model):
    """The items of a stratum in one constituency and segment, or in other units that cut through districts.

    Frozen with the frame: who is moved later, or which tree changes, changes no figure and shows nobody.
    """

    stratum = models.ForeignKey(Stratum, models.PROTECT, related_name="+")
    hierarchy = models.SmallIntegerField()  # whose units they are; each tree parts a stratum by itself
    units = ArrayField(models.BigIntegerField())  # from the top
    places = ArrayField(models.BigIntegerField())  # the units items were entered in
    items = models.IntegerField()

    class Meta:
        db_table = "verification_stratum_part"
        constraints = [*private("stratum_part", using="false", write=SYSTEM)]


class Estimate(models.Model):
    """The finding of a frame's checks about a unit: computed, never typed.

    From the districts up a row for each shade, made at the freeze; so for constituencies and other units that cut
    through districts (`rules.parts`). Below the districts, a row once `GRADED` checks are finished.
    """

    class Shade(models.IntegerChoices):
        SIGNED = 1, _("With a sign from the phone")
        CONFIRMED = 2, _("Confirmed")  # a part of the first
        UNSIGNED = 3, _("Without an answer")
        ENTERED = 4, _("Everybody entered")  # the fourth rung: both strata together

    frame = models.ForeignKey(Frame, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    shade = models.SmallIntegerField(choices=Shade.choices)
    items = models.BigIntegerField()
    # Calls and forms of the unit since the frame before, when this one was frozen. On the row of the headline alone.
    reported = models.BigIntegerField(null=True)
    drawn = models.IntegerField()
    genuine = models.IntegerField()
    not_genuine = models.IntegerField()
    refused = models.IntegerField()
    unresolved = models.IntegerField()
    left = models.IntegerField(default=0, db_default=0)  # of the unresolved: drawn, and left the roll since
    # Items without a phone, while no check of them is finished: then there is no rate.
    unchecked = models.BigIntegerField(default=0, db_default=0)
    # Shares from 0 to 1, null until enough checks are finished.
    rate = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    method = models.TextField(default="", db_default="")  # rules.estimates.Method
    is_corrected = models.BooleanField(default=False, db_default=False)
    grade = models.TextField(default="", db_default="")  # A, B or C, of units below the districts
    at = models.DateTimeField()

    class Meta:
        db_table = "verification_estimate"
        indexes = [
            models.Index(fields=["unit", "frame"], name="estimate_of_unit"),  # used by: the unit page
        ]
        constraints = [
            *policies("estimate", using=placed_sql("verification_estimate.unit_id", COUNTS), write=SYSTEM),
            models.UniqueConstraint(fields=["frame", "unit", "shade"], name="estimate_once"),
        ]

    @property
    def finished(self) -> int:
        """Count the checks with an answer."""
        return self.genuine + self.not_genuine

    @property
    def not_told(self) -> int:
        """Count the checks that nobody could finish, or not yet: carried as bounds."""
        return self.refused + self.unresolved


class Aim(models.Model):
    """Checks of items chosen at random from one unit's or one worker's: a ledger of its own, in no estimate."""

    id = models.UUIDField(primary_key=True)
    frame = models.ForeignKey(Frame, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    worker = models.UUIDField(null=True)  # as items name them; of everybody in the unit without
    checks = models.SmallIntegerField()
    reason = models.TextField()
    account_id = models.BigIntegerField()  # who asked for them
    at = models.DateTimeField()

    class Meta:
        db_table = "verification_aim"
        constraints = [
            # Planners of draws read them in the system's scope: the line of command does not learn where they look.
            *private("aim", using=f"verification_aim.account_id = {ACCOUNT}", write=SYSTEM),
        ]


class Check(models.Model):
    """One item to be asked about, by one verifier."""

    class Arm(models.IntegerChoices):
        RANDOM = 1, _("Drawn")
        TARGETED = 2, _("Aimed")  # a ledger of its own: never part of an estimate.
        SECOND = 3, _("Second check")  # the same item, another verifier, who does not know.
        PLANTED = 4, _("Planted")  # known beforehand.
        VISIT = 5, _("Visited")  # drawn, not reached by phone, and chosen at random for a visit
        AGAIN = (
            6,
            _("Visited after a denial"),
        )  # aimed after a flag, and denied: the same item, asked another way

    class Outcome(models.TextChoices):
        GENUINE = "genuine", _("Genuine")
        NOT_GENUINE = "not_genuine", _("Not genuine")
        REFUSED = "refused", _("Refuses")
        UNRESOLVED = "unresolved", _("Unresolved")

    id = models.UUIDField(primary_key=True)
    frame = models.ForeignKey(Frame, models.PROTECT, related_name="+")
    stratum = models.ForeignKey(Stratum, models.PROTECT, related_name="+")
    order = models.IntegerField()  # within the stratum's draw, from 1
    place = models.IntegerField(null=True)  # among the stratum's commitments, from 0; none of a planted one
    arm = models.SmallIntegerField(choices=Arm.choices, default=Arm.RANDOM)
    aim = models.ForeignKey(
        Aim, models.PROTECT, null=True, db_index=False, related_name="+"
    )  # of an aimed one
    is_known_genuine = models.BooleanField(null=True)  # of a planted one
    planted = models.BinaryField(
        null=True
    )  # sealed: the person to ask and what was written, of a planted one
    verifier_id = models.BigIntegerField(null=True)  # account; given at random
    taken_at = models.DateTimeField(null=True)
    visit_at = models.DateTimeField(null=True)  # when the verifier goes there, as agreed
    outcome = models.TextField(choices=Outcome.choices, default="", db_default="")
    reason = models.TextField(default="", db_default="")  # code of what was found
    said = models.BinaryField(
        null=True
    )  # sealed: answers to the open questions; emptied when the frame closes
    also_joined = models.BooleanField(null=True)  # what they say to the activity's other question
    said_at = models.DateTimeField(null=True)  # from here on they cannot be changed, and the written is shown
    done_at = models.DateTimeField(null=True)
    # They asked to be taken off every list. Done a little later, by itself: no row joins the two.
    leaves_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "verification_check"
        indexes = [
            models.Index(
                fields=["verifier_id", "done_at"], name="check_of_verifier"
            ),  # used by: a verifier's page
        ]
        constraints = [
            *private("check", using=f"verification_check.verifier_id = {ACCOUNT}", write=SYSTEM),
            models.UniqueConstraint(fields=["stratum", "order", "arm"], name="check_once"),
        ]

    @property
    def is_visit(self) -> bool:
        """Return True if somebody goes there; else they call."""
        return self.arm in VISITS or self.stratum.is_phoneless


VISITS = (Check.Arm.VISIT, Check.Arm.AGAIN)


class Passed(models.Model):
    """A check somebody had and did not finish: handed back with a reason, or taken back. They never get it again."""

    check_id = models.UUIDField()
    account_id = models.BigIntegerField()
    reason = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "verification_passed"
        constraints = [
            *private("passed", using=f"verification_passed.account_id = {ACCOUNT}", write=SYSTEM),
            models.UniqueConstraint(fields=["check_id", "account_id"], name="passed_once"),
        ]


class Tie(models.Model):
    """A stated link between a verifier and somebody who enters people: family, a friend, an employer."""

    account_id = models.BigIntegerField()  # the verifier
    worker = models.UUIDField()  # as items name them
    stated_at = models.DateTimeField()
    stated_by = models.BigIntegerField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "verification_tie"
        constraints = [
            *private("tie", using=f"verification_tie.account_id = {ACCOUNT}", write=SYSTEM),
            models.UniqueConstraint(
                fields=["account_id", "worker"], condition=models.Q(ended_at=None), name="tie_once"
            ),
        ]


class Look(models.Model):
    """How a worker's entries of a measure look beside others nearby, as of one night. Only for who plans checks."""

    programme = models.ForeignKey(Programme, models.PROTECT, db_index=False, related_name="+")
    measure = models.SmallIntegerField()
    worker = models.UUIDField()  # as items name them
    unit = models.ForeignKey(Unit, models.PROTECT, db_index=False, related_name="+")  # their district
    entries = models.IntegerField()
    # An element an indicator, in the order of queries.looks.BUILT: how often, of how many; standard deviations from the
    # others nearby, and their share from 0 to 1.
    hits = ArrayField(models.BigIntegerField())
    total = ArrayField(models.BigIntegerField())
    scores = ArrayField(models.FloatField())
    peers = ArrayField(models.FloatField())
    # How often an honest worker shows as much by luck, and anybody among all who were compared (rules.luck).
    tails = ArrayField(models.FloatField(), default=list, db_default=[])
    luck = ArrayField(models.FloatField(), default=list, db_default=[])
    bad = models.IntegerField()  # checks that were not genuine
    good = models.IntegerField()
    peers_bad = models.FloatField()  # share of the others' checks nearby
    bad_tail = models.FloatField(default=1, db_default=1)
    bad_luck = models.FloatField(default=1, db_default=1)
    signed = models.IntegerField(default=0, db_default=0)  # entries whose phone has answered
    confirmed = models.IntegerField(default=0, db_default=0)
    parcels = models.IntegerField(default=0, db_default=0)  # in which they were sent
    wanted = models.FloatField()  # rules.flags.look_scores
    doubts = models.JSONField(default=list, db_default=[])  # queries.looks.doubts_now
    at = models.DateTimeField()

    class Meta:
        db_table = "verification_look"
        indexes = [
            models.Index(
                fields=["programme", "measure", "-wanted"], name="look_order"
            ),  # used by: workers of a programme
        ]
        constraints = [
            *private("look", using="false", write=SYSTEM),
            models.UniqueConstraint(fields=["programme", "measure", "worker"], name="look_once"),
        ]


class PublicPage(models.Model):
    """A programme whose owner lets everybody read its frames and estimates."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "verification_public_page"
        constraints = [
            *open_to_all("public_page", write=SYSTEM),
            models.UniqueConstraint(
                fields=["programme"], condition=models.Q(closed_at=None), name="public_page_once"
            ),
        ]


class FreshChecks(models.Model):
    """One round of fresh checks: the workers who are checked together, and judged once, when all of it is finished."""

    programme = models.ForeignKey(Programme, models.PROTECT, db_index=False, related_name="+")
    measure = models.SmallIntegerField()
    number = (
        models.SmallIntegerField()
    )  # of the measure, from 1: later rounds may err less (rules.findings.finding_level)
    frame = models.ForeignKey(Frame, models.PROTECT, related_name="+")  # whose entries are checked
    workers = (
        models.SmallIntegerField()
    )  # how many it began with; a worker dropped meanwhile stays in this number
    begun_at = models.DateTimeField()
    judged_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "verification_fresh_checks"
        constraints = [
            *private("fresh_checks", using="false", write=SYSTEM),
            models.UniqueConstraint(fields=["programme", "measure", "number"], name="fresh_checks_once"),
        ]


class Flag(models.Model):
    """A worker is asked about entries that look odd. A finding stays with its answer; anything else is deleted."""

    class Step(models.TextChoices):
        ASKED = "asked", _("Waits for the worker's answer")
        ANSWERED = "answered", _("Answered")
        CHECKING = "checking", _("Fresh checks are under way")
        PROPOSED = "proposed", _("Waits for a second reviewer")
        FOUND = "found", _("Finding")

    id = models.UUIDField(primary_key=True)
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="+")
    measure = models.SmallIntegerField()
    worker = models.UUIDField()  # as items name them
    account_id = models.BigIntegerField()  # theirs
    unit = models.ForeignKey(Unit, models.PROTECT, db_index=False, related_name="+")  # their district
    step = models.TextField(choices=Step.choices, default=Step.ASKED)
    reasons = models.JSONField()  # of each: indicator, how often, of how many, share among others nearby.
    # The figures that support the worker, of all entries, as of the day they were asked.
    entries = models.IntegerField(default=0, db_default=0)
    signed = models.IntegerField(default=0, db_default=0)
    confirmed = models.IntegerField(default=0, db_default=0)
    parcels = models.IntegerField(default=0, db_default=0)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    said = models.TextField(default="", db_default="")  # the worker's answer
    checking_at = models.DateTimeField(null=True)
    aim = models.ForeignKey(Aim, models.PROTECT, null=True, db_index=False, related_name="+")
    fresh = models.ForeignKey(FreshChecks, models.PROTECT, null=True, db_index=False, related_name="+")
    # The figures its round was judged by, as of then: entries not genuine and entries with an answer. The last is the
    # share of false ones that the place explains. None before. Only a worker with a proof stays.
    bad = models.SmallIntegerField(null=True)
    told = models.SmallIntegerField(null=True)
    tolerated = models.FloatField(null=True)
    handled_by = ArrayField(models.BigIntegerField())  # accounts that asked, began checks or proposed
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "verification_flag"
        indexes = [models.Index(fields=["account_id"], name="flag_of_worker")]  # used by: Today of the worker
        constraints = [
            *private("flag", using=f"verification_flag.account_id = {ACCOUNT}", write=SYSTEM),
            models.UniqueConstraint(fields=["programme", "measure", "worker"], name="flag_once"),
        ]

    @property
    def is_judged(self) -> bool:
        """Return True if its fresh checks prove something; flags without proof are gone."""
        return self.told is not None

    @property
    def state(self) -> str:
        """Return its state in words."""
        if self.is_judged and self.step == self.Step.CHECKING:
            return str(_("Proven, not proposed yet"))
        return str(self.Step(self.step).label)


class Rest(models.Model):
    """A worker whose flag led to nothing is left alone for a while. No reason and no answer is kept."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="+")
    measure = models.SmallIntegerField()
    worker = models.UUIDField()
    until = models.DateField()

    class Meta:
        db_table = "verification_rest"
        constraints = [
            *private("rest", using="false", write=SYSTEM),
            models.UniqueConstraint(fields=["programme", "measure", "worker"], name="rest_once"),
        ]
