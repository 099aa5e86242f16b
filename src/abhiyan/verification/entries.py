"""Offer checks in the menu and in search."""

from django.utils.translation import gettext_lazy as _

from abhiyan.ui.navigation import REVIEW, TRUTH, NavigationEntry

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
        hub=TRUTH,
        order=1,
        of="any",
    ),
    NavigationEntry(
        "verification:workers",
        _("Compare workers"),
        words=_("odd entries, flags"),
        hub=TRUTH,
        order=2,
        of="any",
    ),
)
