"""What accounts offer in the menu and in search."""

from django.utils.translation import gettext_lazy as _

from abhiyan.ui.navigation import MORE, NavigationEntry

ENTRIES = (
    NavigationEntry(
        "people:account", _("My account and sessions"), MORE, order=99, words=_("passkey, sign out, language")
    ),
)
