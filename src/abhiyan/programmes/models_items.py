"""Items: the countable things of every activity but the membership drive. The room's models import them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from abhiyan.core.policy import ACCOUNT, PEOPLE, SYSTEM, placed_sql, policies


class Item(models.Model):
    """One countable thing, such as a stay or a conversation. The acts in actions/items.py write it and the ledger."""

    class Why(models.TextChoices):
        """Why an item no longer counts."""

        STRUCK = "struck", _("Struck off")
        DENIED = "denied", _("Denied by the person")
        LEFT = "left", _("The person left")
        UNDONE = "undone", _("Taken back")

    id = models.UUIDField(
        primary_key=True
    )  # a keyed hash, `actions.item_key`: the same thing is the same row
    public_id = models.UUIDField(unique=True)  # drawn; the only id on pages, in frames and exports
    programme = models.ForeignKey("programmes.Programme", models.PROTECT, related_name="+", db_index=False)
    measure = models.SmallIntegerField()
    channel = models.SmallIntegerField()
    unit_id = models.BigIntegerField()
    day = models.DateField()  # field day in the programme's zone.
    by_id = models.BigIntegerField(null=True)  # the account that reported it.
    phone_id = models.UUIDField(null=True)  # our question and checks go to it.
    n = models.IntegerField(default=1)  # another number only for an organiser's total, which never counts.
    at = models.DateTimeField(null=True)  # when it happened; null where only the day is known
    stored_at = models.DateTimeField()
    device = models.TextField(default="", db_default="")  # from which it was reported
    seconds = models.IntegerField(null=True)  # how long the form took
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    accuracy = models.FloatField(null=True)  # metres
    digest = models.BinaryField(null=True)  # keyed, of what was reported; null once it is erased
    is_signed = models.BooleanField(default=True, db_default=True)
    counted_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)  # the YES; on the ladder once the item counts
    ended_at = models.DateTimeField(null=True)
    why = models.TextField(choices=Why.choices, default="", db_default="")

    class Meta:
        db_table = "programmes_item"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(n=1) | models.Q(n__gte=0, counted_at=None), name="item_total_never_counts"
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None, why="") | (~models.Q(ended_at=None) & ~models.Q(why="")),
                name="item_ends_with_a_reason",
            ),
            *policies(
                "item",
                using=f"by_id = {ACCOUNT} or {placed_sql('programmes_item.unit_id', PEOPLE)}",
                write=SYSTEM,
            ),
        ]
        indexes = [
            # used by: frames, recounts and lists of a programme
            models.Index(fields=["programme", "measure", "unit_id"], name="item_programme"),
            # used by: closing a unit, the items of one unit
            models.Index(fields=["unit_id", "programme"], name="item_unit"),
            # used by: the policy of who reported it, their own record
            models.Index(fields=["by_id", "day"], name="item_by"),
            # used by: erasing a phone
            models.Index(fields=["phone_id"], name="item_phone", condition=models.Q(phone_id__isnull=False)),
        ]

    @property
    def passes(self) -> bool:
        """Return True if it passes the rules and has not ended, with or without a sign from a phone."""
        return self.counted_at is not None and self.ended_at is None

    @property
    def is_counted(self) -> bool:
        """Return True if it passes with a sign."""
        return self.passes and self.is_signed

    @property
    def waits(self) -> bool:
        """Return True if it passes, and waits for a sign from a phone."""
        return self.passes and not self.is_signed

    @property
    def is_confirmed(self) -> bool:
        """Return True if the person said YES to an item that passes."""
        return self.passes and self.confirmed_at is not None
