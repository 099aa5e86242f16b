"""Offer the pages of doors in the menu and in search."""

from django.utils.translation import gettext_lazy as _

from abhiyan.ui.navigation import MEMBERS, NavigationEntry

ENTRIES = (
    NavigationEntry(
        "doorstep:field",
        _("Enrol at the door"),
        MEMBERS,
        order=20,
        words=_("add a member, join"),
        key="door",
        icon="enrol",
        place=1,
        short=_("Enrol"),
    ),
    NavigationEntry(
        "doorstep:field_entries",
        _("Your entries"),
        MEMBERS,
        order=21,
        words=_("my list, members I added"),
        key="entries",
        icon="list",
        place=2,
        short=_("My list"),
    ),
)
