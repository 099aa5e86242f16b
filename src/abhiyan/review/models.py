"""Tables of review rounds: what is reviewed until when, who decides, each minute as it was written. And of slides."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from abhiyan.core.files import SealedFile
from abhiyan.core.policy import (
    ACCOUNT,
    COUNTS,
    FIGURES,
    IN_OFFICE,
    LINE,
    PEOPLE,
    SYSTEM,
    open_to_all,
    placed_sql,
    policies,
    private,
)
from abhiyan.core.titles import TitledModel
from abhiyan.meetings.models import Meeting
from abhiyan.org.models import Appointment
from abhiyan.programmes.models import Programme
from abhiyan.units.models import Hierarchy, Kind, Unit
from abhiyan.verification.models import Frame
from abhiyan.work.models import Task


def _above(column: str) -> str:
    """Return SQL that is true for a leader of a unit right above the one in `column`, or higher.

    A leader of the unit itself is no superior of its office-bearers. The next holder of an office would read
    what was written about the one before.
    """
    return (
        "exists (select 1 from units_placement pl join units_placement up"
        " on up.unit_id = pl.parent_id and up.hierarchy = pl.hierarchy"
        f" where pl.unit_id = {column} and pl.lo is not null and up.lo <@ {LINE})"
    )


class Round(TitledModel):
    """Below a unit every unit of one kind, or every holder of one office, is reviewed once, from a day to a day."""

    public_id = models.UUIDField(unique=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")  # whose branch it is
    hierarchy = models.SmallIntegerField(choices=Hierarchy.choices, default=Hierarchy.ORGANISATIONAL)
    # Of the units reviewed; where office-bearers are, of their units.
    kind = models.TextField(choices=Kind.choices)
    of_office = models.TextField(default="", db_default="")  # code of the office reviewed; empty: units are
    office = models.TextField()  # code of the office whose holder reviews
    begins_on = models.DateField()
    ends_on = models.DateField()
    # How the last day was changed: [day of the change, last day until then, reason], the newest last.
    changes = models.JSONField(default=list, db_default=[])
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)  # account

    class Meta:
        db_table = "review_round"
        constraints = [
            *open_to_all("round", write=SYSTEM),
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("begins_on")), name="round_days_in_order"
            ),
        ]


class Review(models.Model):
    """One unit, or one office-bearer, in a round. Decided by the holder of the round's office in the unit `by_unit`."""

    class Decision(models.TextChoices):
        KEEP = "keep", _("Going well: carry on")
        HELP = "help", _("Help is needed")
        AGAIN = "again", _("Recheck the figures")
        CHANGE = "change", _("Change needed")

    public_id = models.UUIDField(unique=True)
    round = models.ForeignKey(Round, models.PROTECT, related_name="reviews", db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    account_id = models.BigIntegerField(null=True)  # the office-bearer; null: the unit is reviewed
    by_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    # It left the round: the unit closed or moved away, or the appointment ended.
    left_on = models.DateField(null=True)
    prepared_at = models.DateTimeField(null=True)  # its reviewer opened the dossier.
    meets_on = models.DateField(null=True)  # the day set for the meeting.
    met_on = models.DateField(null=True)  # the day it was held, as the reviewer says.
    told_at = models.DateTimeField(null=True)  # the office-bearer got the message that their page is there
    decision = models.TextField(choices=Decision.choices, default="", db_default="")
    decided_at = models.DateTimeField(null=True)  # the last minute's
    # Of the unit, once, after the decision; of the office-bearer, once, before it.
    reply = models.TextField(default="", db_default="")
    replied_at = models.DateTimeField(null=True)
    replied_by = models.BigIntegerField(null=True)  # account
    read_at = models.DateTimeField(null=True)  # the office-bearer last opened the page

    class Meta:
        db_table = "review_review"
        constraints = [
            *private(
                "review",
                using=f"account_id = {ACCOUNT}"
                f" or account_id is null and {placed_sql('review_review.unit_id', LINE)}"
                f" or account_id is not null and {_above('review_review.unit_id')}",
                write=SYSTEM,
            ),
            models.UniqueConstraint(
                fields=["round", "unit", "account_id"], nulls_distinct=False, name="review_once"
            ),
        ]
        indexes = [
            # used by: the list of a round, what is decided
            models.Index(fields=["round", "decided_at"], name="review_round_list"),
            models.Index(fields=["by_unit", "round"], name="review_by_unit"),  # used by: Today of a reviewer
            models.Index(fields=["unit", "decided_at"], name="review_of_unit"),  # used by: the last review
            # used by: Today of an office-bearer, an appointment that ended
            models.Index(
                fields=["account_id"], condition=models.Q(account_id__isnull=False), name="review_of_account"
            ),
            # used by: the meetings of a day, the dossiers of a week
            models.Index(
                fields=["round", "meets_on"],
                condition=models.Q(meets_on__isnull=False),
                name="review_meetings",
            ),
        ]

    @property
    def is_of_holder(self) -> bool:
        """Return True if an office-bearer is reviewed, not a unit."""
        return self.account_id is not None


class Minute(models.Model):
    """A decision and its reason, as it was written. An amended decision is a further row; none is changed."""

    review = models.ForeignKey(Review, models.PROTECT, related_name="minutes", db_index=False)
    decision = models.TextField(choices=Review.Decision.choices)
    text = models.TextField()
    at = models.DateTimeField()
    account_id = models.BigIntegerField(null=True)  # the reviewer
    task = models.ForeignKey(Task, models.SET_NULL, null=True, related_name="+")
    # The unit's figures when it was decided: [programme, measure, counted, due by the day, target].
    figures = models.JSONField(default=list, db_default=[])

    class Meta:
        db_table = "review_minute"
        constraints = private(
            "minute",
            using="exists (select 1 from review_review r where r.id = review_minute.review_id)",
            write=SYSTEM,
        )
        indexes = [models.Index(fields=["review", "at"], name="minute_of_review")]  # used by: a review's page


class LeaderReport(models.Model):
    """A leader's own report on a unit below theirs: a total by a day as they saw it, and words. A second source.

    A newer one of the same leader, measure and day replaces it. Office-bearers of the unit itself never read it.
    """

    public_id = models.UUIDField(unique=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    appointment = models.ForeignKey(
        Appointment, models.PROTECT, related_name="+"
    )  # the office it was written by
    account_id = models.BigIntegerField()  # of its author
    # Null: about the unit as a whole, in words alone.
    programme = models.ForeignKey(Programme, models.PROTECT, null=True, related_name="+", db_index=False)
    measure = models.SmallIntegerField(default=0, db_default=0)
    day = models.DateField()
    n = models.BigIntegerField(null=True)  # all of the measure until the end of the day
    words = models.TextField(default="", db_default="")  # without names of people
    no_names = models.JSONField(default=list, db_default=[])  # of its words: the leader called them no names
    written_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)  # by a newer one, or taken back

    class Meta:
        db_table = "review_leader_report"
        constraints = [
            *private(
                "leader_report",
                using=f"{_above('review_leader_report.unit_id')} and not exists (select from org_appointment ap"
                f" where ap.account_id = {ACCOUNT} and ap.unit_id = review_leader_report.unit_id"
                " and ap.state in ('active', 'disputed'))",
                write=SYSTEM,
            ),
            # used by: the reports on a unit, one more of the same day
            models.UniqueConstraint(
                fields=["unit", "account_id", "programme", "measure", "day"],
                condition=models.Q(replaced_at=None),
                nulls_distinct=False,
                name="leader_report_once",
            ),
            models.CheckConstraint(
                condition=models.Q(n=None) | models.Q(n__gte=0, programme__isnull=False),
                name="leader_report_sound",
            ),
        ]


class StandIn(models.Model):
    """The stand-in for a unit of a round while nobody holds the round's office there."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="+", db_index=False)
    by_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="+")  # counts while this does
    named_at = models.DateTimeField()
    named_by = models.BigIntegerField(null=True)  # account

    class Meta:
        db_table = "review_stand_in"
        constraints = [
            *policies("stand_in", using=placed_sql("review_stand_in.by_unit_id", LINE), write=SYSTEM),
            models.UniqueConstraint(fields=["round", "by_unit"], name="stand_in_once"),
        ]


class Deck(models.Model):
    """The subject of some slides. Their words are frozen when they are made: `DeckEdition`."""

    class About(models.TextChoices):
        UNIT = "unit", _("A unit")
        CHECKED = "checked", _("Reported beside checked")
        ROUND = "round", _("A round of reviews")
        MEETING = "meeting", _("A meeting")

    public_id = models.UUIDField(unique=True)
    about = models.TextField(choices=About.choices)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    hierarchy = models.SmallIntegerField(choices=Hierarchy.choices)
    level = models.TextField(
        default="", db_default=""
    )  # kind of the units compared; empty: those right below
    programme = models.ForeignKey(Programme, models.PROTECT, null=True, related_name="+", db_index=False)
    measure = models.SmallIntegerField(default=1, db_default=1)
    frame = models.ForeignKey(Frame, models.PROTECT, null=True, related_name="+", db_index=False)
    round = models.ForeignKey(Round, models.PROTECT, null=True, related_name="+", db_index=False)
    meeting = models.ForeignKey(Meeting, models.CASCADE, null=True, related_name="+", db_index=False)
    language = models.TextField()
    made_by = models.BigIntegerField()  # account
    made_at = models.DateTimeField()
    # The deck whose schedule sent this one: each sending is a deck of its own.
    sent_of = models.ForeignKey("self", models.CASCADE, null=True, related_name="sendings", db_index=False)

    class Meta:
        db_table = "review_deck"
        constraints = policies("deck", using=placed_sql("review_deck.unit_id", COUNTS), write=SYSTEM)
        indexes = [
            # used by: the loop that sends, which keeps the newest
            models.Index(
                fields=["sent_of", "-made_at"],
                condition=models.Q(sent_of__isnull=False),
                name="deck_sendings",
            ),
        ]


_OWN_LINE = (
    "sight = 'line ' || (select current_setting('abhiyan.trees', true)) || ' '"
    " || (select current_setting('abhiyan.line', true))"
)


class DeckEdition(models.Model):
    """The slides of a deck for all readers of one sight, as made. An edition never changes, and names nobody.

    sight: whole (exact, for readers who see people there), exact (for who represents the unit). Or outside (rounded),
    or led (for leaders of a whole round).
    Another leader in a round has their own part as the sight.
    """

    deck = models.ForeignKey(Deck, models.CASCADE, related_name="editions", db_index=False)
    sight = models.TextField()
    slides = models.JSONField()  # `ui.slides.frozen`
    is_rounded = models.BooleanField()
    made_at = models.DateTimeField()

    class Meta:
        db_table = "review_deck_edition"
        constraints = [
            *policies(
                "deck_edition",
                using="exists (select from review_deck d where d.id = deck_id and (sight = 'outside'"
                f" or sight = 'whole' and {placed_sql('d.unit_id', PEOPLE)}"
                f" or sight = 'exact' and {placed_sql('d.unit_id', FIGURES)}"
                f" or sight = 'led' and exists (select from review_round r where r.id = d.round_id"
                f" and {placed_sql('r.unit_id', LINE)}) or {_OWN_LINE}))",
                write=SYSTEM,
            ),
            # used by: opening a deck
            models.UniqueConstraint(fields=["deck", "sight"], name="deck_edition_once"),
        ]


class DeckTemplate(SealedFile):
    """A PowerPoint file decks are made by, sealed. Every version stays; one of them is used, or that of the house."""

    number = models.SmallIntegerField(unique=True)  # from 1
    name = models.TextField()  # of the file. Its digest is of the file as it came
    layouts = models.JSONField()  # `ui.slides.look.Layouts`
    is_used = models.BooleanField(default=False, db_default=False)
    added_by = models.BigIntegerField(null=True)  # account

    class Meta:
        db_table = "review_deck_template"
        constraints = [
            *policies("deck_template", using=IN_OFFICE, write=SYSTEM),
            models.UniqueConstraint(
                fields=["is_used"], condition=models.Q(is_used=True), name="deck_template_used_once"
            ),
        ]


class DeckSchedule(models.Model):
    """A deck that is sent again and again: to the person who set it, and to holders of offices.

    It ends with the office by which it was set.
    """

    class Every(models.TextChoices):
        DAY = "day", _("Every day")
        WEEK = "week", _("Every week")
        MONTH = "month", _("Every month")

    public_id = models.UUIDField(unique=True)
    deck = models.ForeignKey(Deck, models.CASCADE, related_name="schedules", db_index=False)
    account_id = models.BigIntegerField()  # who set it
    unit_id = models.BigIntegerField()  # of the office by which they did
    office = models.TextField()  # its code
    seats = models.JSONField(default=list)  # [unit, code of an office] of the others who get it
    every = models.TextField(choices=Every.choices)
    day = models.SmallIntegerField()  # of the week, 0 is Monday; of the month, from 1
    hour = models.SmallIntegerField()
    next_at = models.DateTimeField(null=True)  # when it is sent next; null: paused or ended
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "review_deck_schedule"
        constraints = private("deck_schedule", using=f"account_id = {ACCOUNT}", write=SYSTEM)
        indexes = [
            models.Index(fields=["next_at"], name="deck_schedule_due"),  # used by: the loop that sends
            models.Index(fields=["account_id", "deck"], name="deck_schedule_own"),  # used by: a deck's page
        ]


class DeckSent(models.Model):
    """A deck that a schedule sent to somebody: the last time, and whether they have opened it since."""

    deck = models.ForeignKey(Deck, models.CASCADE, related_name="+", db_index=False)
    account_id = models.BigIntegerField()
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "review_deck_sent"
        constraints = [
            *private("deck_sent", using=f"account_id = {ACCOUNT}", write=SYSTEM),
            # used by: Today of its reader
            models.UniqueConstraint(fields=["account_id", "deck"], name="deck_sent_once"),
        ]
