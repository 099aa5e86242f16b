"""Review rounds: how far each branch is, who reviews what, and what was decided of a unit before."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from abhiyan.core import sql
from abhiyan.core.refusals import needed
from abhiyan.core.scope import system
from abhiyan.core.words import person
from abhiyan.org import queries as org
from abhiyan.org.models import Office
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Viewer
from abhiyan.programmes.models import Task
from abhiyan.programmes.queries import tasks
from abhiyan.programmes.queries.tasks import ACTIVE
from abhiyan.review.models import Minute, Review, Round
from abhiyan.review.rules.rounds import Coverage
from abhiyan.units.models import Hierarchy
from abhiyan.units.rules import levels

MOST_BRANCHES = 500
ORGANISATIONAL = Hierarchy.ORGANISATIONAL.value


def round_of(public_id: UUID) -> Round:
    """A round by its public id. NotFound."""
    return needed(Round.objects.select_related("unit").filter(public_id=public_id).first())


def review_of(public_id: UUID) -> Review:
    """A review in the viewer's sight: of a unit they lead, or below it. NotFound."""
    found = Review.objects.select_related("round__unit", "unit", "by_unit")
    return needed(found.filter(public_id=public_id).first())


def rounds() -> QuerySet[Round]:
    """All rounds, with the unit whose branch each is of."""
    return Round.objects.select_related("unit")


def reviews_in(one: Round, *, show: str, today: date) -> QuerySet[Review]:
    """The reviews of a round in the viewer's sight. show: waiting, decided, closed, or empty for all."""
    found = Review.objects.select_related("unit", "by_unit").filter(round=one)
    open_ones = found.exclude(unit__closed_on__lte=today)
    kinds = {
        "waiting": open_ones.filter(decided_at=None),
        "decided": found.exclude(decided_at=None),
        "closed": found.filter(unit__closed_on__lte=today),
    }
    return kinds.get(show, found)


def offices_that_review() -> list[Office]:
    """The offices that lead a unit of the organisational tree: their holders may review what is below."""
    return [
        one
        for one in org.offices_used()
        if LEADS in one.capabilities
        and any(levels.level(ORGANISATIONAL, each) is not None for each in one.expected_in)
    ]


@dataclass(frozen=True, slots=True)
class Branch:
    """A unit right below the round's own, and how far its units are."""

    code: str
    names: dict[str, str]
    coverage: Coverage


def branches(one: Round, *, today: date) -> list[Branch]:
    """How far each branch of a round is, the furthest back first. In a scope that sees them; one statement."""
    rows = sql.rows(
        """
        select u.code, u.names, count(*) filter (where r.decided_at is not null and x.is_open),
          count(*) filter (where x.is_open), count(*) filter (where not x.is_open)
        from units_placement c join units_unit u on u.id = c.unit_id
        join units_placement p on p.lo >= c.lo and p.lo < c.hi
        join review_review r on r.unit_id = p.unit_id and r.round_id = %(round)s
        join units_unit of on of.id = r.unit_id
        cross join lateral (select of.closed_on is null or of.closed_on > %(today)s as is_open) x
        where c.parent_id = %(unit)s and c.hierarchy = %(hierarchy)s and c.valid_to is null
        group by u.id order by count(*) filter (where r.decided_at is not null and x.is_open)::float
          / greatest(count(*) filter (where x.is_open), 1), 4 desc, u.code limit %(most)s
        """,
        {
            "round": one.pk,
            "today": today,
            "unit": one.unit_id,
            "hierarchy": one.hierarchy,
            "most": MOST_BRANCHES,
        },
    )
    return [Branch(code, names, Coverage(*counts)) for code, names, *counts in rows]


def coverage(one: Round, *, today: date) -> Coverage:
    """How far a whole round is. In a scope that sees it; one statement."""
    row = sql.row(
        """
        select count(*) filter (where r.decided_at is not null and x.is_open), count(*) filter (where x.is_open),
          count(*) filter (where not x.is_open)
        from review_review r join units_unit u on u.id = r.unit_id
        cross join lateral (select u.closed_on is null or u.closed_on > %(today)s as is_open) x
        where r.round_id = %(round)s
        """,
        {"round": one.pk, "today": today},
    )
    return Coverage(*row)


def late_tasks(one: Round, *, at: datetime, limit: int) -> list[Task]:
    """Tasks of a round that are open past their day, the oldest first; as far as in sight."""
    of_round = Minute.objects.filter(review__round=one, task__isnull=False).values("task_id")
    found = tasks.tasks_of(below=(one.unit_id, one.hierarchy)).filter(tasks.is_late(at))
    return list(found.filter(pk__in=of_round).order_by("due_at", "pk")[:limit])


def reviewers(some: Sequence[Review], office: str, *, on: date) -> dict[int, str]:
    """By unit: who holds the reviewing office there on a day. One query; a unit left out has nobody."""
    with system("who reviews"):
        rows = sql.rows(
            f"""select distinct on (ap.unit_id) ap.unit_id, a.name from org_appointment ap
            join org_office o on o.id = ap.office_id and o.code = %(office)s
            join people_account a on a.id = ap.account_id
            where ap.unit_id = any(%(units)s::bigint[]) and {ACTIVE}
            order by ap.unit_id, ap.starts_on, ap.id""",
            {"office": office, "units": list({one.by_unit_id for one in some}), "on": on},
        )
    return {unit_id: person(name) for unit_id, name in rows}


def is_reviewer(viewer: Viewer, one: Review) -> bool:
    """Whether the viewer holds the office that reviews: for showing a button; the act asks again."""
    return viewer.is_strong and any(
        held.office == one.round.office and held.unit_id == one.by_unit_id and held.capabilities
        for held in viewer.appointments
    )


def holds_in(viewer: Viewer, unit_id: int) -> bool:
    """Whether the viewer holds an office in a unit."""
    return viewer.is_strong and any(held.unit_id == unit_id for held in viewer.appointments)


@dataclass(frozen=True, slots=True)
class Written:
    """A minute with who wrote it, and its task where the viewer sees it."""

    one: Minute
    who: str


def minutes_of(review: Review) -> list[Written]:
    """Every minute of a review, the newest first."""
    rows = list(Minute.objects.select_related("task").filter(review=review).order_by("-at", "-pk")[:50])
    known = tasks.people_of(row.account_id for row in rows)

    def name(row: Minute) -> str:
        found = known.get(row.account_id or 0)
        return person(found.name) if found else ""

    return [Written(row, name(row)) for row in rows]


def last_review(unit_id: int, *, before: Review | None = None) -> Review | None:
    """The unit's last decided review in the viewer's sight; of another round than `before`."""
    found = Review.objects.select_related("round").filter(unit_id=unit_id).exclude(decided_at=None)
    if before is not None:
        found = found.exclude(pk=before.pk)
    return found.order_by("-decided_at", "-pk").first()


@dataclass(frozen=True, slots=True)
class ToReview:
    """What a reviewer has left in a round."""

    round: Round
    n: int
    only: UUID | None  # the review, where it is the only one


def left_of(held: Iterable[tuple[str, int]], *, on: date) -> list[ToReview]:
    """What is left to review by holders of offices (code, unit) in rounds that run on a day. In the viewer's scope."""
    rows = sql.rows(
        """
        select r.round_id, count(*), min(r.public_id::text) from review_review r
        join review_round d on d.id = r.round_id and d.begins_on <= %(on)s and d.ends_on >= %(on)s
        join unnest(%(offices)s::text[], %(units)s::bigint[]) h(office, unit_id)
          on h.office = d.office and h.unit_id = r.by_unit_id
        join units_unit u on u.id = r.unit_id and (u.closed_on is null or u.closed_on > %(on)s)
        where r.decided_at is null group by r.round_id order by 1 limit 20
        """,
        {"on": on, **dict(zip(("offices", "units"), _columns(held), strict=True))},
    )
    known = Round.objects.in_bulk([row[0] for row in rows])
    return [ToReview(known[pk], n, UUID(first) if n == 1 else None) for pk, n, first in rows]


def to_reply(unit_ids: Iterable[int], *, limit: int) -> list[Review]:
    """Decisions about units that have not replied yet, the newest first. In the viewer's scope."""
    found = Review.objects.select_related("round", "unit").filter(unit_id__in=list(unit_ids), replied_at=None)
    return list(found.exclude(decided_at=None).order_by("-decided_at")[:limit])


def _columns(held: Iterable[tuple[str, int]]) -> tuple[list[str], list[int]]:
    pairs = list(held)
    return [office for office, _unit in pairs], [unit for _office, unit in pairs]
