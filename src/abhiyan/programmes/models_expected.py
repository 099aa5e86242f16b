"""A number that a level above expects of a unit, beside its target. The models of the room import it."""

from django.db import models

from abhiyan.core.policy import COUNTS, SYSTEM, placed_sql, policies
from abhiyan.units.models import Unit


class Expectation(models.Model):
    """A number that an office above expects of a unit in one measure. A new one replaces, never edits.

    It is no target: nothing sums it or splits it, and no pace follows from it.
    """

    programme = models.ForeignKey("programmes.Programme", models.CASCADE, related_name="+", db_index=False)
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
