"""Kinds of body of the organisation's own take two people: one asks, another approves, and the approval makes the kind.

They are decided as own offices are (`own_offices`). One person closes a kind: no new body is of it, and the bodies
that there are stay with their seats.
"""

import json
from datetime import datetime

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from abhiyan.core import audit, lot, sql
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.org import queries
from abhiyan.org.models import Body, BodyKind, Release
from abhiyan.org.news import ReleaseDecided
from abhiyan.org.queries import require
from abhiyan.org.rules import own_offices as rules
from abhiyan.org.rules.body_kinds import ACT, MOST_EXPECTED, MOST_KINDS, MOST_OTHER_SEATS, WantedKind
from abhiyan.units import queries as units

from .appointments import UnitNotPlaced
from .own_offices import require_levels, require_names, require_rights
from .releases import ask_release, close_release


class UnknownBodyKind(Refused):
    message = _("There is no such kind of committee, or it is closed.")


class BodyKindNameTaken(Refused, status=409):
    message = _("There is a kind of this name already. Choose another name.")


class LeadUnfit(Refused):
    message = _("Choose an office that one person holds and that gives no right.")


class SeatOfficeUnfit(Refused):
    message = _("Choose an office that gives no right. Name each office once.")


class SeatNumberUnfit(Refused):
    message = _("Write how many seats this office has, from 1 to %(most)s. All together can be %(all)s.")


class ExpectedUnfit(Refused):
    message = _("Write how many of these one unit should have, from 0 to %(most)s.")


class BodyKindInUse(Refused, status=409):
    message = _(
        "Committees of this kind exist on another level, or more people are in them. End these first."
    )


class TooManyBodyKinds(Refused):
    message = _("A unit can have at most %(most)s kinds of its own. Close one first.")


def ask_body_kind(*, unit_id: int, wanted: WantedKind, reason: str, by: Actor, at: datetime) -> Release:
    """Ask a second person for a new kind of body in a unit and below, or for a change of one (`wanted.code`).

    The asker needs org.offices over the whole unit. It counts once somebody of another line approves it
    (`rules.deciding`). Refuses OfficeNameMissing, BodyKindNameTaken, LevelUnfit, LeadUnfit, SeatOfficeUnfit,
    SeatNumberUnfit, ExpectedUnfit, TooManyBodyKinds, UnknownBodyKind, BodyKindInUse; UnitNotPlaced in a closed unit.
    """
    require(by, rules.MAKE, at=unit_id)
    with system("asking for a kind of body"):
        kind = _open(wanted.code, unit_id) if wanted.code else None
        _require_fit(wanted, unit_id, kind)
        require_rights(by.account_id, unit_id, ())
    return ask_release(act=ACT, unit_id=unit_id, reason=reason, payload=wanted.payload(), by=by, at=at)


def heed_body_kind(*, news: ReleaseDecided) -> None:
    """A kind of body was approved: it is made or changed. In the transaction of the decision, in a system scope.

    Refuses as `ask_body_kind`.
    """
    if news.act != ACT or not news.allow:
        return
    wanted, unit_id = WantedKind.of(news.payload), news.unit_id
    sql.wait_for(f"org.offices {unit_id}")
    kind = _open(wanted.code, unit_id) if wanted.code else None
    _require_fit(wanted, unit_id, kind)
    for account_id in (news.asked_by, news.by.account_id):
        require_rights(account_id, unit_id, ())
    made = kind or BodyKind(code=f"{rules.PREFIX}{lot.uuid().hex[:12]}", unit_id=unit_id, made_at=news.at)
    made.names, made.levels = rules.trimmed_names(wanted.names), list(wanted.levels)
    made.leads, made.seats, made.expected = (
        wanted.leads,
        [list(seat) for seat in wanted.seats],
        wanted.expected,
    )
    made.save()
    Body.objects.filter(own_kind=made).update(seats=made.others)
    audit.record(
        by=news.by,
        at=news.at,
        act="org.change_body_kind" if kind else "org.make_body_kind",
        subject=made.code,
        unit_id=unit_id,
        facts={"seats": made.numbers, "asked_by": news.asked_by},
    )


def close_body_kind(*, code: str, by: Actor, at: datetime) -> BodyKind:
    """Close an own kind of body: no new body is of it. It needs org.offices over its unit. Refuses UnknownBodyKind.

    Its bodies stay, and their seats are filled as before.
    """
    with system("closing a kind of body"):
        kind = or_refuse(BodyKind.objects.filter(code=code).first(), UnknownBodyKind(field="kind"))
        require(by, rules.MAKE, at=kind.unit_id)
        sql.wait_for(f"org.offices {kind.unit_id}")
        kind = _open(code, kind.unit_id)
        kind.closed_at, kind.expected = at, 0
        kind.save(update_fields=["closed_at", "expected"])
        close_release(act=ACT, payload={"kind": code}, by=by, at=at)
        audit.record(by=by, at=at, act="org.close_body_kind", subject=code, unit_id=kind.unit_id)
    return kind


def _open(code: str, unit_id: int) -> BodyKind:
    """An own kind of body of a unit that is not closed, locked."""
    rows = BodyKind.objects.select_for_update(of=("self",)).filter(code=code, unit_id=unit_id, closed_at=None)
    return or_refuse(rows.first(), UnknownBodyKind(field="kind"))


def _require_fit(wanted: WantedKind, unit_id: int, kind: BodyKind | None) -> None:
    """Refuse what no kind of body may be, no matter who asks. In a system scope."""
    names = require_names(wanted.names)
    if units.unit_by_id(unit_id).closed_on is not None:
        raise UnitNotPlaced(field="unit")
    require_levels(unit_id, wanted.levels)
    _require_seats(wanted, unit_id)
    if not 0 <= wanted.expected <= MOST_EXPECTED:
        raise ExpectedUnfit(field="expected", most=MOST_EXPECTED)
    near = [row.kind for row in queries.own_body_kinds(near=unit_id) if row.kind.closed_at is None]
    others = [other for other in near if kind is None or other.pk != kind.pk]
    if rules.is_taken(names, [*_standard_names(), *(other.names for other in others)]):
        raise BodyKindNameTaken(field="name_en")
    if sum(other.unit_id == unit_id for other in others) >= MOST_KINDS:
        raise TooManyBodyKinds(most=MOST_KINDS)
    if kind is not None and _is_in_the_way(kind, wanted):
        raise BodyKindInUse


def _standard_names() -> list[dict[str, str]]:
    """The names of the standard kinds, by language."""
    names: list[dict[str, str]] = [{} for _label in Body.Kind.labels]
    for language in ("en", "hi"):
        with override(language):
            for by_language, label in zip(names, Body.Kind.labels, strict=True):
                by_language[language] = str(label)
    return names


def _require_seats(wanted: WantedKind, unit_id: int) -> None:
    offices = {office.code: office for office in queries.seat_offices(unit_id)}
    lead = offices.get(wanted.leads)
    if lead is None or lead.seats != 1:
        raise LeadUnfit(field="leads")
    seen = {wanted.leads}
    for place, (code, number) in enumerate(wanted.seats, start=1):
        office = offices.get(code)
        if office is None or code in seen:
            raise SeatOfficeUnfit(field=f"office_{place}")
        seen.add(code)
        if not 1 <= number <= office.seats or wanted.others > MOST_OTHER_SEATS:
            most = min(office.seats, MOST_OTHER_SEATS)
            raise SeatNumberUnfit(field=f"number_{place}", most=most, all=MOST_OTHER_SEATS + 1)


def _is_in_the_way(kind: BodyKind, wanted: WantedKind) -> bool:
    """Return True if a body of the kind is on a level that it loses, or has more holders than it would have seats."""
    if Body.objects.filter(own_kind=kind, ended_on=None).exclude(unit__kind__in=wanted.levels).exists():
        return True
    numbers = {wanted.leads: 1, **dict(wanted.seats)}
    return sql.exists(
        """select from org_appointment ap join org_body b on b.id = ap.body_id and b.own_kind_id = %(kind)s
        join org_office o on o.id = ap.office_id where ap.state <> 'ended' group by ap.body_id, o.id
        having o.seats > 1 and count(*) > coalesce((%(numbers)s::jsonb ->> o.code)::int, 0)
          or not %(numbers)s::jsonb ? o.code limit 1""",
        {"kind": kind.pk, "numbers": json.dumps(numbers)},
    )
