"""Entries of call centres in the menu and in search. Only their callers and supervisors get them."""

from django.utils.translation import gettext_lazy as _

from abhiyan.ui.navigation import TASKS, NavigationEntry

from .centres import AGENT, SUPERVISOR

ENTRIES = (
    NavigationEntry(
        "contact:calls",
        _("Calls"),
        TASKS,
        words=_("next person, call centre, telephone"),
        key="calls",
        icon="phone",
        place=1,
        offices=(AGENT,),
    ),
    NavigationEntry(
        "contact:inbound",
        _("Call to the helpline"),
        TASKS,
        words=_("somebody calls, missed call, helpline"),
        key="inbound",
        icon="edit",
        place=2,
        short=_("Helpline"),
        offices=(AGENT,),
    ),
    NavigationEntry(
        "contact:own_centre",
        _("Call centre"),
        TASKS,
        words=_("callers, call-backs, supervisor, breaks"),
        key="centre",
        icon="people",
        place=1,
        offices=(SUPERVISOR,),
    ),
)
