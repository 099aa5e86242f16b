"""What programmes ask of somebody today: an answer to being named in charge, a successor for who declined."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from abhiyan.core import clock
from abhiyan.org.viewer import Viewer, named
from abhiyan.ui.numbers import grouped
from abhiyan.ui.owed import Owed

from . import queries
from .models import InCharge


def owed(viewer: Viewer, *, at: datetime) -> Iterator[Owed]:
    """What the viewer was named for and has not answered; then what others declined in the viewer's own units."""
    if viewer.account_id is None:
        return
    language = (get_language() or "en").partition("-")[0]
    for charge in queries.waiting_for_answer(viewer.account_id):
        yield Owed(
            urgency=1,
            title=_("You are named %(role)s: %(programme)s")
            % {"role": charge.get_role_display(), "programme": named(charge.programme.names, language)},
            meta=named(charge.unit.names, language),
            href=reverse("programmes:charges"),
            act=_("Answer"),
            icon="check",
        )
    home = viewer.home
    if home is None or not viewer.may_at("programmes.run", home.lo):
        return
    on = clock.day_in(settings.TIME_ZONE, at)
    for programme, role, n in queries.declined_below(home.lo, home.hi, hierarchy=home.hierarchy, on=on):
        if role == InCharge.Role.IN_CHARGE:
            title = ngettext(
                "%(n)s in-charge declined: name another", "%(n)s in-charges declined: name others", n
            )
        else:
            title = ngettext(
                "%(n)s co-in-charge declined: name another", "%(n)s co-in-charges declined: name others", n
            )
        yield Owed(
            urgency=2,
            title=title % {"n": grouped(n)},
            meta=named(programme.names, language),
            href=reverse("programmes:in_charges", args=[programme.public_id]) + f"?show=missing&role={role}",
            act=_("See"),
            icon="list",
            n=n,
        )
