"""Offer the helpline in the menu and in search."""

from django.utils.translation import gettext_lazy as _

from abhiyan.ui.navigation import HELPLINE, NavigationEntry

ENTRIES = (
    NavigationEntry(
        "helpdesk:tickets",
        _("Helpline"),
        HELPLINE,
        order=1,
        words=_("requests, complaints, needs"),
        key="helpline",
        letter="h",
        icon="phone",
        place=5,
    ),
    NavigationEntry(
        "helpdesk:type",
        _("New request"),
        HELPLINE,
        order=9,
        words=_("somebody called, complaint"),
        key="type",
        icon="edit",
        place=6,
        short=_("Type in"),
    ),
    NavigationEntry("helpdesk:times", _("Times of the helpline"), words=_("how fast, overdue")),
    NavigationEntry(
        "helpdesk:needs", _("Needs"), words=_("what people need by kind, scheme and office, solved, raised")
    ),
    NavigationEntry("helpdesk:kind_list", _("Kinds of requests"), words=_("add or close a kind, needs")),
    NavigationEntry("helpdesk:ready", _("Ready answers"), words=_("helpline, texts")),
)
