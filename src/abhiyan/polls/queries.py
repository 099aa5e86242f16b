"""The calendar of polls: what is in force on a day, and what it means for places."""

from bisect import bisect_right
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from abhiyan.core import clock, sql
from abhiyan.core.refusals import or_refuse
from abhiyan.core.words import name_in_language
from abhiyan.org.models import Release
from abhiyan.polls.models import Poll
from abhiyan.polls.rules.polling import NOWHERE, Areas, Calendar, Phase, Polling, PollPlace
from abhiyan.units import queries as units
from abhiyan.units.models import Unit

AREAS_SHOWN = 10
Key = TypeVar("Key", bound=Hashable)

_IN_FORCE = """select f.id, f.closes_at, array_agg(a.unit_id) from units_poll p
 join units_poll_phase f on f.poll_id = p.id join units_poll_area a on a.phase_id = f.id
 where p.state = 'in_force' and not p.is_withdrawal and p.announced_on <= %(day)s and p.result_on >= %(day)s
 group by f.id, f.closes_at"""

# States stand here too: they are few, and a place's is the one whose positions it has.
_PLACED = """select u.id, u.kind, p.lo, p.hi from units_unit u left join units_placement p
 on p.unit_id = u.id and p.valid_to is null and p.lo is not null
 where u.id = any(array(select unnest(%s::bigint[]) union select id from units_unit where kind = 'state'))"""


def polling(units_of: Mapping[Key, Collection[int]], *, at: datetime) -> dict[Key, Polling]:
    """Return what the calendar says of each of these at an instant, by the ids of the units they may be in; none:
    unknown. Two statements, however many there are."""
    if not units_of:
        return {}
    phases = sql.rows(_IN_FORCE, {"day": clock.day_in(settings.TIME_ZONE, at)})
    asked_ids = {unit for unit_ids in units_of.values() for unit in unit_ids}
    places = poll_places(asked_ids.union(*(areas for _id, _closes_at, areas in phases))) if phases else {}
    calendar = Calendar(
        tuple(
            Phase(closes_at, Areas(places.get(area, NOWHERE) for area in areas))
            for _id, closes_at, areas in phases
        )
    )
    poll_by_units: dict[frozenset[int], Polling] = {}
    poll_by_key: dict[Key, Polling] = {}
    for key, unit_ids in units_of.items():
        unit_set = frozenset(unit_ids)
        if unit_set not in poll_by_units:
            poll_by_units[unit_set] = calendar.polling(places.get(unit, NOWHERE) for unit in unit_set)
        poll_by_key[key] = poll_by_units[unit_set]
    return poll_by_key


def poll_places(unit_ids: Collection[int]) -> dict[int, PollPlace]:
    """Return where units are, by id, for known units."""
    rows = sql.rows(_PLACED, [sorted(set(unit_ids))])
    spans: dict[int, list[tuple[int, int]]] = {}
    for unit, _kind, lo, hi in rows:
        spans.setdefault(unit, []).extend([] if lo is None else [(lo, hi)])
    # No state lies inside another, so the last one that begins before a position is the only one that may hold it.
    states = sorted((lo, hi, unit) for unit, kind, lo, hi in rows if kind == "state" and lo is not None)
    starts = [lo for lo, _hi, _unit in states]

    def state_at(position: int) -> set[int]:
        _lo, hi, unit = states[bisect_right(starts, position) - 1] if states else (0, 0, 0)
        return {unit} if starts and starts[0] <= position < hi else set()

    nations = {unit for unit, kind, _lo, _hi in rows if kind == "nation"}
    wanted = set(unit_ids)
    return {
        unit: PollPlace(
            spans=tuple(sorted(unit_spans)),
            states=frozenset(state for lo, _hi in unit_spans for state in state_at(lo)),
            is_nation=unit in nations,
        )
        for unit, unit_spans in spans.items()
        if unit in wanted
    }


def frozen_units(unit_ids: Collection[int], *, at: datetime) -> set[int]:
    """Return the units of these between the announcement of an election that may concern them and its result.

    Work that must rest in that time (contact with beneficiaries, law.md E3) calls this.
    """
    poll_by_unit = polling({unit: [unit] for unit in unit_ids}, at=at)
    return {unit for unit, one in poll_by_unit.items() if one.is_election}


@dataclass(frozen=True, slots=True)
class Area:
    """A unit where a poll is held. state: names of the state it is in, by language; empty where it is in none."""

    code: str
    names: Mapping[str, str]
    kind: str
    electors: int | None
    state: Mapping[str, str]

    def name(self, language: str = "") -> str:
        return name_in_language(self.names, language)

    def state_name(self, language: str = "") -> str:
        return name_in_language(self.state, language) if self.state and self.kind != "state" else ""


_NEAR_STATE = """select f.poll_id from units_poll_phase f join units_poll_area a on a.phase_id = f.id
 join units_placement p on p.unit_id = a.unit_id and p.valid_to is null
 join units_placement s on s.unit_id = %s and s.valid_to is null and s.hierarchy = p.hierarchy
 and (p.lo >= s.lo and p.lo < s.hi or s.lo >= p.lo and s.lo < p.hi)"""


def polls(*, state: int | None = None, on: date | None = None, status: str = "") -> QuerySet[Poll]:
    """Versions of entries; to be ordered and paged. state: id of a unit they concern. on: a day they span."""
    found = Poll.objects.all()
    if state is not None:
        found = found.filter(pk__in=RawSQL(_NEAR_STATE, [state]))  # noqa: S611  # no text of anybody's stands in it
    if on is not None:
        found = found.filter(announced_on__lte=on, result_on__gte=on)
    return found.filter(state=status) if status else found


def poll(public_id: UUID) -> Poll:
    """One version of an entry. NotFound when there is none."""
    return or_refuse(Poll.objects.filter(public_id=public_id).first())


def poll_versions(entry: UUID) -> list[Poll]:
    """All versions of an entry, the newest first."""
    return list(Poll.objects.filter(entry=entry).order_by("-version"))


def phases_of(poll_ids: Collection[int]) -> dict[int, list[tuple[datetime | None, list[int]]]]:
    """Return the close of each phase's poll, with the ids of its areas, by the id of the version."""
    phases: dict[int, list[tuple[datetime | None, list[int]]]] = {}
    for poll_id, closes_at, areas in sql.rows(
        "select f.poll_id, f.closes_at, array_agg(a.unit_id order by a.id) from units_poll_phase f"
        " join units_poll_area a on a.phase_id = f.id where f.poll_id = any(%s)"
        " group by f.poll_id, f.number, f.closes_at order by f.poll_id, f.number",
        [list(poll_ids)],
    ):
        phases.setdefault(poll_id, []).append((closes_at, areas))
    return phases


def areas(unit_ids: Collection[int]) -> dict[int, Area]:
    """Units as areas of a poll, by id."""
    places = poll_places(unit_ids)
    states = {state for place in places.values() for state in place.states}
    unit_by_id = units.units_by_id({*unit_ids, *states})
    return {
        unit: Area(
            unit_by_id[unit].code,
            unit_by_id[unit].names,
            unit_by_id[unit].kind,
            unit_by_id[unit].electors,
            next((unit_by_id[state].names for state in sorted(place.states)), {}),
        )
        for unit, place in places.items()
    }


def states_without_entry(*, at: datetime) -> list[Unit]:
    """Return open states without a word in any entry in force today: outreach waits there."""
    open_ = units.open_states()
    poll_by_state = polling({unit.pk: [unit.pk] for unit in open_}, at=at)
    return [unit for unit in open_ if not poll_by_state[unit.pk].is_known]


def poll_sentences(release: Release) -> list[str]:
    """Return what exactly a request would put into force: its kind and days, each phase with its close and areas."""
    entry = poll(UUID(str(release.payload["poll"])))
    texts = [
        _("%(kind)s, from %(first)s to %(last)s.")
        % {
            "kind": entry.get_kind_display(),
            "first": date_format(entry.announced_on, "j M Y"),
            "last": date_format(entry.result_on, "j M Y"),
        }
    ]
    if entry.is_withdrawal:
        return [_("This entry would be withdrawn."), *texts]
    phases = phases_of([entry.pk]).get(entry.pk, [])
    known = areas({area for _closes_at, area_ids in phases for area in area_ids})
    for closes_at, area_ids in phases:
        names = ", ".join(
            f"{known[area].name()} ({known[area].code})" for area in area_ids[:AREAS_SHOWN] if area in known
        )
        names += "…" if len(area_ids) > AREAS_SHOWN else ""
        if closes_at is None or entry.kind == Poll.Kind.NONE:
            texts.append(_("Areas: %(areas)s.") % {"areas": names})
        else:
            local = timezone.localtime(closes_at, ZoneInfo(settings.TIME_ZONE))
            sentence = _("The poll closes on %(when)s in %(areas)s.")
            texts.append(sentence % {"when": date_format(local, "j M Y, H:i"), "areas": names})
    return texts
