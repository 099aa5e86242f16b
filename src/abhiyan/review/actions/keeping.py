"""Keep rounds in step with the tree and the offices: reviews join and leave them, reviewers change; messages
and reminders go out."""

from collections.abc import Sequence
from datetime import date, datetime

from django.conf import settings

from abhiyan.core import clock, lot, sql
from abhiyan.core.scope import system
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.rules import hours
from abhiyan.org.news import AppointmentEnded
from abhiyan.review.models import Review, Round
from abhiyan.review.queries.reviewers import ASKED, ORGANISATIONAL, REMINDER, REVIEWER
from abhiyan.review.refusals import UnitsReviewed
from abhiyan.review.rules.rounds import A_WEEK, BEFOREHAND
from abhiyan.units import queries as units
from abhiyan.units.news import UnitsGoing, UnitsMoved
from abhiyan.work.queries.tasks import ACTIVE

AT_ONCE = 2_000  # people who get a message in one turn
LOCK = "review rounds"
# The text of everything that waits on Today: it may be read over somebody's shoulder.
_TEMPLATE, _BLANKS = "duty.today", {"link": f"{settings.ORIGIN}/"}
# Rounds that run: the reviews of today (`wanted`), each by the nearest unit above with the round's office (`found`).
# _SAME: it is this row.
_WANTED = f"""
with d as materialized (
  select d.id, d.kind, d.of_office, w.lo, w.hi, o.expected_in as above
  from review_round d join org_office o on o.code = d.office
  join units_placement w on w.unit_id = d.unit_id and w.hierarchy = d.hierarchy and w.lo is not null
  where d.ends_on >= %(on)s and (%(round)s::bigint is null or d.id = %(round)s)),
wanted as materialized (
  select d.id as round_id, p.unit_id, null::bigint as account_id, p.lo from d
  join units_placement p on p.lo > d.lo and p.lo < d.hi
  join units_unit u on u.id = p.unit_id and u.kind = d.kind and u.closed_on is null
  where d.of_office = ''
  union
  select d.id, p.unit_id, ap.account_id, p.lo from d join units_placement p on p.lo > d.lo and p.lo < d.hi
  join units_unit u on u.id = p.unit_id and u.closed_on is null
  join org_appointment ap on ap.unit_id = p.unit_id and {ACTIVE}
  join org_office o on o.id = ap.office_id and o.code = d.of_office),
heads as materialized (
  select d.id as round_id, a.unit_id, a.lo, a.hi from d join units_placement a on a.lo >= d.lo and a.lo < d.hi
  join units_unit au on au.id = a.unit_id and au.kind = any(d.above) and au.closed_on is null),
above as materialized (
  select distinct on (h.round_id, p.unit_id) h.round_id, p.unit_id, h.unit_id as by_unit_id
  from heads h join units_placement p on p.lo > h.lo and p.lo < h.hi
  where exists (select from wanted w where w.round_id = h.round_id and w.unit_id = p.unit_id)
  order by h.round_id, p.unit_id, h.lo desc),
found as materialized (select w.*, a.by_unit_id from wanted w left join above a using (round_id, unit_id))
"""
_SAME = "r.round_id = f.round_id and r.unit_id = f.unit_id and r.account_id is not distinct from f.account_id"
_SETTLE = f"""{_WANTED},
came as (
  insert into review_review (public_id, round_id, unit_id, account_id, by_unit_id)
  select md5(%(chance)s || row(f.round_id, f.unit_id, f.account_id)::text)::uuid,
    f.round_id, f.unit_id, f.account_id, f.by_unit_id from found f
  where f.by_unit_id is not null and not exists (select from review_review r where {_SAME})
  order by f.lo, f.account_id returning 1),
moved as (
  update review_review r set left_on = null, by_unit_id = coalesce(f.by_unit_id, r.by_unit_id),
    prepared_at = case when r.decided_at is null and f.by_unit_id <> r.by_unit_id then null else r.prepared_at end,
    meets_on = case when r.decided_at is null and f.by_unit_id <> r.by_unit_id then null else r.meets_on end,
    met_on = case when r.decided_at is null and f.by_unit_id <> r.by_unit_id then null else r.met_on end
  from found f where {_SAME} and (f.by_unit_id <> r.by_unit_id or r.left_on is not null) returning 1),
went as (
  update review_review r set left_on = %(on)s from d
  where d.id = r.round_id and r.left_on is null
    and not exists (select from found f where {_SAME}) returning 1)
select (select count(*) from came), (select count(*) from moved), (select count(*) from went)"""


def settle_rounds(*, at: datetime, round_id: int | None = None) -> int:
    """Have rounds that run follow the tree of today and its offices; or one of them. How many reviews changed.

    New ones join, with the nearest unit above that has the round's office. A moved one gets a new reviewer, who
    prepares it again. A closed, moved or ended one leaves, with what was decided; what comes back joins again.
    One statement.
    """
    return _settled(clock.day_in(settings.TIME_ZONE, at), round_id)


def _settled(on: date, round_id: int | None = None) -> int:
    with system("rounds follow the tree"):
        if not sql.exists("select 1 from review_round where ends_on >= %s limit 1", [on]):
            return 0
        sql.wait_for(LOCK)
        return sum(sql.row(_SETTLE, {"on": on, "round": round_id, "chance": lot.random_token(16)}))


def follow_move(*, units_moved: UnitsMoved) -> int:
    """Have rounds of today follow units that moved, also where the move is dated back. How many reviews changed."""
    if units_moved.hierarchy != ORGANISATIONAL:
        return 0
    today = clock.today(settings.TIME_ZONE)
    with system("whether rounds run"):
        is_running = Round.objects.filter(ends_on__gte=today).exists()
    return _settled(max(units_moved.on, today)) if is_running else 0


def leave_with_appointment(*, ending: AppointmentEnded) -> int:
    """Have the reviews of an ended appointment's holder leave their rounds with what was written; nobody
    inherits them. How many."""
    on = clock.day_in(settings.TIME_ZONE, ending.at)
    with system("an appointment ended"):
        reviews = Review.objects.filter(account_id=ending.account_id, unit_id=ending.unit_id, left_on=None)
        reviews = reviews.filter(round__of_office=ending.office, round__ends_on__gte=on)
        return reviews.update(left_on=on)


def drop_reviews_of_units(*, going: UnitsGoing) -> None:
    """Drop reviews of units made by a list that are about to go.

    Refuses UnitsReviewed where something is written about them, or where they are the branch of a round, or
    review others.
    """
    made = "(select unit_id from units_change where import_id = %(list)s and change = 'made')"
    with system("units about to go"):
        n = sql.count(
            f"select (select count(*) from review_round where unit_id in {made}) + (select count(*) from review_review"
            f" where unit_id in {made} and (decided_at is not null or replied_at is not null)"
            f" or by_unit_id in {made} and unit_id not in {made})"
            f" + (select count(*) from review_leader_report where unit_id in {made})",
            {"list": going.import_id},
        )
        if n:
            raise UnitsReviewed(n=n)
        for table, column in (("review_stand_in", "by_unit_id"), ("review_review", "unit_id")):
            sql.run(f"delete from {table} where {column} in {made}", {"list": going.import_id})


def tell_holders(*, at: datetime) -> int:
    """Tell office-bearers that their page is there, from a day before their round begins. Inside the hours. How many.

    Run by a loop, in its system scope.
    """
    if not hours.is_in_hours(at, settings.TIME_ZONE):
        return 0
    on = clock.day_in(settings.TIME_ZONE, at)
    rows = Review.objects.filter(
        account_id__isnull=False, told_at=None, left_on=None, decided_at=None, round__ends_on__gte=on
    ).filter(round__begins_on__lte=on + BEFOREHAND)
    some = list(rows.order_by("pk").select_for_update(of=("self",), skip_locked=True)[:AT_ONCE])
    for review in some:
        assert review.account_id is not None  # as filtered
        messaging.tell_account(
            account_id=review.account_id,
            template=_TEMPLATE,
            blanks=_BLANKS,
            key=f"review|{review.public_id}",
            unit_id=review.unit_id,
            at=at,
        )
    Review.objects.filter(pk__in=[one.pk for one in some]).update(told_at=at)
    return len(some)


# A reviewer is late where fewer are decided than the days that are over ask for.
_LATE = f"""
with r as materialized (
  select r.round_id, r.by_unit_id, null::bigint as account_id, count(r.decided_at) as decided, count(*) as n
  from review_review r join review_round d on d.id = r.round_id and d.begins_on <= %(on)s and d.ends_on >= %(on)s
  where r.left_on is null group by r.round_id, r.by_unit_id, d.id)
select x.account_id, min(x.unit_id)
from r join review_round d on d.id = r.round_id cross join {REVIEWER} x
where not exists (select from messaging_reminder m
  where m.kind = '{REMINDER}' and m.about = x.account_id and m.day > %(since)s)
group by x.account_id
having bool_or(r.decided < {ASKED.format(n="r.n")}) order by 1 limit {messaging.MOST_REMINDED}"""


def remind_reviewers(*, at: datetime) -> int:
    """Remind reviewers who are late, at most once a week, whatever they review. Inside the hours. How many.

    Run by a loop, in its system scope.
    """
    if not hours.is_in_hours(at, settings.TIME_ZONE):
        return 0
    on = clock.day_in(settings.TIME_ZONE, at)
    return _remind(sql.rows(_LATE, {"on": on, "since": on - A_WEEK}), is_by_loop=True, at=at)


# Reviewers of a round who decided less than the days that are over ask for, and were not reminded today; without one
# unit, only those of units where nothing is decided.
_SILENT = f"""
with r as materialized (
  select r.round_id, r.by_unit_id, null::bigint as account_id, count(r.decided_at) as decided, count(*) as n
  from review_review r join units_placement p on p.unit_id = r.by_unit_id and p.hierarchy = %(hierarchy)s
    and p.lo >= %(lo)s and p.lo < %(hi)s
  where r.round_id = %(round)s and r.left_on is null
    and (%(unit)s::bigint is null or r.by_unit_id = %(unit)s)
  group by r.round_id, r.by_unit_id
  having bool_or(r.decided_at is null) and (%(unit)s::bigint is not null or count(r.decided_at) = 0))
select x.account_id, min(x.unit_id)
from r join review_round d on d.id = r.round_id cross join {REVIEWER} x
where x.account_id is distinct from %(but)s and r.decided < {ASKED.format(n="r.n")}
  and not exists (select from messaging_reminder m
    where m.kind = '{REMINDER}' and m.about = x.account_id and m.day = %(on)s)
group by x.account_id order by 1 limit {messaging.MOST_REMINDED + 1}"""


def remind_silent_reviewers(
    review_round: Round, *, under: int, unit_id: int | None, but: int | None, at: datetime
) -> int:
    """Remind the silent reviewers of a round below a unit, or those of one unit, that reviews wait. Return how many.

    In a system scope. but: the account that asks. Refuses NobodyToRemind, TooManyToRemind.
    """
    on = clock.day_in(settings.TIME_ZONE, at)
    lo, hi = units.span(under, review_round.hierarchy)
    parameters = {
        "hierarchy": review_round.hierarchy,
        "lo": lo,
        "hi": hi,
        "round": review_round.pk,
        "unit": unit_id,
        "but": but,
        "on": on,
    }
    return _remind(sql.rows(_SILENT, parameters), at=at)


def _remind(reviewers: Sequence[tuple[int, int]], *, is_by_loop: bool = False, at: datetime) -> int:
    """Remind reviewers (account, unit) of all reviews that wait for them."""
    people = [messaging.RemindedPerson(account_id, unit_id, _BLANKS) for account_id, unit_id in reviewers]
    return messaging.remind_people(
        kind=REMINDER, template=_TEMPLATE, people=people, is_by_loop=is_by_loop, at=at
    )
