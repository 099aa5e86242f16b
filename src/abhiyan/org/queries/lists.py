"""Lists of appointments and of vacancies in a subtree, read page by page whatever their length."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, TypeVar, overload

from django.db import connection

from abhiyan.core.policy import COUNTS, EVERYTHING
from abhiyan.org.models import Appointment, Office
from abhiyan.org.viewer import Viewer
from abhiyan.people import queries as people
from abhiyan.units.models import MANY

from .offices import Vacancy, read_names

ORDERS: dict[str, tuple[str, ...]] = {
    "unit": ("p.lo", "o.rank", "o.code"),
    "office": ("o.rank", "o.code", "p.lo"),
    "name": ("a.name", "p.lo"),
    "since": ("ap.starts_on", "p.lo"),
}
_FEW = "not (u.kind in ({}))".format(", ".join(f"'{kind}'" for kind in sorted(MANY)))  # as the index says it


def sight(viewer: Viewer, lo: int, hi: int) -> tuple[int, int]:
    """The part of [lo, hi) outside of which the viewer sees no appointment: so that no list reads past it."""
    if viewer.is_root or viewer.scope.everything:
        return lo, hi
    seen = [
        (max(lo, first), min(hi, last))
        for held in viewer.appointments
        for first, last in held.counts
        if first < hi and last > lo
    ]
    return (min(first for first, _ in seen), max(last for _, last in seen)) if seen else (lo, lo)


T = TypeVar("T")


def _only(office: str) -> tuple[str, dict[str, Any]]:
    """A condition on an office `o`, with its parameters: one of this code, or any for none.

    By its id, for the planner knows how many appointments an office has, not how many a code.
    """
    if not office:
        return "true", {}
    pk, kinds = Office.objects.filter(code=office).values_list("pk", "expected_in").first() or (0, [])
    return "o.id = %(office)s", {"office": pk, "kinds": kinds}


class _Rows(Sequence[T]):
    """Rows of one query, read by slices. _from: its tables and conditions. _order: its columns."""

    _from: str
    _order: tuple[str, ...]
    _columns: str
    given: Mapping[str, Any]

    def __len__(self) -> int:
        return self.counted(None) or 0

    def counted(self, most: int | None) -> int | None:
        """How many rows there are; None where they are more than `most`, which are counted no further."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"select count(*) from (select {self._from} limit %(most)s) counted",
                {**self.given, "most": None if most is None else most + 1},
            )
            n: int = cursor.fetchone()[0]
        return None if most is not None and n > most else n

    @overload
    def __getitem__(self, part: int) -> T: ...
    @overload
    def __getitem__(self, part: slice) -> list[T]: ...
    def __getitem__(self, part: int | slice) -> T | list[T]:
        if isinstance(part, int):
            return self[part : part + 1][0]
        start, stop = part.start or 0, part.stop
        with connection.cursor() as cursor:
            cursor.execute(
                f"select {self._columns} {self._from} order by {', '.join(self._order)}"
                " offset %(start)s limit %(n)s",
                {**self.given, "start": start, "n": None if stop is None else stop - start},
            )
            return self._read(cursor.fetchall())

    @abstractmethod
    def _read(self, rows: list[Any]) -> list[T]:
        """What stands in the columns, as rows of the list."""


class VacantRows(_Rows[Vacancy]):
    """Vacant offices of a unit and all below it in sight, in the order of the tree."""

    _order = ("p.lo", "o.rank", "o.code")
    _columns = "o.code, o.names, u.id, o.rank, u.code, u.names"

    def __init__(self, lo: int, hi: int, *, on: date, office: str = "") -> None:
        only, asked = _only(office)
        few = (
            f" and u.kind = any(%(kinds)s) and {_FEW}"
            if asked and not set(asked["kinds"]) & set(MANY)
            else ""
        )
        self.given = {"lo": lo, "hi": hi, "on": on, **asked}
        self._from = f"""
            from units_placement p
            join units_unit u on u.id = p.unit_id and u.closed_on is null{few}
            join org_office o on u.kind = any (o.expected_in) and {only}
            where p.lo >= %(lo)s and p.lo < %(hi)s and ({EVERYTHING} or p.lo <@ {COUNTS}) and not exists (
                select 1 from org_appointment ap where ap.unit_id = u.id and ap.office_id = o.id
                and ap.body_id is null and ap.state in ('active', 'disputed') and ap.starts_on <= %(on)s
                and (ap.ends_on is null or ap.ends_on >= %(on)s))
        """

    def _read(self, rows: list[Any]) -> list[Vacancy]:
        return [
            Vacancy(code, read_names(names), unit, rank, unit_code, read_names(unit_names))
            for code, names, unit, rank, unit_code, unit_names in rows
        ]


class AppointmentRows(_Rows[Appointment]):
    """Appointments of a unit and all below it in the caller's scope, each with `holder`, a name.

    state: active, disputed, ended, or "" for those that hold. office: its code. name: words of the holder's name,
    as they sound in either script, the last perhaps half typed. order: of ORDERS; descending: the other way round.
    """

    _columns = "ap.id"

    def __init__(
        self,
        lo: int,
        hi: int,
        *,
        state: str = "",
        office: str = "",
        name: str = "",
        order: str = "unit",
        descending: bool = False,
    ) -> None:
        states = [state] if state in Appointment.State.values else ["active", "disputed"]
        called, words = people.called("ap.account_id", name)
        only, asked = _only(office)
        self.given = {"lo": lo, "hi": hi, "states": states, **asked, **words}
        self._from = f"""
            from units_placement p
            join org_appointment ap on ap.unit_id = p.unit_id
            join org_office o on o.id = ap.office_id
            left join people_account a on a.id = ap.account_id
            where p.lo >= %(lo)s and p.lo < %(hi)s and ap.state = any(%(states)s)
              and {only} and {called}
        """
        way = " desc" if descending else ""
        self._order = (*(f"{column}{way}" for column in ORDERS[order]), "ap.id")

    def _read(self, rows: list[Any]) -> list[Appointment]:
        found = Appointment.objects.select_related("office", "unit").in_bulk([pk for (pk,) in rows])
        return with_names([found[pk] for (pk,) in rows if pk in found])


def with_names(found: list[Appointment]) -> list[Appointment]:
    """The same, each with `holder`: the name of who holds it, or empty where it is out of sight."""
    names = people.names_of(each.account_id for each in found)
    for each in found:
        each.holder = names.get(each.account_id, "")
    return found
