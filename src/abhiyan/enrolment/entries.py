"""What enrolment offers in the menu and in search."""

from django.utils.translation import gettext_lazy as _

from abhiyan.ui.navigation import MORE, PEOPLE, WORK, NavigationEntry

from .actions.setting_up import KIND

ENTRIES = (
    NavigationEntry(
        "enrolment:field",
        _("Enrol at the door"),
        WORK,
        order=5,
        words=_("add a member, join"),
        key="door",
        icon="enrol",
        place=1,
        short=_("Enrol"),
    ),
    NavigationEntry(
        "enrolment:field_entries",
        _("Your entries"),
        WORK,
        order=5,
        words=_("my list, members I added"),
        key="entries",
        icon="list",
        place=2,
        short=_("My list"),
    ),
    NavigationEntry(
        "enrolment:own_link",
        _("My link"),
        WORK,
        order=5,
        words=_("invite, QR, WhatsApp"),
        key="link",
        icon="qr",
        place=3,
        short=_("My link"),
    ),
    NavigationEntry("enrolment:paper_list", _("Paper forms"), WORK, words=_("print, sheets, photos")),
    NavigationEntry(
        "enrolment:people",
        _("People who joined"),
        PEOPLE,
        order=1,
        words=_("members, friends"),
        key="people",
        letter="e",
        icon="people",
        place=7,
    ),
    NavigationEntry(
        "enrolment:contributors",
        _("Contributors"),
        PEOPLE,
        words=_("helpers, skills, hours, volunteers"),
        key="contributors",
    ),
    NavigationEntry(
        "enrolment:unplaced", _("Without a place"), PEOPLE, words=_("assign a booth, village, PIN")
    ),
    NavigationEntry(
        "enrolment:cards_to_print", _("Cards to print"), PEOPLE, words=_("member card, lost card")
    ),
    NavigationEntry("enrolment:doubles", _("Duplicates"), PEOPLE, words=_("double entries, merge")),
    NavigationEntry("enrolment:nameless", _("Calls from shared phones"), PEOPLE, words=_("who called")),
    NavigationEntry(
        "enrolment:denials",
        _("Denied entries"),
        PEOPLE,
        words=_("said no, never joined"),
        icon="stop",
        place=2,
    ),
    NavigationEntry(
        "enrolment:tickets", _("Requests from members"), PEOPLE, words=_("rights, correction, erasure")
    ),
    NavigationEntry("enrolment:notice", _("Notice"), MORE, words=_("consent, what people read")),
    NavigationEntry(
        "enrolment:drive", _("How people join"), words=_("channels, missed call, numbers"), of=KIND
    ),
    NavigationEntry("enrolment:drive_poster", _("Poster with QR code"), words=_("print"), of=KIND),
    NavigationEntry("enrolment:drive_referrals", _("Who invited"), words=_("links of workers"), of=KIND),
    NavigationEntry("enrolment:drive_funnel", _("Day by day"), words=_("funnel, steps"), of=KIND),
)
