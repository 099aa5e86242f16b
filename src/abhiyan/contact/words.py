"""Words for why an entry is held back for good."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WHY_OUT: Mapping[str, Promise] = {
    "opted_out": _("They said no to contact"),
    "erased": _("Everything about them is erased"),
    "unwilling": _("They did not want to talk"),
    "not_reached": _("Nobody was at home three times"),
    "ended": _("The list has ended"),
    "called": _("A caller talked with them by another list"),
    "wrong_number": _("The number was wrong"),
    "not_answered": _("Nobody answered four calls"),
}
