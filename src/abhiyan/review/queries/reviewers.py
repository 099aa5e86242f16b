"""Find the reviewer: the holder of the round's office, or a stand-in; and why somebody may not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings

from abhiyan.core import sql
from abhiyan.core.refusals import Refused
from abhiyan.core.scope import system
from abhiyan.core.words import local_person
from abhiyan.org import queries as org
from abhiyan.org.queries.offices import OfficeHolder
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.review import refusals
from abhiyan.review.models import Review, Round
from abhiyan.units.models import Hierarchy
from abhiyan.work.queries.tasks import ACTIVE

ORGANISATIONAL = Hierarchy.ORGANISATIONAL.value
REMINDER = "review"  # as messaging's table of reminders names it
# The day from which somebody holds an office. A person who was asked holds it from their yes.
_DAY = f"at time zone '{settings.TIME_ZONE}')::date"
_SINCE = f"""case when ap.accepted_how in ('named', 'before') then ap.starts_on
   else greatest(ap.starts_on, (ap.accepted_at {_DAY}) end as since"""
# Finds the reviewer of `r` in the round `d`: the holder of its office in the reviewing unit, never the one reviewed;
# without one, the stand-in.
REVIEWER = f"""lateral (
  with h as (
    select ap.id, ap.account_id, ap.unit_id, o.rank, ap.starts_on, {_SINCE} from org_appointment ap
    join org_office o on o.id = ap.office_id and o.code = d.office
    where ap.unit_id = r.by_unit_id and ap.account_id is distinct from r.account_id and {ACTIVE})
  select h.*, false as stands_in from h
  union all
  select ap.id, ap.account_id, ap.unit_id, o.rank, ap.starts_on, greatest((s.named_at {_DAY}, ap.starts_on), true
  from review_stand_in s
  join org_appointment ap on ap.id = s.appointment_id and {ACTIVE} join org_office o on o.id = ap.office_id
  where s.round_id = d.id and s.by_unit_id = r.by_unit_id and ap.account_id is distinct from r.account_id
    and not exists (select from h))"""
# So many of {n} reviews of a round `d` its reviewer `x` should have decided by a day: as `rules.rounds.asked_so_far`.
_FIRST = f"greatest(d.begins_on, (d.made_at {_DAY}, x.since)"
ASKED = f"round({{n}} * greatest(0, %(on)s - {_FIRST})::numeric / greatest(1, d.ends_on - {_FIRST} + 1))"


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Somebody who reviews. unit_id, rank: of the office they do it by."""

    account_id: int
    name: str
    unit_id: int
    rank: int
    stands_in: bool
    since: date  # in the office, or named as stand-in


def reviewers(some: Sequence[Review], *, on: date) -> dict[int, list[Reviewer]]:
    """Return who reviews on a day, by id of a review. One query; a review left out waits for somebody."""
    with system("who reviews"):
        return _reviewers(some, on=on)


def _reviewers(some: Sequence[Review], *, on: date) -> dict[int, list[Reviewer]]:
    rows = sql.rows(
        f"""select r.id, x.account_id, a.name, x.unit_id, x.rank, x.stands_in, x.since
        from review_review r join review_round d on d.id = r.round_id cross join {REVIEWER} x
        join people_account a on a.id = x.account_id
        where r.id = any(%(reviews)s::bigint[]) order by r.id, x.starts_on, x.id""",
        {"reviews": [review.pk for review in some], "on": on},
    )
    found: dict[int, list[Reviewer]] = {}
    for review_id, account_id, name, *rest in rows:
        found.setdefault(review_id, []).append(Reviewer(account_id, local_person(name), *rest))
    return found


def why_no_reviewer(review: Review, account_id: int | None, *, on: date) -> type[Refused] | None:
    """Return why somebody may not review on a day; None: they may.

    Nobody reviews themselves, a unit in whose line they hold an office up to the one they review by, or
    somebody who leads them.
    """
    if review.account_id is not None and review.account_id == account_id:
        return refusals.OwnReview
    with system("whose line"):
        mine = [
            reviewer
            for reviewer in _reviewers([review], on=on).get(review.pk, [])
            if reviewer.account_id == account_id
        ]
        if not mine:
            return org.NotYours
        if own_units([review], account_id, on=on):
            return refusals.OwnUnit
        is_led = review.account_id is not None and sql.exists(
            f"""select 1 from org_appointment ap join org_office o on o.id = ap.office_id
            join units_placement p on p.unit_id = ap.unit_id and p.lo is not null
            join units_placement m on m.unit_id = %(mine)s and m.hierarchy = p.hierarchy and m.lo is not null
            where ap.account_id = %(reviewed)s and %(leads)s = any(o.capabilities) and {ACTIVE}
              and p.lo <= m.lo and p.hi > m.lo and (p.lo < m.lo or o.rank < %(rank)s)""",
            {
                "on": on,
                "reviewed": review.account_id,
                "leads": LEADS,
                "mine": mine[0].unit_id,
                "rank": mine[0].rank,
            },
        )
    return refusals.OwnLine if is_led else None


def own_units(some: Sequence[Review], account_id: int | None, *, on: date) -> list[int]:
    """Return the reviews (ids) of units where somebody holds an office: in it, below it, or between it and the
    reviewing unit. In a scope that sees them."""
    return sql.column(
        f"""select distinct r.id from review_review r
        join org_appointment ap on ap.account_id = %(account)s and {ACTIVE}
        join units_placement p on p.unit_id = ap.unit_id and p.lo is not null
        join units_placement u on u.unit_id = r.unit_id and u.hierarchy = p.hierarchy and u.lo is not null
        left join units_placement b on b.unit_id = r.by_unit_id and b.hierarchy = p.hierarchy and b.lo is not null
        where r.id = any(%(reviews)s::bigint[])
          and (p.lo >= u.lo and p.lo < u.hi or p.lo > b.lo and p.lo < u.lo and p.hi > u.lo)""",
        {"reviews": [review.pk for review in some], "account": account_id, "on": on},
    )


@dataclass(frozen=True, slots=True)
class Vacant:
    """A unit of a round where nobody holds the office that reviews. left: reviews that wait. stand_in: a name, and the
    account."""

    code: str
    names: dict[str, str]
    left: int
    stand_in: str
    stand_in_account: int | None


MOST_VACANT = 50


def vacant(review_round: Round, *, on: date) -> list[Vacant]:
    """List units with reviews left and no holder of the office, most first; MOST_VACANT of them.

    In a scope that sees it.
    """
    rows = sql.rows(
        f"""select u.code, u.names, r.n, s.name, s.id from review_round d cross join lateral (
          select r.by_unit_id, null::bigint as account_id, count(*) as n from review_review r
          where r.round_id = d.id and r.decided_at is null and r.left_on is null group by 1) r
        join units_unit u on u.id = r.by_unit_id
        left join lateral (
          select a.name, a.id from {REVIEWER} x join people_account a on a.id = x.account_id limit 1) s on true
        where d.id = %(round)s and not exists (
          select from org_appointment ap join org_office o on o.id = ap.office_id and o.code = d.office
          where ap.unit_id = r.by_unit_id and {ACTIVE})
        order by s.name is not null, r.n desc, u.code limit {MOST_VACANT}""",
        {"round": review_round.pk, "on": on},
    )
    return [
        Vacant(code, names, n, local_person(name or ""), account) for code, names, n, name, account in rows
    ]


def stand_in_candidates(review_round: Round, by_unit_id: int, *, on: date) -> list[OfficeHolder]:
    """List the possible stand-ins at a unit of a round: leaders of it, or of a unit above it, by another office.

    Nearest first.
    """
    leading = {office.code for office in org.offices_used() if LEADS in office.capabilities}
    return [
        holder
        for holder in org.line_of_command(by_unit_id, review_round.hierarchy, on=on)
        if holder.office in leading and holder.office != review_round.office and holder.state == "active"
    ]
