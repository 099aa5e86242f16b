"""Tasks, schedules and dues, materials: what a leader asks, and what workers are given."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from abhiyan.core.policy import (
    ACCOUNT,
    LINE,
    PHONE,
    SYSTEM,
    placed_sql,
    policies,
)
from abhiyan.core.titles import TitledModel
from abhiyan.org.models import Office
from abhiyan.programmes.models import Programme
from abhiyan.units.models import Hierarchy, Unit

from .models_materials import Material as Material  # noqa: PLC0414  # tables of this room, kept beside
from .models_materials import MaterialOpening as MaterialOpening  # noqa: PLC0414
from .models_materials import MaterialVersion as MaterialVersion  # noqa: PLC0414
from .models_schedules import Due as Due  # noqa: PLC0414  # tables of this room, kept beside; other rooms read them
from .models_schedules import DueRecord as DueRecord  # noqa: PLC0414
from .models_schedules import Schedule as Schedule  # noqa: PLC0414


class Task(TitledModel):
    """Something asked of a person or an office, with effort and a time. An office's goes on to who holds it next."""

    class State(models.TextChoices):
        """As rules.tasks.TaskState, with their names."""

        ASKED = "asked", _("Not answered yet")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        DONE = "done", _("Done")
        CONFIRMED = "confirmed", _("Confirmed")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    public_id = models.UUIDField(unique=True)
    batch = models.UUIDField(null=True)  # asked of many by one act
    text = models.TextField(default="", db_default="")
    programme = models.ForeignKey(Programme, models.SET_NULL, null=True, related_name="+", db_index=False)
    asked_by = models.BigIntegerField(null=True)  # account; null: a room asked it
    asked_at = models.DateTimeField()
    account_id = models.BigIntegerField(null=True)  # who has it now; null: it has no holder any more
    # A contributor who has it: they hold no office, and answer on their own page.
    person_id = models.UUIDField(null=True)
    phone_id = models.UUIDField(null=True)
    office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="+", db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    hierarchy = models.SmallIntegerField(choices=Hierarchy.choices, default=Hierarchy.ORGANISATIONAL)
    effort_min = models.IntegerField(null=True)
    due_at = models.DateTimeField()
    state = models.TextField(choices=State.choices, default=State.ASKED)
    state_at = models.DateTimeField()
    note = models.TextField(
        default="", db_default=""
    )  # the last word on it: of who did, declined or reopened it
    done_at = models.DateTimeField(null=True)  # when it was done, while that holds

    class Meta:
        app_label = "programmes"
        db_table = "programmes_task"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(effort_min=None) | models.Q(effort_min__gt=0), name="task_effort"
            ),
            # Acts write in the system's scope, after asking who may.
            *policies(
                "task",
                using=f"account_id = {ACCOUNT} or asked_by = {ACCOUNT} or phone_id = {PHONE}"
                f" or {placed_sql('programmes_task.unit_id', LINE)}",
                write=SYSTEM,
            ),
        ]
        indexes = [
            models.Index(fields=["account_id", "state"], name="task_account"),  # used by: Today, one's own
            models.Index(fields=["asked_by", "state"], name="task_asker"),  # used by: what somebody waits for
            models.Index(fields=["unit", "due_at"], name="task_unit"),  # used by: the tasks of units
            models.Index(
                fields=["programme"], condition=models.Q(programme__isnull=False), name="task_programme"
            ),  # used by: the filter by programme, a draft that goes
            models.Index(
                fields=["batch"], condition=models.Q(batch__isnull=False), name="task_batch"
            ),  # used by: withdrawing what was asked together
            models.Index(
                fields=["phone_id"], condition=models.Q(phone_id__isnull=False), name="task_phone"
            ),  # used by: a contributor's own page, erasure
            # used by: reminders
            models.Index(
                fields=["due_at"], condition=models.Q(state__in=["asked", "accepted"]), name="task_due"
            ),
        ]


class TaskStep(models.Model):
    """An act on a task after it was asked: one row each time. Never changed."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="steps", db_index=False)
    act = models.TextField()  # of rules.tasks.Act, or hand_over, or moved: an appointment had ended
    at = models.DateTimeField()
    account_id = models.BigIntegerField(null=True)  # who did it; null: the system
    to_account_id = models.BigIntegerField(null=True)  # the new holder
    note = models.TextField(default="", db_default="")

    class Meta:
        app_label = "programmes"
        db_table = "programmes_task_step"
        constraints = policies(
            "task_step",
            using="exists (select 1 from programmes_task t where t.id = programmes_task_step.task_id)",
            write=SYSTEM,
        )
        indexes = [models.Index(fields=["task"], name="task_step")]  # used by: a task's page
