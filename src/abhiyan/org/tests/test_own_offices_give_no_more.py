"""Nobody sees or does more by an own office than each of its two makers: random makers, rights and units."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from abhiyan.core import sql
from abhiyan.core.refusals import Refused
from abhiyan.core.scope import Scope, system
from abhiyan.org import actions, queries
from abhiyan.org.models import Appointment, Office
from abhiyan.org.rules.capabilities import AT_DESK, HANDED_OUT, MEANINGS
from abhiyan.org.rules.own_offices import GIVABLE, OwnOffice
from abhiyan.people.models import Account

from .make import AT, TODAY, World, actor

WHERE = {"state": "N1", "district": "N11", "mandal": "N111", "booth": "N1111"}  # held there, by its level
PLACES = ("N", "N1", "N2", "N11", "N111", "N1111")
MADE_IN = ("N1", "N", "N11")
ALL_POSITIONS = "{[0,9223372036854775807)}"
LACKED = st.frozensets(st.sampled_from(sorted(MEANINGS)), max_size=3)
RIGHTS = st.frozensets(st.sampled_from(sorted(GIVABLE)), max_size=4)


@dataclass(frozen=True)
class Maker:
    """Somebody with an office of their own: rights that they lack, where it is, whether it shows people."""

    lacks: frozenset[str]
    place: str
    sees_people: bool


MAKERS = st.builds(
    Maker, LACKED, st.sampled_from(("N", "N", "N1", "N11")), st.sampled_from((True, True, False))
)


def seated(world: World, maker: Maker, number: int) -> Account:
    with system("test"):
        Office.objects.create(
            code=f"maker_{number}",
            names={"en": f"Maker {number}"},
            capabilities=sorted(set(MEANINGS) - maker.lacks - {"org.approve", "org.officers"}),
            sees_people=maker.sees_people,
            rank=20,
        )
    return world.holder(f"maker_{number}", maker.place)


def sees(scope: Scope, name: str) -> str:
    return ALL_POSITIONS if scope.everything else str(getattr(scope, name))


def scope_of(account: Account) -> Scope:
    return queries.viewer_of(account_id=account.pk, on=TODAY).scope


def may(account: Account, world: World) -> set[tuple[str, str]]:
    """Return the acts that an account may do in each place, giving and ending each office too. Every act asks this."""
    found = {
        (right, code)
        for right in set(MEANINGS) - HANDED_OUT
        for code in PLACES
        if queries.holds(account.pk, right, at=world.unit(code))
    }
    assert not {right for right, _code in found} & AT_DESK or "maker" in account.name
    with queries.seeing_as(account.pk, on=TODAY):
        for code in PLACES:
            found |= {
                (f"gives {office.code}", code)
                for office in queries.offices_to_give(actor(account), world.unit(code), 1)
            }
    return found


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    makers=st.tuples(MAKERS, MAKERS),
    changers=st.tuples(MAKERS, MAKERS),
    place=st.sampled_from(MADE_IN),
    rights=st.tuples(RIGHTS, RIGHTS),
    kind=st.sampled_from(sorted(WHERE)),
)
def test_the_holder_of_an_own_office_sees_and_does_no_more_than_each_maker(
    world: World,
    makers: tuple[Maker, Maker],
    changers: tuple[Maker, Maker],
    place: str,
    rights: tuple[frozenset[str], frozenset[str]],
    kind: str,
) -> None:
    with transaction.atomic():
        people = [seated(world, maker, number) for number, maker in enumerate((*makers, *changers))]
        code = ""
        last: list[Account] = []
        for two, some in ((people[:2], rights[0]), (people[2:], rights[1])):
            wanted = OwnOffice({"en": "Head", "hi": "प्रमुख"}, (kind,), True, 3, some, code)
            try:
                with transaction.atomic():
                    asked = actions.ask_office(
                        unit_id=world.unit(place), wanted=wanted, reason="x", by=actor(two[0]), at=AT
                    )
                    with pytest.raises(Refused):
                        actions.decide_release(public_id=asked.public_id, allow=True, by=actor(two[0]), at=AT)
                    actions.decide_release(
                        public_id=asked.public_id, allow=True, by=actor(two[1]), at=AT + timedelta(hours=1)
                    )
            except Refused:
                event("refused")
                continue
            with system("test"):
                code = Office.objects.exclude(unit=None).get().code
            last = two
        if code:
            event("made")
            holder = world.account("Holder")
            try:
                with transaction.atomic():
                    world.appoint(holder, code, WHERE[kind])
            except Refused:
                event("not given there")
            else:
                event("held")
                _is_within(world, holder, last)
        transaction.set_rollback(True)


def _is_within(world: World, holder: Account, makers: list[Account]) -> None:
    own = may(holder, world)
    with queries.seeing_as(holder.pk, on=TODAY):
        rows = set(Appointment.objects.exclude(account_id=holder.pk).values_list("pk", flat=True))
    for maker in makers:
        assert own <= may(maker, world), own - may(maker, world)
        mine, theirs = scope_of(holder), scope_of(maker)
        for name in ("people", "counts", "figures", "requests", "line"):
            inside = sql.value(
                "select %s::int8multirange <@ %s::int8multirange", [sees(mine, name), sees(theirs, name)]
            )
            assert inside, (name, sees(mine, name), sees(theirs, name))
        assert theirs.everything or not mine.everything
        assert set(mine.imports) <= set(theirs.imports)
        with queries.seeing_as(maker.pk, on=TODAY):
            assert rows <= set(Appointment.objects.values_list("pk", flat=True))
