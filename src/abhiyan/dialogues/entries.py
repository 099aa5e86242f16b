"""Entries of dialogues in the menu and in search."""

from django.utils.translation import gettext_lazy as _

from abhiyan.ui.navigation import TASKS, NavigationEntry

ENTRIES = (
    NavigationEntry(
        "dialogues:calls",
        _("My calls"),
        TASKS,
        order=2,
        words=_("booth presidents, dialogues, two calls a day"),
        key="dialogues",
        icon="phone",
    ),
    NavigationEntry("dialogues:away", _("When I am away"), words=_("absence, leave, ill")),
    NavigationEntry(
        "dialogues:board", _("Calls to booth presidents"), words=_("dialogues, round"), of="dialogues"
    ),
)
