"""Near duplicates: pairs that were found are kept, merged, told apart. Authority is asked by the act that calls."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from itertools import islice
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from abhiyan.core import lot, news
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused
from abhiyan.people.models import Double, Person
from abhiyan.people.news import PeopleMerged, PeopleParted
from abhiyan.people.rules.doubles import Known, judge_pair

AT_ONCE = 2_000
LONGEST_REASON = 300  # letters


class DecidedAlready(Refused, status=409):
    message = _("Somebody has decided this already.")


class Twins(Refused):
    """Same phone, same year, another first name: two people, until somebody who knows says why they are one."""

    message = _("These look like twins. If it is one person, write how you know.")


class MergedBefore(Refused):
    message = _("Another entry was merged into the one that would go. Undo that first.")


class EntryGone(Refused, status=409):
    """Left, erased, or merged with somebody else meanwhile."""

    message = _("One of these entries is no longer there.")


def keep_doubles(*, found: Iterable[tuple[UUID, UUID, int, bool]], at: datetime) -> int:
    """Keep what a search found: pairs of persons with score and whether they look like twins. Return how many are open
    now.

    A decided pair stays as it is; open pairs that were not found again go. In a system scope.
    """
    pairs = iter(found)
    while some := list(islice(pairs, AT_ONCE)):
        _keep(some, at)
    Double.objects.filter(state=Double.State.OPEN, found_at__lt=at).delete()
    return Double.objects.filter(state=Double.State.OPEN).count()


def _keep(some: Sequence[tuple[UUID, UUID, int, bool]], at: datetime) -> None:
    ids = {person for pair in some for person in pair[:2]}
    there = Person.objects.filter(pk__in=ids, left_at=None, merged_into=None).exclude(name=None)
    persons = {person.pk: person for person in there}
    rows = []
    for person_id, other, score, is_twin in some:
        if person_id not in persons or other not in persons:
            continue  # gone while we looked
        first, second = sorted((persons[person_id], persons[other]), key=lambda person: person.pk)
        judged_pair = judge_pair(_known(first), _known(second), score=score, is_twin=is_twin)
        rows.append(
            Double(
                id=UUID(bytes=hashlib.sha256(first.pk.bytes + second.pk.bytes).digest()[:16]),
                public_id=lot.uuid(),
                first_id=first.pk,
                second_id=second.pk,
                unit_id=first.unit_id,
                other_unit_id=second.unit_id,
                score=judged_pair.score,
                reasons=judged_pair.reasons,
                is_twin=judged_pair.is_twin,
                found_at=at,
            )
        )
    Double.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["unit_id", "other_unit_id", "score", "reasons", "is_twin", "found_at"],
    )


def _known(person: Person) -> Known:
    return Known(person.name or "", person.birth_year, person.phone_id.hex, person.unit_id)


def merge_people(*, double: Double, kept_id: UUID, reason: str = "", by: Actor, at: datetime) -> None:
    """One of a pair's entries is merged into the other, which stays; rooms above hear of it (PeopleMerged).

    reason: how somebody knows that what looks like twins is one person; kept with the pair until the merge is undone.
    Both phones are locked, and the pair was read since. Refuses DecidedAlready, Twins, EntryGone, MergedBefore.
    """
    if double.state != Double.State.OPEN:
        raise DecidedAlready
    if double.is_twin and not reason.strip():
        raise Twins(field="reason")
    gone_id = double.second_id if kept_id == double.first_id else double.first_id
    there = Person.objects.filter(pk__in=(kept_id, gone_id), left_at=None, merged_into=None)
    if there.exclude(name=None).count() != 2:
        raise EntryGone
    if merged_persons([gone_id]):
        raise MergedBefore
    Person.objects.filter(pk=gone_id).update(merged_into=kept_id)
    _decide(double, Double.State.MERGED, kept_id, by, at, reason=reason.strip()[:LONGEST_REASON])
    news.tell(PeopleMerged(kept_id=kept_id, gone_id=gone_id, double_id=double.pk, by=by, at=at))


def part_people(*, double: Double, by: Actor, at: datetime) -> None:
    """A merge is undone: the pair is open again. Both phones are locked. Refuses DecidedAlready."""
    if double.state != Double.State.MERGED or double.kept_id is None:
        raise DecidedAlready
    kept_id = double.kept_id
    gone_id = double.second_id if kept_id == double.first_id else double.first_id
    Person.objects.filter(pk=gone_id, merged_into=kept_id).update(merged_into=None)
    _decide(double, Double.State.OPEN, None, by, at)
    news.tell(PeopleParted(kept_id=kept_id, gone_id=gone_id, double_id=double.pk, by=by, at=at))


def tell_apart(*, double: Double, is_apart: bool, by: Actor, at: datetime) -> None:
    """The pair is two people, or is to be looked at again after all. Refuses DecidedAlready."""
    states = (Double.State.OPEN, Double.State.APART)
    if double.state != states[not is_apart]:
        raise DecidedAlready
    _decide(double, states[is_apart], None, by, at)


def merged_persons(person_ids: Collection[UUID]) -> set[UUID]:
    """Return those of these people that another entry is merged into now."""
    either = Q(first_id__in=person_ids) | Q(second_id__in=person_ids)
    doubles = Double.objects.filter(either, state=Double.State.MERGED, kept_id__in=person_ids)
    return {kept_id for kept_id in doubles.values_list("kept_id", flat=True) if kept_id is not None}


def _decide(
    double: Double, state: str, kept_id: UUID | None, by: Actor, at: datetime, *, reason: str = ""
) -> None:
    double.state, double.kept_id, double.reason = state, kept_id, reason
    double.decided_at, double.decided_by = at, by.account_id
    double.save(update_fields=["state", "kept_id", "reason", "decided_at", "decided_by"])
