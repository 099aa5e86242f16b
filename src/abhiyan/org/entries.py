"""Offer offices in the menu and in search."""

from django.utils.translation import gettext_lazy as _

from abhiyan.ui.navigation import OFFICES, SETTINGS, NavigationEntry

ENTRIES = (
    NavigationEntry(
        "org:appointments",
        _("Appointments"),
        OFFICES,
        order=1,
        words=_("offices, office-bearers, holders"),
        key="appointments",
        letter="a",
        icon="people",
        place=9,
        short=_("Offices"),
    ),
    NavigationEntry(
        "org:appointments", _("Vacant offices"), OFFICES, order=2, words=_("vacancies"), asked="show=vacant"
    ),
    NavigationEntry(
        "org:bodies", _("Who does what"), OFFICES, order=3, words=_("committees, wings, departments, seats")
    ),
    NavigationEntry(
        "org:appoint",
        _("Appoint"),
        OFFICES,
        order=4,
        words=_("give an office, name an office-bearer"),
    ),
    NavigationEntry(
        "org:offices",
        _("Offices of our own"),
        OFFICES,
        order=5,
        words=_("new office, rights of an office"),
        needs=("org.offices",),
    ),
    NavigationEntry(
        "org:body_kinds",
        _("Our own kinds of committee"),
        OFFICES,
        order=6,
        words=_("new kind of committee or wing, page committee, seats of a committee"),
        needs=("org.offices",),
    ),
    NavigationEntry(
        "org:releases",
        _("Approvals"),
        OFFICES,
        order=3,
        words=_("approve, requests to decide"),
        icon="key",
        needs=("org.approve", "org.release"),
        place=1,
    ),
    NavigationEntry(
        "org:phones", _("Phones in the field"), SETTINGS, words=_("lost phone, silent phones"), key="phones"
    ),
    NavigationEntry(
        "org:emergency",
        _("Emergency stop"),
        SETTINGS,
        words=_("breach, leak, stop exports and numbers"),
        key="emergency",
        needs=("data.stop",),
    ),
    NavigationEntry("org:my_phones", _("My phones"), words=_("lost phone, sign out")),
)
