"""Nobody checks an item of their own line, whichever tree or day would let them."""

from datetime import timedelta
from uuid import uuid4

import pytest

from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.org.actions import end_appointment
from abhiyan.org.models import Appointment, Office
from abhiyan.site.tests.cast import Cast
from abhiyan.units.models import Placement
from abhiyan.verification.actions import take_check
from abhiyan.verification.models import Stratum
from abhiyan.verification.queries.lines import own_line
from abhiyan.verification.refusals import NothingForYou
from abhiyan.verification.tests.test_checks import drawn

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = Actor(kind="system", id=uuid4())
STATE = Appointment.State


def below(unit_id: int) -> set[int]:
    """A unit and everything beneath it, in any tree."""
    places = Placement.objects.filter(valid_to=None)
    own = places.filter(unit_id=unit_id).values_list("lo", "hi")
    return {
        one
        for lo, hi in own
        for one in places.filter(lo__gte=lo, lo__lt=hi).values_list("unit_id", flat=True)
    }


def stand(
    account_id: int, unit_id: int, *, hierarchy: int = 1, state: str = STATE.ACTIVE, days: tuple[int, int]
) -> None:
    """An appointment as the table may hold it, from and to so many days from now."""
    today = NOW.date()
    Appointment.objects.create(
        public_id=uuid4(),
        account_id=account_id,
        office=Office.objects.get(code="verifier"),
        unit_id=unit_id,
        hierarchy=hierarchy,
        state=state,
        starts_on=today + timedelta(days=days[0]),
        ends_on=today + timedelta(days=days[1]),
        made_at=NOW,
        accepted_how="" if state == STATE.OFFERED else Appointment.How.LINK,
    )


def test_a_line_is_every_tree_and_every_day_since_the_programme_opened(cast: Cast) -> None:
    drawn(cast)
    with system("test"):
        strata = list(Stratum.objects.all())
        opened = (NOW.date() - cast.world.programme.opens_on).days
        account = 900_000
        for unit in cast.world.units.values():
            own = below(unit.pk)
            wanted = {one.pk for one in strata if own & below(one.unit_id)}
            for days, state, counts in (
                ((-30, 30), STATE.ACTIVE, True),
                ((-30, 30), STATE.DISPUTED, True),
                ((3, 30), STATE.ACTIVE, True),
                ((-400, -1), STATE.ENDED, True),
                ((-400, -opened - 1), STATE.ENDED, False),
                ((-30, 30), STATE.OFFERED, False),
            ):
                account += 1
                stand(account, unit.pk, state=state, days=days)
                assert set(own_line(account)) == (wanted if counts else set()), (unit.code, days, state)


def test_an_office_of_another_tree_or_given_back_yesterday_is_no_way_round(cast: Cast) -> None:
    """A constituency is in no tree of districts; its booths do."""
    drawn(cast)
    at = NOW
    for role, unit, hierarchy in (("by_constituency", "JK-PC1", 2), ("by_block", "JK-BL1", 3)):
        account = cast._open(role)
        with system("test"):
            stand(account.pk, cast.world.units[unit].pk, hierarchy=hierarchy, days=(-30, 30))
            stand(account.pk, cast.world.units["JK-JAM"].pk, days=(-30, 30))
        with pytest.raises(NothingForYou):
            take_check(by=cast.actor(role), at=at)
    cast._seat("moved_here", "district_president", "JK-SRI", 1)
    end_appointment(public_id=cast.appointments["moved_here"], reason="moves", by=SYSTEM, at=at)
    with system("test"):
        stand(cast.accounts["moved_here"].pk, cast.world.units["JK-JAM"].pk, days=(0, 30))
    with pytest.raises(NothingForYou):
        take_check(by=cast.actor("moved_here"), at=at)
