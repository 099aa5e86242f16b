"""What checks offer in the menu and in search."""

from django.utils.translation import gettext_lazy as _

from abhiyan.ui.navigation import REVIEW, NavigationEntry

ENTRIES = (
    NavigationEntry(
        "verification:checks",
        _("My back-checks"),
        REVIEW,
        words=_("checks, verify, call, visit"),
        key="checks",
        icon="backcheck",
        place=1,
        short=_("My checks"),
    ),
    NavigationEntry(
        "verification:frames",
        _("Back-checks"),
        words=_("checks, estimate, how many are real, draw"),
        of="any",
    ),
    NavigationEntry("verification:workers", _("Compare workers"), words=_("odd entries, flags"), of="any"),
)
