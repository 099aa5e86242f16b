"""Offer programmes in the menu and in search."""

from django.utils.translation import gettext_lazy as _

from abhiyan.ui.navigation import PROGRAMMES, NavigationEntry

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
    NavigationEntry("programmes:create", _("New programme"), words=_("make a campaign, start a drive")),
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
