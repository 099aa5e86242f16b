"""What messages offer in the menu and in search."""

from django.utils.translation import gettext_lazy as _

from abhiyan.ui.navigation import WORK, NavigationEntry

ENTRIES = (
    NavigationEntry(
        "messaging:list",
        _("Messages"),
        WORK,
        order=6,
        words=_("SMS, held back, sent"),
        key="messages",
        letter="m",
        icon="mail",
    ),
    NavigationEntry(
        "messaging:circulars", _("Circulars"), WORK, order=6, words=_("letters, orders"), key="circulars"
    ),
    NavigationEntry("messaging:circular_new", _("New circular"), words=_("write to the offices below")),
    NavigationEntry("messaging:sends", _("Bulk sends"), WORK, order=6, words=_("SMS to many")),
    NavigationEntry("messaging:send_new", _("New bulk send"), words=_("SMS to many")),
    NavigationEntry("messaging:texts", _("Texts for bulk sends"), words=_("registered texts, DLT")),
)
