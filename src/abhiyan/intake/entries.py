"""Offer the pages of drives and of the notice in the menu and in search."""

from django.utils.translation import gettext_lazy as _

from abhiyan.enrolment.rules.rolls import KIND
from abhiyan.ui.navigation import CHANNELS, MEMBERS, SETTINGS, NavigationEntry

ENTRIES = (
    NavigationEntry(
        "intake:own_link",
        _("My link"),
        MEMBERS,
        order=22,
        words=_("invite, QR, WhatsApp"),
        key="link",
        icon="qr",
        place=3,
        short=_("My link"),
    ),
    NavigationEntry(
        "intake:notice", _("Privacy notice"), SETTINGS, words=_("notice, consent, what people read")
    ),
    NavigationEntry(
        "intake:drive",
        _("How people join"),
        words=_("channels, missed call, numbers"),
        hub=CHANNELS,
        of=KIND,
    ),
    NavigationEntry("intake:drive_poster", _("Poster with QR code"), words=_("print"), hub=CHANNELS, of=KIND),
    NavigationEntry(
        "intake:drive_referrals", _("Who invited"), words=_("links of workers"), hub=CHANNELS, of=KIND
    ),
    NavigationEntry("intake:drive_funnel", _("Day by day"), words=_("funnel, steps"), hub=CHANNELS, of=KIND),
)
