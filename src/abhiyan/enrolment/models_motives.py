"""Why people joined, where they chose to say it. The models of the room import it."""

from django.db import models

from abhiyan.core.policy import PEOPLE, SYSTEM, placed_sql, policies

from .rules.motives import MOTIVES


class Motive(models.Model):
    """The choice of one person in one programme. The person reads it on their own page; offices read counts."""

    pk = models.CompositePrimaryKey("programme_id", "membership")
    programme_id = models.IntegerField()
    membership = models.UUIDField()  # its public id
    unit_id = models.BigIntegerField()
    why = models.SmallIntegerField(choices=MOTIVES)
    at = models.DateTimeField()

    class Meta:
        db_table = "enrolment_motive"
        indexes = [
            models.Index(fields=["membership"], name="motive_member"),  # used by: one's own page, erasure
        ]
        constraints = policies("motive", using=placed_sql("enrolment_motive.unit_id", PEOPLE), write=SYSTEM)
