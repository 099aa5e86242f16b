"""Tables of review rounds: what is reviewed until when, who decides, each minute as it was written. And of slides."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from abhiyan.core.policy import (
    ACCOUNT,
    COUNTS,
    IN_OFFICE,
    LINE,
    SYSTEM,
    open_to_all,
    placed,
    policies,
    private,
)
from abhiyan.programmes.models import Programme, Task
from abhiyan.units.models import Hierarchy, Kind, Unit
from abhiyan.verification.models import Frame


class Round(models.Model):
    """Every unit of one kind below a unit is reviewed once, from a day to a day."""

    public_id = models.UUIDField(unique=True)
    name = models.TextField()
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")  # whose branch it is
    hierarchy = models.SmallIntegerField(choices=Hierarchy.choices, default=Hierarchy.ORGANISATIONAL)
    kind = models.TextField(choices=Kind.choices)  # of the units reviewed
    office = models.TextField()  # code of the office whose holder reviews
    begins_on = models.DateField()
    ends_on = models.DateField()
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
    """One unit in a round. Decided by whoever holds the round's office in the unit `by_unit` on that day."""

    class Decision(models.TextChoices):
        KEEP = "keep", _("Going well: carry on")
        HELP = "help", _("The unit needs help")
        AGAIN = "again", _("The unit checks its figures again")
        CHANGE = "change", _("Something must change")

    public_id = models.UUIDField(unique=True)
    round = models.ForeignKey(Round, models.PROTECT, related_name="reviews", db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    by_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    decision = models.TextField(choices=Decision.choices, default="", db_default="")
    decided_at = models.DateTimeField(null=True)  # the last minute's
    reply = models.TextField(default="", db_default="")  # of the unit reviewed, once
    replied_at = models.DateTimeField(null=True)
    replied_by = models.BigIntegerField(null=True)  # account

    class Meta:
        db_table = "review_review"
        constraints = [
            *policies("review", using=placed("review_review.unit_id", LINE), write=SYSTEM),
            models.UniqueConstraint(fields=["round", "unit"], name="review_once"),
        ]
        indexes = [
            # used by: the list of a round, what is decided
            models.Index(fields=["round", "decided_at"], name="review_round_list"),
            models.Index(fields=["by_unit", "round"], name="review_by_unit"),  # used by: Today of a reviewer
            models.Index(fields=["unit", "decided_at"], name="review_of_unit"),  # used by: the last review
        ]


class Minute(models.Model):
    """What was decided and why, as it was written. An amended decision is a further row; none is changed."""

    review = models.ForeignKey(Review, models.PROTECT, related_name="minutes", db_index=False)
    decision = models.TextField(choices=Review.Decision.choices)
    text = models.TextField()
    at = models.DateTimeField()
    account_id = models.BigIntegerField(null=True)  # the reviewer
    task = models.ForeignKey(Task, models.SET_NULL, null=True, related_name="+")

    class Meta:
        db_table = "review_minute"
        constraints = policies(
            "minute",
            using="exists (select 1 from review_review r where r.id = review_minute.review_id)",
            write=SYSTEM,
        )
        indexes = [models.Index(fields=["review", "at"], name="minute_of_review")]  # used by: a review's page


class Deck(models.Model):
    """What some slides are about. Whoever opens them has them made anew, of what they may see."""

    class About(models.TextChoices):
        UNIT = "unit", _("A unit")
        CHECKED = "checked", _("Reported beside checked")
        ROUND = "round", _("A round of reviews")

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
    language = models.TextField()
    made_by = models.BigIntegerField()  # account
    made_at = models.DateTimeField()

    class Meta:
        db_table = "review_deck"
        constraints = [
            *policies("deck", using=placed("review_deck.unit_id", COUNTS), write=SYSTEM),
            models.UniqueConstraint(
                fields=["made_by", "about", "unit", "hierarchy", "level", "programme", "measure", "frame"]
                + ["round", "language"],
                name="deck_once",
                nulls_distinct=False,
            ),
        ]


class DeckTemplate(models.Model):
    """A PowerPoint file decks are made by, sealed. Every version stays; one of them is used, or that of the house."""

    id = models.UUIDField(primary_key=True)  # random
    number = models.SmallIntegerField(unique=True)  # from 1
    name = models.TextField()  # of the file
    size = models.IntegerField()  # bytes
    digest = models.BinaryField()  # keyed, of the file as it came
    layouts = models.JSONField()  # `ui.slides.look.Layouts`
    sealed = models.BinaryField()
    is_used = models.BooleanField(default=False, db_default=False)
    added_at = models.DateTimeField()
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
    """A deck told of again and again: to whoever set it, and to holders of offices. It ends with the office by which
    it was set."""

    class Every(models.TextChoices):
        DAY = "day", _("Every day")
        WEEK = "week", _("Every week")
        MONTH = "month", _("Every month")

    public_id = models.UUIDField(unique=True)
    deck = models.ForeignKey(Deck, models.CASCADE, related_name="schedules", db_index=False)
    account_id = models.BigIntegerField()  # who set it
    unit_id = models.BigIntegerField()  # of the office by which they did
    office = models.TextField()  # its code
    seats = models.JSONField(default=list)  # [unit, code of an office] of those who get it too
    every = models.TextField(choices=Every.choices)
    day = models.SmallIntegerField()  # of the week, 0 is Monday; of the month, from 1
    hour = models.SmallIntegerField()
    next_at = models.DateTimeField(null=True)  # when it is told of next; null: paused or ended
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
    """Somebody was told of a deck by a schedule: the last time, and whether they have opened it since."""

    deck = models.ForeignKey(Deck, models.CASCADE, related_name="+", db_index=False)
    account_id = models.BigIntegerField()
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "review_deck_sent"
        constraints = [
            *private("deck_sent", using=f"account_id = {ACCOUNT}", write=SYSTEM),
            # used by: Today of whoever was told
            models.UniqueConstraint(fields=["account_id", "deck"], name="deck_sent_once"),
        ]
