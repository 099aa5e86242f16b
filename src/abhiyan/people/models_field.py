"""Phones of the field, and what they send: receipts of records, and pictures that wait for theirs."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from abhiyan.core.files import StoredBytesField
from abhiyan.core.policy import ACCOUNT, LINE, SYSTEM, placed_sql, policies, private

_OWN = f"account_id = {ACCOUNT}"


class FieldPhone(models.Model):
    """A phone with a session of its own. Its holder sees it, and who leads their unit."""

    id = models.UUIDField(primary_key=True)  # the public id of its session
    account_id = models.BigIntegerField()
    unit_id = models.BigIntegerField()  # of the office that let it in
    device = models.TextField(default="", db_default="")  # browser and system, coarse
    begun_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)  # the last record or picture that arrived
    ended_at = models.DateTimeField(null=True)  # before its time
    ended_by = models.UUIDField(
        null=True
    )  # public id of who ended it; null: a newer phone, or the last office ended

    class Meta:
        db_table = "people_field_phone"
        indexes = [
            models.Index(fields=["account_id"], name="field_phone_account"),  # used by: my phones
            models.Index(fields=["unit_id"], name="field_phone_unit"),  # used by: phones of a unit
        ]
        constraints = policies(
            "field_phone",
            using=f"account_id = {ACCOUNT} or {placed_sql('people_field_phone.unit_id', LINE)}",
            write=f"{SYSTEM} or account_id = {ACCOUNT}",
        )


class FieldHeld(models.Model):
    """A record that arrived from a phone after it was signed out. It counts only once the in-charge accepts it."""

    class State(models.IntegerChoices):
        WAITS = 1, _("Not decided yet")
        ACCEPTED = 2, _("Accepted")
        ASIDE = 3, _("Set aside")

    id = models.UUIDField(primary_key=True)  # as its receipt's
    public_id = models.UUIDField(unique=True)
    account_id = models.BigIntegerField()
    phone_id = models.UUIDField()  # FieldPhone
    unit_id = models.BigIntegerField()
    record = models.TextField()  # code of its kind
    sealed = models.BinaryField()  # page, form, pictures and key, as they came
    made_at = models.DateTimeField()  # when it was finished, by the phone's clock
    at = models.DateTimeField()
    signed_out_at = models.DateTimeField()  # what its sender might send is judged as of then
    was_strong = models.BooleanField(default=False, db_default=False)  # both proofs were shown on the phone
    state = models.SmallIntegerField(choices=State.choices, default=State.WAITS, db_default=1)
    reason = models.TextField(default="", db_default="")  # why it was set aside
    decided_by = models.BigIntegerField(null=True)  # account
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "people_field_held"
        indexes = [
            models.Index(
                fields=["unit_id", "state"], name="field_held_unit"
            ),  # used by: what waits in a unit
            models.Index(fields=["at"], name="field_held_at"),  # used by: the sweep
        ]
        constraints = policies(
            "field_held", using=placed_sql("people_field_held.unit_id", LINE), write=SYSTEM
        )


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
    sealed = StoredBytesField()
    at = models.DateTimeField()

    class Meta:
        db_table = "people_field_picture"
        indexes = [
            models.Index(fields=["account_id"], name="field_picture_account"),  # used by: how many wait
            models.Index(fields=["record"], name="field_picture_record"),  # used by: its record
            models.Index(fields=["at"], name="field_picture_at"),  # used by: the sweep
        ]
        constraints = private("field_picture", using=_OWN)
