"""The dossier of units whose items were checked, and of one that is closed; how many are asked, beside the gap."""

import re

import pytest
from django.urls import reverse

from abhiyan.core import clock
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.review.actions.leader_reports import write_leader_report
from abhiyan.site.tests.cast import SYSTEM, Cast
from abhiyan.units import actions as units
from abhiyan.verification.models import Flag, Frame
from abhiyan.verification.tests.conftest import two_districts
from abhiyan.verification.tests.test_ladder import checked, seen

from .test_dossier import dossier

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["checked"]  # a fixture


@pytest.fixture
def cast() -> Cast:
    return two_districts()


def test_what_checks_found_stands_beside_what_was_reported(cast: Cast, checked: Frame) -> None:
    said = dossier(cast, "state_president", "JK-JAM")
    compared = said.partition("Not real, at least")[2].partition("Trend:")[0]
    assert " 22 " in compared, "checks answered"
    assert "at most 15 of 100" in compared, "none of them genuine: never 0 of 100"
    assert "at least – at most" in said and "method:" in said
    # A booth has no interval: past 19 checks it has a grade, before nothing but that.
    assert "at most 2 of 19 checks were not genuine" in dossier(cast, "state_president", "JK-B001")
    cast.target("JK-B002", 40)
    assert "not enough checks: fewer than 19 are answered" in dossier(cast, "state_president", "JK-B002")


def test_a_closed_unit_keeps_its_dossier(cast: Cast) -> None:
    at = NOW
    with system("test"):
        units.close_units(
            unit_id=cast.world.units["JK-B001"].pk,
            on=clock.day_in("Asia/Kolkata", at),
            by=SYSTEM,
            at=at,
            successors=["JK-B002"],
        )
    said = dossier(cast, "state_president", "JK-B001")
    assert "Closed from" in said and "Taken over by: JK-B002" in said


def test_those_who_decide_read_beside_the_gap_how_many_are_asked(cast: Cast, checked: Frame) -> None:
    at = NOW
    with system("test"):
        Flag.objects.create(
            id="00000000-0000-4000-8000-000000000001",
            programme=checked.programme,
            measure=checked.measure,
            worker=cast.accounts["booth_worker"].public_id,
            account_id=cast.accounts["booth_worker"].pk,
            unit=cast.world.units["JK-SRI"],
            reasons=[],
            asked_at=at,
            handled_by=[],
        )
    page = reverse("verification:frame_beside", args=[checked.public_id]) + "?unit=JK"
    deciding = cast.client("state_president").get(page).text
    assert "Questions to workers" in deciding
    row = next(row for row in deciding.split("<tr") if "/units/JK-SRI" in row or "unit=JK-SRI" in row)
    assert re.search(r'data-l="Questions to workers">\s*1 waiting\s*<', row), "on the page"
    sheet = b"".join(cast.client("state_president").get(page + "&format=csv")).decode()
    assert "Real, of 100" in sheet and "Questions" not in sheet, "a file is passed on"
    assert cast.accounts["booth_worker"].name not in deciding.partition("<main")[2]
    assert "Questions to workers" not in seen(cast, "district_in_charge", page)


def test_a_leader_who_says_more_than_checks_can_hold_is_listed(cast: Cast, checked: Frame) -> None:
    with cast.as_("state_president"):
        write_leader_report(
            unit_id=cast.world.units["JK-JAM"].pk,
            programme=checked.programme.public_id,
            measure=checked.measure,
            day=clock.day_in("Asia/Kolkata", NOW),
            n=100,
            by=cast.actor("state_president"),
            at=NOW,
        )
    said = dossier(cast, "state_president", "JK-JAM")
    assert "the leader said 100. Checks found 0–7 real by 25 Nov." in said
    assert "the leader said 100, and 45 were counted by then." in said
