"""The programme that somebody wants to read first on their Today."""

from django.db import models

from abhiyan.core.policy import ACCOUNT, private


class PinnedProgramme(models.Model):
    """The one programme that an account has pinned."""

    account_id = models.BigIntegerField(primary_key=True)
    programme = models.ForeignKey("programmes.Programme", models.CASCADE, related_name="+")
    pinned_at = models.DateTimeField()

    class Meta:
        db_table = "programmes_pin"
        constraints = private("programmes_pin", using=f"account_id = {ACCOUNT}")
