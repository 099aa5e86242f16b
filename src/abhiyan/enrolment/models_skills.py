"""Contributors say what they can do; this table keeps it. The models of the room import it."""

from django.db import models

from abhiyan.core.policy import PEOPLE, SYSTEM, placed_by_row, policies


class ContributorSkill(models.Model):
    """One skill of one contributor, with the hours they have. The row without a skill finds them by any skill."""

    pk = models.CompositePrimaryKey("membership", "skill")
    membership = models.UUIDField()  # its public id
    skill = models.TextField()  # a choice of the form; "": whatever they can do
    hours = models.SmallIntegerField()  # a week
    unit_id = models.BigIntegerField()  # the membership's
    at = models.DateTimeField()

    class Meta:
        db_table = "enrolment_skill"
        indexes = [
            # used by: contributors with a skill, unit by unit
            models.Index(fields=["skill", "unit_id", "membership"], include=["hours"], name="skill_in_unit"),
        ]
        constraints = policies("skill", using=placed_by_row("enrolment_skill.unit_id", PEOPLE), write=SYSTEM)
