"""Tokens of machine channels, and what phones wrote before their YES. Their tables are those of the app `enrolment`."""

from django.db import models

from abhiyan.core.policy import (
    PEOPLE,
    PHONE,
    SYSTEM,
    Policy,
    placed_sql,
    policies,
    private,
)


class Text(models.Model):
    """Name, year of birth and place that a phone wrote before the notice went to it, sealed until it says YES.

    One per phone and drive. Kept until `purge_at`. With `hear_at`: parts of one long text, which are heard then.
    """

    id = models.UUIDField(primary_key=True)  # derived from phone and programme
    phone_id = models.UUIDField()
    sealed = models.BinaryField()
    at = models.DateTimeField()
    purge_at = models.DateTimeField()
    hear_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "enrolment"
        db_table = "enrolment_text"
        indexes = [
            models.Index(  # used by: the loop that hears parts
                fields=["hear_at"], condition=models.Q(hear_at__isnull=False), name="text_hear"
            ),
            models.Index(fields=["purge_at"], name="text_purge"),  # used by: the loop that forgets
            models.Index(fields=["phone_id"], name="text_phone"),  # used by: what is held about me
        ]
        constraints = private("text", using=f"phone_id = {PHONE}", write=SYSTEM)


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
        app_label = "enrolment"
        db_table = "enrolment_channel_token"
        constraints = [
            *policies(
                "channel_token", using=placed_sql("enrolment_channel_token.unit_id", PEOPLE), write=SYSTEM
            ),
            Policy(name="channel_token_gateway", to=("gateway",), using="true"),
        ]
