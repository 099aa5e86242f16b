"""The desk hands nobody their own request: not by the list, Next, a move or the clock, nor from a merged phone."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.scope import scoped, system
from abhiyan.enrolment.actions import doubles
from abhiyan.enrolment.tests.make import World
from abhiyan.enrolment.tests.web import officer, open_me, web_world
from abhiyan.helpdesk import actions, queries
from abhiyan.helpdesk.models import Ticket
from abhiyan.org.queries import scope_of
from abhiyan.people.models import Account, Double, Person, Phone

from .make import BY, one, typed, write

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world() -> World:
    return web_world()


def holder(world: World, office: str, unit: str, phone: str = "") -> tuple[Client, Account, Actor]:
    """Somebody in an office, with the phone of one of the cast."""
    client = officer(world, office, unit)
    with system("test"):
        account = Account.objects.get(name=f"{office} of {unit}")
        if phone:
            account.phone_id = keyring().phone_id(phone)
            account.save()
    return client, account, Actor(kind="person", id=account.public_id, account_id=account.pk)


def merged(world: World, first: str, second: str) -> None:
    """Two entries on two phones are one person. Entries that are not there are made."""
    with system("test"):
        low, high = sorted((_entry(world, phone) for phone in (first, second)), key=lambda each: each.pk)
        double = Double.objects.create(
            id=uuid4(),
            public_id=uuid4(),
            first_id=low.pk,
            second_id=high.pk,
            unit_id=low.unit_id,
            other_unit_id=high.unit_id,
            score=99,
            reasons=[],
            is_twin=False,
            found_at=world.now,
        )
        doubles.merge(double=double.public_id, by=BY, at=world.now)


def _entry(world: World, phone: str) -> Person:
    ring = keyring()
    phone_id = ring.phone_id(phone)
    found = Person.objects.filter(phone_id=phone_id).first()
    if found is not None:
        return found
    Phone.objects.create(
        pk=phone_id,
        hash=phone_id.bytes * 2,
        sealed=ring.seal(phone.encode(), about=phone_id.bytes),
        last4=phone[-4:],
    )
    return Person.objects.create(
        id=uuid4(),
        public_id=uuid4(),
        phone_id=phone_id,
        unit_id=world.far_booth.pk,
        at=world.now,
        name="Asha",
    )


def desk_of(made: Ticket) -> int:
    with system("test"):
        return Ticket.objects.get(pk=made.pk).desk_id


OTHER = "+919906000099"  # a second phone of the same person


@pytest.mark.parametrize("is_merged", [False, True], ids=["own phone", "merged phone"])
def test_a_desk_neither_sees_nor_gets_what_its_holder_asked(world: World, is_merged: bool) -> None:
    asked_by = OTHER if is_merged else world.asha.phone
    me, account, by = holder(world, "booth_president", "JK-B001", world.asha.phone)
    above, _account, above_by = holder(world, "mandal_president", "JK-SRI-M1")
    if is_merged:
        merged(world, world.asha.phone, OTHER)
    mine = typed(world, "My own card did not come", phone=asked_by)
    other = typed(world, "Where is the meeting?", phone=world.bilal.phone)
    assert (desk_of(mine), desk_of(other)) == (world.mandal.pk, world.booth.pk), "to the office above"
    for page in (
        "/helpline/?state=all",
        "/helpline/?show=mine",
        f"/helpline/?q={mine.number}",
        "/",
        "/units/JK-B001/",
    ):
        assert str(mine.pk) not in me.get(page).content.decode(), page
    refused = me.get(f"/helpline/{mine.pk}/")
    assert refused.status_code == 403 and "This is your own request" in refused.content.decode()
    assert me.post(f"/helpline/{mine.pk}/", {"text": "Done", "is_done": "yes"}).status_code == 403
    assert me.post(f"/helpline/{mine.pk}/phone/").status_code == 403
    for step in ("move", "merge", "reopen"):
        assert me.get(f"/helpline/{mine.pk}/{step}/").status_code == 403
    with pytest.raises(queries.AnswerToOneself):
        actions.answer_ticket(ticket=mine.pk, text="Done", is_done=True, by=by, at=world.now)
    assert (
        actions.answer_many(tickets=[mine.pk], texts={"en": "Done"}, is_done=True, by=by, at=world.now) == 0
    )
    with scoped(scope_of(account.pk, world.now.date())):
        by_policy = set(Ticket.objects.values_list("pk", flat=True))
        assert by_policy == {other.pk} or is_merged, "the policy itself hides the own phone"
    # The one after the last is not their own either.
    done = me.post(f"/helpline/{other.pk}/?show=mine", {"text": "At ten", "is_done": "no"})
    assert str(mine.pk) not in done["Location"]
    assert above.get(f"/helpline/{mine.pk}/").status_code == 200
    actions.answer_ticket(ticket=mine.pk, text="It is printed", is_done=False, by=above_by, at=world.now)


def test_a_colleague_at_the_desk_answers_before_the_office_above(world: World) -> None:
    holder(world, "call_centre_agent", "JK-SRI", world.asha.phone)
    holder(world, "state_president", "JK")
    colleague, _account, _by = holder(world, "district_president", "JK-SRI")
    mine = typed(world, unit_id=world.district.pk)
    assert desk_of(mine) == world.district.pk
    assert colleague.get(f"/helpline/{mine.pk}/").status_code == 200


def test_a_move_and_the_clock_pass_over_who_asked(world: World) -> None:
    holder(world, "district_president", "JK-SRI", world.asha.phone)
    holder(world, "mandal_president", "JK-SRI-M1")
    holder(world, "state_president", "JK")
    mine = typed(world)
    assert desk_of(mine) == world.mandal.pk
    late = world.now + timedelta(days=3)
    with system("test"):
        assert actions.raise_overdue(by=BY, at=late) == 1
    assert desk_of(mine) == world.state.pk, "not to the district president, who asked"
    moved = actions.move_ticket(ticket=mine.pk, unit_id=world.district.pk, kind="card", by=BY, at=world.now)
    assert moved.desk_id == world.state.pk


def test_who_asked_reads_it_on_their_own_page_as_everybody_does(world: World) -> None:
    world.web_join(of=world.asha, unit=world.booth)
    holder(world, "booth_president", "JK-B001", world.asha.phone)
    write(world, "my card did not come at all")
    assert "my card did not come at all" in open_me(world.asha).get("/me/").content.decode()
    assert one().number in open_me(world.asha).get("/me/").content.decode()


def test_a_request_that_only_its_asker_could_answer_waits_for_somebody_else(world: World) -> None:
    me, _account, _by = holder(world, "national_president", "IN", world.asha.phone)
    mine = typed(world)
    assert me.get(f"/helpline/{mine.pk}/").status_code == 403
    with system("test"):
        assert actions.raise_overdue(by=BY, at=world.now + timedelta(days=3)) == 1
    other, _account, _by = holder(world, "mandal_president", "JK-SRI-M1")
    assert other.get(f"/helpline/{mine.pk}/").status_code == 200
