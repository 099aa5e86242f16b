"""The acts on tasks that other rooms and pages call."""

from .tasks import (
    HelperAsked,
    MovedMeanwhile,
    What,
    ask_contributors,
    ask_of,
    ask_task,
    ask_tasks,
    change_task,
    change_together,
    forget_helpers,
    hand_over_task,
    move_helper,
    remind_late,
)
