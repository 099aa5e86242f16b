"""The demo shows a week of calls with every outcome. Today's calls wait."""

import pytest

from abhiyan.core.samples import SampleGround
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.dialogues import demo, queries
from abhiyan.dialogues.models import Dialogue
from abhiyan.dialogues.rules.roster import RosterSource
from abhiyan.helpdesk.models import Ticket
from abhiyan.org import actions as org
from abhiyan.people import actions as people
from abhiyan.programmes.models import Item, Programme
from abhiyan.site.tests.cast import SYSTEM, Cast

from .make import DAY, TODAY

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_the_demo_has_a_week_of_calls_and_todays_to_be_done() -> None:
    cast = Cast.make()
    with system("test"):
        for n, code in enumerate(("JK-B002", "JK-B003")):
            president = people.open_account(phone=f"+91941900880{n}", name="Meena", by=SYSTEM, at=NOW)
            org.appoint(
                account_id=president.pk,
                office="booth_president",
                unit_id=cast.world.units[code].pk,
                starts_on=TODAY - 30 * DAY,
                by=SYSTEM,
                at=NOW,
            )
        org.end_appointment(
            public_id=cast.appointments["booth_president"], reason="No phone", by=SYSTEM, at=NOW - 25 * DAY
        )
    leaders = [cast.accounts[office].pk for office in ("state_president", "district_in_charge")]
    district = cast.world.units["JK-SRI"].pk
    ids = {code: unit.pk for code, unit in cast.world.units.items()}
    shown = {"district_in_charge": (cast.actor("district_in_charge"), district)}
    holders = {"district_in_charge": {district: cast.actor("district_in_charge")}}
    demo.sample(SampleGround("seed", NOW, ids, shown, holders, cast.world.programme.pk))
    with system("test"):
        run = Programme.objects.get(kind="dialogues")
        outcomes = set(Dialogue.objects.values_list("outcome", flat=True))
        came = set(Dialogue.objects.values_list("came", flat=True))
        solved = Ticket.objects.filter(solved_at__isnull=False).count()
        confirmed = Item.objects.filter(confirmed_at__isnull=False).count()
        assert Dialogue.objects.filter(day=TODAY, outcome="").exists() and run.is_sample
    assert {"", "talked", "later"} <= outcomes and RosterSource.CARRIED in came
    assert solved and confirmed
    assert any(queries.calls_of_leader(leader, at=NOW) for leader in leaders), "two booths have a president"
