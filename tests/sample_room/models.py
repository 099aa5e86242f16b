"""Villages with beds, and the nights workers stayed there."""

from django.db import models

from abhiyan.core.policy import COUNTS, PEOPLE, placed_sql, policies


class Village(models.Model):
    """The number of workers who can sleep in a village, as a list said."""

    unit_id = models.BigIntegerField(primary_key=True)
    beds = models.IntegerField()
    row = models.IntegerField()  # in that list
    import_id = models.BigIntegerField()

    class Meta:
        db_table = "sample_village"
        constraints = policies("sample_village", using=placed_sql("sample_village.unit_id", COUNTS))


class Stay(models.Model):
    """A worker's report of one day. counted: the nights for which there was a bed."""

    programme_id = models.IntegerField()
    unit_id = models.BigIntegerField()
    day = models.DateField()
    nights = models.IntegerField()
    counted = models.IntegerField()
    met = models.IntegerField()

    class Meta:
        db_table = "sample_stay"
        constraints = policies("sample_stay", using=placed_sql("sample_stay.unit_id", PEOPLE))
