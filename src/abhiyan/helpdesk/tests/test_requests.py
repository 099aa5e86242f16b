"""A request to the helpline from its first word to the person's own "yes, solved", by text, call and form."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client

from abhiyan.core import declared, limits
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import TooMany
from abhiyan.core.scope import Scope, scoped, system
from abhiyan.enrolment.tests.make import Human, World
from abhiyan.enrolment.tests.web import blanks, officer, open_me, web_world
from abhiyan.helpdesk import actions, helplines, queries
from abhiyan.helpdesk.actions import answering, forgetting
from abhiyan.helpdesk.actions import helplines as helplining
from abhiyan.helpdesk.models import Ticket, TicketLine
from abhiyan.helpdesk.rules import tickets as rules
from abhiyan.messaging import queries as messages
from abhiyan.messaging.models import Message
from abhiyan.messaging.tests.bulk import Kept
from abhiyan.messaging.tests.sending import send_due
from abhiyan.org.models import Release
from abhiyan.org.queries import NotYours
from abhiyan.people.tests.make import browser
from abhiyan.programmes.news import ItemsErased

from .make import BY, answered, lines, one, reached, typed, write

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world() -> World:
    return web_world()


def test_a_text_becomes_a_request_and_the_person_says_yes_solved(world: World) -> None:
    world.web_join(of=world.asha, unit=world.booth)
    desk = officer(world, "booth_president", "JK-B001")
    write(world, "where is my card")
    assert one().n == 1, "at once"
    write(world, "nobody sends my card")
    made = one()
    assert (made.way, made.n, made.state, made.unit_id) == ("sms", 2, "open", world.booth.pk)
    assert blanks(world.asha.phone, "ticket.opened") == [{"number": made.number}]
    assert "1 helpline request at your desk" in desk.get("/today/").content.decode()
    page = desk.get(f"/helpline/{made.pk}/").content.decode()
    assert "The person reads English" in page
    assert "where is my card" in page and "nobody sends my card" in page
    listed = desk.get("/helpline/").content.decode()
    assert "where is my card" in listed and "nobody sends" not in listed, "its first words"
    sent = desk.post(f"/helpline/{made.pk}/", {"text": "Come to the office on Monday", "is_done": "yes"})
    assert sent.status_code == 302
    (told,) = blanks(world.asha.phone, "ask.solved")
    assert told["text"] == "Come to the office on Monday"
    assert one().state == "done"
    write(world, f"YES {told['word']}")
    made = one()
    assert made.state == "solved" and made.solved_at and made.closed_at is None
    assert lines(made.pk) == ["said", "said", "done", "solved"]
    # A later NO opens it again.
    write(world, f"NO {told['word']}")
    assert one().state == "open"
    assert one().solved_at is None


def test_the_link_of_the_question_answers_only_when_pressed(world: World) -> None:
    made = answered(world, typed(world).pk)
    (told,) = blanks(world.asha.phone, "ask.solved")
    link = "/help/" + told["link"].split("/q/")[1] + "/"
    stranger = browser()
    assert "Is your request solved?" in stranger.get(link, HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert one().state == "done"
    assert stranger.post(link, {"answer": "no", "why": "the card is torn"}).status_code == 302
    made = one()
    assert made.state == "open" and made.reopened == 1
    with system("test"):
        assert queries.ticket_lines(made)[-1].text == "the card is torn"
    assert stranger.get("/help/guessed/").status_code == 404
    # Done once more, it asks by another link; the old one says no more.
    world.tick(minutes=5)
    answered(world, made.pk)
    assert stranger.post(link, {"answer": "yes"}).status_code == 302
    assert one().state == "done"


def test_an_answer_by_text_is_answered_as_the_page_answers(world: World) -> None:
    made = answered(world, typed(world, way=Ticket.Way.SMS).pk)
    (told,) = blanks(world.asha.phone, "ask.solved")
    write(world, f"YES {told['word']}")
    assert blanks(world.asha.phone, "ticket.solved") == [{"number": made.number}]
    write(world, f"YES {told['word']}")
    assert len(blanks(world.asha.phone, "ticket.solved")) == 1, "the same word twice"
    world.tick(minutes=1)
    write(world, f"NO {told['word']}")
    assert one().state == "open"
    assert blanks(world.asha.phone, "ticket.again") == [{"number": made.number}]
    # By the link the page says it, and nothing is sent.
    world.tick(minutes=5)
    answered(world, made.pk)
    link = "/help/" + blanks(world.asha.phone, "ask.solved")[-1]["link"].split("/q/")[1] + "/"
    stranger = browser()
    assert stranger.post(link, {"answer": "no"}).status_code == 302
    assert "Your request is open again" in stranger.get(link, HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert len(blanks(world.asha.phone, "ticket.again")) == 1


def test_a_no_that_comes_too_late_opens_nothing_and_says_so(world: World) -> None:
    made = answered(world, typed(world, way=Ticket.Way.SMS).pk)
    (told,) = blanks(world.asha.phone, "ask.solved")
    with system("test"):
        assert actions.close_quiet(by=BY, at=reached(world) + timedelta(days=8)) == 1
    world.tick(days=31)
    write(world, f"NO {told['word']}")
    assert one().state == "closed"
    (late,) = blanks(world.asha.phone, "ticket.late")
    assert late["number"] == made.number and late["link"].endswith("/help/")
    link = "/help/" + told["link"].split("/q/")[1] + "/"
    page = browser().get(link, HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "closed over 30 days ago" in page and "open again" not in page and 'name="answer"' not in page


def test_a_phone_that_wants_no_messages_gets_no_thanks_either(world: World) -> None:
    answered(world, typed(world, way=Ticket.Way.SMS).pk)
    (told,) = blanks(world.asha.phone, "ask.solved")
    write(world, "STOP")
    write(world, f"NO {told['word']}")
    assert one().state == "open", "the request is heard all the same"
    assert blanks(world.asha.phone, "ticket.again") == []


def test_silence_closes_by_the_rule_of_the_kind_and_solves_nothing(world: World) -> None:
    made = answered(world, typed(world).pk)
    reached(world)
    with system("test"):
        assert actions.close_quiet(by=BY, at=world.now + timedelta(days=6)) == 0
        assert actions.close_quiet(by=BY, at=world.now + timedelta(days=7)) == 1
    made = one()
    assert made.state == "closed" and made.closed_at and made.solved_at is None


def test_silence_of_a_phone_our_sms_never_reached_closes_nothing(world: World) -> None:
    desk = officer(world, "booth_president", "JK-B001")
    made = answered(world, typed(world).pk)
    page = desk.get(f"/helpline/{made.pk}/").content.decode()
    assert "SMS: <" in page and "Waiting" in page
    with system("test"):
        Message.objects.filter(template="ask.solved").update(state="dropped", reason="too_late")
        assert actions.close_quiet(by=BY, at=world.now + timedelta(days=7)) == 1
    made = one()
    assert (made.state, made.closed_at, made.reopened) == ("open", None, 1)
    page = desk.get(f"/helpline/{made.pk}/").content.decode()
    assert "Given up" in page and "Too late: given up" in page
    assert "Our SMS did not reach the person" in page


def test_questions_go_out_by_day_alone() -> None:
    late, noon = (datetime(2026, 11, 2, hour, 30, tzinfo=UTC) for hour in (17, 6))  # 23:00 and 12:00 in India
    assert messages.asks_from(late) == datetime(2026, 11, 3, 4, 30, tzinfo=UTC)
    assert messages.asks_from(noon) == noon


def page_of_one(world: World) -> str:
    desk = officer(world, "booth_president", "JK-B001")
    return desk.get(f"/helpline/{typed(world).pk}/").content.decode()


@pytest.mark.at("2026-11-25T22:30+05:30")
def test_the_page_says_at_night_when_its_question_goes_out(world: World) -> None:
    assert "an answer with the question goes out from" in page_of_one(world)


def test_the_page_says_nothing_of_it_by_day(world: World) -> None:
    assert "an answer with the question goes out" not in page_of_one(world)


@pytest.mark.parametrize("each", [10, pytest.param(125, marks=pytest.mark.slow)])
def test_five_hundred_texts_in_a_minute_from_one_number_are_one_request_with_a_count(
    world: World, each: int
) -> None:
    write(world, "text 0")

    def some(first: int) -> None:
        try:
            for n in range(first, first + each):
                write(world, f"text {n}", at=world.now + timedelta(milliseconds=n * 100))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(some, range(1, 4 * each, each)))
    made = one()
    assert made.n == 4 * each + 1
    assert lines(made.pk) == ["said"] * rules.MOST_LINES
    assert len(blanks(world.asha.phone, "ticket.opened")) == 1


@pytest.mark.parametrize("each", [10, pytest.param(100, marks=pytest.mark.slow)])
def test_five_hundred_by_the_form_or_typed_in_a_minute_are_one_request_of_each_way(
    world: World, each: int
) -> None:
    form = actions.Opening(Ticket.Way.WEB, World.asha.phone, ["Help"], world.booth.pk, "en")
    for n in range(5 * each):  # from many networks, as each has a limit of its own
        at = world.now + timedelta(milliseconds=n * 100)
        actions.add_web(opening=form, network=f"10.{n % 250}.0.0", by=BY, at=at)
    for agent in range(5):  # an agent has a limit too
        by = Actor(kind="system", id=uuid4(), reason="test", account_id=agent)
        for n in range(each):
            call = replace(form, way=Ticket.Way.CALL, texts=[f"call {n}"], kind="card")
            actions.type_ticket(opening=call, by=by, at=world.now + timedelta(milliseconds=n * 100))
    with system("test"):
        rows = {row.way: row for row in Ticket.objects.all()}
    assert {way: row.n for way, row in rows.items()} == {"web": 5 * each, "call": 5 * each}
    for row in rows.values():
        assert lines(row.pk).count("said") == rules.MOST_LINES
    assert blanks(World.asha.phone, "ticket.opened") == [{"number": rows["call"].number}]


def test_a_suppressed_phone_gets_no_message_and_its_request_is_still_closed(world: World) -> None:
    write(world, "STOP")
    for text in ("why do you write to me", "tell me why"):
        write(world, text)
    made = one()
    desk = officer(world, "state_president", "JK")
    assert "This phone wants no messages" in desk.get(f"/helpline/{made.pk}/").content.decode()
    answered(world, made.pk, is_done=False)
    world.tick(minutes=1)
    answered(world, made.pk)
    typed(world, "A call about it", kind="place")
    way = Kept()
    send_due(way, at=world.now)
    # The receipt of STOP answers the phone's own word; nothing after it leaves, not even a number of a request.
    assert [letter.template for letter in way.letters] == ["stop.receipt"]
    with system("test"):
        queued = set(Message.objects.exclude(state="sent").values_list("template", flat=True))
        assert not any(each.startswith(("ticket.", "ask.")) for each in queued)
        assert actions.close_quiet(by=BY, at=world.now + timedelta(days=8)) == 1
        assert Ticket.objects.filter(solved_at__isnull=False).count() == 0


def test_a_call_is_typed_routed_moved_and_raised_when_nobody_answers(world: World) -> None:
    officer(world, "district_president", "JK-SRI")
    agent = officer(world, "call_centre_agent", "JK-SRI")
    chief = officer(world, "state_president", "JK")
    given = {
        "phone": world.asha.phone,
        "name": "Asha",
        "language": "hi",
        "kind": "programme",
        "unit": "JK-B001",
        "said": "When is the meeting?",
    }
    assert agent.post("/helpline/new/", given | {"phone": "12"}).status_code == 422
    assert agent.post("/helpline/new/", given | {"unit": "nowhere at all"}).status_code == 422
    assert agent.post("/helpline/new/", given | {"unit": ""}).status_code == 422
    elsewhere = agent.post("/helpline/new/", given | {"unit": "JK-JAM"})
    kept = elsewhere.content.decode()
    assert elsewhere.status_code == 403 and "This place is outside your units" in kept
    assert "When is the meeting?" in kept and world.asha.phone in kept, "nothing typed is lost"
    assert agent.post("/helpline/new/", given).status_code == 302
    made = one()
    assert made.desk_id == world.district.pk  # nobody nearer answers
    assert made.due_at == made.opened_at + timedelta(hours=24)
    late = made.due_at + timedelta(minutes=1)
    assert "helpline request at your desk" not in chief.get("/today/").content.decode()
    with system("test"):
        assert actions.raise_overdue(by=BY, at=made.due_at) == 0
        assert actions.raise_overdue(by=BY, at=late) == 1
        assert actions.raise_overdue(by=BY, at=late) == 0
    assert (one().desk_id, one().raised) == (world.state.pk, 1)
    page = chief.get("/today/").content.decode()
    assert "Late at the desks below" in page and "<b>1 helpline request</b></a>" in page
    assert "helpline request at your desk" not in page, "the desk below is late; the state only hears of it"
    with system("test"):  # the state has no higher office here
        assert actions.raise_overdue(by=BY, at=late + timedelta(hours=25)) == 1
    assert (one().desk_id, one().raised) == (world.state.pk, 1)
    moved = chief.post(f"/helpline/{made.pk}/move/", {"kind": "complaint", "unit": "JK-JAM"})
    assert moved.status_code == 302
    assert one().kind == "complaint" and one().unit_id == world.units["JK-JAM"].pk
    assert agent.get(f"/helpline/{made.pk}/").status_code == 404


def test_the_form_answers_everybody_alike_and_sends_nothing_to_a_number_nobody_proved(world: World) -> None:
    world.web_join(of=world.asha, unit=world.booth)
    write(world, "STOP", of=Human("Ravi", 1980, "+919906000002"))
    pages = []
    for phone in ("9906000001", "9906000002", "9906000003"):
        visitor = browser()
        form = {"kind": "card", "said": "No card", "phone": phone, "pin": ""}
        answer = visitor.post("/help/", form)
        assert (answer.status_code, answer["Location"]) == (302, "/help/sent/")
        pages.append(visitor.get("/help/sent/").content.decode().split("<main", 1)[1])
    assert len(set(pages)) == 1
    with system("test"):
        web = Ticket.objects.filter(is_proven=False, way="web")
        units = {row.last4: row.unit_id for row in web}
    # The page tells nobody so: a member's request goes to the desk of their booth.
    assert units == {"0001": world.booth.pk, "0002": world.units["IN"].pk, "0003": world.units["IN"].pk}
    assert blanks("+919906000001", "ticket.opened") == []
    wrong = browser().post("/help/", {"kind": "card", "said": "", "phone": "12", "pin": "999999"})
    page = wrong.content.decode()
    assert wrong.status_code == 422 and "Write a mobile number" in page and "this PIN code" in page, (
        "all at once"
    )
    for pin in ("999999", "abc"):  # nobody near would see it
        refused = browser().post("/help/", form | {"pin": pin})
        assert refused.status_code == 422 and "We don&#x27;t know this PIN code" in refused.content.decode()
        assert str(form["said"]) in refused.content.decode(), "nothing is lost"
    # The person who has proven the phone gets the number; a stranger's words do not join it, and are not shown to it.
    mine = open_me(world.asha)
    form = {"kind": "card", "said": "It is me", "phone": world.asha.phone}
    assert mine.post("/help/", form).status_code == 302
    with system("test"):
        assert Ticket.objects.filter(phone_id=world.phone_id(world.asha)).count() == 2
    assert len(blanks(world.asha.phone, "ticket.opened")) == 1
    with scoped(Scope(phone=world.phone_id(world.asha))):
        shown = queries.tickets_of_phone(world.phone_id(world.asha))
    assert sorted(len(each.lines) for each in shown) == [0, 1]


def test_the_form_keeps_to_its_limit_by_network(world: World) -> None:
    given = actions.Opening(Ticket.Way.WEB, World.asha.phone, ["Help"], world.booth.pk, "en")
    limits.count_or_refuse(
        declared.HELP_NETWORK, "10.1.0.0", at=world.now, n=declared.HELP_NETWORK.allowed - 1
    )
    actions.add_web(opening=given, network="10.1.0.0", by=BY, at=world.now)
    with pytest.raises(TooMany):
        actions.add_web(opening=given, network="10.1.0.0", by=BY, at=world.now)
    actions.add_web(opening=given, network="10.2.0.0", by=BY, at=world.now)
    assert one().n == 2
    with scoped(Scope(phone=keyring().phone_id(World.asha.phone))):
        own = Actor(kind="citizen", id=uuid4())
        actions.add_web(opening=given, network="10.1.0.0", by=own, at=world.now)  # the phone is proven


def test_requests_of_one_phone_are_merged_and_taken_apart_again(world: World) -> None:
    first, second = typed(world), typed(world, "And my booth is wrong", kind="place")
    other = typed(world, "Another person", phone="+919906000009")
    with pytest.raises(answering.OtherPhone):
        actions.merge_ticket(ticket=second.pk, into=other.number, by=BY, at=world.now)
    with pytest.raises(answering.NoSuchRequest):
        actions.merge_ticket(ticket=second.pk, into=second.number, by=BY, at=world.now)
    desk = officer(world, "booth_president", "JK-B001")
    page = desk.get(f"/helpline/{second.pk}/merge/").content.decode()
    assert f'value="{first.number}"' in page and "My card did not come" in page and other.number not in page
    assert "No other request of this phone" in desk.get(f"/helpline/{other.pk}/merge/").content.decode()
    merged = desk.post(f"/helpline/{second.pk}/merge/", {"into": first.number})
    assert merged.status_code == 302
    with system("test"):
        assert Ticket.objects.get(pk=first.pk).n == 2
        assert Ticket.objects.get(pk=second.pk).state == "merged"
    assert "And my booth is wrong" in desk.get(f"/helpline/{first.pk}/").content.decode(), "both are read"
    actions.reopen_ticket(ticket=second.pk, by=BY, at=world.now)
    with system("test"):
        assert Ticket.objects.get(pk=first.pk).n == 1
    assert "And my booth is wrong" not in desk.get(f"/helpline/{first.pk}/").content.decode()
    with pytest.raises(answering.StillOpen):
        actions.reopen_ticket(ticket=second.pk, by=BY, at=world.now)


def test_the_helpline_sends_no_words_of_an_office_to_a_phone_that_never_contacted_us(world: World) -> None:
    """Typed by an agent or written by a stranger into the form: either way anybody's text would go to any phone."""
    desk = officer(world, "booth_president", "JK-B001")
    call = {"name": "", "language": "en", "kind": "other", "unit": "JK-B001", "said": "Call me"}
    said = "Vote for our candidate on Sunday!"
    phones = [f"+91981237700{n}" for n in range(4)]
    for phone in phones[:2]:
        assert desk.post("/helpline/new/", call | {"phone": phone}).status_code == 302
    for phone in phones[2:]:
        form = {"kind": "other", "said": "Call me", "phone": phone, "pin": ""}
        assert browser().post("/help/", form).status_code == 302
    with system("test"):
        Ticket.objects.update(unit_id=world.booth.pk)
        made = {ticket.last4: ticket.pk for ticket in Ticket.objects.all()}
    for n, phone in enumerate(phones):
        page = f"/helpline/{made[phone[-4:]]}/"
        if n != 0:  # its answer is not its end
            assert desk.post(page, {"text": said, "is_done": "no"}).status_code == 302
        assert "never called or written to us" in desk.get(page).content.decode()
        assert desk.post(page, {"text": said, "is_done": "yes"}).status_code == 302
        assert blanks(phone, "ticket.reply") == []
        (told,) = blanks(phone, "ask.solved")
        assert told["text"] == "Our office has dealt with your request."
    # A phone that wrote itself hears them.
    for text in ("nobody called me", "why does nobody call me"):
        write(world, text, of=Human("Ravi", 1980, phones[0]))
    again = typed(world, phone=phones[0], kind="place")
    assert desk.post(f"/helpline/{again.pk}/", {"text": said, "is_done": "no"}).status_code == 302
    assert [one["text"] for one in blanks(phones[0], "ticket.reply")] == [said]


def test_a_typed_call_joins_no_request_of_another_place(world: World) -> None:
    elsewhere = typed(world, unit_id=world.units["JK-JAM-M1"].pk)
    answered(world, elsewhere.pk)
    client = officer(world, "call_centre_agent", "JK-SRI")
    call = {"phone": World.asha.phone, "said": "No card", "unit": "JK-B001", "language": "en", "kind": "card"}

    def type_() -> str:
        """The page of the request that the agent is led to."""
        answer = client.post("/helpline/new/", call)
        assert answer.status_code == 302
        return str(answer["Location"])

    own = type_()
    assert str(elsewhere.pk) not in own, "the agent could not even open it"
    assert client.get(own).status_code == 200
    with system("test"):
        before = Ticket.objects.get(pk=elsewhere.pk)
    assert (before.state, before.n) == (Ticket.State.DONE, 1), (
        "its question still counts, its words are the person's"
    )
    assert type_() == own, "a second call joins the agent's own"


def test_only_offices_of_the_place_read_and_answer(world: World) -> None:
    made = typed(world)
    elsewhere = officer(world, "district_president", "JK-JAM")
    own = officer(world, "mandal_president", "JK-SRI-M1")
    page = f"/helpline/{made.pk}/"
    assert elsewhere.get(page).status_code == 404
    assert made.number not in elsewhere.get("/helpline/?unit=JK&state=all").content.decode()
    assert own.get(page).status_code == 200
    assert made.number in own.get(f"/helpline/?q={made.number}").content.decode()
    assert made.number in own.get("/helpline/?q=0001").content.decode()
    assert made.number not in own.get("/helpline/?q=0002").content.decode()
    file = b"".join(own.get("/helpline/?format=csv").streaming_content).decode()  # type: ignore[attr-defined]  # a file
    assert made.number in file and "My card" in file and "did not come" not in file
    assert officer(world, "booth_worker", "JK-B001").get("/helpline/").status_code == 403
    worker = Actor(kind="citizen", id=uuid4())
    with pytest.raises(NotYours):
        actions.answer_ticket(ticket=made.pk, text="x", is_done=True, by=worker, at=world.now)
    shown = own.post(f"{page}phone/").content.decode()
    assert f"tel:{World.asha.phone}" in shown
    assert world.rows("select count(*) from core_audit where act = 'people.reveal_phone'") == [(1,)]


def test_an_agent_calls_the_person_of_the_request_and_nobody_elsewhere_does(world: World) -> None:
    made = typed(world)
    page = f"/helpline/{made.pk}/"
    agent = officer(world, "call_centre_agent", "JK-SRI")
    assert "Show the number" in agent.get(page).content.decode()
    assert f'href="tel:{World.asha.phone}"' in agent.post(f"{page}phone/").content.decode()
    assert officer(world, "call_centre_agent", "JK-JAM").post(f"{page}phone/").status_code == 404
    assert world.rows("select count(*) from core_audit where act = 'people.reveal_phone'") == [(1,)]


def test_erasing_empties_what_a_phone_asked(world: World) -> None:
    made = answered(world, typed(world, "My secret wish").pk)
    with system("test"):
        forgetting.empty_phone_tickets(erasure=ItemsErased((), made.phone_id, world.now))
    made = one()
    assert (made.state, made.sealed, made.last4, made.question) == ("closed", None, "", None)
    with system("test"):
        assert all(each.text == "" for each in queries.ticket_lines(made))
    desk = officer(world, "state_president", "JK")
    assert "My secret wish" not in desk.get(f"/helpline/{made.pk}/").content.decode()
    actions.reopen_ticket(ticket=made.pk, by=BY, at=world.now)
    answered(world, made.pk)  # writes to nobody
    assert len(blanks(World.asha.phone, "ask.solved")) == 1


def test_a_year_after_the_last_word_the_words_go(world: World) -> None:
    made = answered(world, typed(world).pk)
    reached(world)
    with system("test"):
        actions.close_quiet(by=BY, at=world.now + timedelta(days=7))
        assert forgetting.forget_old(at=world.now + timedelta(days=371)) == 0
        assert forgetting.forget_old(at=world.now + timedelta(days=373)) == 1
        assert Ticket.objects.get(pk=made.pk).sealed is None


def test_answers_to_one_phone_and_of_one_office_have_a_limit(world: World) -> None:
    made = typed(world)
    for _n in range(declared.HELP_TO_PHONE.allowed):
        answered(world, made.pk, is_done=False)
        world.tick(minutes=1)
    with pytest.raises(TooMany):
        answered(world, made.pk, is_done=False)


def test_an_answer_has_words_and_no_hidden_signs(world: World) -> None:
    made = typed(world, way=Ticket.Way.SMS)
    for text in ("", " \u202e ", "x" * 301):
        with pytest.raises(answering.NoAnswer):
            actions.answer_ticket(ticket=made.pk, text=text, is_done=True, by=BY, at=world.now)
    actions.answer_ticket(ticket=made.pk, text="a\u202eb\u200bc", is_done=False, by=BY, at=world.now)
    assert blanks(World.asha.phone, "ticket.reply")[0]["text"] == "abc"
    answered(world, made.pk)
    with pytest.raises(answering.TicketNotOpen):
        answered(world, made.pk)


def test_times_blame_the_office_a_request_first_came_to_and_count_what_it_handed_up(world: World) -> None:
    officer(world, "mandal_president", "JK-SRI-M1")
    officer(world, "district_president", "JK-SRI")
    begun = world.now
    made = [typed(world, phone=f"+9199060010{n:02}") for n in range(12)]
    late = made[0].due_at + timedelta(minutes=1)
    with system("test"):
        assert actions.raise_overdue(by=BY, at=late) == 12
    for n, each in enumerate(made):
        world.now = begun + timedelta(hours=60 + n)
        row = answered(world, each.pk)  # the district
        assert row.desk_id == world.district.pk and row.came_id == world.mandal.pk
        if n % 2:  # half say yes, half say nothing and are closed by the rule
            told = blanks(each_phone(n), "ask.solved")[-1]
            write(world, f"YES {told['word']}", Human("", 1970, each_phone(n)))
    reached(world)
    with system("test"):
        assert actions.close_quiet(by=BY, at=world.now + timedelta(days=8)) == 6
        found = {row.kind: row for row in queries.answer_times((0, 1 << 60), days=30, at=world.now)}
    assert set(found) == {"mandal"}, "the district was not late"
    level = found["mandal"]
    assert (level.opened, level.raised, level.done) == (12, 12, 12)
    assert (level.counted, level.confirmed) == (12, 6), "closed ones have ended too, and are not solved"
    assert level.first_median_h is not None and 60 <= level.first_median_h <= 71
    assert level.end_median_h is not None and level.end_median_h > level.first_median_h
    page = officer(world, "state_president", "JK").get("/helpline/times/").content.decode()
    assert "Handed up, late" in page


def each_phone(n: int) -> str:
    return f"+9199060010{n:02}"


def test_a_request_for_one_office_goes_to_it_and_is_seen_by_nobody_else_there(world: World) -> None:
    technician = officer(world, "it_administrator", "JK")
    chief, president = officer(world, "state_president", "JK"), officer(world, "district_president", "JK-SRI")
    made = typed(world, "The code does not arrive", kind="technical")
    assert (made.desk_id, made.offices) == (world.state.pk, ["it_administrator"])
    other = typed(world, "My card", phone="+919906000009")
    assert (other.desk_id, other.offices) == (world.district.pk, [])
    listed = technician.get("/helpline/?show=mine").content.decode()
    assert "The code does not arrive" in listed and other.number not in listed
    assert "1 helpline request at your desk" in technician.get("/today/").content.decode()
    assert technician.get(f"/helpline/{other.pk}/").status_code == 404
    assert technician.post(f"/helpline/{other.pk}/", {"text": "x", "is_done": "yes"}).status_code == 404
    assert made.number not in chief.get("/helpline/?show=mine").content.decode()
    assert president.get(f"/helpline/{made.pk}/").status_code == 200, "who leads there reads it too"
    assert "IT administrator" in president.get(f"/helpline/{made.pk}/").content.decode()
    sent = technician.post(f"/helpline/{made.pk}/", {"text": "It comes by now", "is_done": "no"})
    assert sent.status_code == 302
    # Nobody further up holds that office: a late request goes to the office that answers where it is.
    with system("test"):
        late = Ticket.objects.get(pk=made.pk).due_at + timedelta(minutes=1)
        actions.raise_overdue(by=BY, at=late)
        raised = Ticket.objects.get(pk=made.pk)
        assert (raised.desk_id, raised.offices, raised.raised) == (world.state.pk, [], 1)
    assert technician.get(f"/helpline/{made.pk}/").status_code == 404
    assert made.number in chief.get("/helpline/?show=mine").content.decode()


def test_without_the_office_a_kind_names_whoever_answers_gets_it(world: World) -> None:
    officer(world, "mandal_president", "JK-SRI-M1")
    made = typed(world, "The page is white", kind="technical")
    assert (made.desk_id, made.offices) == (world.mandal.pk, [])


def test_times_by_level_are_shown_from_ten_requests_on(world: World) -> None:
    officer(world, "mandal_president", "JK-SRI-M1")
    begun = world.now
    made = [typed(world, phone=f"+9199060010{n:02}") for n in range(10)]
    for n, each in enumerate(made, 1):
        world.now = begun + timedelta(hours=n)
        answered(world, each.pk)
    with system("test"):
        (level,) = queries.answer_times((0, 1 << 60), days=30, at=world.now)
    assert (level.kind, level.opened, level.done, level.counted) == ("mandal", 10, 10, 0)
    assert level.first_median_h is not None and round(level.first_median_h, 1) == 5.5
    assert level.first_most_h is not None and round(level.first_most_h, 1) == 9.1
    assert level.end_median_h is None
    page = officer(world, "state_president", "JK").get("/helpline/times/").content.decode()
    assert "6 hours" in page and "9 hours" in page and "Only requests that you may read" not in page
    above = officer(world, "district_president", "JK-SRI").get("/helpline/times/?unit=JK").content.decode()
    assert "Only requests that you may read are counted here" in above


def test_the_number_of_a_drive_stands_on_its_public_pages(world: World) -> None:
    chief = officer(world, "state_president", "JK")
    page = f"/helpline/number/{world.programme.public_id}/"
    given = {"number": "1800 103 0000", "reason": "For the posters"}
    assert chief.post(page, given | {"number": "call me"}).status_code == 422
    assert chief.post(page, given).status_code == 302
    assert officer(world, "district_president", "JK-SRI").post(page, given).status_code == 403
    approve_number(officer(world, "data_officer", "JK"))
    visitor = browser()
    for public in ("/join/", "/join/winter/", f"/help/?about={world.programme.public_id}", "/me/"):
        assert "tel:18001030000" in visitor.get(public).content.decode(), public
    assert "tel:18001030000" in chief.get("/helpline/").content.decode(), "and on the desk's own"


def test_the_number_of_a_district_is_on_its_own_pages_only(world: World) -> None:
    wide, own = (
        helplines.HelplineShown(n, str(n), {"en": name}, number, is_wide)
        for n, (name, number, is_wide) in enumerate((("State", "18001", True), ("District", "18002", False)))
    )
    assert helplines.wide_helplines([wide, own]) == [wide]
    chief = officer(world, "state_president", "JK")
    page = f"/helpline/number/{world.programme.public_id}/"
    costly = {"number": "1900 555 777", "reason": "For the posters"}
    assert chief.post(page, costly).status_code == 422, "its calls cost extra"


def approve_number(by: Client) -> str:
    """A second person approves the last number asked for. The page they decide on."""
    with system("test"):
        asked = Release.objects.filter(act=helplining.ACT).latest("pk")
    decide = f"/releases/{asked.public_id}/decide/"
    shown = by.get(decide, {"allow": "yes"}).content.decode()
    assert by.post(decide, {"allow": "yes"}).status_code == 302
    return shown


def test_one_person_neither_changes_nor_takes_off_the_number_of_a_helpline(world: World) -> None:
    chief, second = officer(world, "state_president", "JK"), officer(world, "data_officer", "JK")
    page, why = f"/helpline/number/{world.programme.public_id}/", {"reason": "For the posters"}

    def shown() -> str:
        helplines.forget_helplines()  # as another process reads it
        return browser().get("/sign-in/").content.decode()

    assert chief.post(page, {"number": "1800103000"}).status_code == 422, "without a reason"
    answer = chief.post(page, why | {"number": "1800103000"}, follow=True)
    assert "Change the number of a helpline" in answer.content.decode(), "who can approve it"
    assert "tel:1800103000" not in shown()
    with system("test"):
        asked = Release.objects.get(act=helplining.ACT)
    own = chief.post(f"/releases/{asked.public_id}/decide/", {"allow": "yes"})
    assert own.status_code == 403 and "tel:1800103000" not in shown(), "one person is not two"
    decided = approve_number(second)
    assert "show 1800103000 as the helpline" in decided and "check that it is ours" in decided
    assert "tel:1800103000" in shown()
    assert chief.post(page, why | {"number": "1800103000"}).status_code == 422, "it is set already"
    assert chief.post(page, why | {"number": "18005"}).status_code == 302
    assert "tel:1800103000" in shown() and "tel:18005" not in shown()
    assert chief.post(page, why | {"number": ""}).status_code == 302
    assert "tel:1800103000" in shown(), "nor is it taken off alone"
    assert "Its number now: 1800103000" in approve_number(second)
    assert "tel:" not in shown()
    told = world.rows("select subject from core_audit where act = 'helpdesk.set_helpline' order by id")
    assert told == [("1800103000",), ("",)]


def test_numbers_are_read_as_people_write_them() -> None:
    ident = UUID(int=0x123456789A << 88)
    number = rules.request_number(ident)
    assert rules.read_ticket_number(number.lower().replace("-", " ")) == number
    assert rules.read_ticket_number("H-12") == rules.read_ticket_number("नंबर") == ""


def test_only_the_master_key_opens_the_words(world: World) -> None:
    made = typed(world, "My secret wish")
    with system("test"):
        sealed = bytes(TicketLine.objects.values_list("sealed", flat=True).get() or b"")
    assert b"secret" not in sealed
    assert keyring().unseal(sealed, about=made.pk.bytes) == b"My secret wish"
