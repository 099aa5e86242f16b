"""Field days: a leader spends a day in a booth of the own area."""

from django.db import models

from abhiyan.core.policy import ACCOUNT, PEOPLE, SYSTEM, placed, policies


class FieldDay(models.Model):
    """A day that a leader plans in one booth and marks there. A leader has one booth a day."""

    id = models.UUIDField(primary_key=True)  # random
    programme_id = models.IntegerField()
    leader_id = models.BigIntegerField()  # account
    day = models.DateField()  # in the programme's zone
    unit_id = models.BigIntegerField()  # the booth
    area_id = models.BigIntegerField()  # unit of the office whose area it is
    planned_at = models.DateTimeField()
    marked_at = models.DateTimeField(null=True)
    flaw = models.TextField(default="", db_default="")  # of rules.days.DayFlaw
    item_id = models.UUIDField(null=True)  # what is counted

    class Meta:
        db_table = "stays_field_day"
        constraints = [
            # used by: own days, Today, counts of a month
            models.UniqueConstraint(fields=["leader_id", "day"], name="field_day_once"),
            *policies(
                "field_day",
                using=f"leader_id = {ACCOUNT} or {placed('stays_field_day.unit_id', PEOPLE)}",
                write=SYSTEM,
            ),
        ]
