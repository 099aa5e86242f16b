"""What offices offer in the menu and in search."""

from django.utils.translation import gettext_lazy as _

from abhiyan.ui.navigation import MORE, PEOPLE, NavigationEntry

ENTRIES = (
    NavigationEntry(
        "org:appointments",
        _("Appointments"),
        PEOPLE,
        order=2,
        words=_("offices, office-bearers, holders"),
        key="appointments",
        letter="a",
        icon="people",
        place=9,
    ),
    NavigationEntry(
        "org:appointments", _("Vacant offices"), PEOPLE, order=2, words=_("vacancies"), asked="show=vacant"
    ),
    NavigationEntry(
        "org:appoint",
        _("Appoint"),
        PEOPLE,
        order=2,
        words=_("give an office, name an office-bearer"),
    ),
    NavigationEntry(
        "org:releases",
        _("Approvals"),
        PEOPLE,
        order=3,
        words=_("approve, requests to decide"),
        icon="key",
        needs=("org.approve", "org.release"),
        place=1,
    ),
    NavigationEntry(
        "org:phones", _("Phones in the field"), MORE, words=_("lost phone, silent phones"), key="phones"
    ),
    NavigationEntry("org:my_phones", _("My phones"), words=_("lost phone, sign out")),
    NavigationEntry(
        "org:polls", _("Calendar of polls"), MORE, words=_("silence, voting"), needs=("polls.keep",)
    ),
)
