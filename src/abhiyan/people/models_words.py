"""Search finds people by the words of their names, as they sound."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from abhiyan.core.policy import SYSTEM, Policy, policies


class PersonWord(models.Model):
    """A word of a person's name, as it sounds (rules.called). Read in a system scope; persons are read in the viewer's.

    unit_id is the person's: a search in a unit reads the words of its units and no others.
    """

    pk = models.CompositePrimaryKey("person_id", "word")
    person_id = models.UUIDField()
    word = models.TextField()
    unit_id = models.BigIntegerField()

    class Meta:
        db_table = "people_person_word"
        indexes = [
            # used by: search in units
            models.Index(
                fields=["unit_id", "word"],
                name="person_word_unit",
                opclasses=["int8_ops", "text_pattern_ops"],
            ),
            # used by: names of many units that are in a text
            models.Index(fields=["word", "unit_id"], name="person_word_anywhere"),
        ]
        constraints = policies("person_word", using=SYSTEM, write=SYSTEM)


class UnheardPeople(models.Model):
    """People whose words are to be written: those of one batch, or of one slice of what was there before."""

    person_ids = ArrayField(models.UUIDField())

    class Meta:
        db_table = "people_unheard"
        constraints = [
            *policies("unheard", using=SYSTEM, write=SYSTEM),
            Policy(name="unheard_gateway", to=("gateway",), command="INSERT", using="true"),
        ]
