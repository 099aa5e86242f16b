"""Members who asked for a printed card. Of the room's models."""

from django.db import models

from abhiyan.core.policy import SYSTEM, policies


class CardWanted(models.Model):
    """A member who asked an office for a card on paper. The row stays when the card is printed, so that an office may
    print a batch again that the printer spoilt."""

    member = models.UUIDField(primary_key=True)  # public id of the membership
    asked_at = models.DateTimeField()
    printed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "enrolment_card_wanted"
        constraints = policies(
            "card_wanted",
            using="exists (select from enrolment_membership em where em.public_id = enrolment_card_wanted.member)",
            write=SYSTEM,
        )
