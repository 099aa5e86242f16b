"""Offer enrolment in the menu and in search."""

from django.utils.translation import gettext_lazy as _

from abhiyan.ui.navigation import DESK, MEMBERS, NavigationEntry

ENTRIES = (
    NavigationEntry(
        "enrolment:people",
        _("People who joined"),
        MEMBERS,
        order=1,
        words=_("members, friends"),
        key="people",
        letter="e",
        icon="people",
        place=7,
        short=_("Who joined"),
    ),
    NavigationEntry(
        "enrolment:unplaced", _("Without a place"), DESK, order=2, words=_("assign a booth, village, PIN")
    ),
    NavigationEntry(
        "enrolment:cards_to_print", _("Cards to print"), DESK, order=7, words=_("member card, lost card")
    ),
    NavigationEntry("enrolment:doubles", _("Duplicates"), DESK, order=3, words=_("double entries, merge")),
    NavigationEntry(
        "enrolment:nameless", _("Calls from shared phones"), DESK, order=4, words=_("who called")
    ),
    NavigationEntry(
        "enrolment:denials",
        _("Denied entries"),
        DESK,
        order=6,
        words=_("said no, never joined"),
        icon="stop",
        place=2,
        short=_("Denied"),
    ),
    NavigationEntry(
        "enrolment:tickets", _("Requests from members"), DESK, order=5, words=_("rights, correction, erasure")
    ),
)
