"""List on Today how far the unit is in what runs, which units below are behind and who leads them.

It lists missing answers too, and what somebody was named for.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy

from abhiyan.core import clock
from abhiyan.core.words import name_in_language
from abhiyan.org import queries as org
from abhiyan.org.here import unit_address
from abhiyan.org.viewer import HeldOffice, Viewer
from abhiyan.ui.charts import Trend
from abhiyan.ui.ladder import fewer_words
from abhiyan.ui.numbers import grouped
from abhiyan.ui.owed import (
    I_WAIT_FOR,
    WHERE_WE_STAND,
    BehindUnit,
    Beside,
    Owed,
    Thing,
    UnitsBehind,
)
from abhiyan.units import queries as units
from abhiyan.units.models import Kind
from abhiyan.units.rules import levels

from . import queries
from .models import InCharge, Programme
from .rules import activities
from .rules.estimated import least_real
from .rules.gaps import count_ahead, count_behind
from .rules.ladder import has_figures
from .rules.looks_after import FOLLOWS, LOOKS_AFTER

SHOWN_OF_OTHERS = 2  # units named of each programme after the first
MOST_NEEDING = 3  # units named in the sentence under the heading
EMPTY_BOOTHS = ngettext_lazy(
    "Nothing is counted in %(n)s booth yet", "Nothing is counted in %(n)s booths yet", "many"
)


def programme_todo(viewer: Viewer, *, at: datetime) -> Iterator[Thing]:
    """Yield the viewer's own charges, answered or not, and the running programmes of their unit.

    Each programme shows how far it is, the work of its activity, and who is behind. Charges in the viewer's
    units that others have not answered, or have declined, come last.
    """
    if viewer.account_id is None:
        return
    charges = queries.open_charges(viewer.account_id)
    promised = queries.accepted_charges(charges)
    for charge in charges:
        if charge.state == InCharge.State.ACCEPTED:
            for number in promised[charge.pk]:
                yield _promised(charge, number)
            continue
        yield Owed(
            urgency=1,
            title=_("You are named %(role)s: %(programme)s")
            % {"role": charge.get_role_display(), "programme": name_in_language(charge.programme.names)},
            meta=name_in_language(charge.unit.names),
            href=reverse("work:my_work"),
            act=_("Answer"),
            icon="check",
        )
    home = viewer.home
    if home is None:
        return
    stands = list(queries.measures_in_view(home, at=at, is_pinned_first=True))
    without = (
        {measure_stand.programme.pk for measure_stand in stands if not measure_stand.target}
        if home.unit_kind == Kind.NATION
        else set()
    )
    whose = queries.belonging(without, (home.lo, home.hi), home.hierarchy) if without else {}
    for n, stand in enumerate(stands):
        if not n or has_figures(stand.ladder, stand.target) or stand.programme.pk in whose:
            standing = queries.standing_here(
                stand, href=_href(home, stand), whose=whose.get(stand.programme.pk), at=at
            )
            yield replace(standing, trend=_trend(stand))
        yield from _while_open(viewer, home, stand, at=at)
        if stand.of.measure == 1:
            yield from activities.activity_of(stand.programme.kind).owes(viewer, home, stand, at)
    if any(viewer.may_at(capability, home.lo) for capability in FOLLOWS):
        yield from _behind(home, stands, at=at)
    if not viewer.may_at("programmes.run", home.lo):
        return
    yield from _answers(home, on=clock.day_in(settings.TIME_ZONE, at))


def _promised(charge: InCharge, number: queries.AnsweredFor) -> Beside:
    """Return a number that somebody accepted to answer for."""
    return Beside(
        sheet=WHERE_WE_STAND,
        title=_("You answer for %(n)s by %(day)s")
        % {"n": grouped(number.n), "day": date_format(charge.programme.closes_on, "j F")},
        meta=" · ".join(
            filter(
                None,
                (number.name, name_in_language(charge.programme.names), name_in_language(charge.unit.names)),
            )
        ),
        href=reverse("work:my_work"),
    )


def _while_open(
    viewer: Viewer, home: HeldOffice, stand: queries.MeasureStand, *, at: datetime
) -> Iterator[Beside]:
    """Yield the pages of what runs that are there while it is open, to who runs it in their unit; once a programme.

    The heading is what the page is, such as Today in the field. Each line below it is the name of a programme.
    """
    # The pages are about units of the programme's own tree.
    is_in_tree = home.hierarchy == stand.programme.hierarchy
    if is_in_tree and stand.of.measure == 1 and stand.programme.state == Programme.State.OPEN:
        for page in activities.pages_while_open(
            stand.programme.kind, lambda one: viewer.may_at(one, home.lo)
        ):
            yield Beside(
                sheet=page.called(stand.programme.opens_on, clock.day_in(stand.programme.zone, at)),
                title=name_in_language(stand.programme.names),
                meta="",
                href=unit_address(reverse(page.url_name, args=[stand.programme.public_id]), home.unit_code),
            )


def _href(home: HeldOffice, stand: queries.MeasureStand) -> str:
    """Return the address of a measure with the part of the viewer's unit; for a programme of another tree the
    unit's page."""
    if home.hierarchy == stand.programme.hierarchy:
        return _part(stand.programme, home.unit_code, **stand.of.asked)
    return _in_own_tree(home.unit_code, home.hierarchy, stand.programme)


def _trend(stand: queries.MeasureStand) -> Trend | None:
    """Return the days of the first measure against its target. Nothing from outside."""
    if stand.figures is None or not stand.node.is_exact or not stand.target:
        return None
    return queries.drawn_trend(stand.of, stand.figures)


def _part(programme: Programme, unit_code: str, **asked: str) -> str:
    """Return the address of a programme with the part of one unit."""
    page = reverse("programmes:programme", args=[programme.public_id])
    return f"{page}?{urlencode({'unit': unit_code, **asked})}"


def _in_own_tree(unit_code: str, hierarchy: int, programme: Programme) -> str:
    """Return the address of a unit in a tree, with a programme."""
    query = {"in": levels.SLUGS[hierarchy], "programme": str(programme.public_id)}
    return reverse("pages:unit", args=[unit_code]) + f"?{urlencode(query)}"


def _behind(
    home: HeldOffice, stands: Sequence[queries.MeasureStand], *, at: datetime
) -> Iterator[UnitsBehind]:
    """Yield the units right below that are behind in each measure, and who leads them. One query for all who lead.

    Booths with nothing counted are named for the first measure, and where a target asks something of them.
    """
    late = [
        (stand, late_units)
        for n, stand in enumerate(stands)
        if (
            late_units := queries.late_units(
                stand.node,
                home.unit_kind,
                stand.programme,
                measure=stand.of.measure,
                names_empty=not n or bool(stand.target),
                of_kind=stand.below,
                at=at,
            )
        )
    ]
    least = least_real(stands[0].checked, stands[0].parts) if stands else None
    lagging = {child.unit_id for _stand, late_units in late for child in late_units.leaf.rows}
    lagging |= {least} if least is not None else set()
    leaders = org.ask_leaders_of(lagging, on=clock.day_in(settings.TIME_ZONE, at))() if lagging else {}
    if least is not None:
        yield _least_real(home, stands[0], least, leaders.get(least))
    for n, (stand, found) in enumerate(late):
        total = found.leaf.total or 0
        page = reverse("programmes:below", args=[stand.programme.public_id])
        rows = found.leaf.rows
        if found.is_empty:
            title = EMPTY_BOOTHS % {"many": total, "n": grouped(total)}
        elif found.gaps.all == 1:
            title = _("%(unit)s is behind") % {"unit": name_in_language(rows[0].names)}
        else:
            title = count_behind(found.gaps, found.kind)
        deeper = LOOKS_AFTER.get(found.kind, ())[-1:]
        yield UnitsBehind(
            title=title,
            about=stand.of.name,
            needs="" if found.is_empty else _needs(stand.programme, found, at=at),
            units=[
                _unit_behind(home, stand, child, leaders.get(child.unit_id), at=at)
                for child in rows[: SHOWN_OF_OTHERS if n else None]
            ],
            href=unit_address(page, home.unit_code, home.hierarchy, level=found.kind, **stand.of.asked),
            also=[
                (
                    _("By %(kind)s") % {"kind": str(Kind(kind).label).lower()},
                    unit_address(page, home.unit_code, home.hierarchy, level=kind, **stand.of.asked),
                )
                for kind in deeper
                if kind != Kind.BOOTH
            ],
        )


def _least_real(
    home: HeldOffice, stand: queries.MeasureStand, unit_id: int, leader: org.Leader | None
) -> UnitsBehind:
    """Return the unit right below where checks find fewest real entries, however many it counts, and who leads it."""
    unit, part = units.unit_by_id(unit_id), stand.parts[unit_id]
    beside = stand.checked.href if stand.checked else None
    page = reverse("programmes:below", args=[stand.programme.public_id])
    return UnitsBehind(
        title=_("Least real"),
        about=stand.of.name,
        units=[
            BehindUnit(
                name=name_in_language(unit.names),
                said=queries.at_most(part),
                href=_in_own_tree(unit.code, home.hierarchy, stand.programme),
                holder=leader.name if leader else "",
                account=leader.account_id if leader else None,
            )
        ],
        href=str(beside or unit_address(page, home.unit_code, home.hierarchy, **stand.of.asked)),
        is_least_real=True,
    )


def _needs(programme: Programme, late_units: queries.LateUnits, *, at: datetime) -> str:
    """Say how many people the units furthest behind need by today, most people first; and how many are ahead."""
    needed = [
        {"unit": name_in_language(child.names), "n": grouped(n)}
        for child in late_units.leaf.rows[:MOST_NEEDING]
        if (n := queries.fewer_than_due(programme, child, at=at)) > 0
    ]
    if not needed:
        return ""
    words = _("%(unit)s needs %(n)s more.") % needed[0]
    if len(needed) > 1:
        others = ", ".join(_("%(unit)s %(n)s") % need for need in needed[1:])
        words = _("%(unit)s needs %(n)s more, %(others)s.") % {**needed[0], "others": others}
    return f"{words} {count_ahead(late_units.gaps)}".strip()


def _unit_behind(
    home: HeldOffice,
    stand: queries.MeasureStand,
    child: queries.Child,
    leader: org.Leader | None,
    *,
    at: datetime,
) -> BehindUnit:
    """Return one of them: how many fewer are counted than due by today, and who leads it."""
    programme = stand.programme
    fewer = queries.fewer_than_due(programme, child, at=at)
    return BehindUnit(
        name=name_in_language(child.names),
        said=fewer_words(fewer) if fewer > 0 else _("Nothing is counted yet"),
        href=_in_own_tree(child.code, home.hierarchy, programme),
        holder=leader.name if leader else "",
        account=leader.account_id if leader else None,
    )


def _answers(home: HeldOffice, *, on: date) -> Iterator[Beside | Owed]:
    """List people named in charge right below who have not answered; and where one declined and another is to
    be named."""
    kinds = LOOKS_AFTER.get(home.unit_kind, ())
    waiting, declined = queries.answers_below(home.lo, home.hi, hierarchy=home.hierarchy, kinds=kinds, on=on)
    for charge in waiting:
        title = ngettext(
            "%(n)s person named in charge has not answered",
            "%(n)s people named in charge have not answered",
            charge.n,
        )
        some = ", ".join(name_in_language(names) for _code, names in charge.units)
        yield Beside(
            sheet=I_WAIT_FOR,
            title=title % {"n": grouped(charge.n)},
            meta=f"{name_in_language(charge.programme.names)}: {some}",
            href=reverse("programmes:in_charges", args=[charge.programme.public_id]) + "?show=waiting",
        )
    for no in declined:
        if no.role == InCharge.Role.IN_CHARGE:
            title = ngettext(
                "%(n)s in-charge declined: name another", "%(n)s in-charges declined: name others", no.n
            )
        else:
            title = ngettext(
                "%(n)s co-in-charge declined: name another", "%(n)s co-in-charges declined: name others", no.n
            )
        page = reverse("programmes:in_charges", args=[no.programme.public_id])
        yield Owed(
            urgency=2,
            title=title % {"n": grouped(no.n)},
            meta=name_in_language(no.programme.names),
            href=f"{page}?show=declined&role={no.role}",
            act=_("See"),
            icon="list",
            key=f"declined-{no.role}-{no.programme.pk}",
        )
