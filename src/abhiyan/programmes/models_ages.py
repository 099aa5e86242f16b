"""Keep the ages of the counted: tables made again each night, never posted to."""

from django.db import models

from abhiyan.core.policy import COUNTS, SYSTEM, placed_sql, policies
from abhiyan.units.models import Hierarchy


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
