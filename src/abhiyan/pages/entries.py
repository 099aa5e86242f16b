"""Offer the site's pages in the menu and in search."""

from django.utils.translation import gettext_lazy as _

from abhiyan.ui.navigation import MEMBERS, SETTINGS, TODAY, UNITS, NavigationEntry

ENTRIES = (
    NavigationEntry("pages:today", _("Today"), TODAY, key="today", letter="t", icon="today"),
    NavigationEntry("pages:units", _("Units"), UNITS, key="units", letter="u", icon="unit", place=8),
    NavigationEntry(
        "pages:field_start",
        _("Your work in the field"),
        MEMBERS,
        order=23,
        words=_("offline, phone, door, report"),
        needs=("enrolment.enrol",),
    ),
    NavigationEntry(
        "pages:reader_list",
        _("Who read whose data"),
        SETTINGS,
        words=_("readers, insider, unusual, numbers shown, downloads"),
        key="readings",
        needs=("data.watch",),
    ),
    NavigationEntry("pages:person_read", _("Who read one person"), words=_("who looked at me, trail")),
    NavigationEntry(
        "imports:list",
        _("Imports"),
        SETTINGS,
        order=1,
        words=_("list, upload, Excel, CSV"),
        key="imports",
        letter="i",
        icon="upload",
        place=4,
    ),
)
