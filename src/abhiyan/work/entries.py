"""Offer tasks, meetings and reports, materials and one's own work in the menu and in search."""

from django.utils.translation import gettext_lazy as _

from abhiyan.org.rules.capabilities import LEADS
from abhiyan.ui.navigation import MEETINGS, PROGRAMMES, REPORTS, TASKS, NavigationEntry

ENTRIES = (
    NavigationEntry(
        "work:tasks", _("Tasks"), TASKS, order=1, words=_("work, to do"), key="tasks", letter="k"
    ),
    NavigationEntry("work:task_ask", _("Give a task"), words=_("ask, assign work")),
    NavigationEntry(
        "work:my_work",
        _("My work"),
        TASKS,
        order=0,
        words=_("my record, my week, what I am in charge of, accept, decline, duties, offices"),
        key="my_work",
    ),
    NavigationEntry(
        "work:asked",
        _("Meetings asked of units"),
        MEETINGS,
        order=2,
        words=_("workshops, training, what units owe"),
        needs=(LEADS,),
        asked="kind=meeting",
    ),
    NavigationEntry(
        "work:asked",
        _("Reports asked of units"),
        REPORTS,
        order=1,
        words=_("weekly report, what units owe"),
        key="asked",
        needs=(LEADS,),
        asked="kind=report",
    ),
    NavigationEntry("work:asked_new", _("Ask units"), words=_("ask for a meeting or a report")),
    NavigationEntry(
        "work:own_materials", _("Materials"), PROGRAMMES, order=4, words=_("leaflets, files, videos")
    ),
)
