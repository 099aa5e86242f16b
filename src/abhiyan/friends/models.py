"""Organisers of friends, promises, certificates, offers of help and skills.

Their tables are those of the app `enrolment`, where they were made.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from abhiyan.contact.news import HELP_WAYS
from abhiyan.core.files import SealedFile
from abhiyan.core.policy import ACCOUNT, PEOPLE, SYSTEM, placed_by_row, placed_sql, policies


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
        app_label = "enrolment"
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
        app_label = "enrolment"
        db_table = "enrolment_friend_promise"
        constraints = policies(
            "friend_promise",
            using=placed_by_row("enrolment_friend_promise.unit_id", PEOPLE),
            write=SYSTEM,
        )
        indexes = [
            models.Index(fields=["membership"], name="promise_of_friend")  # used by: the promises of a friend
        ]


class CertificateSheet(SealedFile):
    """How the certificates of a programme look, and how many a segment gets. The file is the signature, a JPEG.

    A change makes a new row: a batch is printed as its approver saw it.
    """

    programme_id = models.IntegerField()
    unit_id = models.BigIntegerField()  # the programme's own
    each = models.SmallIntegerField()  # certificates of one segment, at most
    line = models.JSONField()  # language -> who signs, under the signature
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "enrolment"
        db_table = "enrolment_certificate_sheet"
        constraints = [
            models.UniqueConstraint(
                fields=["programme_id"],
                condition=models.Q(replaced_at=None),
                name="certificate_sheet_once",
            ),
            models.CheckConstraint(condition=models.Q(each__gt=0), name="certificate_sheet_each"),
            *policies(
                "certificate_sheet",
                using=placed_sql("enrolment_certificate_sheet.unit_id", PEOPLE),
                write=SYSTEM,
            ),
        ]


class CertificateBatch(models.Model):
    """Certificates of one segment that a second person approved: one file for the printer."""

    id = models.UUIDField(primary_key=True)  # random
    programme_id = models.IntegerField()
    unit_id = models.BigIntegerField()  # the segment
    sheet_id = models.UUIDField()
    n = models.SmallIntegerField()
    approved_by = models.BigIntegerField(null=True)  # account
    at = models.DateTimeField()

    class Meta:
        app_label = "enrolment"
        db_table = "enrolment_certificate_batch"
        indexes = [
            models.Index(fields=["programme_id", "-at"], name="certificate_batches")
        ]  # used by: the office's page
        constraints = policies(
            "certificate_batch", using=placed_sql("enrolment_certificate_batch.unit_id", PEOPLE), write=SYSTEM
        )


class FriendCertificate(models.Model):
    """A place among the certificates of a segment: for ever one friend's, also when the certificate has ended.

    The certificate itself is a `people.Document` about the friend's membership.
    """

    friend = models.UUIDField(primary_key=True)  # public id of the membership
    batch = models.ForeignKey(CertificateBatch, models.PROTECT, related_name="+")
    programme_id = models.IntegerField()
    segment_id = models.BigIntegerField()
    told_at = models.DateTimeField(null=True)  # the link was queued, or was not due any more
    handed_at = models.DateTimeField(null=True)
    handed_by = models.BigIntegerField(null=True)  # account

    class Meta:
        app_label = "enrolment"
        db_table = "enrolment_certificate"
        indexes = [
            models.Index(
                fields=["programme_id", "segment_id"], name="certificate_segment"
            ),  # used by: the limit, lists
            models.Index(  # used by: sending the links
                fields=["friend"], condition=models.Q(told_at=None), name="certificate_untold"
            ),
        ]
        constraints = policies(
            "certificate",
            using="exists (select from enrolment_membership em where em.public_id = enrolment_certificate.friend)",
            write=SYSTEM,
        )


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
        app_label = "enrolment"
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


class ContributorSkill(models.Model):
    """One skill of one contributor, with the hours they have. The row without a skill finds them by any skill."""

    pk = models.CompositePrimaryKey("membership", "skill")
    membership = models.UUIDField()  # its public id
    skill = models.TextField()  # a choice of the form; "": whatever they can do
    hours = models.SmallIntegerField()  # a week
    unit_id = models.BigIntegerField()  # the membership's
    at = models.DateTimeField()

    class Meta:
        app_label = "enrolment"
        db_table = "enrolment_skill"
        indexes = [
            # used by: contributors with a skill, unit by unit
            models.Index(fields=["skill", "unit_id", "membership"], include=["hours"], name="skill_in_unit"),
        ]
        constraints = policies("skill", using=placed_by_row("enrolment_skill.unit_id", PEOPLE), write=SYSTEM)
