"""Offer contributors in the menu and in search."""

from django.utils.translation import gettext_lazy as _

from abhiyan.ui.navigation import MEMBERS, NavigationEntry

ENTRIES = (
    NavigationEntry(
        "friends:contributors",
        _("Contributors"),
        MEMBERS,
        order=2,
        words=_("helpers, skills, hours, volunteers"),
        key="contributors",
    ),
)
