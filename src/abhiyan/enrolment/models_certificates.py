"""Certificates of friends: how they look, the batches that were approved, and who got one. Of the room's models."""

from django.db import models

from abhiyan.core.files import SealedFile
from abhiyan.core.policy import PEOPLE, SYSTEM, placed_sql, policies


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
