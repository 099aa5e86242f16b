"""A consent form signed at a door or a desk counts its person. The next day asks them, and a no ends the count."""

from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import translation

from abhiyan.contact import actions, office
from abhiyan.contact.actions import Told
from abhiyan.contact.actions.lists import ContactList
from abhiyan.contact.rules.kinds import LISTED
from abhiyan.core import news
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.models import Message, Question
from abhiyan.messaging.rules import questions
from abhiyan.org.tests.make import SYSTEM, World, actor
from abhiyan.people import actions as people
from abhiyan.people.actions.suppressions import keep_spoken_no, take_back_no
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.actions import recount_facts
from abhiyan.programmes.models import Item, Programme
from abhiyan.programmes.news import ItemsErased
from abhiyan.programmes.queries import unit_ladder
from abhiyan.programmes.rules.ladder import Ladder
from abhiyan.units.models import Unit

from .at_doors import POINT
from .make import DAY, TODAY, bring, contact_run, entries, filled, new_list, step

pytestmark = pytest.mark.django_db
SIGNED: dict[str, Any] = {"signed": "door", "signed_on": TODAY - DAY, "signed_with": "Workers of N111"}
ROWS = (
    "Unit code,Name,Phone,House\n"
    "N1111,Asha Devi,9419000001,12\n"
    "N1111,Asha Devi,9419000001,12\n"  # the same phone again
    "N1111,Ramesh Kumar,9419000002,14\n"
    "N1112,Sita Devi,9419000003,15\n"
    "N1112,Without Phone,,16\n"
    "N1112,,,Blue gate\n"  # a door
)


@pytest.fixture
def world(db: None) -> World:
    made = World()
    with system("test"):
        messaging.publish_templates(at=NOW, by=SYSTEM)
    return made


@pytest.fixture
def run(world: World) -> Programme:
    return contact_run(world.unit("N1"))


def made(world: World, run: Programme, **other: Any) -> tuple[ContactList, Actor, Actor]:
    maker, officer = actor(world.holder("district_president", "N11")), actor(world.officer("N1"))
    new = new_list(**(SIGNED | {"scheme": ""} | other))
    one = actions.make_list(programme=run, unit_id=world.unit("N11"), new=new, by=maker, at=NOW)
    return one, maker, officer


def growth(world: World, run: Programme, code: str = "N11") -> Ladder:
    """The rungs of "People on lists" in a unit; the ledger equals a recount."""
    with system("test"):
        programmes.fold_changes(at=NOW)
        assert recount_facts(at=NOW).differences == []
        return unit_ladder(programme=run, node=world.unit(code), hierarchy=1, measure=LISTED, at=NOW)


def say(number: str, *, yes: bool) -> None:
    """Somebody answers our question about the form."""
    phone_id = keyring().phone_id(number)
    with system("test"):
        question = Question.objects.get(phone_id=phone_id)
        word = questions.word(keyring().token, question.pk, 1)
        messaging.answer_question(
            phone_id=phone_id, yes=yes, code=word, channel="sms", ref="1", by=Actor.public(), at=NOW + DAY
        )


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"signed": "market"}, "signed"),
        ({"basis": "given"}, "basis"),
        ({"signed_on": None}, "signed_on"),
        ({"signed_on": TODAY + DAY}, "signed_on"),
        ({"signed_with": "  "}, "signed_with"),
        ({"signed_with": "Ramesh, who votes for us"}, "signed_with"),
    ],
)
def test_a_list_says_where_until_when_and_by_whom_its_forms_were_signed(
    world: World, run: Programme, other: dict[str, Any], field: str
) -> None:
    with pytest.raises(actions.SignedUnfit) as refused:
        made(world, run, **other)
    assert refused.value.field == field and str(refused.value)


def test_who_signed_counts_with_the_import_and_the_next_days_yes_confirms(
    world: World, run: Programme, tmp_path: Path
) -> None:
    with system("test"):
        silent = people.keep_phone(number="+919419000003")
        people.suppress(phone_id=silent, channel=1, by=SYSTEM, at=NOW)
    one, maker, officer = made(world, run)
    filled(tmp_path, ROWS, one, maker, officer)
    assert growth(world, run) == Ladder(reported=3, counted=3), "neither doubles, a no, nor doors"
    with system("test"):
        assert actions.ask_signed(at=NOW) == 0, "not on the same day"
        assert actions.ask_signed(at=NOW + DAY) == 2, "nobody without a phone"
        assert actions.ask_signed(at=NOW + DAY) == 0
        assert Message.objects.filter(template="ask.signed").count() == 2
    say("+919419000001", yes=True)
    say("+919419000002", yes=False)
    assert growth(world, run) == Ladder(reported=3, counted=2, confirmed=1)
    asha, ramesh, *_others = entries(one)
    assert asha.state == "ready" and (ramesh.state, ramesh.why_out) == ("out", "unwilling")


def test_a_list_without_signed_forms_stays_reported(world: World, run: Programme, tmp_path: Path) -> None:
    one, maker, officer = made(world, run, signed="", signed_on=None, signed_with="")
    filled(tmp_path, ROWS, one, maker, officer)
    assert growth(world, run) == Ladder(reported=4)
    with system("test"):
        assert actions.ask_signed(at=NOW + DAY) == 0


def test_a_no_takes_the_signature_from_the_count_and_a_slip_gives_it_back(
    world: World, run: Programme, tmp_path: Path
) -> None:
    one, maker, officer = made(world, run)
    filled(tmp_path, ROWS, one, maker, officer)
    hers = keyring().phone_id("+919419000001")
    with transaction.atomic():
        keep_spoken_no(phone_id=hers, by=maker, at=NOW)
    assert growth(world, run) == Ladder(reported=4, counted=3)
    with system("test"):
        assert actions.ask_signed(at=NOW + DAY) == 2, "who said no is not asked"
    with transaction.atomic():
        assert take_back_no(phone_id=hers, said_at=NOW, by=maker, at=NOW)
    assert growth(world, run) == Ladder(reported=4, counted=4)


def test_an_erasure_leaves_the_count_and_nobody_to_ask(world: World, run: Programme, tmp_path: Path) -> None:
    one, maker, officer = made(world, run)
    filled(tmp_path, ROWS, one, maker, officer)
    hers = keyring().phone_id("+919419000001")
    with system("test"):
        news.tell(ItemsErased((), hers, NOW))
        assert not Item.objects.filter(phone_id=hers).exists()
    assert growth(world, run) == Ladder(reported=4, counted=4)
    assert entries(one)[0].phone_id is None
    with system("test"):
        assert actions.ask_signed(at=NOW + DAY) == 2


def test_the_import_is_taken_back_until_somebody_was_asked(
    world: World, run: Programme, tmp_path: Path
) -> None:
    one, maker, officer = made(world, run)
    public_id = filled(tmp_path, ROWS, one, maker, officer)
    assert step(public_id, "undo", maker).state == "undone"
    assert growth(world, run) == Ladder() and entries(one) == []
    again = filled(tmp_path, ROWS, one, maker, officer)
    assert growth(world, run) == Ladder(reported=4, counted=4), "once, not twice"
    with system("test"):
        actions.ask_signed(at=NOW + DAY)
    assert step(again, "undo", maker).error == "list_worked"


def test_a_talk_at_the_door_counts_nobody_twice_and_its_end_leaves_the_signature(
    world: World, run: Programme, tmp_path: Path
) -> None:
    one, maker, officer = made(world, run)
    filled(tmp_path, ROWS, one, maker, officer)
    worker = actor(world.holder("booth_worker", "N1111"))
    with system("test"):
        Unit.objects.filter(pk=world.unit("N1111")).update(lat=POINT[0], lon=POINT[1])
    taken, _held = actions.take_doors(programme=run, unit_id=world.unit("N1111"), by=worker, at=NOW)
    asha = next(each for each in taken if each.door == "12")
    told = Told("talked", "+919419000001", point=POINT)
    talk = actions.note_door(entry=asha.public_id, told=told, by=worker, at=NOW)
    assert growth(world, run) == Ladder(reported=4, counted=4)
    actions.undo_contact(contact=talk.pk, by=worker, at=NOW)
    assert growth(world, run) == Ladder(reported=4, counted=4)


def test_who_approves_reads_where_and_by_whom_it_was_signed(
    world: World, run: Programme, tmp_path: Path
) -> None:
    one, maker, _officer = made(world, run, signed="desk")
    bring(tmp_path / "list.csv", ROWS, one, maker)
    asked = actions.ask_list(public_id=one.public_id, by=maker, at=NOW)
    with translation.override("en"):
        said = office.list_sentences(asked)
    assert "Consent forms signed at a desk until 24 November 2026. Taken by: Workers of N111." in said
    assert "Each person counts with the import. Read the forms in the document first." in said
