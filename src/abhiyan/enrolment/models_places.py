"""Hints at the homes of people who joined without a place; and places given to many at once."""

from django.db import models

from abhiyan.core.policy import PEOPLE, PHONE, SYSTEM, placed_sql, policies


class Whereabout(models.Model):
    """Somebody's words on their place, while nobody has found the unit it means. It goes once their entry has one."""

    claim = models.UUIDField(primary_key=True)  # the entry's public id
    phone_id = models.UUIDField()
    unit_id = models.BigIntegerField()  # the drive's own, where the entry counts meanwhile
    pin = models.TextField(default="", db_default="")
    place = models.TextField(default="", db_default="")  # a village, ward or street, in their words

    class Meta:
        db_table = "enrolment_whereabout"
        indexes = [models.Index(fields=["phone_id"], name="whereabout_phone")]  # used by: erasing
        constraints = policies(
            "whereabout",
            using=f"phone_id = {PHONE} or {placed_sql('enrolment_whereabout.unit_id', PEOPLE)}",
            write=SYSTEM,
        )


class Placing(models.Model):
    """Entries that got their place together, so that it can be taken back."""

    public_id = models.UUIDField(unique=True)
    from_unit_id = models.BigIntegerField()  # the drive's own: where they were
    unit_id = models.BigIntegerField()
    pin = models.TextField(default="", db_default="")
    place = models.TextField(default="", db_default="")
    claims = models.JSONField()  # public ids of the entries, as text
    n = models.IntegerField()
    by = models.UUIDField()
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "enrolment_placing"
        indexes = [models.Index(fields=["by", "-at"], name="placing_by")]  # used by: one's own, to undo
        constraints = policies(
            "placing", using=placed_sql("enrolment_placing.from_unit_id", PEOPLE), write=SYSTEM
        )
