"""Offer opinions and the board of what the field heard in the menu and in search."""

from django.utils.translation import gettext_lazy as _

from abhiyan.ui.navigation import REPORTS, NavigationEntry

ENTRIES = (
    NavigationEntry(
        "opinions:opinions",
        _("Opinions"),
        REPORTS,
        order=3,
        words=_("what people say, quotes, pass up"),
        needs=("opinions.pass",),
    ),
    NavigationEntry(
        "opinions:heard",
        _("What the field heard"),
        REPORTS,
        order=4,
        words=_("answers of stays, doors, calls and forms; what people said, by week"),
        needs=("opinions.pass",),
    ),
    NavigationEntry(
        "opinions:opinion_new",
        _("Write down an opinion"),
        words=_("what somebody said, survey"),
        needs=("contact.meet",),
    ),
)
