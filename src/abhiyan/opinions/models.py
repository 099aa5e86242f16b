"""Tables of opinions. They keep the app label of forms, so their tables and migrations stay."""

from django.db import models

from abhiyan.core.policy import LINE, SYSTEM, placed_sql, policies
from abhiyan.forms.models import Submission
from abhiyan.units.models import Unit


class Opinion(models.Model):
    """An opinion in somebody's own words, on its way up. The leaders of the unit where it was said see it."""

    submission = models.OneToOneField(Submission, models.CASCADE, primary_key=True, related_name="opinion")
    public_id = models.UUIDField(unique=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)  # where it was said
    at = models.DateTimeField()  # when it was said
    desk = models.ForeignKey(
        Unit, models.PROTECT, null=True, related_name="+", db_index=False
    )  # The unit whose office decides now. Null: no office is above the unit.
    is_left = models.BooleanField(default=False, db_default=False)  # The desk does not pass it up.
    is_returned = models.BooleanField(default=False, db_default=False)  # Its sender corrects it first.
    text = models.TextField(default="", db_default="")  # As it came to the desk. "": nobody passed it up yet.
    done = models.TextField(default="", db_default="")  # The answer: what was done about it.
    done_at = models.DateTimeField(null=True)
    no_names = models.JSONField(default=list, db_default=[])  # Words that an office called no names here.

    class Meta:
        app_label = "forms"
        db_table = "forms_opinion"
        constraints = policies("opinion", using=placed_sql("forms_opinion.unit_id", LINE), write=SYSTEM)
        indexes = [
            # used by: the opinions at a desk, and how many wait there
            models.Index(fields=["desk", "is_left", "-at"], name="opinion_desk"),
        ]


class QuotePassed(models.Model):
    """One level passed an opinion up to the next. Rows are added, and undone at most once."""

    opinion = models.ForeignKey(Opinion, models.CASCADE, related_name="passages", db_index=False)
    from_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    to_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    before = models.TextField(default="", db_default="")  # Opinion.text before
    text = models.TextField()  # as the next level reads it
    by_account = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "forms"
        db_table = "forms_quote_passed"
        constraints = [
            models.UniqueConstraint(
                fields=["opinion", "from_unit"],
                condition=models.Q(undone_at=None),
                name="quote_passed_once",
            ),
            *policies(
                "quote_passed",
                using="exists (select from forms_opinion o where o.submission_id = forms_quote_passed.opinion_id)",
                write=SYSTEM,
            ),
        ]
        indexes = [
            # used by: the list and the deck of a unit
            models.Index(
                fields=["to_unit", "-at"], condition=models.Q(undone_at=None), name="quote_passed_to"
            ),
            # used by: what a unit has passed up
            models.Index(
                fields=["from_unit", "-at"], condition=models.Q(undone_at=None), name="quote_passed_from"
            ),
        ]
