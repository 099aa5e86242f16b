"""What reviews offer in the menu and in search."""

from django.utils.translation import gettext_lazy as _

from abhiyan.org.rules.capabilities import LEADS
from abhiyan.ui.navigation import REVIEW, Entry
from abhiyan.units.models import Hierarchy

ENTRIES = (
    Entry(
        "review:rounds",
        _("Review rounds"),
        REVIEW,
        order=1,
        words=_("meetings, decisions"),
        key="rounds",
        needs=(LEADS,),
    ),
    Entry(
        "review:round_new",
        _("New review round"),
        words=_("open a round"),
        needs=(LEADS,),
        tree=Hierarchy.ORGANISATIONAL,
    ),
    Entry("review:deck_new", _("Slides"), REVIEW, words=_("presentation, PowerPoint, deck"), needs=(LEADS,)),
)
