"""What phones of the field send: receipts of records, and pictures that wait for theirs. Of the room's models."""

from django.db import models

from abhiyan.core.policy import ACCOUNT, private

_OWN = f"account_id = {ACCOUNT}"


class FieldReceipt(models.Model):
    """A record of a phone is kept: written in one transaction with it. A known key gets its first answer."""

    id = models.UUIDField(primary_key=True)  # keyed hash of the account and the record's key
    account_id = models.BigIntegerField()
    digest = models.BinaryField()  # keyed, of what was sent: other content under the same key is refused
    answer = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        db_table = "people_field_receipt"
        indexes = [models.Index(fields=["at"], name="field_receipt_at")]  # used by: the sweep
        constraints = private("field_receipt", using=_OWN)


class FieldPicture(models.Model):
    """A picture of a record that has not come yet. The record takes it with it."""

    id = models.UUIDField(primary_key=True)  # keyed hash of the account, the record's key and the number
    record = models.UUIDField()  # the id its receipt will have
    account_id = models.BigIntegerField()
    digest = models.BinaryField()
    sealed = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        db_table = "people_field_picture"
        indexes = [
            models.Index(fields=["account_id"], name="field_picture_account"),  # used by: how many wait
            models.Index(fields=["record"], name="field_picture_record"),  # used by: its record
            models.Index(fields=["at"], name="field_picture_at"),  # used by: the sweep
        ]
        constraints = private("field_picture", using=_OWN)
