"""Each right reaches as far as `rights_that_reach_down.tsv` says: below, to its own desk, or to no unit at all.

The table has one line for each right. A right that is missing there fails, and so does a line without a right. The
world has people with every right at five places. Each of them is asked for each right, in office or not.
"""

import csv
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.org import actions, queries
from abhiyan.org.models import Appointment
from abhiyan.org.queries import NotYours, viewer_of
from abhiyan.org.rules.capabilities import MEANINGS, Reach, capability_reach
from abhiyan.org.tests.make import SYSTEM, World, actor
from abhiyan.org.tests.rights import Rights
from abhiyan.people.models import Account

ON = NOW.date()
pytestmark = pytest.mark.django_db
TABLE = Path(__file__).parent / "rights_that_reach_down.tsv"
DESK, ABOVE, TWO_ABOVE, BESIDE, BELOW = "N111", "N11", "N1", "N112", "N1111"


def declared() -> dict[str, Reach]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert all(row["concerns"] for row in rows)
    return {row["right"]: Reach[row["reaches"].upper()] for row in rows}


def test_the_table_names_every_right_and_says_of_each_how_far_it_reaches() -> None:
    assert declared() == {right: capability_reach(right) for right in MEANINGS}


class Desks:
    """Somebody with every right in a unit, above it, two above, beside and below."""

    def __init__(self) -> None:
        self.world = World()
        self.rights = Rights(self.world.unit)
        self.people = {code: self.seat(code) for code in (DESK, ABOVE, TWO_ABOVE, BESIDE, BELOW)}

    def seat(self, code: str) -> Account:
        return self.rights.holder(*MEANINGS, at=code)

    def vacate(self, account: Account) -> None:
        with system("test"):
            held = Appointment.objects.get(account_id=account.pk, state=Appointment.State.ACTIVE)
        actions.end_appointment(public_id=held.public_id, reason="moved away", by=SYSTEM, at=NOW)

    def reached(self, code: str) -> set[Reach]:
        """The reaches whose rights somebody has over the desk's unit. The act and the page agree on each right."""
        account, unit_id = self.people[code], self.world.unit(DESK)
        viewer = replace(viewer_of(account_id=account.pk, on=ON), is_strong=True)
        found: dict[Reach, set[bool]] = {}
        for right, far in declared().items():
            try:
                queries.require(actor(account), right, at=unit_id)
            except NotYours:
                may = False
            else:
                may = True
            if far == Reach.DESK:
                assert queries.decides(viewer, right, at=unit_id) == may, right
            elif far == Reach.BELOW:
                assert viewer.may_at(right, self.world.lo(DESK)) == may, right
            found.setdefault(far, set()).add(may)
        assert all(len(each) == 1 for each in found.values()), f"rights of one kind differ: {found}"
        return {far for far, each in found.items() if each == {True}}


@pytest.fixture
def desks(db: None) -> Desks:
    return Desks()


ALL = {Reach.BELOW, Reach.DESK}


def test_a_desk_is_its_units_own_and_goes_to_the_next_office_above_while_it_is_vacant(desks: Desks) -> None:
    filled = {DESK: ALL, ABOVE: {Reach.BELOW}, TWO_ABOVE: {Reach.BELOW}, BESIDE: set(), BELOW: set()}
    assert {code: desks.reached(code) for code in filled} == filled
    first = desks.people[DESK]
    desks.vacate(first)
    vacant = filled | {DESK: set(), ABOVE: ALL}
    assert {code: desks.reached(code) for code in filled} == vacant, "above, and not two above"
    desks.vacate(desks.people[ABOVE])
    assert desks.reached(TWO_ABOVE) == ALL, "two desks in a row are vacant"
    desks.people[ABOVE] = desks.seat(ABOVE)
    assert (desks.reached(ABOVE), desks.reached(TWO_ABOVE)) == (ALL, {Reach.BELOW})
    desks.people[DESK] = desks.seat(DESK)
    assert {code: desks.reached(code) for code in filled} == filled, "the desk goes back"


def test_a_second_office_bearer_a_seat_in_a_body_and_an_office_without_the_right(desks: Desks) -> None:
    second = desks.seat(DESK)
    desks.vacate(desks.people[DESK])
    assert desks.reached(ABOVE) == {Reach.BELOW}, "one of two is still there"
    desks.vacate(second)
    with system("test"):
        body = actions.make_body(
            unit_id=desks.world.unit(DESK),
            kind="committee",
            names={"en": "Committee", "hi": "समिति"},
            by=SYSTEM,
            at=NOW,
        )
    member = desks.world.account("Member")
    actions.appoint(
        account_id=member.pk,
        office="body_member",
        unit_id=desks.world.unit(DESK),
        body_id=body.pk,
        starts_on=ON,
        by=SYSTEM,
        at=NOW,
    )
    desks.rights.holder("org.read", at=DESK)
    assert desks.reached(ABOVE) == ALL, "neither a member of a body nor another office sits at the desk"


def test_a_term_that_is_over_or_has_not_begun_leaves_the_desk_vacant(desks: Desks) -> None:
    with system("test"):
        own = Appointment.objects.filter(account_id=desks.people[DESK].pk)
        for starts, ends in ((-9, -1), (1, None)):
            own.update(
                starts_on=ON + timedelta(days=starts),
                ends_on=None if ends is None else ON + timedelta(days=ends),
            )
            assert (desks.reached(DESK), desks.reached(ABOVE)) == (set(), ALL)


def test_a_page_cannot_ask_a_desks_right_as_one_that_reaches_down(desks: Desks) -> None:
    viewer = replace(viewer_of(account_id=desks.people[ABOVE].pk, on=ON), is_strong=True)
    for right, far in declared().items():
        if far == Reach.DESK:
            with pytest.raises(LookupError, match=right):
                viewer.may_at(right, desks.world.lo(DESK))
