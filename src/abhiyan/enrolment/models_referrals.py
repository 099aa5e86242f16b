"""Own links of workers and friends, and the people who joined by them. The room's models import it."""

from django.db import models

from abhiyan.core.policy import ACCOUNT, PEOPLE, SYSTEM, placed_sql, policies


class Referral(models.Model):
    """The own link of a worker, or of a friend, to a drive. Its code is in the address, on a worker's poster and
    with the people who joined by it. membership: the friend's public id; a worker's link has an account. A drive has
    one link without both: call centres send it to people who want to help."""

    code = models.TextField(unique=True)
    programme_id = models.IntegerField()
    account_id = models.BigIntegerField(null=True)
    membership = models.UUIDField(null=True)
    unit_id = models.BigIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        db_table = "enrolment_referral"
        constraints = [
            models.UniqueConstraint(fields=["membership", "programme_id"], name="referral_friend"),
            models.UniqueConstraint(fields=["account_id", "programme_id", "unit_id"], name="referral_once"),
            models.UniqueConstraint(
                fields=["programme_id"],
                condition=models.Q(account_id=None, membership=None),
                name="referral_calls",
            ),
            *policies(
                "referral",
                using=f"account_id = {ACCOUNT} or {placed_sql('enrolment_referral.unit_id', PEOPLE)}",
                write=SYSTEM,
            ),
        ]
        indexes = [
            models.Index(fields=["unit_id"], name="referral_unit"),  # used by: who invited, of a unit
        ]


class Referred(models.Model):
    """Somebody joined by the own link of somebody else."""

    pk = models.CompositePrimaryKey("programme_id", "membership")
    programme_id = models.IntegerField()
    membership = models.UUIDField()  # its public id
    referral_id = models.BigIntegerField()
    unit_id = models.BigIntegerField()  # of the link
    at = models.DateTimeField()

    class Meta:
        db_table = "enrolment_referred"
        indexes = [
            models.Index(fields=["referral_id"], name="referred_by"),  # used by: counts of a link
            models.Index(fields=["membership"], name="referred_member"),  # used by: a member's page, erasure
        ]
        constraints = policies(
            "referred", using=placed_sql("enrolment_referred.unit_id", PEOPLE), write=SYSTEM
        )
