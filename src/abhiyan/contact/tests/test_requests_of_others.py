"""Nobody changes a request that they may not answer, whichever door they come by."""

import inspect
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from random import Random
from string import ascii_lowercase
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from abhiyan.contact import actions
from abhiyan.contact.actions import CallerSaid
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import Refused
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.helpdesk import actions as helpdesk
from abhiyan.helpdesk.actions.lines import State, solved_question_id
from abhiyan.helpdesk.actions.routing import may_answer_ticket
from abhiyan.helpdesk.models import Ticket, TicketLine
from abhiyan.helpdesk.rules.tries import CallResult
from abhiyan.messaging.models import Question
from abhiyan.org.tests.make import World, actor
from abhiyan.people.models import Person
from abhiyan.people.tests.make import browser

from .at_calls import centre_in, seated
from .test_inbound import CHANNEL, PAGE, PHONE, missed

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
BY = Actor.system("test")
UNITS = ("N", "N1", "N11", "N12", "N111", "N121", "N1111", "N1211", "N2", "N2111")
OFFICES = (
    ("national_president", "N"),
    ("state_president", "N1"),
    ("state_president", "N2"),
    ("district_president", "N11"),
    ("district_president", "N12"),
    ("mandal_president", "N111"),
    ("mandal_in_charge", "N121"),
    ("booth_president", "N1111"),
    ("booth_president", "N1211"),
    ("booth_worker", "N1111"),
    ("call_centre_agent", "N11"),
    ("it_administrator", "N12"),
    ("verifier", "N11"),
    ("data_officer", "N"),
)


class Try(NamedTuple):
    """An attempt of an account on a request. centre: the call centre where the account has a seat."""

    row: Ticket
    phone: str
    others: list[Ticket]
    centre: int | None
    place: int
    by: Actor

    def opening(self, way: Ticket.Way) -> helpdesk.Opening:
        return helpdesk.Opening(way, self.phone, ["Close it"], self.place, "hi", self.row.kind, "Asha")


def _call(of: Try) -> None:
    if of.centre:
        told = CallerSaid(of.phone, "Close it", of.row.kind, "hi", of.place)
        actions.take_inbound(body_id=of.centre, caller_said=told, by=of.by, at=NOW + HOUR)


def _merge(of: Try) -> None:
    helpdesk.merge_ticket(ticket=of.row.pk, into=of.others[0].number, by=of.by, at=NOW + HOUR)


def _merge_into(of: Try) -> None:
    for other in of.others:
        with suppress(Refused), transaction.atomic():
            helpdesk.merge_ticket(ticket=other.pk, into=of.row.number, by=of.by, at=NOW + HOUR)


def _ask_many(of: Try) -> None:
    texts = {"hi": "Done"}
    helpdesk.ask_answer_many(
        tickets=[of.row.pk],
        texts=texts,
        is_done=True,
        unit_id=of.place,
        reason="test",
        by=of.by,
        at=NOW + HOUR,
    )


AT = {"at": NOW + HOUR}
DOORS: dict[str, Callable[[Try], Any]] = {
    "type_ticket": lambda of: helpdesk.type_ticket(opening=of.opening(Ticket.Way.CALL), by=of.by, **AT),
    "add_call": _call,
    "add_need": lambda of: helpdesk.add_need(opening=of.opening(Ticket.Way.CALL), by=of.by, **AT),
    "add_web": lambda of: helpdesk.add_web(
        opening=of.opening(Ticket.Way.WEB), network="10.1.0.0", by=of.by, **AT
    ),
    "add_without_phone": lambda of: helpdesk.add_without_phone(
        opening=helpdesk.Opening(Ticket.Way(of.row.way), "", ["No"], of.place, "hi", name=of.phone),
        by=CHANNEL,
        **AT,
    ),
    "answer_ticket": lambda of: helpdesk.answer_ticket(
        ticket=of.row.pk, text="Done", is_done=True, by=of.by, **AT
    ),
    "answer_many": lambda of: helpdesk.answer_many(
        tickets=[of.row.pk], texts={"hi": "Done"}, is_done=True, by=of.by, **AT
    ),
    "ask_answer_many": _ask_many,
    "move_ticket": lambda of: helpdesk.move_ticket(
        ticket=of.row.pk, unit_id=of.place, kind="other", by=of.by, **AT
    ),
    "merge_ticket": _merge,
    "merge_ticket, into it": _merge_into,
    "reopen_ticket": lambda of: helpdesk.reopen_ticket(ticket=of.row.pk, by=of.by, **AT),
    "ask_quiet": lambda of: helpdesk.ask_quiet(ticket=of.row.pk, by=of.by, **AT),
    "note_request_call": lambda of: helpdesk.note_request_call(
        ticket=of.row.pk, result=CallResult.WRONG_NUMBER, by=of.by, **AT
    ),
    "reveal_caller": lambda of: helpdesk.reveal_caller(ticket=of.row.pk, by=of.by, **AT),
}
# Acts that speak for no account: the phone itself, or a loop. And acts about no request.
OTHERS = {
    "add_own": "the phone itself",
    "hear_solved_answer": "the phone itself",
    "keep_quiet": "the phone itself",
    "answer_approved": "uses what ask_answer_many asked, and answers as answer_many does",
    "close_quiet": "a loop",
    "raise_overdue": "a loop",
    "ask_helpline": "the number of the helpline",
    "set_helpline": "the number of the helpline",
    "keep_ready": "ready answers",
    "change_ready": "ready answers",
    "add_kind": "the list of kinds",
    "close_kind": "the list of kinds",
    "rename_kind": "the list of kinds",
}


def test_each_act_of_the_helpline_is_tried_here() -> None:
    acts = {name for name in helpdesk.__all__ if inspect.isfunction(getattr(helpdesk, name))}
    tried = {name.partition(",")[0] for name in DOORS}
    assert acts == tried | set(OTHERS) and not tried & set(OTHERS)


def _everything(ident: UUID) -> object:
    """A request, its lines, and its question as they are."""
    with system("test"):
        row = Ticket.objects.get(pk=ident)
        lines = list(TicketLine.objects.filter(ticket=ident).order_by("pk").values())
        asked = list(Question.objects.filter(pk__in=filter(None, [solved_question_id(row)])).values())
        return Ticket.objects.filter(pk=ident).values().get(), lines, asked


def _request(draw: Random, world: World, phone: str) -> Ticket:
    """A request in a random place, of a random kind, way and state."""
    way = draw.choice([Ticket.Way.CALL, Ticket.Way.SMS, Ticket.Way.WEB])
    opening = helpdesk.Opening(
        way, phone, ["My card"], world.unit(draw.choice(UNITS)), "hi", draw.choice(["card", "technical"])
    )
    if way == Ticket.Way.WEB:
        made = helpdesk.add_web(opening=opening, network="10.9.0.0", by=CHANNEL, at=NOW - HOUR)
    elif way == Ticket.Way.CALL and draw.random() < 0.7:
        made = helpdesk.type_ticket(opening=opening, by=BY, at=NOW - HOUR)
    else:
        with system("test"):
            made = helpdesk.add_own(opening=opening, by=CHANNEL, at=NOW - HOUR)
    if draw.random() < 0.6 and made.state == State.OPEN:
        is_done = draw.random() < 0.8
        text = f"It is on its way, {''.join(draw.choices(ascii_lowercase, k=8))}"  # not the same answer each time
        made = helpdesk.answer_ticket(ticket=made.pk, text=text, is_done=is_done, by=BY, at=NOW)
    return made


@pytest.mark.parametrize("examples", [8, pytest.param(99, marks=pytest.mark.slow)])
def test_whoever_may_not_answer_a_request_changes_none_of_its_rows(world: World, examples: int) -> None:
    held = [(world.holder(office, code), code, None) for office, code in OFFICES]
    sat = []
    for n, code in enumerate(("N11", "N12", "N2")):
        body = centre_in(world.unit(code))
        sat.append((seated(body, world.unit(code), 10 + n), code, body))
    refused = 0
    for example in range(examples):
        draw = Random(example)
        phones = [f"+91941966{example:02d}{n:02d}" for n in range(2)]
        made = [(_request(draw, world, phone), phone) for phone in phones for _n in range(2)]
        rows = {row.pk: (row, phone) for row, phone in made}  # a second message may join the first
        for row, phone in rows.values():
            who, _code, centre = draw.choice([*held, *sat, *sat])
            by = actor(who)
            with system("test"):
                row.refresh_from_db()
                if may_answer_ticket(row, by=by):
                    continue
            others = [other for other, _of in rows.values() if other.pk != row.pk]
            of = Try(row, phone, others, centre, world.unit(draw.choice(UNITS)), by)
            before = _everything(row.pk)
            for name, door in DOORS.items():
                if name == "add_web" and not row.is_proven and row.answered_at is None:
                    continue  # nobody knows who sent either: strangers' forms are one until an office answers
                with suppress(Refused), transaction.atomic():
                    door(of)
                assert _everything(row.pk) == before, f"{name}, example {example}, {row.way} {row.state}"
                refused += 1
    assert refused > examples * len(DOORS)


def _lives(unit_id: int) -> None:
    """Somebody with the phone lives there."""
    with system("test"):
        Person.objects.create(
            id=uuid4(), public_id=uuid4(), phone_id=keyring().phone_id(PHONE), unit_id=unit_id, at=NOW
        )


def test_words_of_a_caller_leave_the_request_of_another_district_and_its_question_alone(
    world: World,
) -> None:
    body = centre_in(world.unit("N12"))
    caller = seated(body, world.unit("N12"), 1)
    ticket = missed(world)
    helpdesk.answer_ticket(ticket=ticket.pk, text="It is on its way", is_done=True, by=BY, at=NOW)
    before = _everything(ticket.pk)
    client = browser(caller)
    page = client.post(PAGE, {"phone": PHONE}).text
    assert ticket.number not in page and "a request at another office" in page, "this phone called today"
    said = {"step": "said", "phone": PHONE, "kind": ticket.kind, "said": "Please close it", "language": "hi"}
    assert client.post(PAGE, said | {"ticket": str(ticket.pk)}).status_code == 302
    assert _everything(ticket.pk) == before
    with system("test"):
        beside = Ticket.objects.exclude(pk=ticket.pk).get()
    assert beside.unit_id == world.unit("N12")
    state, own = (browser(world.holder(*one)) for one in (("state_president", "N1"), OFFICES[4]))
    assert beside.number in state.get(f"/helpline/{ticket.pk}/").text, (
        "who sees both has each beside the other"
    )
    assert ticket.number not in own.get(f"/helpline/{beside.pk}/").text


def test_the_look_up_tells_nothing_of_a_phone_that_did_not_call(world: World) -> None:
    body = centre_in(world.unit("N12"))
    caller = seated(body, world.unit("N12"), 1)
    with system("test"):
        opening = helpdesk.Opening(Ticket.Way.SMS, PHONE, ["My card"], world.unit("N1111"), "hi")
        helpdesk.add_own(opening=opening, by=CHANNEL, at=NOW)

    def look(phone: str) -> str:
        return browser(caller).post(PAGE, {"phone": phone}).text.replace(phone, "").split("<main", 1)[1]

    def plain(page: str) -> list[str]:
        return [line for line in page.splitlines() if "csrf" not in line]

    assert plain(look(PHONE)) == plain(look("+919419555002"))
    missed(world, NOW - timedelta(hours=25))
    assert plain(look(PHONE)) == plain(look("+919419555002")), "it called yesterday"


def test_a_request_goes_to_the_persons_place_only_inside_the_units_of_the_centre(world: World) -> None:
    """The state's centre writes to the desk at home; a centre of another district to its own."""
    _lives(world.unit("N1111"))
    for code, place in (("N1", "N1111"), ("N12", "N12"), ("N2", "N2")):
        body = centre_in(world.unit(code))
        caller = seated(body, world.unit(code), 30 + world.unit(code) % 50)
        told = CallerSaid(PHONE, "No card", "card", "hi", world.unit(code))
        made = actions.take_inbound(body_id=body, caller_said=told, by=actor(caller), at=NOW)
        assert made.unit_id == world.unit(place)


def test_a_strangers_form_neither_opens_an_answered_form_again_nor_ends_its_question(world: World) -> None:
    form = helpdesk.Opening(Ticket.Way.WEB, PHONE, ["No card"], world.unit("N1111"), "hi", "card")
    first = helpdesk.add_web(opening=form, network="10.1.0.0", by=CHANNEL, at=NOW)
    assert helpdesk.add_web(opening=form, network="10.2.0.0", by=CHANNEL, at=NOW).pk == first.pk
    helpdesk.answer_ticket(ticket=first.pk, text="It is on its way", is_done=True, by=BY, at=NOW)
    before = _everything(first.pk)
    assert helpdesk.add_web(opening=form, network="10.3.0.0", by=CHANNEL, at=NOW).pk != first.pk
    assert _everything(first.pk) == before


def test_a_user_name_that_reads_as_a_number_is_not_that_phone(world: World) -> None:
    ticket = missed(world)
    before = _everything(ticket.pk)
    named = helpdesk.Opening(
        Ticket.Way(ticket.way), "", ["STOP"], world.unit("N1111"), "hi", "membership", PHONE
    )
    helpdesk.add_without_phone(opening=named, by=CHANNEL, at=NOW)
    assert _everything(ticket.pk) == before
