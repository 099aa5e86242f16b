"""Offer results and plans in the menu and in search."""

from django.utils.translation import gettext_lazy as _

from abhiyan.ui.navigation import PROGRAMMES, NavigationEntry

ENTRIES = (
    NavigationEntry(
        "elections:list",
        _("Results of elections"),
        PROGRAMMES,
        order=3,
        words=_("votes, seats, booths, parties"),
        key="elections",
        letter="r",
    ),
    NavigationEntry(
        "elections:plans",
        _("Plans of seats and votes"),
        PROGRAMMES,
        order=2,
        words=_("goal, swing, seats to win"),
    ),
    NavigationEntry("elections:plan_create", _("New plan"), words=_("make a plan, seats and votes")),
    NavigationEntry("elections:plan_check", _("Check a plan"), words=_("seats and votes, swing")),
    NavigationEntry("elections:parties", _("Earlier names of parties"), words=_("results, party")),
)
