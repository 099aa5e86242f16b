"""Reads of circulars: which went to somebody, who has read one, and how many by unit."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from abhiyan.core import sql, words
from abhiyan.core.refusals import or_refuse
from abhiyan.core.scope import system
from abhiyan.core.titles import title_sql
from abhiyan.org.viewer import Viewer
from abhiyan.units import queries as units

from .models import Circular, Reading

# These accounts hold an office in a unit or below, but for one account.
HOLDERS = """from units_placement p join org_appointment ap on ap.unit_id = p.unit_id
 join org_office o on o.id = ap.office_id join people_account a on a.id = ap.account_id and a.closed_at is null
 where p.hierarchy = %(tree)s and p.valid_to is null and p.lo >= %(lo)s and p.lo < %(hi)s
 and ap.state = 'active' and ap.starts_on <= %(day)s and (ap.ends_on is null or ap.ends_on >= %(day)s)
 and ap.account_id <> %(by)s"""
LATELY = timedelta(days=30)
MOST = 10


def circulars(viewer: Viewer) -> QuerySet[Circular]:
    """Circulars somebody sent, got, or sees the readers of; to be ordered and paged."""
    return Circular.objects.all() if viewer.is_signed_in else Circular.objects.none()


def circular_for(viewer: Viewer, public_id: UUID) -> Circular:
    """One circular in the viewer's sight, or NotFound."""
    return or_refuse(circulars(viewer).filter(public_id=public_id).first())


def circular_reach(span: tuple[int, int], tree: int, *, on: date, by: int) -> dict[str, int]:
    """Count the people a circular of an account would go to, by the code of their office; "": to every office. span:
    positions [lo, hi) of its unit in a tree."""
    params = {"lo": span[0], "hi": span[1], "tree": tree, "day": on, "by": by}
    with system("how many people a circular would go to"):
        rows = sql.rows(
            f"select coalesce(o.code, ''), count(distinct ap.account_id) {HOLDERS}"
            " group by grouping sets ((o.code), ())",
            params,
        )
    return dict(rows)


def own_reading(circular: Circular, account_id: int | None) -> Reading | None:
    """Return when somebody read a circular that went to them; None: it did not."""
    return Reading.objects.filter(circular_id=circular.pk, account_id=account_id or 0).first()


def readings_of(account_id: int | None, found: Sequence[Circular]) -> dict[int, Reading]:
    """One's own reading of circulars, by their keys."""
    rows = Reading.objects.filter(
        account_id=account_id or 0, circular_id__in=[circular.pk for circular in found]
    )
    return {reading.circular_id: reading for reading in rows}


@dataclass(frozen=True, slots=True)
class UnreadCircular:
    """A circular somebody has still to read. sender: the unit it comes from."""

    public_id: UUID
    title: str
    sender: str


def unread_circulars(account_id: int) -> tuple[list[UnreadCircular], bool]:
    """Return circulars that somebody has not opened, the newest first, and True if their e-mail address fails.

    In their own scope; one query, for Today asks both of everybody.
    """
    rows = sql.rows(
        f"""select e.fails, c.* from (select exists (select 1 from people_email
          where account_id = %(account)s and failed_at is not null) as fails) e left join lateral (
          select c.public_id, {title_sql("c")}, u.names from messaging_reading r
          join messaging_circular c on c.id = r.circular_id and c.ended_at is null
          join units_unit u on u.id = c.unit_id where r.account_id = %(account)s and r.read_at is null
          order by c.made_at desc limit %(most)s) c on true""",
        {"account": account_id, "most": MOST, "language": words.active_language()},
    )
    circulars = [
        UnreadCircular(public_id, title, words.name_in_language(names))
        for _fails, public_id, title, names in rows
        if public_id is not None
    ]
    return circulars, rows[0][0]


def read_of(account_id: int) -> tuple[int, int]:
    """Count the circulars that went to somebody, and how many of them they have not read. In a scope that sees them."""
    row = sql.row(
        "select count(*), count(*) filter (where r.read_at is null) from messaging_reading r"
        " join messaging_circular c on c.id = r.circular_id and c.ended_at is null where r.account_id = %s",
        [account_id],
    )
    return row[0], row[1]


@dataclass(frozen=True, slots=True)
class SentCircular:
    """A circular somebody sent: to how many, and how many of them have read it."""

    public_id: UUID
    title: str
    n: int
    read: int


def sent_lately(account_id: int, *, at: datetime) -> list[SentCircular]:
    """Return what somebody sent in the last 30 days and not everybody has read, the newest first. In their own
    scope."""
    own = list(
        Circular.objects.filter(made_by=account_id, ended_at=None, made_at__gt=at - LATELY).order_by(
            "-made_at"
        )[:MOST]
    )
    if not own:
        return []
    read = dict(
        sql.rows(
            "select circular_id, count(*) from messaging_reading where circular_id = any(%s) and read_at is not null"
            " group by 1",
            [[circular.pk for circular in own]],
        )
    )
    return [
        SentCircular(circular.public_id, circular.title, circular.recipients, read.get(circular.pk, 0))
        for circular in own
        if read.get(circular.pk, 0) < circular.recipients
    ]


@dataclass(frozen=True, slots=True)
class Share(units.BoardUnit):
    """A circular went to so many people of one unit and below, and so many of them have read it."""

    n: int
    read: int

    @property
    def left(self) -> int:
        return self.n - self.read


_SHARES = """select p.lo, count(*) as n, count(r.read_at) as read from messaging_reading r
 join units_placement p on p.unit_id = r.unit_id and p.hierarchy = %(hierarchy)s and p.lo is not null
 where r.circular_id = %(circular)s group by p.lo"""


def shares_below(circular: Circular, unit_id: int) -> list[Share]:
    """By unit directly beneath one, and for the offices of the unit itself; of readers in the viewer's sight."""
    values = {"circular": circular.pk}
    whole, below = units.unit_board(Share, _SHARES, values, unit_id=unit_id, hierarchy=circular.hierarchy)
    n, read = sum(row.n for row in below), sum(row.read for row in below)
    offices = replace(whole, n=whole.n - n, read=whole.read - read)
    return sorted((row for row in (offices, *below) if row.n), key=lambda row: row.code)


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody a circular went to."""

    name: str
    office_names: dict[str, str]
    unit_names: dict[str, str]
    read_at: datetime | None
    account_id: int


_READERS = """select a.name, o.names, u.names, r.read_at, a.id from messaging_reading r
 join people_account a on a.id = r.account_id join org_office o on o.code = r.office
 join units_unit u on u.id = r.unit_id join units_placement p on p.unit_id = r.unit_id and p.hierarchy = %(tree)s
 and p.valid_to is null and p.lo >= %(lo)s and p.lo < %(hi)s
 where r.circular_id = %(circular)s and (not %(unread)s or r.read_at is null)
 order by r.read_at nulls first, p.lo limit %(most)s"""
MOST_READERS = 200


def readers(circular: Circular, span: tuple[int, int], *, only_unread: bool) -> list[Reader]:
    """Return the recipients of a unit and below in the viewer's sight, unread first; MOST_READERS at most. span:
    positions [lo, hi) of the unit."""
    params = {
        "circular": circular.pk,
        "tree": circular.hierarchy,
        "unread": only_unread,
        "most": MOST_READERS,
    }
    return sql.each(Reader, _READERS, params | {"lo": span[0], "hi": span[1]})
