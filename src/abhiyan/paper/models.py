"""Printed forms in batches, with the photographs of their sheets and the lists that were brought of them.

Their tables are those of the app `enrolment`, where they were made.
"""

from django.db import models

from abhiyan.core.files import SealedFile, StoredBytesField
from abhiyan.core.policy import PEOPLE, SYSTEM, placed_sql, policies

from .rules import batches


class PaperBatch(models.Model):
    """Forms printed together for one unit: its number is on each sheet, and in the list that is typed from them."""

    id = models.AutoField(primary_key=True)
    programme_id = models.IntegerField()
    unit_id = models.BigIntegerField()
    sheets = models.SmallIntegerField()
    language = models.TextField()
    notice_version = models.IntegerField()
    made_by = models.BigIntegerField()  # account
    made_at = models.DateTimeField()
    erased_at = models.DateTimeField(
        null=True
    )  # somebody of it had everything erased: no photograph comes any more

    class Meta:
        app_label = "enrolment"
        db_table = "enrolment_paper_batch"
        indexes = [
            models.Index(
                fields=["unit_id", "-made_at"], name="paper_batch_unit"
            ),  # used by: a unit's batches
        ]
        constraints = policies(
            "paper_batch", using=placed_sql("enrolment_paper_batch.unit_id", PEOPLE), write=SYSTEM
        )

    @property
    def number(self) -> str:
        return batches.batch_number(self.pk)


class PaperPhoto(SealedFile):
    """A photograph of a filled sheet, sealed. The same picture is kept once in a drive; gone after `purge_at`.

    A list of its batch makes it evidence once imported: nobody destroys it before that day. A photograph that
    somebody removes then is put aside.
    """

    batch_id = models.IntegerField()
    unit_id = models.BigIntegerField()
    kind = models.TextField()  # media type
    sheet = models.SmallIntegerField(null=True)  # as the code on it says, or somebody; null: not known yet
    alike = models.SmallIntegerField(null=True)  # the sheet it looks like, where no code could be read
    turn = models.SmallIntegerField(default=0, db_default=0)  # quarters to the right, as it is shown
    is_beside = models.BooleanField(
        default=False, db_default=False
    )  # somebody keeps it beside another of its sheet
    small = StoredBytesField(default=b"", db_default=b"")  # sealed, as all of it: a small picture
    trace = StoredBytesField(
        default=b"", db_default=b""
    )  # sealed: by which its sheet is known again (pictures)
    import_id = models.BigIntegerField(null=True)  # the list that brought its entries, while not taken back
    added_by = models.BigIntegerField()  # account
    hidden_at = models.DateTimeField(
        null=True
    )  # somebody of the batch had everything erased: nobody opens it
    aside_at = models.DateTimeField(null=True)  # removed after a list of its batch was imported
    aside_by = models.BigIntegerField(null=True)  # account
    purge_at = models.DateTimeField()

    class Meta:
        app_label = "enrolment"
        db_table = "enrolment_paper_photo"
        indexes = [
            models.Index(fields=["batch_id"], name="paper_photo_batch"),  # used by: a batch's page
            models.Index(fields=["purge_at"], name="paper_photo_purge"),  # used by: the loop that forgets
            models.Index(  # used by: Today, batches with sheets to enter
                fields=["batch_id"],
                include=["unit_id"],
                condition=models.Q(import_id=None, hidden_at=None, is_beside=False),
                name="paper_photo_to_enter",
            ),
            models.Index(  # used by: undo
                fields=["import_id"], condition=models.Q(import_id__isnull=False), name="paper_photo_import"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["digest"], name="paper_photo_once"),
            *policies("paper_photo", using=placed_sql("enrolment_paper_photo.unit_id", PEOPLE), write=SYSTEM),
        ]


class PaperImport(models.Model):
    """A list that was brought of a batch, and how many of its rows name it."""

    pk = models.CompositePrimaryKey("batch_id", "import_id")
    batch_id = models.IntegerField()
    import_id = models.BigIntegerField()
    unit_id = models.BigIntegerField()  # the batch's
    rows = models.IntegerField()
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "enrolment"
        db_table = "enrolment_paper_import"
        indexes = [
            models.Index(fields=["import_id"], name="paper_import_of"),  # used by: undo, erasure
        ]
        constraints = policies(
            "paper_import", using=placed_sql("enrolment_paper_import.unit_id", PEOPLE), write=SYSTEM
        )
