"""Tokens of machine channels. The room's models import it."""

from django.db import models

from abhiyan.core.policy import PEOPLE, SYSTEM, Policy, placed_sql, policies


class ChannelToken(models.Model):
    """A write-only token of one machine channel: which drive, which units, until when. Kept as a digest."""

    public_id = models.UUIDField(unique=True)
    digest = models.BinaryField(unique=True)
    name = models.TextField()
    programme_id = models.IntegerField()
    channel = models.SmallIntegerField()  # rules.channels.Channel
    unit_id = models.BigIntegerField()  # claims for units below it only
    made_by = models.BigIntegerField(null=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "enrolment_channel_token"
        constraints = [
            *policies(
                "channel_token", using=placed_sql("enrolment_channel_token.unit_id", PEOPLE), write=SYSTEM
            ),
            Policy(name="channel_token_gateway", to=("gateway",), using="true"),
        ]
