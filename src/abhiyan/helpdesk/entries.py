"""What the helpline offers in the menu and in search."""

from django.utils.translation import gettext_lazy as _

from abhiyan.ui.navigation import WORK, Entry

ENTRIES = (
    Entry(
        "helpdesk:tickets",
        _("Helpline"),
        WORK,
        order=4,
        words=_("requests, complaints, needs"),
        key="helpline",
        letter="h",
        icon="phone",
        place=5,
    ),
    Entry(
        "helpdesk:type",
        _("New request"),
        words=_("somebody called, complaint"),
        key="type",
        icon="edit",
        place=6,
    ),
    Entry("helpdesk:times", _("Times of the helpline"), words=_("how fast, overdue")),
    Entry("helpdesk:ready", _("Ready answers"), words=_("helpline, texts")),
)
