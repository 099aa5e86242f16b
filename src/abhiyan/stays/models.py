"""Stays of 24 hours: worker, place, host and outcome."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from abhiyan.core.policy import ACCOUNT, PEOPLE, SYSTEM, placed_sql, policies

from .models_days import FieldDay as FieldDay  # noqa: PLC0414  # tables of this room, kept beside
from .models_days import ThanksLetter as ThanksLetter  # noqa: PLC0414
from .models_days import ThanksRule as ThanksRule  # noqa: PLC0414


class Stay(models.Model):
    """One worker in one place of a programme. A place has one at a time, and so has a worker."""

    is_known: bool = False  # The mark that an act just brought was recorded before; no column.

    class State(models.TextChoices):
        ASSIGNED = "assigned", pgettext_lazy("of a stay", "Assigned")
        ACCEPTED = "accepted", pgettext_lazy("of a stay", "Accepted")
        THERE = "there", pgettext_lazy("of a stay", "There")
        DONE = "done", pgettext_lazy("of a stay", "Done")
        # These have ended: the place is empty again.
        DECLINED = "declined", _("The worker declined")
        HOST_NO = "host_no", _("The host said no")
        WITHDRAWN = "withdrawn", _("Taken back")

    id = models.UUIDField(primary_key=True)  # random
    programme_id = models.IntegerField()
    unit_id = models.BigIntegerField()
    worker_id = models.BigIntegerField()  # account
    host_name = models.TextField(default="", db_default="")
    host_phone = models.UUIDField(null=True)  # of people_phone
    state = models.TextField(choices=State.choices, default=State.ASSIGNED)
    why = models.TextField(default="", db_default="")  # it ended, in the words of who ended it
    flaw = models.TextField(default="", db_default="")  # of rules.stays.StayFlaw
    marks = models.JSONField(
        default=dict
    )  # of rules.stays.StayStep: at, stored_at, lat, lon, accuracy, clock
    report = models.JSONField(default=dict)  # what the worker wrote at the end: houses, text
    item_id = models.UUIDField(null=True)  # what is counted
    import_id = models.BigIntegerField(null=True)
    assigned_by = models.BigIntegerField(
        null=True
    )  # account that named the worker, and gave us the host's number
    made_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)  # worker and host
    left_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)  # the host, whether it was so
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "stays_stay"
        constraints = [
            models.UniqueConstraint(
                fields=["programme_id", "unit_id"],
                condition=models.Q(ended_at=None),
                name="stay_place_once",
            ),
            models.UniqueConstraint(
                fields=["programme_id", "worker_id"],
                condition=models.Q(ended_at=None),
                name="stay_worker_once",
            ),
            *policies(
                "stay",
                using=f"worker_id = {ACCOUNT} or {placed_sql('stays_stay.unit_id', PEOPLE)}",
                write=SYSTEM,
            ),
        ]
        indexes = [
            models.Index(fields=["worker_id"], name="stay_worker"),  # used by: My stay, Today
            models.Index(fields=["unit_id", "programme_id"], name="stay_unit"),  # used by: the board
            # used by: telling workers and hosts
            models.Index(
                fields=["made_at"], condition=models.Q(told_at=None, ended_at=None), name="stay_to_tell"
            ),
            # used by: asking hosts
            models.Index(
                fields=["left_at"], condition=models.Q(state="done", asked_at=None), name="stay_to_ask"
            ),
            # used by: undoing a list
            models.Index(
                fields=["import_id"], condition=models.Q(import_id__isnull=False), name="stay_import"
            ),
            # used by: erasing a host's phone
            models.Index(
                fields=["host_phone"], condition=models.Q(host_phone__isnull=False), name="stay_host"
            ),
        ]
