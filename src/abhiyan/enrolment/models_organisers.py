"""Friends belong to an organiser, and say what they will do. The models of the room import these tables."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from abhiyan.core.policy import ACCOUNT, PEOPLE, SYSTEM, placed_by_row, policies


class FriendOrganiser(models.Model):
    """An organiser stays in touch with one friend for a time. A friend has one such row that is not ended."""

    class Way(models.TextChoices):
        """How the friend came to this organiser."""

        LINK = "link"
        PLACE = "place"
        HAND = "hand"

    membership = models.UUIDField()  # its public id
    unit_id = models.BigIntegerField()  # the membership's
    account_id = models.BigIntegerField()
    post_id = models.BigIntegerField()  # the unit of the organiser's office or link
    way = models.TextField(choices=Way.choices)
    share = models.UUIDField(null=True)  # of friends that were given together, by hand
    by_id = models.BigIntegerField(null=True)  # the account that gave them by hand
    from_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "enrolment_friend_organiser"
        constraints = [
            models.UniqueConstraint(
                fields=["membership"], condition=models.Q(ended_at=None), name="friend_has_one_organiser"
            ),
            *policies(
                "friend_organiser",
                using=f"account_id = {ACCOUNT} or {placed_by_row('enrolment_friend_organiser.unit_id', PEOPLE)}",
                write=SYSTEM,
            ),
        ]
        indexes = [
            # used by: the friends of one organiser
            models.Index(
                fields=["account_id", "post_id"],
                condition=models.Q(ended_at=None),
                name="friends_of_organiser",
            ),
            # used by: a change that is taken back
            models.Index(
                fields=["share"], condition=models.Q(share__isnull=False), name="friend_organiser_share"
            ),
        ]


class FriendPromise(models.Model):
    """Something that a friend said they will do."""

    class Kind(models.TextChoices):
        BRING = "bring", _("Bring people")
        HOST = "host", _("Host a meeting")
        TELL = "tell", _("Tell others about our work")

    public_id = models.UUIDField(unique=True)
    membership = models.UUIDField()  # its public id
    unit_id = models.BigIntegerField()  # the membership's
    kind = models.TextField(choices=Kind.choices)
    n = models.SmallIntegerField(null=True)  # so many people they bring
    by_id = models.BigIntegerField()  # the account that wrote it down
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "enrolment_friend_promise"
        constraints = policies(
            "friend_promise",
            using=placed_by_row("enrolment_friend_promise.unit_id", PEOPLE),
            write=SYSTEM,
        )
        indexes = [
            models.Index(fields=["membership"], name="promise_of_friend")  # used by: the promises of a friend
        ]
