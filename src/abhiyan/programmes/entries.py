"""What programmes offer in the menu and in search."""

from django.utils.translation import gettext_lazy as _

from abhiyan.org.rules.capabilities import LEADS
from abhiyan.ui.navigation import MORE, WORK, Entry

ENTRIES = (
    Entry(
        "programmes:list",
        _("Programmes"),
        WORK,
        order=1,
        words=_("campaigns, drives"),
        key="programmes",
        letter="p",
        icon="list",
    ),
    Entry("programmes:tasks", _("Tasks"), WORK, order=2, words=_("work, to do"), key="tasks", letter="k"),
    Entry("programmes:task_ask", _("Give a task"), words=_("ask, assign work")),
    Entry("programmes:charges", _("What I am in charge of"), WORK, order=3, words=_("accept, decline")),
    Entry(
        "programmes:asked",
        _("Meetings and reports"),
        WORK,
        order=2,
        words=_("workshops, training, weekly report, what units owe"),
        key="asked",
        needs=(LEADS,),
    ),
    Entry("programmes:asked_new", _("Ask units"), words=_("ask for a meeting or a report")),
    Entry("programmes:own_materials", _("Materials"), WORK, words=_("leaflets, files, videos")),
    Entry("programmes:record", _("My record"), MORE, words=_("duties, offices"), key="record"),
    Entry("programmes:create", _("New programme"), words=_("make a campaign, start a drive")),
    Entry("programmes:targets", _("Targets"), words=_("goal, split, due"), of="any"),
    Entry("programmes:counts", _("Counts"), words=_("figures by week, channel, age"), of="any"),
    Entry("programmes:in_charges", _("In-charges"), words=_("responsible, name somebody"), of="any"),
    Entry("programmes:below", _("Furthest behind"), words=_("late, units below, who is behind"), of="any"),
    Entry("programmes:own_figures", _("Own figures"), words=_("what the unit says"), of="any"),
    Entry("programmes:share", _("Share the ladder"), words=_("picture, WhatsApp"), of="any"),
)
