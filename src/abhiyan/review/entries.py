"""Offer reviews in the menu and in search."""

from django.utils.translation import gettext_lazy as _

from abhiyan.org.rules.capabilities import LEADS
from abhiyan.ui.navigation import REVIEW, NavigationEntry
from abhiyan.units.models import Hierarchy

ENTRIES = (
    NavigationEntry(
        "review:rounds",
        _("Review rounds"),
        REVIEW,
        order=1,
        words=_("meetings, decisions"),
        key="rounds",
        needs=(LEADS,),
    ),
    NavigationEntry(
        "review:round_new",
        _("New review round"),
        words=_("open a round"),
        needs=(LEADS,),
        tree=Hierarchy.ORGANISATIONAL,
    ),
    NavigationEntry(
        "review:deck_new", _("Slides"), REVIEW, words=_("presentation, PowerPoint, deck"), needs=(LEADS,)
    ),
)
