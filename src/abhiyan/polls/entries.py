"""Offer the calendar of polls in the menu and in search."""

from django.utils.translation import gettext_lazy as _

from abhiyan.ui.navigation import SETTINGS, NavigationEntry

ENTRIES = (
    NavigationEntry(
        "polls:polls", _("Calendar of polls"), SETTINGS, words=_("silence, voting"), needs=("polls.keep",)
    ),
)
