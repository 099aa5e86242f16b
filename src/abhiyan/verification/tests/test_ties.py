"""People a verifier knows: stated on their page or by who plans checks, by the office held."""

from typing import Any

import pytest
from django.urls import reverse

from abhiyan.core.refusals import NotFound
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.org.queries import NotYours
from abhiyan.site.tests.cast import Cast
from abhiyan.verification.actions import end_tie, state_tie, take_check
from abhiyan.verification.models import Tie
from abhiyan.verification.refusals import NobodyThere, NoVerifier

from .test_assigning import ME, OTHER
from .test_checks import drawn

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_verifier_states_whom_they_know_and_only_who_plans_checks_takes_it_back(cast: Cast) -> None:
    at, client = NOW, cast.client(ME)
    page = "/checks/known/"
    assert "Nobody yet" in client.get(page).content.decode()
    assert "No unit fits" in client.get(page, {"unit": "nowhere at all"}, follow=True).content.decode()
    found = client.get(page, {"unit": "JK-B001"}).content.decode()
    assert "Booth president" in found and "Booth worker" in found
    assert found.count(cast.accounts["booth_worker"].name) == 1, "the office's own code, and nobody's name"
    wrong = client.post(f"{page}?unit=JK-B001", {"office": "state_president"})
    assert wrong.status_code == 422
    stated = client.post(f"{page}?unit=JK-B001", {"office": "booth_worker"}, follow=True)
    assert "Noted. Their entries are left to others." in stated.content.decode()
    client.post(f"{page}?unit=JK-B001", {"office": "booth_worker"})
    with system("test"):
        (tie,) = Tie.objects.all()
    assert (tie.account_id, tie.worker) == (cast.accounts[ME].pk, cast.accounts["booth_worker"].public_id)
    with pytest.raises(NotYours):
        end_tie(tie_id=tie.pk, by=cast.actor(ME), at=at)
    with pytest.raises(NotYours):
        end_tie(tie_id=tie.pk, by=cast.actor("district_in_charge"), at=at)
    planner, theirs = cast.client("state_president"), f"{page}{cast.accounts[ME].public_id}/"
    assert "Take back" in planner.get(theirs).content.decode()
    planner.post(f"{theirs}{tie.pk}/end/")
    assert "Nobody yet" in client.get(page).content.decode()
    with pytest.raises(NotFound):
        end_tie(tie_id=tie.pk, by=cast.actor("state_president"), at=at)


def test_who_plans_checks_states_it_of_verifiers_of_their_units_alone(cast: Cast) -> None:
    at, jammu = NOW, cast.world.units["JK-JAM"].pk
    asked: dict[str, Any] = {"unit_id": jammu, "office": "district_in_charge", "at": at}
    of = cast.accounts[OTHER].public_id
    cast._seat("state_elsewhere", "state_president", "HP", 1)
    for role, refused in (("state_elsewhere", NotYours), ("district_elsewhere", NotYours), (ME, NotYours)):
        with pytest.raises(refused):
            state_tie(**asked, of=of, by=cast.actor(role))
    assert cast.client("state_elsewhere").get(f"/checks/known/{of}/").status_code == 404
    with pytest.raises(NoVerifier):
        state_tie(**asked, of=cast.accounts["no_office"].public_id, by=cast.actor("no_office"))
    with pytest.raises(NobodyThere):
        state_tie(**asked | {"office": "state_president"}, of=of, by=cast.actor("state_president"))
    assert state_tie(**asked, of=of, by=cast.actor("state_president")) == 1


def test_the_page_of_a_frames_verifiers_leads_to_the_people_they_know(cast: Cast) -> None:
    frame = drawn(cast)
    take_check(by=cast.actor(ME), at=NOW)
    page = cast.client("state_president").get(reverse("verification:verifiers", args=[frame.public_id]))
    assert reverse("verification:ties_of", args=[cast.accounts[ME].public_id]) in page.content.decode()
