"""People who are in the demo twice, twins among them; one pair is merged, two are separated. Samples."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from abhiyan.core import samples
from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.enrolment.actions import doubles as acts
from abhiyan.enrolment.queries import people as members
from abhiyan.people import queries as people_queries
from abhiyan.programmes.models import Programme

from . import people
from .claims import DOUBLES_FROM, join_by_web
from .data_files import sample_words

WORDS = sample_words().doubles
SHAPES = 5  # of a pair
ROUNDS = 5
MERGED, APART = 0, (4, -1)  # by their place among the planted


@dataclass(frozen=True, slots=True)
class Pair:
    """One person's two entries, or twins. booths: of each."""

    first: people.Sample
    second: people.Sample
    booths: tuple[str, str]


def planted_pairs(booths: Sequence[str]) -> list[Pair]:
    """Return the pairs planted in these booths: each name in each shape, years and phones of their own."""
    made, n_names = [], len(WORDS.names)
    for number in range(n_names * ROUNDS):
        names = WORDS.names[number % n_names]
        latin, hindi = names.latin, names.hindi
        shape = (number + number // n_names) % SHAPES
        phone, other = (samples.sample_phone(DOUBLES_FROM + 2 * number + n) for n in (0, 1))
        year, here = 1948 + number * 11 % 55, booths[number % len(booths)]
        near = booths[(number + 1) % len(booths)]
        first = people.Sample(latin, hindi, phone, year)
        second, there = {
            0: (people.Sample(hindi, hindi, phone, year), here),  # the other script
            1: (people.Sample(hindi, hindi, other, year), here),
            2: (people.Sample(latin, hindi, other, year + 1), near),  # a year from memory
            3: (people.Sample(names.misspelt, hindi, phone, year), here),
            4: (people.Sample(names.other_last, hindi, phone, year), here),
        }[shape]
        made.append(Pair(first, second, (here, there)))
    for number, (name, other_name) in enumerate(WORDS.twins, len(made)):
        sample_person = people.Sample(name, "", samples.sample_phone(DOUBLES_FROM + 2 * number), 1998)
        made.append(Pair(sample_person, replace(sample_person, name=other_name), (booths[0], booths[0])))
    return made


def plant(programme: Programme, booths: Sequence[str], at: datetime) -> list[tuple[UUID, UUID]]:
    """Have everybody join once, and days later once more. Public ids of both memberships of each pair."""
    planted = planted_pairs(booths)
    firsts = join_by_web(
        programme.pk,
        [pair.first for pair in planted],
        [pair.booths[0] for pair in planted],
        at=at - timedelta(days=4),
    )
    seconds = join_by_web(
        programme.pk,
        [pair.second for pair in planted],
        [pair.booths[1] for pair in planted],
        at=at - timedelta(hours=30),
    )
    return [
        (claim_outcome.membership, other.membership)
        for claim_outcome, other in zip(firsts, seconds, strict=True)
        if claim_outcome.membership is not None and other.membership is not None
    ]


def decide_doubles(planted: Sequence[tuple[UUID, UUID]], by: Actor, at: datetime) -> None:
    """Have the district look at three of the found pairs."""
    with system("demo"):
        for number in (MERGED, *APART):
            pair = [members.member_for(phone_id).person_id for phone_id in planted[number]]
            double = people_queries.doubles().get(first_id__in=pair, second_id__in=pair)
            if number == MERGED:
                acts.merge(double=double.public_id, by=by, at=at)
            else:
                acts.tell_members_apart(double=double.public_id, is_apart=True, by=by, at=at)
