"""Offer messages in the menu and in search."""

from django.utils.translation import gettext_lazy as _

from abhiyan.ui.navigation import MESSAGES, NavigationEntry

ENTRIES = (
    NavigationEntry(
        "messaging:list",
        _("Messages"),
        MESSAGES,
        order=1,
        words=_("SMS, held back, sent"),
        key="messages",
        letter="m",
        icon="mail",
    ),
    NavigationEntry(
        "messaging:circulars",
        _("Circulars"),
        MESSAGES,
        order=2,
        words=_("letters, orders"),
        key="circulars",
    ),
    NavigationEntry("messaging:circular_new", _("New circular"), words=_("write to the offices below")),
    NavigationEntry("messaging:sends", _("Bulk sends"), MESSAGES, order=3, words=_("SMS to many")),
    NavigationEntry("messaging:send_new", _("New bulk send"), words=_("SMS to many")),
    NavigationEntry(
        "messaging:texts", _("Texts for bulk sends"), MESSAGES, order=4, words=_("registered texts, DLT")
    ),
)
