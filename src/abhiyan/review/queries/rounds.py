"""Review rounds: the lists, who reviews what, and what was decided of a unit before."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet

from abhiyan.core import sql
from abhiyan.core.cut import Cut, first_of
from abhiyan.core.natural import NaturalOrder
from abhiyan.core.refusals import or_refuse
from abhiyan.core.scope import system
from abhiyan.core.titles import title_contains
from abhiyan.core.words import active_language, local_person
from abhiyan.org import queries as org
from abhiyan.org.models import Office
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Viewer
from abhiyan.people import queries as people
from abhiyan.review.models import Minute, Review, Round
from abhiyan.review.rules.rounds import A_WEEK, BEFOREHAND, ReviewState
from abhiyan.units import queries as units
from abhiyan.units.rules import levels
from abhiyan.work.queries import tasks
from abhiyan.work.queries.tasks import ACTIVE
from abhiyan.work.rules.tasks import OPEN

from .reviewers import ORGANISATIONAL, REVIEWER

MOST_FOUND = 200  # units a search of reviews looks at
REPLY_SHOWN = timedelta(days=14)  # so long Today asks a unit to read and reply
# Of a filter: not decided; left the round; with an open task; with one that is late.
WAITING, LEFT, TASKS, LATE = "waiting", "left", "tasks", "late"
CONTRADICT = "contradict"  # of a filter: units whose sources contradict (`queries.sources`)


def round_of(public_id: UUID) -> Round:
    """Return a round by its public id. NotFound."""
    return or_refuse(Round.objects.select_related("unit").filter(public_id=public_id).first())


def review_of(public_id: UUID) -> Review:
    """Return a review in the viewer's sight: of a unit they lead, or below it; their own. NotFound."""
    reviews = Review.objects.select_related("round__unit", "unit", "by_unit")
    return or_refuse(reviews.filter(public_id=public_id).first())


def rounds_in_sight(*, text: str = "", show: str = "", today: date | None = None) -> QuerySet[Round]:
    """Return rounds with the unit whose branch each is of. text: part of the name. show: running, over, or all."""
    review_rounds = Round.objects.select_related("unit").filter(title_contains(text.replace("\0", "")))
    kinds = {"running": Q(ends_on__gte=today), "over": Q(ends_on__lt=today)}
    return review_rounds.filter(kinds.get(show, Q()))


def reviews_in(one: Round, *, show: str, text: str, under: int, at: datetime) -> QuerySet[Review]:
    """Return the reviews of a round in the viewer's sight.

    show: a State, WAITING, LEFT, TASKS (with one open), LATE, a decision, or all. text: part of a name or code,
    of a unit or of who is reviewed. under: the unit below which they are.
    """
    with_task = Minute.objects.filter(review=OuterRef("pk"), task__state__in=OPEN)
    waiting = Q(decided_at=None, left_on=None)
    met, place = waiting & ~Q(met_on=None), (under, one.hierarchy)
    kinds = {
        ReviewState.DECIDED: ~Q(decided_at=None),
        ReviewState.MET: met,
        ReviewState.PREPARED: waiting & ~met & ~Q(prepared_at=None),
        ReviewState.EMPTY: waiting & ~met & Q(prepared_at=None),
        WAITING: waiting,
        LEFT: Q(decided_at=None) & ~Q(left_on=None),
        TASKS: Q(Exists(with_task)),
        LATE: Q(Exists(with_task.filter(task__due_at__lt=at))),
        **{decision: Q(decision=decision) for decision in Review.Decision.values},
    }
    reviews = Review.objects.select_related("unit", "by_unit").filter(kinds.get(show, Q()), round=one)
    if under != one.unit_id:
        reviews = reviews.filter(unit_id__in=units.ids_below(*place))
    if text.strip():
        near = units.search_units(
            text, language=active_language(), within=place, hierarchy=one.hierarchy, limit=MOST_FOUND
        )
        called = people.accounts_called(text) if one.of_office else []
        reviews = reviews.filter(Q(unit_id__in=[unit.id for unit in near]) | Q(account_id__in=called))
    return reviews


def offices_that_review() -> list[Office]:
    """Return the offices that lead a unit of the organisational tree: they review what is below, and are reviewed."""
    return [
        office
        for office in org.offices_used()
        if LEADS in office.capabilities
        and any(levels.level_of_kind(ORGANISATIONAL, kind) is not None for kind in office.expected_in)
    ]


def is_opener(review_round: Round, account_id: int | None) -> bool:
    """Return True if a leader of a round's unit may change it: its opener, or anybody once the opener leads no
    more."""
    return (
        review_round.made_by is None
        or review_round.made_by == account_id
        or not org.holds(review_round.made_by, LEADS, at=review_round.unit_id)
    )


def has_reviewer(review_round: Round, unit_id: int, *, on: date) -> bool:
    """Return True if somebody holds the reviewing office in a unit. In a scope that sees it."""
    return sql.exists(
        "select 1 from org_appointment ap join org_office o on o.id = ap.office_id and o.code = %(office)s"
        f" where ap.unit_id = %(unit)s and {ACTIVE}",
        {"office": review_round.office, "unit": unit_id, "on": on},
    )


def appointment_id(public_id: UUID) -> int:
    """Return an appointment's key. In a scope that sees it."""
    return int(sql.value("select id from org_appointment where public_id = %s", [public_id]))


def reviewed_by(account_id: int | None, reviews: Collection[int], *, on: date) -> list[int]:
    """Return those of these reviews (ids) that somebody reviews. In a scope that sees them."""
    return sql.column(
        f"""select r.id from review_review r join review_round d on d.id = r.round_id
        where r.id = any(%(reviews)s::bigint[]) and exists (
          select from {REVIEWER} x where x.account_id = %(account)s)""",
        {"reviews": list(reviews), "account": account_id, "on": on},
    )


def holds_in(viewer: Viewer, unit_id: int) -> bool:
    """Return True if the viewer holds an office in a unit: for showing a button; the act asks again."""
    return viewer.is_strong and any(office.unit_id == unit_id for office in viewer.appointments)


def holds_office(account_id: int | None, unit_id: int, *, on: date) -> bool:
    """Return True if somebody holds an office in a unit on a day."""
    with system("whose office"):
        return sql.exists(
            "select 1 from org_appointment ap"
            f" where ap.account_id = %(account)s and ap.unit_id = %(unit)s and {ACTIVE}",
            {"account": account_id, "unit": unit_id, "on": on},
        )


@dataclass(frozen=True, slots=True)
class Written:
    """A minute with who wrote it, and its task where the viewer sees it."""

    one: Minute
    who: str


def minutes_of(review: Review) -> list[Written]:
    """Return every minute of a review, the newest first."""
    rows = list(Minute.objects.select_related("task").filter(review=review).order_by("-at", "-pk")[:50])
    names = names_in_reviews(row.account_id for row in rows)
    return [Written(row, names.get(row.account_id or 0, "")) for row in rows]


def names_in_reviews(account_ids: Iterable[int | None]) -> dict[int, str]:
    """Return names of accounts that reviews in sight tell of."""
    return {pk: local_person(holder.name) for pk, holder in tasks.people_of(account_ids).items()}


def last_decided_review(unit_id: int, *, before: Review | None = None) -> Review | None:
    """Return the last decided review in the viewer's sight: of the unit, or of the same office-bearer there; of
    another round than `before`."""
    reviews = Review.objects.select_related("round").filter(unit_id=unit_id).exclude(decided_at=None)
    reviews = reviews.filter(account_id=before.account_id if before else None)
    if before is not None:
        reviews = reviews.exclude(pk=before.pk)
    return reviews.order_by("-decided_at", "-pk").first()


def last_reviews(unit_ids: Collection[int]) -> dict[int, Review]:
    """Return the last decided review of each of these units in the viewer's sight. One query."""
    decided = Review.objects.select_related("round").filter(unit_id__in=unit_ids, account_id=None)
    newest = decided.exclude(decided_at=None).order_by("unit_id", "-decided_at", "-pk").distinct("unit_id")
    return {review.unit_id: review for review in newest}


@dataclass(frozen=True, slots=True)
class ToReview:
    """The reviews a reviewer has left in a round."""

    round: Round
    n: int
    only: UUID | None  # the review, where it is the only one


# Reviews that somebody has to decide: by an office of theirs, or standing in for one that nobody holds.
_WITH = """with mine as (
  select d.id as round_id, h.unit_id as by_unit_id, false as stands_in
  from review_round d join unnest(%(offices)s::text[], %(units)s::bigint[]) h(office, unit_id) on h.office = d.office
  where d.ends_on >= %(on)s
  union all
  select s.round_id, s.by_unit_id, true from review_stand_in s
  join review_round d on d.id = s.round_id and d.ends_on >= %(on)s
  where s.appointment_id = any(%(appointments)s::bigint[]))"""
_MINE = f"""from mine m join review_round d on d.id = m.round_id
join review_review r on r.round_id = m.round_id and r.by_unit_id = m.by_unit_id
  and r.decided_at is null and r.left_on is null and r.account_id is distinct from %(account)s
where (not m.stands_in or exists (select from {REVIEWER} x where x.account_id = %(account)s))"""
_OWN = "from review_review r join review_round d on d.id = r.round_id where r.account_id = %(account)s"
# All that Today asks of somebody: what is left of each round; the keys of reviews to answer, to read and to reply to.
_ASKED = f"""{_WITH}
(select 'review', r.round_id, count(distinct r.id), min(r.public_id::text) {_MINE}
  and d.begins_on <= %(on)s group by r.round_id order by r.round_id limit 20)
union all
(select 'answer', r.id, 1, '' {_OWN} and r.left_on is null and r.decided_at is null and r.replied_at is null
  and d.begins_on <= %(beforehand)s and d.ends_on >= %(on)s order by d.ends_on, r.id limit %(shown)s)
union all
(select 'read', r.id, 1, '' {_OWN} and r.decided_at is not null and (r.read_at is null or r.read_at < r.decided_at)
  order by r.decided_at desc limit %(shown)s)
union all
(select 'reply', r.id, 1, '' from review_review r where r.unit_id = any(%(units)s::bigint[]) and r.account_id is null
  and r.replied_at is null and r.decided_at > %(since)s order by r.decided_at desc limit %(shown)s)"""


def _given(viewer: Viewer, on: date) -> dict[str, Any]:
    offices = [office for office in viewer.appointments if LEADS in office.capabilities]
    return {
        "on": on,
        "account": viewer.account_id,
        "offices": [office.office for office in offices],
        "units": [office.unit_id for office in offices],
        "appointments": [office.id for office in offices],
    }


@dataclass(frozen=True, slots=True)
class ReviewsAsked:
    """The reviews that Today asks of somebody.

    answer: their own reviews before a decision, from a day before the round begins; read: decided, and not
    opened since; reply: decisions about their units, for two weeks.
    """

    review: Sequence[ToReview] = ()
    answer: Sequence[Review] = ()
    read: Sequence[Review] = ()
    reply: Sequence[Review] = ()


def reviews_asked(viewer: Viewer, *, on: date, at: datetime, shown: int) -> ReviewsAsked:
    """Return what reviews ask of the viewer, in their scope: one statement where it is nothing.

    shown: of each kind.
    """
    more = {"beforehand": on + BEFOREHAND, "since": at - REPLY_SHOWN, "shown": shown}
    rows = sql.rows(_ASKED, _given(viewer, on) | more)
    rounds_ = Round.objects.in_bulk([key for kind, key, *_rest in rows if kind == "review"])
    some = Review.objects.select_related("round", "unit")
    reviews = some.in_bulk([key for kind, key, *_rest in rows if kind != "review"])
    return ReviewsAsked(
        [
            ToReview(rounds_[key], n, UUID(first) if n == 1 else None)
            for kind, key, n, first in rows
            if kind == "review"
        ],
        *(
            [reviews[key] for kind, key, *_rest in rows if kind == answer_kind]
            for answer_kind in ("answer", "read", "reply")
        ),
    )


def unprepared(viewer: Viewer, unit_ids: Sequence[int], *, on: date) -> list[int]:
    """Return reviews (ids) of these units that the viewer has to decide and whose dossier they had not opened yet."""
    if not viewer.may(LEADS):
        return []
    return sql.column(
        f"{_WITH} select distinct r.id {_MINE}"
        " and r.account_id is null and r.prepared_at is null and r.unit_id = any(%(about)s::bigint[])",
        _given(viewer, on) | {"about": list(unit_ids)},
    )


def of_week(viewer: Viewer, review_round: Round, *, on: date, limit: int) -> Cut[Review]:
    """Return the units of a round whose meeting the viewer has within a week from a day, in the order of the days."""
    keys = sql.column(
        f"{_WITH} select distinct r.id {_MINE}"
        " and r.account_id is null and r.round_id = %(round)s and r.meets_on >= %(on)s and r.meets_on < %(until)s",
        _given(viewer, on) | {"until": on + A_WEEK, "round": review_round.pk},
    )
    reviews = Review.objects.select_related("unit").filter(pk__in=keys)
    return first_of(reviews.order_by("meets_on", "pk"), limit)


def to_decide(viewer: Viewer, review_round: Round, *, on: date) -> QuerySet[Review]:
    """Return the units of a round that the viewer still has to decide, in the order of their codes."""
    keys = sql.column(
        f"{_WITH} select distinct r.id {_MINE} and r.account_id is null and r.round_id = %(round)s"
        " and d.begins_on <= %(on)s",
        _given(viewer, on) | {"round": review_round.pk},
    )
    reviews = Review.objects.select_related("unit", "by_unit").filter(pk__in=keys)
    return reviews.order_by(NaturalOrder("by_unit__code"), NaturalOrder("unit__code"), "pk")


def last_decisions(some: Sequence[Review]) -> dict[int, str]:
    """Return the last decision about each of these units in another round. One query."""
    past = Review.objects.filter(unit_id__in=[review.unit_id for review in some], account_id=None)
    past = past.exclude(decided_at=None).exclude(pk__in=[review.pk for review in some])
    rows = past.order_by("unit_id", "-decided_at").distinct("unit_id")
    return {review.unit_id: review.get_decision_display() for review in rows}


def reviewing_units(review_round: Round, *, under: int) -> QuerySet[Review, dict[str, Any]]:
    """Return how far each unit that reviews below one is in a round, in the viewer's sight. Silent ones come first.

    n, decided, prepared, met, is_set: of its reviews; one: the key of one of them.
    """
    rows = Review.objects.filter(round=review_round, left_on=None)
    if under != review_round.unit_id:
        rows = rows.filter(by_unit_id__in=units.ids_below(under, review_round.hierarchy))
    grouped = rows.values("by_unit_id", "by_unit__code", "by_unit__names").annotate(
        n=Count("pk"),
        decided=Count("decided_at"),
        prepared=Count("prepared_at"),
        met=Count("met_on"),
        is_set=Count("meets_on"),
        last=Max("decided_at"),
        one=Min("pk"),
    )
    done = F("decided") * 1.0 / F("n")
    return grouped.annotate(done=done).order_by("done", "prepared", "-n", "by_unit__code")


def coverage_of(some: Sequence[Round]) -> dict[int, tuple[int, int]]:
    """Count the decided reviews of each round, and all of them, as far as the viewer sees them. One query."""
    rows = Review.objects.filter(round__in=some, left_on=None).values_list("round_id")
    return {pk: (done, n) for pk, done, n in rows.annotate(Count("decided_at"), Count("pk")).order_by()}


def leads_whole(viewer: Viewer, review_round: Round) -> bool:
    """Return True if the viewer leads the unit of a round."""
    return org.holds(viewer.account_id or 0, LEADS, at=review_round.unit_id)


def top_for(viewer: Viewer, review_round: Round) -> int | None:
    """Return the unit whose part of a round the viewer may see as a whole.

    It is the round's own, else the highest below it that they lead; None: there is none.
    """
    if leads_whole(viewer, review_round):
        return review_round.unit_id
    lo, hi = units.span(review_round.unit_id, review_round.hierarchy)
    mine = (office for office in viewer.appointments if LEADS in office.capabilities and lo <= office.lo < hi)
    return next((office.unit_id for office in mine), None) if viewer.is_strong else None
