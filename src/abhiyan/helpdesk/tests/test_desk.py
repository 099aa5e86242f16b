"""The desk: requests by their words and how late they are, the next one, ready answers, one answer for several."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from abhiyan.core import declared
from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.tests.make import World
from abhiyan.enrolment.tests.web import blanks, officer, web_world
from abhiyan.helpdesk import actions, queries
from abhiyan.helpdesk.actions import answering, many
from abhiyan.helpdesk.models import Ticket
from abhiyan.org.actions.releases import NotReleased
from abhiyan.org.models import Release
from abhiyan.people.models import Account
from abhiyan.units.words import write_words

from .make import BY, answered, lines, one, typed, write

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world() -> World:
    return web_world()


def test_the_list_says_how_late_how_many_and_is_narrowed_by_drive_and_way(world: World) -> None:
    desk = officer(world, "state_president", "JK")
    typed(world, "Old one")
    with system("test"):
        Ticket.objects.update(due_at=world.now - timedelta(days=2, hours=1), programme_id=world.programme.pk)
    typed(world, "New one", phone="+919906000009")
    page = desk.get("/helpline/").content.decode()
    assert "2 wait" in page and "1 overdue" in page and "2 days late" in page
    assert "New one" not in desk.get(f"/helpline/?programme={world.programme.public_id}").content.decode()
    assert "Old one" in desk.get(f"/helpline/?programme={world.programme.public_id}").content.decode()
    assert "Old one" not in desk.get("/helpline/?way=web").content.decode()
    read = "select n from core_audit where act = 'helpdesk.read_tickets' order by id"
    assert world.rows(read)[0] == (2,)


def test_after_an_answer_comes_the_next_of_the_same_list(world: World) -> None:
    desk = officer(world, "mandal_president", "JK-SRI-M1")
    first, second = typed(world), typed(world, "Two", phone="+919906000009")
    with system("test"):
        Ticket.objects.filter(pk=first.pk).update(due_at=world.now - timedelta(hours=3))
    given = {"text": "It is on its way", "is_done": "yes"}
    assert "Next request" in desk.get(f"/helpline/{first.pk}/?show=mine").content.decode()
    answer = desk.post(f"/helpline/{first.pk}/?show=mine", given)
    assert answer["Location"] == f"/helpline/{second.pk}/?show=mine"
    page = desk.get(answer["Location"]).content.decode()
    assert f"{first.number} is answered" in page and "Next request" not in page
    answer = desk.post(f"/helpline/{second.pk}/?show=mine", given)
    assert answer["Location"] == "/helpline/?show=mine"
    assert "Nothing else waits in this list" in desk.get(answer["Location"]).content.decode()


def test_who_writes_while_another_answers_is_told_before_a_second_answer_goes_out(world: World) -> None:
    desk = officer(world, "mandal_president", "JK-SRI-M1")
    made = typed(world)
    page = f"/helpline/{made.pk}/"

    def seen() -> str:
        return desk.get(page).content.decode().split('name="seen" value="')[1].split('"')[0]

    before = seen()
    world.tick(minutes=1)
    answered(world, made.pk, is_done=False)
    given = {"text": "Come on Monday", "is_done": "no"}
    answer = desk.post(page, given | {"seen": before})
    assert answer.status_code == 409
    shown = answer.content.decode()
    assert "Somebody dealt with this request" in shown and "Come on Monday" in shown and before not in shown
    assert lines(made.pk).count("replied") == 1
    assert desk.post(page, given | {"seen": seen()}).status_code == 302
    assert lines(made.pk).count("replied") == 2


def test_a_ready_answer_of_the_persons_language_is_inserted_and_nothing_typed_is_lost(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ABHIYAN_SMS_REPLIES", "1")
    chief, desk = (
        officer(world, "district_president", "JK-SRI"),
        officer(world, "mandal_president", "JK-SRI-M1"),
    )
    given = {"kind": "card", "language": "en", "text": "Cards are printed on Mondays."}
    new = "/helpline/answers/new/?unit=JK-SRI"
    assert chief.post(new, given).status_code == 302
    assert chief.post("/helpline/answers/new/?unit=JK", given).status_code == 403
    assert desk.post(new, given).status_code == 403
    assert (
        chief.post(
            "/helpline/answers/new/?unit=JK-SRI", given | {"language": "hi", "text": "सोमवार को"}
        ).status_code
        == 302
    )
    made = typed(world)
    page = desk.get(f"/helpline/{made.pk}/").content.decode()
    assert "Cards are printed on Mondays." in page and "सोमवार को" not in page
    with system("test"):
        ready = queries.ready_for(made)
    sent = {"text": "Good day.", "ready": str(ready[0].pk), "insert": "yes", "is_done": "no"}
    answer = desk.post(f"/helpline/{made.pk}/", sent)
    assert answer.status_code == 200 and one().answered_at is None
    assert "Good day.\nCards are printed on Mondays." in answer.content.decode()
    assert re.search(r'id="parts"[^>]*>2 SMS<', answer.content.decode()), "with the question and its link"
    counted = desk.post(f"/helpline/{made.pk}/", {"text": "नमस्ते " * 30, "count": "1"}).content.decode()
    assert counted == "6 SMS"
    change = f"/helpline/answers/{ready[0].pk}/"
    assert chief.post(change, given | {"text": "Cards are printed daily."}).status_code == 302
    assert "Cards are printed" not in desk.get(f"/helpline/{made.pk}/").content.decode(), "out of use"
    assert desk.post(change, given).status_code == 403
    other = typed(world, kind="place", text="booth")
    with system("test"):
        assert queries.ready_for(other) == []


def test_several_alike_get_one_answer_each_in_their_language(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ABHIYAN_SMS_REPLIES", "1")
    desk = officer(world, "state_president", "JK")
    for n in range(3):
        phone = f"+9199060010{n:02}"
        typed(world, f"No card {n}", phone=phone, language="hi" if n else "en", way=Ticket.Way.SMS)
    with system("test"):
        idents = {row.number: str(row.pk) for row in Ticket.objects.order_by("opened_at", "pk")}
    page = desk.get("/helpline/many/?unit=JK").content.decode()
    assert page.count('name="ticket"') == 3 and "No card 1" in page
    given = {
        "ticket": list(idents.values()),
        "text_en": "Your card comes on Monday.",
        "text_hi": "आपका कार्ड सोमवार को आएगा।",
        "is_done": "yes",
    }
    with system("test"):
        first = Ticket.objects.filter(state="open").earliest("pk")
        kind, other = first.kind, next(each for each in Ticket.Kind.values if each != first.kind)
        Ticket.objects.filter(pk=first.pk).update(kind=other)
    assert page.count(" checked>") and " checked>" not in desk.get("/helpline/many/?unit=JK").content.decode()
    with system("test"):
        Ticket.objects.filter(pk=first.pk).update(kind=kind)
    look = desk.post("/helpline/many/?unit=JK", given | {"step": "look", "text_hi": ""})
    assert look.status_code == 422 and "Your card comes on Monday." in look.content.decode()
    look = desk.post("/helpline/many/?unit=JK", given | {"step": "look"})
    assert look.status_code == 200 and "2 requests, " in look.content.decode()
    assert "YES BCDF" in look.content.decode() and "So reads the first SMS." in look.content.decode()
    with system("test"):
        assert not Ticket.objects.exclude(state="open").exists(), "looked at, not sent"
    assert desk.post("/helpline/many/?unit=JK", given | {"step": "send"}).status_code == 302
    assert blanks("+919906001000", "ask.solved")[0]["text"] == "Your card comes on Monday."
    assert blanks("+919906001001", "ask.solved")[0]["text"] == "आपका कार्ड सोमवार को आएगा।"
    assert "3 requests answered." in desk.get("/helpline/").content.decode()
    assert desk.post("/helpline/many/?unit=JK", {"step": "look"}).status_code == 422


def test_more_than_a_few_at_once_take_a_second_person(world: World) -> None:
    asks = officer(world, "district_president", "JK-SRI")
    allows = officer(world, "data_officer", "JK-SRI")
    n = many.ALONE + 1
    made = [typed(world, phone=f"+91990600{n:04}").pk for n in range(n)]
    texts = {"en": "It is on its way."}
    with pytest.raises(many.TwoPeople):
        actions.answer_many(tickets=made, texts=texts, is_done=True, by=BY, at=world.now)
    given = {
        "ticket": [str(one) for one in made],
        "text_en": "It is on its way.",
        "is_done": "yes",
        "step": "send",
    }
    page = "/helpline/many/?unit=JK-SRI"
    assert asks.post(page, given).status_code == 422, "why, is asked"
    assert asks.post(page, given | {"reason": "The same question of a whole mandal"}).status_code == 302
    with system("test"):
        assert not Ticket.objects.exclude(state="open").exists()
        (release,) = Release.objects.all()
    page, decide = f"/helpline/many/{release.public_id}/", f"/releases/{release.public_id}/decide/"
    assert asks.post(page).status_code == 403, "nobody has approved it"
    assert asks.post(decide, {"allow": "yes"}).status_code == 403
    shown = allows.get(f"{decide}?allow=yes").content.decode()
    assert f"{n} requests get this answer:" in shown and "English: It is on its way." in shown
    assert allows.post(decide, {"allow": "yes"}).status_code == 302
    assert allows.post(page).status_code == 403, "only who asked sends it"
    assert page in asks.get("/today/").content.decode()
    assert asks.post(page).status_code == 302
    with system("test"):
        assert Ticket.objects.filter(state="done").count() == n
    assert asks.post(page).status_code in (403, 404), "once"


def test_an_approval_waits_for_tomorrow_where_not_all_of_its_answers_may_go_out_today(world: World) -> None:
    asks = officer(world, "district_president", "JK-SRI")
    with system("test"):
        account = Account.objects.get(name="district_president of JK-SRI")
    by = Actor(kind="person", id=account.public_id, account_id=account.pk)
    allows = officer(world, "data_officer", "JK-SRI")
    n, at = many.ALONE + 1, NOW
    made = [typed(world, phone=f"+91990600{n:04}").pk for n in range(n)]
    given = {"ticket": [str(one) for one in made], "text_en": "It is on its way.", "is_done": "yes"}
    asks.post("/helpline/many/?unit=JK-SRI", given | {"step": "send", "reason": "A whole mandal asks"})
    with system("test"):
        (release,) = Release.objects.all()
    allows.post(f"/releases/{release.public_id}/decide/", {"allow": "yes"})
    answering.take_answers(n=declared.HELP_ANSWERS.allowed - n + 1, by=by, at=at)
    page = asks.post(f"/helpline/many/{release.public_id}/")
    assert page.status_code == 429 and "Send the answers" in page.content.decode()
    with system("test"):
        assert not Ticket.objects.exclude(state="open").exists(), "one too many: none goes out"
        release.refresh_from_db()
        assert release.state == Release.State.RELEASED
    later = at + timedelta(hours=23)
    with system("test"):
        assert actions.answer_approved(release=release.public_id, by=by, at=later) == n
        with pytest.raises(NotReleased):
            actions.answer_approved(release=release.public_id, by=by, at=later)


def test_the_place_of_a_caller_is_suggested_where_the_phone_is_known(world: World) -> None:
    world.web_join(of=world.asha, unit=world.booth)
    agent = officer(world, "call_centre_agent", "JK-SRI")
    elsewhere = officer(world, "call_centre_agent", "JK-JAM")
    asked = {"phone": "9906000001", "said": "When?", "find": "1"}
    page = agent.post("/helpline/new/", asked)
    text = page.content.decode()
    assert page.status_code == 200 and "Where this phone is known" in text and "When?" in text
    assert re.search(r'value="JK-B001"\s+checked', text)
    known = "select count(*) from core_audit where act = 'helpdesk.look_up_place'"
    assert world.rows(known) == [(1,)]
    assert "JK-B001" not in elsewhere.post("/helpline/new/", asked).content.decode(), "out of their sight"
    with system("test"):
        write_words([(unit.pk, unit.kind, unit.names) for unit in world.units.values()])
    found = agent.post("/helpline/new/", {"where": "Lal Chowk", "find": "1"}, headers={"hx-request": "true"})
    piece = found.content.decode()
    assert 'value="JK-SRI-M1"' in piece and 'id="unit-choices"' in piece and "<html" not in piece
    given = {"phone": "9906000001", "language": "hi", "kind": "card", "said": "When?", "where": "Lal Chowk"}
    answer = agent.post("/helpline/new/", given)
    assert answer.status_code == 422 and "Choose one of them" in answer.content.decode()
    assert agent.post("/helpline/new/", given | {"unit": "JK-SRI-M1"}).status_code == 302


def test_the_list_asks_as_much_of_the_database_for_many_as_for_one(world: World) -> None:
    desk: Client = officer(world, "state_president", "JK")
    typed(world)

    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            assert desk.get("/helpline/").status_code == 200
        return len(found)

    asked()  # the first page of all fills what the process keeps
    few = asked()
    for n in range(12):
        typed(world, phone=f"+9199060020{n:02}", unit_id=world.far_booth.pk if n % 2 else world.booth.pk)
    assert asked() == few


def test_the_helpline_is_in_the_menu_on_the_unit_page_and_in_search(world: World) -> None:
    made = typed(world)
    desk, elsewhere = (
        officer(world, "mandal_president", "JK-SRI-M1"),
        officer(world, "mandal_president", "JK-JAM-M1"),
    )
    entry = re.compile(r'<a href="/helpline/" data-go="h"[^>]*>\s*(?:<svg.*?</svg>)?Helpline</a>', re.DOTALL)
    for client in (
        desk,
        officer(world, "it_administrator", "JK"),
        officer(world, "call_centre_agent", "JK-SRI"),
    ):
        assert entry.search(client.get("/today/").content.decode())
    assert re.search(r'aria-current="page">\s*Helpline</a>', desk.get("/helpline/").content.decode())
    for client in (officer(world, "booth_worker", "JK-B001"), officer(world, "data_officer", "JK-SRI")):
        assert not entry.search(client.get("/today/").content.decode())
    page = desk.get("/units/JK-SRI-M1/more/").content.decode()
    assert "1 request here and below" in page and 'href="/helpline/?unit=JK-SRI-M1"' in page
    with system("test"):
        Ticket.objects.update(due_at=world.now - timedelta(hours=1))
    assert "1 request here and below, 1 overdue" in desk.get("/units/JK-B001/more/").content.decode()
    assert "request here" not in elsewhere.get("/units/JK-B001/more/").content.decode(), (
        "not theirs to answer"
    )
    for text in (made.number, made.number.lower().replace("-", " ")):
        found = desk.get("/search/", {"q": text}).content.decode()
        assert f'href="/helpline/{made.pk}/"' in found and "did not come" not in found
    assert str(made.pk) not in elsewhere.get("/search/", {"q": made.number}).content.decode()


def test_a_text_that_asks_nothing_is_a_request_after_one_press(world: World) -> None:
    desk = officer(world, "state_president", "JK")
    write(world, "happy diwali")
    made = one()
    listed = desk.get("/helpline/?unit=JK").content.decode()
    assert "1 text asks nothing" in listed and made.number not in listed
    assert made.number in desk.get("/helpline/?unit=JK&state=quiet").content.decode()
    page = desk.get(f"/helpline/{made.pk}/").content.decode()
    assert "Make it a request" in page and "Answer by" not in page and "Open again" not in page
    assert desk.post(f"/helpline/{made.pk}/ask/").status_code == 302
    assert (one().state, lines(made.pk)) == ("open", ["said", "asked"])
    assert "Answer by" in desk.get(f"/helpline/{made.pk}/").content.decode()
