"""Offer the incidents in the menu and in search."""

from django.utils.translation import gettext_lazy as _

from abhiyan.ui.navigation import SETTINGS, NavigationEntry

ENTRIES = (
    NavigationEntry(
        "incidents:incidents", _("Incidents"), SETTINGS, words=_("data breach, leak, CERT-In, Board, notices")
    ),
)
