"""Read schedules of slides: people who may get them, who do, and what came to somebody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings

from abhiyan.core import clock, sql
from abhiyan.core.scope import system
from abhiyan.core.words import local_person, name_in_language
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import HeldOffice, Viewer
from abhiyan.review.models import Deck, DeckSchedule, DeckSent
from abhiyan.review.rules.schedules import SHOWN_FOR
from abhiyan.units import queries as units
from abhiyan.work.queries.tasks import ACTIVE

MOST_OFFERED, MOST_SHOWN = 200, 5


@dataclass(frozen=True, slots=True)
class ReviewSeat:
    """An office in a unit with its holders: those of the day get the slides."""

    unit_id: int
    office: str
    label: str

    @property
    def key(self) -> str:
        """Return its key as a form names it."""
        return f"{self.unit_id}-{self.office}"


def _place(deck: Deck) -> int | None:
    return units.row_of_unit(deck.unit_id, deck.hierarchy).lo


def sees(viewer: Viewer, deck: Deck) -> bool:
    """Return True if somebody sees the counts of a deck's unit."""
    return viewer.is_signed_in and viewer.sees_counts_at(_place(deck))


def own_seat(viewer: Viewer, deck: Deck) -> HeldOffice | None:
    """Return the office by which somebody sees a deck's unit: a schedule ends with it.

    None for the deck of a meeting.
    """
    lo = _place(deck)
    if lo is None or deck.about == Deck.About.MEETING:
        return None
    return next(
        (office for office in viewer.appointments if any(a <= lo < b for a, b in office.counts)), None
    )


def seats_to_tell(viewer: Viewer, deck: Deck, *, at: datetime) -> list[ReviewSeat]:
    """Return offices of the unit, of those above and right below it, for who leads the unit; for others none."""
    lo = _place(deck)
    if lo is None or not viewer.may_at(LEADS, lo):
        return []
    near = [
        deck.unit_id,
        *(row.id for row in reversed(units.path_of_unit(deck.unit_id, deck.hierarchy)[:-1])),
    ]
    near += [row.id for row in units.children(deck.unit_id, deck.hierarchy, limit=MOST_OFFERED).rows]
    with system("whom slides may be sent to"):
        rows = sql.rows(
            f"""select ap.unit_id, o.code, o.names, u.names, array_agg(a.name order by ap.starts_on, ap.id)
            from org_appointment ap join org_office o on o.id = ap.office_id join units_unit u on u.id = ap.unit_id
            join people_account a on a.id = ap.account_id and a.closed_at is null
            where ap.unit_id = any(%(units)s::bigint[]) and {ACTIVE} and %(leads)s = any (o.capabilities)
              and ap.account_id <> %(own)s
            group by ap.unit_id, o.id, u.id
            order by array_position(%(units)s::bigint[], ap.unit_id::bigint), o.rank, o.code limit %(most)s""",
            {
                "units": near,
                "on": clock.day_in(settings.TIME_ZONE, at),
                "leads": LEADS,
                "own": viewer.account_id,
                "most": MOST_OFFERED,
            },
        )
    return [
        ReviewSeat(
            unit,
            code,
            f"{name_in_language(office)}, {name_in_language(names)}: {', '.join(map(local_person, who))}",
        )
        for unit, code, office, names, who in rows
    ]


def accounts_of_schedule(row: DeckSchedule, *, on: date) -> list[int]:
    """Return the accounts a schedule reaches on a day: the one that set it, and the holders of the offices.

    In the system's scope.
    """
    pairs = [(int(unit), str(office)) for unit, office in row.seats]
    unit_ids = sql.column(
        f"""select distinct ap.account_id from org_appointment ap join org_office o on o.id = ap.office_id
        join unnest(%(units)s::bigint[], %(offices)s::text[]) s(unit_id, office)
          on s.unit_id = ap.unit_id and s.office = o.code
        where {ACTIVE} order by 1""",
        {"units": [unit for unit, _o in pairs], "offices": [office for _u, office in pairs], "on": on},
    )
    return list(dict.fromkeys([row.account_id, *unit_ids]))


def own_schedules(viewer: Viewer, deck: Deck) -> Sequence[DeckSchedule]:
    """Return the viewer's own schedules of a deck that have not ended, the newest first."""
    deck_schedules = DeckSchedule.objects.filter(account_id=viewer.account_id or 0, deck=deck, ended_at=None)
    return list(deck_schedules.order_by("-pk"))


def unread_decks(viewer: Viewer, *, at: datetime) -> Sequence[DeckSent]:
    """Return slides somebody got lately and has not opened, the newest first; a few."""
    deck_sents = DeckSent.objects.select_related("deck__unit", "deck__programme", "deck__round").filter(
        account_id=viewer.account_id or 0, read_at=None, at__gt=at - SHOWN_FOR
    )
    return list(deck_sents.order_by("-at")[:MOST_SHOWN])
