"""Read who approves what another person asked: by account for the acts and pages of that person, by office for
everybody.

This reads what `rules.deciding` judges, for many requests at once, in a handful of queries.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from abhiyan.core import clock, sql
from abhiyan.core.scope import system
from abhiyan.core.words import name_in_language
from abhiyan.org.models import Release
from abhiyan.org.rules.deciding import (
    RELEASE,
    SEATED_FOR,
    AskedDecision,
    DecidingTerm,
    Why,
    why_may_not_decide,
)
from abhiyan.org.rules.granting import APPROVE
from abhiyan.org.rules.own_offices import rights_given
from abhiyan.org.rules.ranges import Range, is_in_ranges
from abhiyan.org.rules.releases import CAPABILITY
from abhiyan.people import queries as people
from abhiyan.units import queries as units

from .authority import NotYours

EXAMPLES = 3


class MayNotDecide(NotYours, code="may_not_decide"):
    """Somebody else must approve it."""


class OwnAsking(MayNotDecide):
    message = later("You asked for this yourself.")


class AppointedByAsker(MayNotDecide):
    message = later("They appointed you, directly or through others.")


class AppointedAsker(MayNotDecide):
    message = later("You appointed them, directly or through others.")


class OneAppointer(MayNotDecide):
    message = later("The same person appointed both of you, directly or through others.")


class Removable(MayNotDecide):
    message = later("They can end your appointment.")


class NotAboveAsker(MayNotDecide):
    message = later("Your office is not above theirs.")


class SeatedTooShortly(MayNotDecide):
    message = later("When they asked, you had held your office for fewer than %(days)s days.")


REFUSALS: dict[Why, type[MayNotDecide]] = {
    Why.OWN: OwnAsking,
    Why.APPOINTED_BY_ASKER: AppointedByAsker,
    Why.APPOINTED_ASKER: AppointedAsker,
    Why.ONE_APPOINTER: OneAppointer,
    Why.REMOVABLE: Removable,
    Why.NOT_ABOVE: NotAboveAsker,
    Why.TOO_NEW: SeatedTooShortly,
}


@dataclass(frozen=True, slots=True)
class DecidingSeat:
    """An office in a unit, with any holder."""

    office: str
    office_names: Mapping[str, str]
    unit_code: str
    unit_names: Mapping[str, str]

    def name(self, language: str = "") -> str:
        return (
            f"{name_in_language(self.office_names, language)}, {name_in_language(self.unit_names, language)}"
        )


@dataclass(frozen=True, slots=True)
class Deciders:
    """The people who may decide a request.

    accounts: of these people; nearest: of those among them with the office nearest to the unit. whys: of everybody else
    who asked, or holds an office that decides such requests there, why they may not. seats: their offices, the nearest
    first. vacant: data officers' offices over the unit that nobody holds, the nearest first. gives_rights: the approver
    has the rights that it gives.
    """

    accounts: frozenset[int]
    nearest: frozenset[int]
    whys: Mapping[int, Why]
    seats: tuple[DecidingSeat, ...]
    vacant: tuple[DecidingSeat, ...]
    gives_rights: bool = False

    def refusal(self, account_id: int | None) -> NotYours | None:
        """Return the refusal for an account that may not decide; None for one that may."""
        if account_id in self.accounts:
            return None
        why = self.whys.get(account_id, Why.NO_POWER) if account_id is not None else Why.NO_POWER
        return REFUSALS[why](days=SEATED_FOR.days) if why in REFUSALS else NotYours(capability=APPROVE)

    def whom_to_ask(self, language: str = "") -> str:
        """Name the offices that can approve it, a few as examples, and the vacant ones."""
        sentences = []
        if self.seats:
            sentences.append(_("Can be approved by: %(offices)s.") % {"offices": _some(self.seats, language)})
        else:
            sentences.append(_("Nobody can approve this yet."))
        if self.gives_rights:
            sentences.append(_("It takes a leader of another line who has all these rights in this unit."))
        elif self.vacant:
            sentences.append(
                _("If filled, these could approve later requests: %(offices)s.")
                % {"offices": _some(self.vacant, language)}
            )
        elif not self.seats:
            sentences.append(_("Ask the people who run the server to name a data officer."))
        return " ".join(sentences)


def _some(seats: tuple[DecidingSeat, ...], language: str) -> str:
    return "; ".join(seat.name(language) for seat in seats[:EXAMPLES])


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An appointment that might decide. depth: of its unit; the deeper, the nearer to what is asked."""

    term: DecidingTerm
    seat: DecidingSeat
    depth: int


def deciders(requests: Collection[Release], *, at: datetime) -> dict[int, Deciders]:
    """Return, by a request's own id, who may decide it.

    It reads past the viewer's scope: anybody may know which office and unit to ask, but no names.
    """
    if not requests:
        return {}
    unit_ids = {release.unit_id for release in requests}
    askers = {release.asked_by for release in requests}
    with system("who may decide"):
        spans = units.all_spans(unit_ids)
        candidates = _candidates(unit_ids)
        terms = _terms_of(askers)
        lines = _lines(askers | {candidate.term.account for candidate in candidates})
        roots = people.administrators(askers)
        vacant = _vacant(unit_ids, on=clock.day_in(settings.TIME_ZONE, at))
    candidates = [replace(candidate, term=_with_line(candidate.term, lines)) for candidate in candidates]
    deciders_by_id = {}
    for each in requests:
        positions = tuple(lo for lo, _hi in spans.get(each.unit_id, ()))
        asked_decision = AskedDecision(
            by=each.asked_by,
            at=each.asked_at,
            capability=CAPABILITY[each.act],
            positions=positions,
            terms=terms.get(each.asked_by, ()),
            line=lines[each.asked_by],
            is_root=each.asked_by in roots,
            rights=rights_given(each.act, each.payload),
        )
        deciders_by_id[each.pk] = _judged(asked_decision, candidates, vacant, at=at)
    return deciders_by_id


def _judged(
    asked_decision: AskedDecision,
    candidates: Iterable[_Candidate],
    vacant: Iterable[tuple[DecidingSeat, tuple[Range, ...]]],
    *,
    at: datetime,
) -> Deciders:
    order = list(Why)
    whys: dict[int, Why] = {asked_decision.by: Why.OWN}
    able: list[_Candidate] = []
    for candidate in candidates:
        why = why_may_not_decide(asked_decision, candidate.term, at=at)
        if why is None:
            able.append(candidate)
        elif why != Why.NO_POWER:
            reason = whys.get(candidate.term.account, Why.NO_POWER)
            whys[candidate.term.account] = min(reason, why, key=order.index)
    accounts = frozenset(each.term.account for each in able)
    deepest = max((each.depth for each in able), default=0)
    return Deciders(
        accounts=accounts,
        nearest=frozenset(each.term.account for each in able if each.depth == deepest),
        whys={account: why for account, why in whys.items() if account not in accounts},
        seats=tuple({(each.seat.office, each.seat.unit_code): each.seat for each in able}.values()),
        vacant=tuple(
            seat
            for seat, reach in vacant
            if any(is_in_ranges(reach, position) for position in asked_decision.positions)
        ),
        gives_rights=bool(asked_decision.rights),
    )


def _with_line(term: DecidingTerm, lines: Mapping[int, frozenset[int]]) -> DecidingTerm:
    """Return the term with its line. The server's console trusts the people it names: their earlier offices are no part
    of their line."""
    line = frozenset({term.account}) if term.by_console else lines[term.account]
    return replace(term, line=line)


# An appointment counts from its first day, at the earliest from when it was accepted, to its last day or its end.
_TERM = """
    ap.account_id, o.rank, o.capabilities,
    (select json_agg(json_build_array(r.lo, r.hi)) from units_placement r
      where r.unit_id = ap.unit_id and r.valid_to is null and r.lo is not null
        and (r.hierarchy = ap.hierarchy or u.kind in ('state', 'nation'))),
    greatest(coalesce(ap.accepted_at, ap.made_at), ap.starts_on::timestamp at time zone %(zone)s),
    least(ap.ended_at, (ap.ends_on + 1)::timestamp at time zone %(zone)s), ap.made_by is null, o.sees_people
"""


def _term(row: tuple[Any, ...]) -> DecidingTerm:
    account, rank, capabilities, reach, since, until, by_console, sees_people = row
    return DecidingTerm(
        account=account,
        rank=rank,
        capabilities=frozenset(capabilities),
        reach=_spans(reach),
        since=since,
        until=until,
        by_console=by_console,
        sees_people=sees_people,
    )


# The units themselves and all above them, in every hierarchy.
_UP = """
    with recursive up as (
        select q.unit_id, q.parent_id, q.hierarchy, q.depth from units_placement q
        where q.unit_id = any (%(units)s::bigint[]) and q.valid_to is null
        union
        select q.unit_id, q.parent_id, q.hierarchy, q.depth from up join units_placement q
          on q.unit_id = up.parent_id and q.hierarchy = up.hierarchy and q.valid_to is null
    ), above as (
        select u.id, u.code, u.kind, u.names, u.closed_on, max(up.depth) as depth
        from up join units_unit u on u.id = up.unit_id group by u.id
    )
"""


def _candidates(unit_ids: Collection[int]) -> list[_Candidate]:
    """Appointments to offices that decide requests, in these units and above, the nearest first."""
    rows = sql.rows(
        f"""{_UP}
        select u.code, u.names, u.depth, o.code, o.names, {_TERM}
        from above u
        join org_appointment ap on ap.unit_id = u.id and ap.body_id is null and ap.state = 'active'
        join org_office o on o.id = ap.office_id and o.capabilities && %(able)s::text[]
        join people_account a on a.id = ap.account_id and a.closed_at is null
        order by u.depth desc, 'org.approve' = any (o.capabilities) desc, o.rank, o.code, ap.id
        """,
        {"units": list(unit_ids), "able": [APPROVE, RELEASE], "zone": settings.TIME_ZONE},
    )
    return [_Candidate(_term(row[5:]), DecidingSeat(row[3], row[4], row[0], row[1]), row[2]) for row in rows]


def _terms_of(accounts: Collection[int]) -> dict[int, tuple[DecidingTerm, ...]]:
    """Return every appointment of these accounts, past ones included."""
    deciding_terms: dict[int, list[DecidingTerm]] = {}
    for row in sql.rows(
        f"""select {_TERM} from org_appointment ap join org_office o on o.id = ap.office_id
        join units_unit u on u.id = ap.unit_id where ap.account_id = any (%(accounts)s::bigint[])
          and ap.accepted_how <> ''""",
        {"accounts": list(accounts), "zone": settings.TIME_ZONE},
    ):
        deciding_terms.setdefault(row[0], []).append(_term(row))
    return {account: tuple(terms) for account, terms in deciding_terms.items()}


def _lines(accounts: Collection[int]) -> dict[int, frozenset[int]]:
    """Return, for each account, the account and everybody who ever appointed it, directly or through others.

    An appointer's line counts up to that moment; of a data officer, only how they became one. An administrator who
    never held an office only sets up, and belongs to nobody's line.
    """
    lines = {account: {account} for account in accounts}
    for account, maker in sql.rows(
        """
        with recursive made as not materialized (
            select ap.id, ap.account_id, ap.made_by, ap.made_at, 'org.approve' = any (o.capabilities) as officer
            from org_appointment ap join org_office o on o.id = ap.office_id
            where ap.made_by is not null and ap.accepted_how <> ''
        ), line as (
            select made.account_id as of, made.* from made where account_id = any (%(accounts)s::bigint[])
            union
            select line.of, made.* from line join made on made.account_id = line.made_by
              and made.made_at <= line.made_at and (made.officer or not line.officer)
        )
        select distinct line.of, line.made_by from line join people_account a on a.id = line.made_by
        where not a.is_root or exists (select 1 from org_appointment own where own.account_id = a.id
          and own.accepted_how <> '')
        """,
        {"accounts": list(accounts)},
    ):
        lines[account].add(maker)
    return {account: frozenset(line) for account, line in lines.items()}


def _vacant(unit_ids: Collection[int], *, on: date) -> list[tuple[DecidingSeat, tuple[Range, ...]]]:
    """Data officers' offices that nobody holds in these units and above, the nearest first, each with its reach."""
    rows = sql.rows(
        f"""{_UP}
        select o.code, o.names, u.code, u.names,
          (select json_agg(json_build_array(r.lo, r.hi)) from units_placement r
            where r.unit_id = u.id and r.valid_to is null and r.lo is not null)
        from above u join org_office o on u.kind = any (o.expected_in) and 'org.approve' = any (o.capabilities)
        where u.closed_on is null and not exists (select 1 from org_appointment ap where ap.unit_id = u.id
          and ap.office_id = o.id and ap.state in ('active', 'disputed')
          and (ap.ends_on is null or ap.ends_on >= %(on)s))
        order by u.depth desc, o.rank, o.code
        """,
        {"units": list(unit_ids), "on": on},
    )
    return [
        (DecidingSeat(office, names, code, unit_names), _spans(reach))
        for office, names, code, unit_names, reach in rows
    ]


def _spans(reach: Any) -> tuple[Range, ...]:
    """Positions as raw SQL gives them."""
    return tuple((int(lo), int(hi)) for lo, hi in reach or ())
