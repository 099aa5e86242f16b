"""Reads of the office: lists with their counts, outcomes by unit, who works where, and what is due."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core import small_cells, sql
from abhiyan.core.clock import day_in
from abhiyan.core.refusals import NotFound, or_refuse
from abhiyan.core.rows import Rows
from abhiyan.core.scope import system
from abhiyan.core.titles import title_sql
from abhiyan.core.words import active_language, name_in_language
from abhiyan.helpdesk.rules.schemes import scheme_name
from abhiyan.org.models import Release
from abhiyan.org.viewer import LATE_AT_DESKS, HeldOffice
from abhiyan.people import queries as people
from abhiyan.programmes.models import Programme
from abhiyan.ui.numbers import grouped
from abhiyan.units import queries as units

from .layout import LAYOUT
from .models import BasisDocument, ContactEntry, ContactList, ContactTry

OUTCOMES = (
    ContactTry.Outcome.TALKED,
    ContactTry.Outcome.NOT_HOME,
    ContactTry.Outcome.LATER,
    ContactTry.Outcome.UNWILLING,
    ContactTry.Outcome.WANTS_HELP,
    ContactTry.Outcome.ENTITLED,
)
STATES = tuple(ContactEntry.State)


def _given(programme: Programme, span: tuple[int, int]) -> dict[str, Any]:
    values = {"programme": programme.pk, "hierarchy": programme.hierarchy}
    return values | {"lo": span[0], "hi": span[1]}


_WITHIN = """exists (select from units_placement w where w.unit_id = {column} and w.hierarchy = %(hierarchy)s
  and w.lo >= %(lo)s and w.lo < %(hi)s)"""


# Lists


@dataclass(frozen=True, slots=True)
class ListRow:
    """A list of a programme, as its page of lists shows it."""

    public_id: UUID
    title: str
    unit: dict[str, str]
    state: str
    is_filled: bool
    rows: int
    met: int
    last_day: date
    responsible: str | None
    responsible_id: int

    @property
    def said(self) -> str:
        return str(ContactList.State(self.state).label)

    @property
    def kind(self) -> str:
        """How its badge looks."""
        return {"approved": "ok", "refused": "bad", "asked": "warn"}.get(self.state, "")

    @property
    def place(self) -> str:
        return name_in_language(self.unit)


def lists_of_programme(programme: Programme, span: tuple[int, int]) -> Rows[ListRow]:
    """Lists of a programme for units within [lo, hi), newest first. In the scope of who sees the people there."""
    source = f"""from contact_list l join units_unit u on u.id = l.unit_id
  left join people_account a on a.id = l.responsible_id
  left join lateral (select count(*)::int as n, count(*) filter (where e.state = 'done')::int as met
    from contact_entry e where e.list_id = l.id) e on true
 where l.programme_id = %(programme)s and {_WITHIN.format(column="l.unit_id")}"""
    return Rows(
        f"l.public_id, {title_sql('l')}, u.names,"
        " l.state, l.day is not null, e.n, e.met, l.last_day, a.name, l.responsible_id",
        source,
        _given(programme, span) | {"language": active_language()},
        orders={"made": ("l.made_at",), "title": ("l.title",), "day": ("l.last_day",), "state": ("l.state",)},
        make=ListRow,
        last="l.id",
    )


def list_by_id(public_id: UUID) -> ContactList:
    """One list in the sight of the scope in force, or NotFound."""
    return or_refuse(ContactList.objects.select_related("programme").filter(public_id=public_id).first())


def entries_by_state(contact_list: ContactList) -> list[tuple[str, str]]:
    """Count the entries of a list by state: (words, n in words). In a system scope; one query.

    In whole tens for everybody: the rows of a short list less its entries are the people who said no.
    """
    counts = dict(
        sql.rows(
            "select state, count(*)::int from contact_entry where list_id = %s group by state",
            [contact_list.pk],
        )
    )
    return [
        (str(state.label), small_cells.seen_count(counts[state], is_exact=False))
        for state in STATES
        if counts.get(state) and (state != ContactEntry.State.OUT or small_cells.shown_count(counts[state]))
    ]


def document_of(contact_list: ContactList) -> BasisDocument:
    """The document of a list's basis, in the sight of the scope in force, or NotFound."""
    return or_refuse(BasisDocument.objects.filter(contact_list=contact_list).first())


def responsible_of(contact_list: ContactList) -> str:
    """The name of who is responsible for a list."""
    with system("who is responsible for a list"):
        return people.names_of_accounts([contact_list.responsible_id]).get(contact_list.responsible_id, "")


def for_import(public_id: str) -> ContactList:
    """The list an import is for. Refuses NotFound."""
    with system("the list of an import"):
        row = ContactList.objects.select_related("programme").filter(public_id=UUID(public_id)).first()
    return or_refuse(row, NotFound)


def list_sentences(release: Release) -> list[str]:
    """Sentences for the page that decides a list: what it is, how many rows, which columns, until when."""
    with system("a list is decided"):
        row = ContactList.objects.filter(public_id=UUID(str(release.payload["list"]))).first()
        if row is None:
            return []
        names = people.names_of_accounts([row.responsible_id])
        place = units.names_of_units([row.unit_id], language=active_language()).get(row.unit_id, "")
    about = {
        "title": row.title,
        "place": place,
        "source": row.source,
        "basis": row.get_basis_display(),
        "purpose": row.purpose,
        "rows": grouped(row.n_rows),
        "double": grouped(row.n_double),
        "silent": small_cells.count_in_words(row.n_opted_out or None),
        "columns": ", ".join(list_column_name(key) for key in row.columns),
        "day": date_format(row.last_day, "j F Y"),
        "who": names.get(row.responsible_id, ""),
        "scheme": scheme_name(row.scheme),
    }
    lines = [
        say("“%(title)s” for %(place)s: %(rows)s rows are imported.") % about,
        say("Left out: %(double)s double rows. Of the others, people who said no to us: %(silent)s.") % about,
        say("Columns that are read: %(columns)s.") % about,
        say("Source: %(source)s. Basis: %(basis)s.") % about,
        say("Purpose: %(purpose)s.") % about,
        say("Workers use it until %(day)s. Responsible: %(who)s.") % about,
    ]
    if row.signed and row.signed_on is not None:
        lines.insert(4, signed_of(row))
        lines.insert(5, say("Each person counts with the import. Read the forms in the document first."))
    return [*lines, say("Scheme: %(scheme)s.") % about] if row.scheme else lines


def signed_of(contact_list: ContactList) -> str:
    """Say where and until when the consent forms of a list were signed, and who took them; "" where none were."""
    if not contact_list.signed or contact_list.signed_on is None:
        return ""
    where = ContactList.Signed(contact_list.signed)
    words = {
        ContactList.Signed.DOOR: _("Consent forms signed at their doors until %(day)s. Taken by: %(who)s."),
        ContactList.Signed.DESK: _("Consent forms signed at a desk until %(day)s. Taken by: %(who)s."),
    }[where]
    return str(words) % {"day": date_format(contact_list.signed_on, "j F Y"), "who": contact_list.signed_with}


def list_column_name(key: str) -> str:
    """A column of the list in the reader's language."""
    column = LAYOUT.field(key)
    return column.label(active_language()) if column else key


# The board


@dataclass(frozen=True, slots=True)
class UnitContacts(units.BoardUnit):
    """The results of contact in a unit. doors: entries of lists in use; tries: noted, without undone ones."""

    doors: int
    leased: int
    met: int
    out: int
    talked: int
    not_home: int
    later: int
    unwilling: int
    wants_help: int
    entitled: int
    walked: int
    workers: int
    due: int

    @property
    def coverage_pct(self) -> int | None:
        """Doors met of all doors on lists, in percent; None where there are none."""
        return self.met * 100 // self.doors if self.doors else None

    @property
    def homes_pct(self) -> int | None:
        """Households met of all households, in percent; None where these are not known."""
        return min(100, (self.met + self.walked) * 100 // self.households) if self.households else None


# Entries `e` and tries `t` by position.
_MET = "t.outcome in ('talked', 'wants_help', 'entitled')"
_ENTRIES = {
    "doors": "true",
    "leased": "e.state = 'leased'",
    "met": "e.state = 'done'",
    "out": "e.state = 'out'",
    "due": "e.state = 'later' and e.next_day <= %(today)s",
}
_TRIES = {
    **{str(outcome): f"t.outcome = '{outcome}'" for outcome in OUTCOMES},
    "walked": f"t.way = 'walk' and {_MET}",
}


def _counted(parts: dict[str, str]) -> str:
    return ", ".join(f"count(*) filter (where {when}) as {name}" for name, when in parts.items())


_IN = """join units_placement p on p.unit_id = {of}.unit_id and p.hierarchy = %(hierarchy)s
    and p.lo >= %(lo)s and p.lo < %(hi)s"""
_COUNTED_CONTACTS = f"""with
  e as (select p.lo, {_counted(_ENTRIES)} from contact_entry e
    join contact_list l on l.id = e.list_id and l.programme_id = %(programme)s {_IN.format(of="e")} group by p.lo),
  t as (select p.lo, {_counted(_TRIES)}, count(distinct t.by_id) as workers from contact_try t
    {_IN.format(of="t")} where t.programme_id = %(programme)s and t.undone_at is null group by p.lo)
select * from e full join t using (lo)"""


def contacts_below(
    programme: Programme, unit_id: int, span: tuple[int, int], *, at: datetime
) -> tuple[UnitContacts, list[UnitContacts]]:
    """Return contact in a unit, and in each unit right below it. In the scope of somebody who sees the people there."""
    values = _given(programme, span) | {"today": day_in(programme.zone, at)}
    return units.unit_board(
        UnitContacts, _COUNTED_CONTACTS, values, unit_id=unit_id, hierarchy=programme.hierarchy
    )


@dataclass(frozen=True, slots=True)
class WorkerContacts:
    """A worker in one unit. last: when they noted something last."""

    account_id: int
    name: str
    unit: dict[str, str]
    held: int
    talked: int
    tries: int
    last: datetime | None

    @property
    def place(self) -> str:
        return name_in_language(self.unit)


def workers_in(programme: Programme, span: tuple[int, int]) -> Rows[WorkerContacts]:
    """Workers within [lo, hi), with the doors they hold and what they noted. In the scope of somebody who sees the
    people there."""
    source = f"""from (select x.account_id, x.unit_id, sum(x.held)::int as held, sum(x.talked)::int as talked,
    sum(x.tries)::int as tries, max(x.last) as last from (
      select e.holder_id as account_id, e.unit_id, count(*) as held, 0 as talked, 0 as tries, null::timestamptz as last
        from contact_entry e join contact_list l on l.id = e.list_id and l.programme_id = %(programme)s
        where e.holder_id is not null and not exists (select from contact_call_turn c
          where c.entry_id = e.id and c.agent_id = e.holder_id and c.ended_at is null) group by 1, 2
      union all select t.by_id, t.unit_id, 0, count(*) filter (where t.outcome in ('talked', 'wants_help', 'entitled')),
        count(*), max(t.at) from contact_try t where t.programme_id = %(programme)s and t.undone_at is null
        group by 1, 2) x group by 1, 2) x
  join people_account a on a.id = x.account_id join units_unit u on u.id = x.unit_id
 where {_WITHIN.format(column="x.unit_id")}"""
    return Rows(
        "a.id, a.name, u.names, x.held, x.talked, x.tries, x.last",
        source,
        _given(programme, span),
        orders={"last": ("x.last",), "held": ("x.held",), "talked": ("x.talked",)},
        make=WorkerContacts,
        last="a.id, u.id",
    )


@dataclass(frozen=True, slots=True)
class DueVisits:
    """Visits that were promised for a day, in one unit. worker: who promised them."""

    unit: dict[str, str]
    day: date
    worker: str | None
    worker_id: int
    n: int

    @property
    def place(self) -> str:
        return name_in_language(self.unit)


def due_in(programme: Programme, span: tuple[int, int], *, at: datetime) -> Rows[DueVisits]:
    """Promised visits whose day has come, within [lo, hi), the oldest first: of doors that were not met since. In the
    scope of somebody who sees the people there."""
    source = f"""from (select t.unit_id, t.follow_up_day as day, t.by_id, count(*)::int as n {_DUE}
    group by 1, 2, 3) x join units_unit u on u.id = x.unit_id left join people_account a on a.id = x.by_id"""
    return Rows(
        "u.names, x.day, a.name, x.by_id, x.n",
        source,
        _given(programme, span) | {"today": day_in(programme.zone, at)},
        orders={"day": ("x.day", "u.id"), "n": ("x.n",)},
        make=DueVisits,
        last="x.by_id",
    )


_DUE = f"""from contact_try t left join contact_entry e on e.id = t.entry_id
 where t.programme_id = %(programme)s and t.undone_at is null and t.follow_up_day <= %(today)s
   and t.way <> 'call' and (e.id is null or e.state = 'later') and {_WITHIN.format(column="t.unit_id")}
   and not exists (select from contact_try s where s.entry_id = t.entry_id and s.at > t.at and s.undone_at is null)"""


@dataclass(frozen=True, slots=True)
class OfficeWork:
    """Approved lists that are not imported, and promised visits that are due. own: lists for the unit itself.

    late: lists for units below that were approved long ago. overdue: visits whose day is over.
    """

    own: int
    below: int
    late: int
    due: int
    overdue: int


def waiting_in(programme: Programme, home: HeldOffice, *, at: datetime) -> OfficeWork:
    """Count what waits in the unit of an office and below. One query."""
    row = sql.row(
        f"""select own, n - own, late, due, overdue from (select count(*)::int as n,
            count(*) filter (where l.unit_id = %(unit)s)::int as own,
            count(*) filter (where l.unit_id <> %(unit)s and l.approved_at < %(late)s)::int as late
          from contact_list l where l.programme_id = %(programme)s and l.state = 'approved' and l.day is null
            and {_WITHIN.format(column="l.unit_id")}) lists,
        (select count(*)::int as due, count(*) filter (where t.follow_up_day < %(today)s)::int as overdue
          {_DUE}) visits""",
        _given(programme, (home.lo, home.hi))
        | {"unit": home.unit_id, "today": day_in(programme.zone, at), "late": at - LATE_AT_DESKS},
    )
    return OfficeWork(*row)


def entries_held_back(programme: Programme, span: tuple[int, int]) -> list[tuple[str, int]]:
    """Entries within [lo, hi) that nobody may meet, by reason, the most first. One query."""
    return sql.rows(
        f"""select e.why_out, count(*)::int as n from contact_entry e join contact_list l on l.id = e.list_id
        and l.programme_id = %(programme)s where e.state = 'out' and {_WITHIN.format(column="e.unit_id")}
        group by 1 order by 2 desc, 1""",
        _given(programme, span),
    )
