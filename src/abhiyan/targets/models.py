"""Targets of units, their versions and changes, sums that do not add up, and what offices above expect."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from abhiyan.core.policy import (
    COUNTS,
    SYSTEM,
    placed_sql,
    policies,
)
from abhiyan.programmes.models import Programme
from abhiyan.units.models import Unit


class Target(models.Model):
    """A number for a measure and a unit over the programme's window. A new version replaces, never edits."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="+")
    measure = models.SmallIntegerField()
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    n = models.BigIntegerField()
    is_locked = models.BooleanField(default=False)
    is_plans_lock = models.BooleanField(default=False, db_default=False)  # a plan's: moves with the next
    basis = models.TextField(default="", db_default="")  # a key of queries.weights.SOURCES, hand or plan
    set_at = models.DateTimeField()
    set_by = models.BigIntegerField(null=True)
    replaced_at = models.DateTimeField(null=True)
    version_id = models.BigIntegerField(null=True)  # the change that wrote it
    replaced_by = models.BigIntegerField(null=True)  # the change that ended it

    class Meta:
        app_label = "programmes"
        db_table = "programmes_target"
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "measure", "unit"],
                condition=models.Q(replaced_at=None),
                name="target_once",
            ),
            models.CheckConstraint(condition=models.Q(n__gte=0), name="target_not_negative"),
            *policies("target", using=placed_sql("programmes_target.unit_id", COUNTS)),
        ]
        indexes = [
            models.Index(
                fields=["unit", "programme"], name="target_unit"
            ),  # used by: ladders of a unit's children
            # used by: how many are locked below
            models.Index(
                fields=["programme", "measure"],
                name="target_locked",
                condition=models.Q(is_locked=True, replaced_at=None),
            ),
            # used by: what one change wrote, and what it ended
            models.Index(fields=["version_id"], name="target_version"),
            models.Index(
                fields=["replaced_by"], name="target_replaced", condition=models.Q(replaced_by__isnull=False)
            ),
        ]


class TargetVersion(models.Model):
    """One change of targets: its author, its time and its basis.

    The targets it wrote and ended say what it changed. Their numbers rise within a programme (a change of
    targets holds it), so "as it was after this" is a comparison of numbers.
    """

    class Act(models.TextChoices):
        SET = "set", _("Set by hand")
        LOCKED = "locked", pgettext_lazy("of a target", "Locked")
        UNLOCKED = "unlocked", _("Unlocked")
        SPLIT = "split", _("Split")
        PLAN = "plan", _("Taken over from a plan")
        BACK = "back", _("Gone back")
        CLOSED = "closed", _("Unit closed")

    public_id = models.UUIDField(unique=True)
    programme = models.ForeignKey(Programme, models.CASCADE, related_name="+")
    measure = models.SmallIntegerField()
    # The unit whose target was set, or the parent of the units it was split among.
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    act = models.TextField(choices=Act.choices)
    basis = models.TextField(default="", db_default="")
    facts = models.JSONField(
        default=dict, db_default={}
    )  # options of the basis, the plan, what it went back to
    n = models.IntegerField()  # targets changed
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)  # account

    class Meta:
        app_label = "programmes"
        db_table = "programmes_target_version"
        constraints = policies(
            "target_version", using=placed_sql("programmes_target_version.unit_id", COUNTS)
        )
        indexes = [
            # used by: the list of versions, newest first
            models.Index(fields=["programme", "measure", "-id"], name="target_version_of")
        ]


class TargetChange(models.Model):
    """A change of targets over a whole tree that somebody asked for, and what came of it. A job does it."""

    public_id = models.UUIDField(unique=True)
    programme = models.ForeignKey(Programme, models.CASCADE, related_name="+", db_index=False)
    measure = models.SmallIntegerField()
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    act = models.TextField(choices=TargetVersion.Act.choices)
    given = models.JSONField()  # what the act was asked with
    asked_at = models.DateTimeField()
    asked_by = models.BigIntegerField(null=True)  # account
    person = models.UUIDField()  # public id of the account
    begun_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    n = models.IntegerField(null=True)  # targets changed
    refused = models.JSONField(default=dict, db_default={})  # as `core.refusals.kept_refusal` keeps it

    class Meta:
        app_label = "programmes"
        db_table = "programmes_target_change"
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "measure", "unit"],
                condition=models.Q(ended_at=None),
                name="target_change_once",
            ),
            *policies("target_change", using=placed_sql("programmes_target_change.unit_id", COUNTS)),
        ]


class TargetMisfit(models.Model):
    """A unit whose target in force is not what those right below it sum to. Kept by actions.sums."""

    pk = models.CompositePrimaryKey("programme_id", "measure", "unit_id")
    programme = models.ForeignKey(Programme, models.CASCADE, related_name="+", db_index=False)
    measure = models.SmallIntegerField()
    unit_id = models.BigIntegerField()

    class Meta:
        app_label = "programmes"
        db_table = "programmes_target_misfit"
        constraints = policies(
            "target_misfit", using=placed_sql("programmes_target_misfit.unit_id", COUNTS), write=SYSTEM
        )


class Expectation(models.Model):
    """A number that an office above expects of a unit in one measure. A new one replaces, never edits.

    It is no target: nothing sums it or splits it, and no pace follows from it.
    """

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="+", db_index=False)
    measure = models.SmallIntegerField()
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    n = models.BigIntegerField()
    office = models.JSONField(default=dict)  # names of the office that said it, by language
    office_unit = models.JSONField(default=dict)  # of the unit of that office
    said_at = models.DateTimeField()
    said_by = models.BigIntegerField(null=True)  # account
    ended_at = models.DateTimeField(null=True)
    ended_by = models.BigIntegerField(null=True)  # account

    class Meta:
        app_label = "programmes"
        db_table = "programmes_expectation"
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "programme", "measure"],
                condition=models.Q(ended_at=None),
                name="expectation_once",
            ),
            models.CheckConstraint(condition=models.Q(n__gte=0), name="expectation_not_negative"),
            *policies(
                "expectation", using=placed_sql("programmes_expectation.unit_id", COUNTS), write=SYSTEM
            ),
        ]
        indexes = [
            # used by: what was expected of a unit before
            models.Index(fields=["unit", "programme", "measure", "-said_at"], name="expectation_unit")
        ]
