"""Field days: a leader spends a day in a booth of the own area. Enough of them in a month earn a letter of thanks."""

from django.db import models

from abhiyan.core.policy import ACCOUNT, PEOPLE, SYSTEM, open_to_all, placed_sql, policies


class FieldDay(models.Model):
    """A day that a leader plans in one booth and marks there. A leader has one booth a day."""

    is_known: bool = False  # The mark that an act just brought was made before; no column.

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
                using=f"leader_id = {ACCOUNT} or {placed_sql('stays_field_day.unit_id', PEOPLE)}",
                write=SYSTEM,
            ),
        ]


class ThanksRule(models.Model):
    """A programme's own number of confirmed days that earn a letter in a month."""

    programme_id = models.IntegerField(primary_key=True)
    least = models.SmallIntegerField()

    class Meta:
        db_table = "stays_thanks_rule"
        constraints = [
            models.CheckConstraint(condition=models.Q(least__gt=0), name="thanks_rule_least"),
            *open_to_all("thanks_rule", write=SYSTEM),
        ]


class ThanksLetter(models.Model):
    """The letter of thanks for one month of a leader. Its document is about the id. least: the rule as it was."""

    id = models.UUIDField(primary_key=True)  # random
    programme_id = models.IntegerField()
    leader_id = models.BigIntegerField()  # account
    month = models.DateField()  # its first day
    area_id = models.BigIntegerField()  # unit of the leader's office
    least = models.SmallIntegerField()
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)  # taken back

    class Meta:
        db_table = "stays_thanks_letter"
        constraints = [
            models.UniqueConstraint(fields=["leader_id", "month", "programme_id"], name="thanks_letter_once"),
            *policies(
                "thanks_letter",
                using=f"leader_id = {ACCOUNT} or {placed_sql('stays_thanks_letter.area_id', PEOPLE)}",
                write=SYSTEM,
            ),
        ]
