"""Near duplicates of members: looked for, merged by one click and undone by one, told apart; many by two people."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, jobs
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import NotFound, Refused
from abhiyan.core.scope import system
from abhiyan.enrolment.queries.doubles import entry_standings
from abhiyan.org import actions as org_actions
from abhiyan.org import queries as org
from abhiyan.people import queries as people_queries
from abhiyan.people.actions import doubles as pairs
from abhiyan.people.actions import finding
from abhiyan.people.actions.persons import lock_phones
from abhiyan.people.models import Double, Person
from abhiyan.people.rules.doubles import SURE, stays

from .merging import is_disputed

MERGES = "enrolment.strike_off"  # the capability: an entry is counted no more
MANY = "people.merge"  # the request of several at once
MOST = 200  # pairs of one request


class Disputed(Refused, status=409):
    message = _(
        "Something about one of them is undecided: a new number, a request or a call to leave. Wait for that."
    )


class NobodySure(Refused):
    message = _("No pair here is sure enough to merge several at once. Look at each.")


def ask_for_double_search(*, unit_id: int, by: Actor, at: datetime) -> None:
    """Have all people looked through once more, by a job. Needs enrolment.strike_off at a unit. Refuses NoMatcher."""
    org.require(by, MERGES, at=unit_id)
    if not finding.may_look():
        raise finding.NoMatcher
    with system("somebody asks for a look at duplicates"):
        jobs.later("people.find_doubles", "all", at=at)
        audit.record(by=by, at=at, act="enrolment.look_for_doubles", subject="all", unit_id=unit_id)


def merge(*, double: UUID, reason: str = "", by: Actor, at: datetime) -> None:
    """Merge the two entries of a pair as one person: the better proven stays, the other is counted no more.

    Undone by `unmerge`. double: public id of a pair in the caller's scope. reason: how the caller knows; twins
    need one. Needs enrolment.strike_off over both units. Refuses NotFound, DecidedAlready, Twins, Disputed,
    EntryGone, MergedBefore.
    """
    one = people_queries.double_for(double)
    with system("two entries are one person"):
        _require(one, by)
        found = _locked(one)
        two = _persons(found)
        if any(is_disputed(person, at=at) for person in two):
            raise Disputed
        standings_by_id = entry_standings(two)
        kept = two[stays([standings_by_id[person.pk] for person in two])]
        pairs.merge_people(double=found, kept_id=kept.pk, reason=reason, by=by, at=at)
        _record("enrolment.merge", found, by, at, **({"why": found.reason} if found.is_twin else {}))


def unmerge(*, double: UUID, by: Actor, at: datetime) -> None:
    """Undo a merge: both entries are as they were, but for what their own phones said meanwhile.

    Needs enrolment.strike_off over both units. Refuses NotFound, DecidedAlready, PhoneFull.
    """
    one = people_queries.double_for(double)
    with system("a merge is undone"):
        _require(one, by)
        found = _locked(one)
        pairs.part_people(double=found, by=by, at=at)
        _record("enrolment.unmerge", found, by, at)


def tell_members_apart(*, double: UUID, is_apart: bool, by: Actor, at: datetime) -> None:
    """Tell the pair apart as two people, who are not shown any more; or, not apart, show it again.

    Needs enrolment.strike_off over both units. Refuses NotFound, DecidedAlready.
    """
    one = people_queries.double_for(double)
    with system("two entries are told apart"):
        _require(one, by)
        found = people_queries.double_held(one)
        pairs.tell_apart(double=found, is_apart=is_apart, by=by, at=at)
        _record("enrolment.tell_apart", found, by, at, apart=is_apart)


def sure_of(doubles: Collection[UUID]) -> list[Double]:
    """Return those of these pairs that may be merged together: open, likely enough, no twins.

    In the caller's scope.
    """
    found = people_queries.doubles_called(list(doubles)[:MOST]).filter(state=Double.State.OPEN, is_twin=False)
    return list(found.filter(score__gte=SURE).order_by("pk"))


def ask_merge_many(*, doubles: Collection[UUID], unit_id: int, reason: str, by: Actor, at: datetime) -> int:
    """Ask a second person for the merge of several pairs; how many. Unsure pairs and twins stay out.

    Needs enrolment.strike_off over the unit and over both units of each. Refuses NobodySure, what
    `org.ask_release` refuses.
    """
    sure = sure_of(doubles)
    for double in sure:
        _require(double, by)
    if not sure:
        raise NobodySure
    payload = {"doubles": [str(one.public_id) for one in sure]}
    org_actions.ask_release(act=MANY, unit_id=unit_id, reason=reason, payload=payload, by=by, at=at)
    return len(sure)


@dataclass(frozen=True, slots=True)
class Many:
    """The number of approved pairs that were merged; and why others were not, in words, with their number."""

    merged: int
    left_out: Mapping[str, int]


def merge_many(*, release: UUID, by: Actor, at: datetime) -> Many:
    """Merge what a second person has approved. Pairs that were decided, left or are disputed meanwhile are left as they
    are, and told. Refuses what `org.use_release` refuses."""
    done, left_out = 0, Counter[str]()
    payload: Mapping[str, Any] = org_actions.use_release(public_id=release, act=MANY, by=by, at=at)
    with system("what a second person approved is merged"):
        doubles = people_queries.doubles_called(payload["doubles"])
        ids = {person for pair in doubles.values_list("first_id", "second_id") for person in pair}
        lock_phones(person.phone_id for person in people_queries.persons(ids))
    for double_id in sorted(payload["doubles"]):
        try:
            with transaction.atomic():
                merge(double=UUID(double_id), by=by, at=at)
        except NotFound:  # erased, or out of sight by now
            left_out[str(pairs.EntryGone.message)] += 1
        except Refused as refused:
            left_out[str(refused)] += 1
        else:
            done += 1
    return Many(done, left_out)


def _require(double: Double, by: Actor) -> None:
    for unit_id in {double.unit_id, double.other_unit_id}:
        org.require(by, MERGES, at=unit_id)


def _persons(double: Double) -> list[Person]:
    people = {person.pk: person for person in people_queries.persons([double.first_id, double.second_id])}
    if len(people) != 2:
        raise pairs.EntryGone
    return [people[double.first_id], people[double.second_id]]


def _locked(double: Double) -> Double:
    """Return the pair as it is now, with both phones locked: sorted, before any row."""
    lock_phones(person.phone_id for person in people_queries.persons([double.first_id, double.second_id]))
    return people_queries.double_held(double)


def _record(act: str, double: Double, by: Actor, at: datetime, **facts: Any) -> None:
    for unit_id in sorted({double.unit_id, double.other_unit_id}):
        audit.record(by=by, at=at, act=act, subject=str(double.public_id), unit_id=unit_id, facts=facts)
