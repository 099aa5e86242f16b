"""Entries of stays and field days for search."""

from django.utils.translation import gettext_lazy as _

from abhiyan.ui.navigation import TASKS, NavigationEntry

ENTRIES = (
    NavigationEntry(
        "stays:days",
        _("My field days"),
        TASKS,
        order=3,
        words=_("own area, booth, legislator, day in the field"),
        icon="stay",
    ),
)
