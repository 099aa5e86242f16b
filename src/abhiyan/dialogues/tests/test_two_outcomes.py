"""Two outcomes of one call: the later finished stands, a talk always does, and the other is kept and shown."""

import random
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.dialogues import actions
from abhiyan.dialogues.actions import CallNoted, CallReport
from abhiyan.dialogues.models import Dialogue, OutcomeBeside
from abhiyan.org.tests.make import World, actor
from abhiyan.pages.tests.test_field import send
from abhiyan.people.models import Account
from abhiyan.people.tests.make import browser
from abhiyan.programmes.models import Item
from abhiyan.work.models import Task

from .make import TALKED, calls, morning, programme, reachable

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
NO_TALK = ("no_answer", "later", "gone", "wrong_number")


@pytest.fixture
def leader(db: None) -> Account:
    world = World()
    one = reachable(world, "district_in_charge", "N11", 1, "Imtiyaz Mir")
    reachable(world, "booth_president", "N1111", 10, "Sudesh Devi")
    reachable(world, "booth_president", "N1112", 11, "Madan Lal")
    programme(world.unit("N1"))
    morning()
    return one


def note(leader: Account, call: Dialogue, noted: CallReport, *, made_at: datetime, at: datetime) -> Dialogue:
    return actions.note_dialogue(call=call.pk, noted=noted, by=actor(leader), at=at, age=at - made_at)[0]


def standing(call: Dialogue) -> Dialogue:
    with system("test"):
        return Dialogue.objects.get(pk=call.pk)


def beside(call: Dialogue) -> list[tuple[str, datetime]]:
    with system("test"):
        rows = OutcomeBeside.objects.filter(call_id=call.pk).order_by("made_at")
        return [(each.outcome, each.made_at) for each in rows]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("has_talk", [False, True])
def test_in_whatever_order_outcomes_arrive_the_latest_stands_and_no_other_is_lost(
    leader: Account, seed: int, has_talk: bool
) -> None:
    """A talk stands whenever it was. The act refuses what was noted after it, so its sender knows."""
    lot, call = random.Random(seed), calls(leader)[0]
    minutes = lot.sample(range(120), len(NO_TALK) + has_talk)
    outcomes = lot.sample((*NO_TALK, *["talked"] * has_talk), len(minutes))
    given = [(outcome, NOW - n * MINUTE) for outcome, n in zip(outcomes, minutes, strict=True)]
    refused = []
    for k, (outcome, made_at) in enumerate(given):
        noted = TALKED if outcome == "talked" else CallReport(outcome)
        try:
            note(leader, call, noted, made_at=made_at, at=NOW + k * MINUTE)
        except CallNoted:
            refused.append((outcome, made_at))
    given.sort(key=lambda each: (each[0] == "talked", each[1]))
    row = standing(call)
    assert (row.outcome, row.made_at) == given[-1]
    assert sorted([*beside(call), *refused]) == sorted(given[:-1])
    assert all(made_at > given[-1][1] for _outcome, made_at in refused)
    with system("test"):
        assert Item.objects.count() == has_talk
        open_tasks = Task.objects.exclude(state="withdrawn").count()
    assert open_tasks == (row.outcome in ("gone", "wrong_number")), "the task is that of what stands"


def test_an_older_outcome_from_a_phone_is_kept_its_sender_reads_so_and_the_card_shows_both(
    leader: Account,
) -> None:
    client, call = browser(leader), calls(leader)[0]
    assert client.post(f"/dialogues/call/{call.pk}/", {"outcome": "later"}).status_code == 302
    assert "Also noted of this call" not in client.get("/dialogues/").text

    def record(outcome: str, age: int) -> dict[str, object]:
        own = {"key": uuid4(), "by": leader.public_id, "record": "call", "age": age}
        return own | {"page": f"/field/call/{call.pk}/", "form": f"outcome={outcome}"}

    assert (
        send(client, record("wrong", 3600))["note"] == "What you noted later stands. This is kept beside it."
    )
    assert standing(call).outcome == "later"
    with system("test"):
        assert not Task.objects.exists(), "what does not stand asks nobody for anything"
    for page in ("/dialogues/", f"/dialogues/call/{call.pk}/", f"/field/call/{call.pk}/"):
        text = client.get(page).text
        assert "Wrong number" in text[text.index("Also noted of this call") :][:400], page
    assert "note" not in send(client, record("no_answer", 0))
    assert standing(call).outcome == "no_answer" and len(beside(call)) == 2
