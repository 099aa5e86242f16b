"""Entries that workers make at doors. Their tables are those of the app `enrolment`, where they were made."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from abhiyan.core.policy import PEOPLE, SYSTEM, placed_sql, policies
from abhiyan.enrolment.rules import door_tries


class DoorEntry(models.Model):
    """An entry a worker wrote down at a door: for their own list, and for the code its phone reads to them."""

    class Heard(models.IntegerChoices):
        """How the notice reached them, as the worker's page knows it."""

        SHOWN = 1, _("Notice shown")
        PLAYED = 2, _("Notice played")
        TOGETHER = 3, _("Notice heard with the house")

    id = models.UUIDField(primary_key=True)  # the claim's
    public_id = models.UUIDField(unique=True)  # the claim's
    by = models.UUIDField()  # public id of the worker
    programme_id = models.IntegerField()
    unit_id = models.BigIntegerField()
    phone_id = models.UUIDField()
    # As the worker typed them: what is shown of an entry must not tell whether the person was a member before.
    name = models.CharField(max_length=200, default="", db_default="")
    last4 = models.CharField(max_length=4, default="", db_default="")
    birth_year = models.SmallIntegerField(null=True)  # tells a father and a son of one name and phone apart
    membership_id = models.UUIDField(null=True)
    is_new = models.BooleanField()  # it opened a term; else they were a member before
    at = models.DateTimeField()
    code_id = models.UUIDField(null=True)  # of the code last sent for it
    code_at = models.DateTimeField(null=True)
    proven_at = models.DateTimeField(null=True)  # that code came back
    seconds = models.IntegerField(null=True)  # the form took, from being shown; no page shows it
    heard = models.SmallIntegerField(null=True, choices=Heard.choices)

    class Meta:
        app_label = "enrolment"
        db_table = "enrolment_door_entry"
        indexes = [models.Index(fields=["by", "-at"], name="door_entry_by")]  # used by: a worker's own list
        constraints = policies(
            "door_entry", using=placed_sql("enrolment_door_entry.unit_id", PEOPLE), write=SYSTEM
        )


class DoorTry(models.Model):
    """Doors at which nobody was entered, in numbers: nothing is kept of a house or a person."""

    class Outcome(models.IntegerChoices):
        UNWILLING = door_tries.UNWILLING, _("Does not want to")
        NOBODY_HOME = 2, _("Nobody at home")

    pk = models.CompositePrimaryKey("by", "programme_id", "unit_id", "day", "outcome")
    by = models.UUIDField()  # public id of the worker
    programme_id = models.IntegerField()
    unit_id = models.BigIntegerField()
    day = models.DateField()  # in the programme's zone
    outcome = models.SmallIntegerField(choices=Outcome.choices)
    n = models.IntegerField()

    class Meta:
        app_label = "enrolment"
        db_table = "enrolment_door_try"
        constraints = policies(
            "door_try", using=placed_sql("enrolment_door_try.unit_id", PEOPLE), write=SYSTEM
        )
