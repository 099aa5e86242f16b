"""Tables of review rounds: what is reviewed until when, who decides, and each minute as it was written."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from abhiyan.core.policy import LINE, SYSTEM, open_to_all, placed, policies
from abhiyan.programmes.models import Task
from abhiyan.units.models import Hierarchy, Kind, Unit


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
