"""Offer accounts in the menu and in search."""

from django.utils.translation import gettext_lazy as _

from abhiyan.ui.navigation import SETTINGS, NavigationEntry

ENTRIES = (
    NavigationEntry(
        "people:account",
        _("My account and sessions"),
        SETTINGS,
        order=99,
        words=_("passkey, sign out, language"),
    ),
)
