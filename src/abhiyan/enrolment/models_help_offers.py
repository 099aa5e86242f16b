"""People who said to one of us that they want to help; this table keeps them. The models of the room import it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from abhiyan.contact.news import HELP_WAYS
from abhiyan.core.policy import PEOPLE, SYSTEM, placed_sql, policies


class HelpOffer(models.Model):
    """One person who wants to help, until they join or say no.

    The roll of contributors says by their phone whether they joined. The row keeps it once the phone is forgotten.
    """

    class Answer(models.TextChoices):
        ASKED = "asked", _("Asked, not decided")
        NO = "no", _("Said no")
        JOINED = "joined", _("Joined")

    id = models.UUIDField(primary_key=True)  # from the try, call or form that says it
    way = models.TextField(choices=HELP_WAYS)
    unit_id = models.BigIntegerField()
    desk_id = models.BigIntegerField(null=True)  # the unit whose office organises it
    task_id = models.UUIDField(null=True)  # of that office, public id
    phone_id = models.UUIDField(null=True)  # of people_phone
    person_name = models.BinaryField(default=b"", db_default=b"")  # sealed under the id
    door = models.TextField(default="", db_default="")
    language = models.TextField(default="", db_default="")
    by_id = models.BigIntegerField()  # account
    at = models.DateTimeField()
    due_on = models.DateField()
    linked_at = models.DateTimeField(null=True)  # The link to join was queued.
    answer = models.TextField(choices=Answer.choices, default="", db_default="")
    answered_at = models.DateTimeField(null=True)
    no_at = models.DateTimeField(null=True)  # The phone said no to all of us.
    forgotten_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "enrolment_help_offer"
        constraints = policies(
            "help_offer", using=placed_sql("enrolment_help_offer.unit_id", PEOPLE), write=SYSTEM
        )
        indexes = [
            # used by: the board and the list of a unit
            models.Index(fields=["unit_id", "at"], name="help_offer_unit"),
            # used by: a second offer of the same phone, a no, an erasure
            models.Index(
                fields=["phone_id"], condition=models.Q(phone_id__isnull=False), name="help_offer_phone"
            ),
            # used by: the open task of an office
            models.Index(
                fields=["task_id"], condition=models.Q(task_id__isnull=False), name="help_offer_task"
            ),
            # used by: forgetting names
            models.Index(
                fields=["at"], condition=models.Q(forgotten_at__isnull=True), name="help_offer_kept"
            ),
        ]
