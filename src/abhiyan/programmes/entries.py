"""Offer programmes in the menu and in search."""

from django.utils.translation import gettext_lazy as _

from abhiyan.org.rules.capabilities import LEADS
from abhiyan.ui.navigation import MEETINGS, PROGRAMMES, REPORTS, TASKS, NavigationEntry

ENTRIES = (
    NavigationEntry(
        "programmes:list",
        _("Programmes"),
        PROGRAMMES,
        order=1,
        words=_("campaigns, drives"),
        key="programmes",
        letter="p",
        icon="list",
    ),
    NavigationEntry(
        "programmes:tasks", _("Tasks"), TASKS, order=1, words=_("work, to do"), key="tasks", letter="k"
    ),
    NavigationEntry("programmes:task_ask", _("Give a task"), words=_("ask, assign work")),
    NavigationEntry(
        "programmes:my_work",
        _("My work"),
        TASKS,
        order=0,
        words=_("my record, my week, what I am in charge of, accept, decline, duties, offices"),
        key="my_work",
    ),
    NavigationEntry(
        "programmes:asked",
        _("Meetings asked of units"),
        MEETINGS,
        order=2,
        words=_("workshops, training, what units owe"),
        needs=(LEADS,),
        asked="kind=meeting",
    ),
    NavigationEntry(
        "programmes:asked",
        _("Reports asked of units"),
        REPORTS,
        order=1,
        words=_("weekly report, what units owe"),
        key="asked",
        needs=(LEADS,),
        asked="kind=report",
    ),
    NavigationEntry("programmes:asked_new", _("Ask units"), words=_("ask for a meeting or a report")),
    NavigationEntry(
        "programmes:own_materials", _("Materials"), PROGRAMMES, order=4, words=_("leaflets, files, videos")
    ),
    NavigationEntry("programmes:create", _("New programme"), words=_("make a campaign, start a drive")),
    NavigationEntry("programmes:targets", _("Targets"), words=_("goal, split, due"), of="any"),
    NavigationEntry(
        "programmes:counts", _("All figures"), words=_("counts and figures by week, channel, age"), of="any"
    ),
    NavigationEntry(
        "programmes:in_charges", _("In-charges"), words=_("responsible, name somebody"), of="any"
    ),
    NavigationEntry(
        "programmes:below", _("Furthest behind"), words=_("late, units below, who is behind"), of="any"
    ),
    NavigationEntry("programmes:own_figures", _("What units say"), words=_("what the unit says"), of="any"),
    NavigationEntry("programmes:share", _("Share the figures"), words=_("picture, WhatsApp"), of="any"),
)
