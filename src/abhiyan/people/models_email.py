"""The e-mail address of somebody in office: a second way to them, which they enter and prove themselves."""

from django.db import models

from abhiyan.core.policy import ACCOUNT, SYSTEM, private


class EmailAddress(models.Model):
    """An account's own address. Nobody else reads it; the page of the account shows it masked.

    It proves no phone: a code that went there opens the account's second step alone.
    """

    account_id = models.BigIntegerField(primary_key=True)
    digest = models.BinaryField()  # keyed: says nothing without the key
    sealed = models.BinaryField()
    request = models.UUIDField(null=True)  # of the code that proves it
    asked_at = models.DateTimeField()
    proven_at = models.DateTimeField(null=True)
    gets_notices = models.BooleanField(default=False, db_default=False)  # in place of SMS
    failed_at = models.DateTimeField(null=True)  # its server said that there is no such address

    class Meta:
        db_table = "people_email"
        constraints = [
            *private("email", using=f"account_id = {ACCOUNT}", write=SYSTEM),
            # used by: one proven address belongs to one account
            models.UniqueConstraint(
                fields=["digest"], condition=models.Q(proven_at__isnull=False), name="email_once"
            ),
        ]
