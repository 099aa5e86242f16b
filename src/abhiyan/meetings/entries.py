"""Entries of meetings in the menu and in search."""

from django.utils.translation import gettext_lazy as _

from abhiyan.ui.navigation import MEETINGS, NavigationEntry

ENTRIES = (
    NavigationEntry(
        "meetings:list",
        _("Meetings by invitation"),
        MEETINGS,
        order=1,
        words=_("called meetings, visits, tours, invited, minutes"),
        key="meetings",
    ),
    NavigationEntry(
        "meetings:meeting_new", _("Call a meeting"), words=_("invite by office, leader's visit, tour")
    ),
)
