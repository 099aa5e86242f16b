"""Offer paper forms in the menu and in search."""

from django.utils.translation import gettext_lazy as _

from abhiyan.ui.navigation import DESK, NavigationEntry

ENTRIES = (
    NavigationEntry("paper:paper_list", _("Paper forms"), DESK, order=8, words=_("print, sheets, photos")),
)
