"""Steps that rooms above add to the guided creation of a programme."""

from typing import Any

import pytest
from django import forms

from abhiyan.org.tests.make import World
from abhiyan.org.viewer import Request
from abhiyan.people.models import Account
from abhiyan.people.tests.make import body, browser
from abhiyan.programmes import here
from abhiyan.programmes.models import Programme

from .test_make_programme import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def president(world: World) -> Account:
    return world.holder("state_president", "N1", name="Rohini Koul")


class Wish(forms.Form):
    """One field of a step."""

    wish = forms.CharField(max_length=10)


def a_step(kept: list[str]) -> here.DraftStep:
    """A step that keeps its answers in a list; the check shows it by a template of another step."""

    def form(request: Request, _programme: Programme) -> Wish:
        return Wish(request.POST if request.method == "POST" else None)

    def keep(_request: Request, _programme: Programme, given: dict[str, Any]) -> None:
        kept.append(given["wish"])

    return here.DraftStep(
        name="A wish",
        form=form,
        keep=keep,
        checked=lambda _programme: {"targets": [("Wished", 7)]},
        facts="targets/_draft_facts.html",
        notes="targets/_draft_notes.html",
    )


def test_a_step_of_a_room_above_is_asked_after_the_people_and_kept_and_checked(
    world: World, president: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[str] = []
    monkeypatch.setattr(here, "_draft_steps", {"wish": a_step(kept)})
    client, draft = browser(president), make(world, president)
    at = f"/programmes/{draft.public_id}/draft"
    assert f"{at}/wish/" in body(client, f"{at}/who/")
    assert 'name="wish"' in body(client, f"{at}/wish/")
    assert client.post(f"{at}/wish/", {"wish": "far too long a wish"}).status_code == 422
    assert kept == []
    answer = client.post(f"{at}/wish/", {"wish": "rain"})
    assert (answer.status_code, answer["Location"]) == (302, f"{at}/check/")
    assert kept == ["rain"]
    check = body(client, f"{at}/check/")
    assert "Target of Wished" in check and "A wish" in check
    assert client.get(f"{at}/target/").status_code == 404, "no room has this step"


def test_without_a_room_above_a_draft_has_its_own_steps(
    world: World, president: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(here, "_draft_steps", {})
    client, draft = browser(president), make(world, president)
    at = f"/programmes/{draft.public_id}/draft"
    assert f"{at}/check/" in body(client, f"{at}/who/")
    assert "Open the programme" in body(client, f"{at}/check/")
    for step in ("target", "wish", "nothing"):
        assert client.get(f"{at}/{step}/").status_code == 404, step


def test_steps_of_several_rooms_come_in_their_order(
    world: World, president: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = {key: a_step([]) for key in ("second", "third", "fourth")}
    monkeypatch.setattr(here, "_draft_steps", steps)
    client, draft = browser(president), make(world, president)
    at = f"/programmes/{draft.public_id}/draft"
    for key, after in (("second", "third"), ("third", "fourth"), ("fourth", "check")):
        assert client.post(f"{at}/{key}/", {"wish": "rain"})["Location"] == f"{at}/{after}/"
