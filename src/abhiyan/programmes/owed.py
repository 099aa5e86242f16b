"""What programmes ask of somebody today: an answer to being named in charge, a successor for who declined, an
answer of those named right below, units that are behind; and where their own stands in what runs."""

from collections.abc import Iterator
from datetime import date, datetime
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy

from abhiyan.core import clock
from abhiyan.core.words import named
from abhiyan.org.here import address
from abhiyan.org.viewer import Held, Viewer
from abhiyan.ui.numbers import grouped
from abhiyan.ui.owed import WHERE_WE_STAND, Beside, Owed, Thing
from abhiyan.units.models import Kind
from abhiyan.units.rules import levels

from . import owed_schedules as schedules
from . import owed_tasks as tasks
from . import queries
from .models import InCharge, Programme
from .rules import activities, pace, windows
from .rules.looks_after import LOOKS_AFTER

# Units right below that are late, by their kind; of booths, those where nobody is counted yet.
BEHIND = {
    Kind.STATE: ngettext_lazy("%(n)s state is behind", "%(n)s states are behind", "many"),
    Kind.DISTRICT: ngettext_lazy("%(n)s district is behind", "%(n)s districts are behind", "many"),
    Kind.MANDAL: ngettext_lazy("%(n)s mandal is behind", "%(n)s mandals are behind", "many"),
    Kind.CONSTITUENCY: ngettext_lazy(
        "%(n)s constituency is behind", "%(n)s constituencies are behind", "many"
    ),
    Kind.SEGMENT: ngettext_lazy("%(n)s segment is behind", "%(n)s segments are behind", "many"),
    Kind.BOOTH: ngettext_lazy(
        "Nothing is counted in %(n)s booth yet", "Nothing is counted in %(n)s booths yet", "many"
    ),
    "": ngettext_lazy("%(n)s unit is behind", "%(n)s units are behind", "many"),
}


def owed(viewer: Viewer, *, at: datetime) -> Iterator[Thing]:
    """What the viewer was named for and has not answered; of each programme that runs in their unit how far it is,
    what its activity asks, and who is behind; whose answer is missing; what others declined in their units."""
    if viewer.account_id is None:
        return
    for charge in queries.waiting_for_answer(viewer.account_id):
        yield Owed(
            urgency=1,
            title=_("You are named %(role)s: %(programme)s")
            % {"role": charge.get_role_display(), "programme": named(charge.programme.names)},
            meta=named(charge.unit.names),
            href=reverse("programmes:charges"),
            act=_("Answer"),
            icon="check",
        )
    yield from tasks.owed(viewer.account_id, at=at)
    yield from schedules.owed(viewer, at=at)
    home = viewer.home
    if home is None:
        return
    looks_after = viewer.may_at("programmes.targets", home.lo)
    stands = list(queries.stands(home, at=at))
    is_one = len({stand.programme.pk for stand in stands}) == 1
    for stand in stands:
        yield _standing(home, stand, at=at)
        yield from _while_open(viewer, home, stand)
        if stand.of.measure == 1:
            yield from activities.of(stand.programme.kind).owes(viewer, home, stand, at)
        if looks_after and (late := queries.late(home, stand, at=at)):
            yield _late(home, stand, late, is_one=is_one, at=at)
    if not viewer.may_at("programmes.run", home.lo):
        return
    yield from _unanswered(home)
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
            meta=named(programme.names),
            href=reverse("programmes:in_charges", args=[programme.public_id]) + f"?show=declined&role={role}",
            act=_("See"),
            icon="list",
        )


def _while_open(viewer: Viewer, home: Held, stand: queries.Stand) -> Iterator[Beside]:
    """The pages of what runs that are there while it is open, to who runs it in their unit; once a programme."""
    if stand.of.measure == 1 and stand.programme.state == Programme.State.OPEN:
        for page in activities.pages_while_open(lambda one: viewer.may_at(one, home.lo)):
            yield Beside(
                sheet=WHERE_WE_STAND,
                title=page.label,
                meta=named(stand.programme.names),
                href=address(reverse(page.url_name, args=[stand.programme.public_id]), home.unit_code),
            )


def _standing(home: Held, stand: queries.Stand, *, at: datetime) -> Beside:
    """One sentence for a measure of what runs in a unit, with its ladder."""
    programme, on = stand.programme, clock.day_in(stand.programme.zone, at)
    said = pace.said(
        stand.ladder.counted,
        stand.target,
        opens_on=programme.opens_on,
        closes_on=programme.closes_on,
        on=on,
    )
    if not stand.node.is_exact:
        said += " " + _("As of yesterday, rounded to 10.")
    return Beside(
        sheet=WHERE_WE_STAND,
        title=stand.of.name,
        meta=said,
        href=_part(programme, home.unit_code, **stand.of.asked)
        if home.hierarchy == programme.hierarchy
        else _in_own_tree(home, programme),
        drawn=stand.drawn(on=on),
    )


def _part(programme: Programme, unit_code: str, **asked: str) -> str:
    """The page of a programme with the part of one unit."""
    page = reverse("programmes:programme", args=[programme.public_id])
    return f"{page}?{urlencode({'unit': unit_code, **asked})}"


def _in_own_tree(home: Held, programme: Programme) -> str:
    """The page of an office's unit where it stands in another tree than the programme's."""
    asked = {"in": levels.SLUGS[home.hierarchy], "programme": str(programme.public_id)}
    return reverse("site:unit", args=[home.unit_code]) + f"?{urlencode(asked)}"


def _late(home: Held, stand: queries.Stand, late: queries.Late, *, is_one: bool, at: datetime) -> Owed:
    """Units right below that are behind, the worst of them by name; their list, and that of the level below them.

    is_one: whether nothing else runs there; else the row says of what they are behind.
    """
    n, on = late.leaf.total or 0, clock.day_in(stand.programme.zone, at)
    page = reverse("programmes:below", args=[stand.programme.public_id])
    deeper = LOOKS_AFTER.get(late.kind, ())[-1:]
    return Owed(
        urgency=2,
        title=BEHIND.get(late.kind, BEHIND[""]) % {"many": n, "n": grouped(n)},
        meta=("" if is_one else f"{named(stand.programme.names)}: ") + _names(stand.programme, late, on=on),
        href=address(page, home.unit_code, home.hierarchy, level=late.kind, **stand.of.asked),
        act=_("See"),
        icon="list",
        also=[
            (
                _("By %(kind)s") % {"kind": str(Kind(kind).label).lower()},
                address(page, home.unit_code, home.hierarchy, level=kind, **stand.of.asked),
            )
            for kind in deeper
            if kind != Kind.BOOTH
        ],
    )


def _names(of: Programme, late: queries.Late, *, on: date) -> str:
    """The first units that are late, with how many fewer are counted than due; of booths the names alone."""
    if late.kind == Kind.BOOTH:
        return ", ".join(named(child.names) for child in late.leaf.rows)
    fewer = (
        windows.due(child.target or 0, of.opens_on, of.closes_on, on) - (child.ladder.counted or 0)
        for child in late.leaf.rows
    )
    some = ", ".join(
        f"{named(child.names)} {grouped(n)}" for child, n in zip(late.leaf.rows, fewer, strict=True)
    )
    return _("Fewer than due by today: %(some)s") % {"some": some}


def _unanswered(home: Held) -> Iterator[Owed]:
    """Who was named in charge right below and has not answered."""
    kinds = LOOKS_AFTER.get(home.unit_kind, ())
    for one in queries.unanswered_below(home.lo, home.hi, hierarchy=home.hierarchy, kinds=kinds):
        page = reverse("programmes:in_charges", args=[one.programme.public_id]) + "?show=waiting"
        yield Owed(
            urgency=1,
            title=ngettext(
                "%(n)s person named in charge has not answered",
                "%(n)s people named in charge have not answered",
                one.n,
            )
            % {"n": grouped(one.n)},
            meta=", ".join(named(names) for _code, names in one.units),
            href=page if one.n > 1 else _part(one.programme, one.units[0][0]) + "#in-charge",
            act=_("See"),
            icon="user",
        )
