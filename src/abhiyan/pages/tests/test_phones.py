"""A phone in the field: one SMS code opens one's own work, and nothing else; its session ends with the office."""

from collections.abc import Callable
from datetime import timedelta
from http.cookies import Morsel
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings as configured
from django.test import Client

from abhiyan.core.scope import system
from abhiyan.core.tests import given
from abhiyan.core.tests.given import NOW
from abhiyan.doorstep.models import DoorEntry
from abhiyan.enrolment.models import Claim
from abhiyan.enrolment.tests.make import Human, World
from abhiyan.enrolment.tests.web import blanks, code_sent
from abhiyan.org import actions as org
from abhiyan.people.actions import field
from abhiyan.people.actions.accounts import close_account, keep_sealed_phone
from abhiyan.people.models import Account, Session
from abhiyan.people.models_field import FieldHeld, FieldPhone, FieldPicture, FieldReceipt
from abhiyan.site.tests.addresses import body
from abhiyan.site.tests.cast import SYSTEM, Cast
from abhiyan.work.actions.schedules import Asking, ask_units
from abhiyan.work.models import Due

from .test_field import FIELD, KAMLA, entry, kept, picture, send

pytestmark = pytest.mark.django_db
WORKER, LEADER, NOBODY = "+919906112233", "+919906112244", "+919906112255"
COOKIE = "phone"
BOOTHS = 4  # of the small world, in the state


@pytest.fixture
def cast() -> Cast:
    return Cast.make()


def number(cast: Cast, role: str, phone: str) -> Account:
    """Give somebody in office a number that codes reach."""
    with system("test"):
        account = cast.accounts[role]
        account.phone_id = keep_sealed_phone(phone=phone)
        account.save(update_fields=["phone_id"])
    return account


def browser() -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="en", raise_request_exception=False)
    client.cookies["language"] = "en"
    return client


def let_in(phone: str, client: Client | None = None, **asked: str) -> Client:
    """A browser that one SMS code lets in."""
    client = client or browser()
    assert client.post("/field/sign-in/", {"phone": phone, **asked}).status_code == 302
    answer = client.post("/field/sign-in/code/", {"code": code_sent(phone, "field")})
    assert answer.status_code == 302, answer.content.decode()
    return client


@pytest.fixture
def phone(cast: Cast) -> Client:
    number(cast, "booth_worker", WORKER)
    return let_in(WORKER)


def test_one_code_lets_a_booth_worker_enter_people_and_see_who_they_entered(
    cast: Cast, phone: Client
) -> None:
    assert "Enrol people" in phone.get("/field/start/").content.decode()
    told = send(phone, entry(cast, KAMLA))
    page = phone.get(told["href"])
    assert page.status_code == 200 and KAMLA.name in page.content.decode()
    assert KAMLA.name in phone.get("/field/entries/").content.decode()
    with system("test"):
        assert DoorEntry.objects.get().by == cast.accounts["booth_worker"].public_id
        assert FieldPhone.objects.get().sent_at == NOW


def test_the_form_without_script_is_taken_too(cast: Cast, phone: Client) -> None:
    typed = {"phone": KAMLA.phone, "name": KAMLA.name, "birth_year": KAMLA.birth_year, "heard": "on"}
    answer = phone.post("/field/", typed | {"call": "1"})
    assert answer.status_code == 302 and kept()[0] == 1
    again = phone.post("/field/", typed | {"call": "1"})
    assert again["Location"] == answer["Location"] and kept()[0] == 1


def test_the_cookie_is_strict_http_only_and_not_the_one_before_the_code(cast: Cast) -> None:
    number(cast, "booth_worker", WORKER)
    client = browser()
    client.cookies[COOKIE] = "planted" * 8  # by somebody who had the phone before
    before = dict(client.cookies)[COOKIE].value
    let_in(WORKER, client)
    cookie: Morsel[str] = client.cookies[COOKIE]
    assert cookie.value != before
    assert (cookie["samesite"], cookie["httponly"], cookie["path"]) == ("Strict", True, "/")
    assert cookie["max-age"] == timedelta(days=30).total_seconds()


def test_neither_cookie_opens_anything_in_the_place_of_the_other(cast: Cast, phone: Client) -> None:
    swapped = browser()
    swapped.cookies[configured.SESSION_COOKIE_NAME] = phone.cookies[COOKIE].value
    assert swapped.get("/field/start/").status_code == 302
    assert swapped.get("/account/").status_code == 302
    other = browser()
    other.cookies[COOKIE] = cast.token("booth_worker")
    assert other.get("/field/start/").status_code == 302


@pytest.mark.parametrize("where", ["/", "/people/", "/account/", "/units/", "/search/?q=Asha", "/tasks/"])
def test_outside_the_field_the_phones_session_is_nobodys(phone: Client, where: str) -> None:
    answer = phone.get(where)
    assert answer.status_code in (302, 404) and "Asha" not in answer.content.decode()


def test_the_search_at_the_door_finds_nobody_by_one_code(cast: Cast, phone: Client) -> None:
    found = phone.get("/field/?q=Asha").content.decode()
    assert Cast.own_member.name not in found
    strong = cast.client("booth_worker").get("/field/?q=Asha").content.decode()
    assert Cast.own_member.name in strong, "with both proofs it does"


def test_no_answer_tells_who_exists_and_no_code_leaves_for_other_offices(cast: Cast) -> None:
    number(cast, "booth_worker", WORKER)
    number(cast, "district_in_charge", LEADER)
    pages = set()
    for phone in (WORKER, LEADER, NOBODY):
        client = browser()
        asked = client.post("/field/sign-in/", {"phone": phone})
        page = client.get(asked["Location"]).content.decode().replace(phone[-4:], "")
        wrong = client.post(asked["Location"], {"code": "000000"})
        assert "This code is wrong" in wrong.content.decode()
        pages.add((asked.status_code, wrong.status_code, len(page), "Every other office signs in" in page))
    assert len(pages) == 1, pages
    assert [len(blanks(phone, "code.field")) for phone in (WORKER, LEADER, NOBODY)] == [1, 0, 0]


def test_a_leader_is_never_let_in_by_one_proof(cast: Cast, phone: Client) -> None:
    """Also when the office came later: a phone that was let in as a worker's opens nothing more."""
    with system("test"):
        org.appoint(
            account_id=cast.accounts["booth_worker"].pk,
            office="mandal_president",
            unit_id=cast.world.units["JK-SRI-M1"].pk,
            starts_on=NOW.date() - timedelta(days=1),
            by=SYSTEM,
            at=NOW,
        )
    assert phone.get("/field/start/").status_code == 302
    assert send(phone, entry(cast, KAMLA), 403)["code"] == "not_yours"
    client = browser()
    client.post("/field/sign-in/", {"phone": WORKER})
    assert len(blanks(WORKER, "code.field")) == 1, "no second code has left"


def test_the_session_ends_with_the_last_office(cast: Cast, phone: Client) -> None:
    with system("test"):
        org.end_appointment(
            public_id=cast.appointments["booth_worker"], reason="moved away", by=SYSTEM, at=NOW
        )
        assert FieldPhone.objects.get().ended_at == NOW
        assert Session.objects.get(key__startswith="phone-").ended_at == NOW
    assert phone.get("/field/start/").status_code == 302


def test_a_code_is_for_once_and_for_the_browser_that_asked(cast: Cast) -> None:
    number(cast, "booth_worker", WORKER)
    mine, thief = browser(), browser()
    mine.post("/field/sign-in/", {"phone": WORKER})
    code = code_sent(WORKER, "field")
    thief.post("/field/sign-in/", {"phone": NOBODY})
    assert thief.post("/field/sign-in/code/", {"code": code}).status_code == 422
    assert mine.post("/field/sign-in/code/", {"code": code}).status_code == 302
    again = browser()
    again.cookies[configured.SESSION_COOKIE_NAME] = mine.cookies[configured.SESSION_COOKIE_NAME].value
    assert again.post("/field/sign-in/code/", {"code": code})["Location"] == "/field/sign-in/"
    assert COOKIE not in thief.cookies and COOKIE not in again.cookies


def test_a_code_to_sign_in_lets_no_phone_in_and_the_other_way_round(cast: Cast) -> None:
    number(cast, "booth_worker", WORKER)
    client = browser()
    client.post("/sign-in/", {"phone": WORKER})
    client.post("/field/sign-in/", {"phone": WORKER})
    usual, own = code_sent(WORKER, "sign_in"), code_sent(WORKER, "field")
    assert client.post("/field/sign-in/code/", {"code": usual}).status_code == 422
    assert client.post("/sign-in/code/", {"code": own}).status_code == 422


def test_a_third_phone_ends_the_one_used_longest_ago(cast: Cast, phone: Client) -> None:
    given.time(NOW + timedelta(hours=1))
    second = let_in(WORKER)
    given.time(NOW + timedelta(hours=2))
    phone.get("/field/start/")
    third = let_in(WORKER)
    assert [one.get("/field/start/").status_code for one in (phone, second, third)] == [200, 302, 200]


def test_a_phone_lies_idle_for_weeks_and_is_asked_again_after_thirty_days(phone: Client) -> None:
    given.time(NOW + timedelta(days=29))
    assert phone.get("/field/start/").status_code == 200
    given.time(NOW + timedelta(days=30))
    assert phone.get("/field/start/").status_code == 302


def strengthen(cast: Cast, client: Client) -> None:
    """Show both proofs in this browser, as the pages of signing in do."""
    from abhiyan.people.actions import sessions

    with system("test"):
        begun = sessions.strengthen_phone(
            token=client.cookies[COOKIE].value, account_id=cast.accounts["booth_worker"].pk, at=NOW
        )
    assert begun is not None
    assert client.get("/field/start/").status_code == 302, "the cookie from before opens nothing"
    client.cookies[COOKIE] = begun.token


def test_both_proofs_once_open_what_shows_others_for_fourteen_days(cast: Cast, phone: Client) -> None:
    assert Cast.own_member.name not in phone.get("/field/?q=Asha").content.decode()
    strengthen(cast, phone)
    for days, shows in ((0, True), (13, True), (14, False)):
        given.time(NOW + timedelta(days=days))
        page = phone.get("/field/?q=Asha")
        assert page.status_code == 200
        assert (Cast.own_member.name in page.content.decode()) is shows, days


def test_nobody_elses_account_strengthens_a_phone(cast: Cast, phone: Client) -> None:
    from abhiyan.people.actions import sessions

    token = phone.cookies[COOKIE].value
    with system("test"):
        other = cast.accounts["district_in_charge"].pk
        assert sessions.strengthen_phone(token=token, account_id=other, at=NOW) is None
    assert phone.get("/field/start/").status_code == 200


def test_signing_out_ends_the_phones_session(cast: Cast, phone: Client) -> None:
    kept_cookie = phone.cookies[COOKIE].value
    phone.post("/sign-out/")
    copied = browser()
    copied.cookies[COOKIE] = kept_cookie
    assert copied.get("/field/start/").status_code == 302


def test_a_form_from_another_site_writes_nothing(cast: Cast, phone: Client) -> None:
    forged = Client(enforce_csrf_checks=True)
    forged.cookies[COOKIE] = phone.cookies[COOKIE].value
    typed: dict[str, Any] = {"phone": KAMLA.phone, "name": KAMLA.name, "birth_year": 1979, "heard": "on"}
    assert forged.post("/field/", typed).status_code == 403
    sent = entry(cast, KAMLA)
    assert send(forged, sent, 403, **{"x-abhiyan-field": ""})["code"] == "not_from_field"
    assert kept() == (0, 0, 0)
    assert forged.post("/field/send/", sent, headers=FIELD).status_code == 200


def test_a_worker_sees_nothing_that_another_wrote_in_a_report_or_at_a_door(cast: Cast, phone: Client) -> None:
    other = send(
        cast.client("booth_president"),
        entry(cast, Human("Nazir Wani", 1968, "+919906007733"), "booth_president"),
    )
    assert phone.get(other["href"]).status_code == 404
    assert "Nazir" not in phone.get("/field/entries/").content.decode()
    assert phone.get(f"/field/{uuid4()}/").status_code == 404


@pytest.fixture
def due(cast: Cast) -> str:
    """The page of a report that the booth owes."""
    asking = Asking(
        title="Cleaning day",
        wanted="report",
        rhythm="weekly",
        first_on=NOW.date() - timedelta(days=2),
        last_on=NOW.date() + timedelta(days=20),
        office="booth_president",
        kind="booth",
    )
    with cast.as_("state_president"):
        by = cast.actor("state_president")
        one = ask_units(
            asking=asking, unit_id=cast.world.state.pk, expected=BOOTHS, by=by, at=NOW - timedelta(days=1)
        )
    return f"/field/due/{one.public_id}/?unit=JK-B001"


def test_one_code_opens_a_booth_presidents_own_report_and_not_what_another_wrote(
    cast: Cast, due: str
) -> None:
    number(cast, "booth_president", WORKER)
    phone = let_in(WORKER)
    assert "Cleaning day" in phone.get("/field/start/").content.decode()
    assert phone.get(due).status_code == 200
    strong = cast.client("booth_president").post(due, {"text": "Sunita Devi came"})
    assert strong.status_code == 302
    assert "Sunita Devi" in phone.get(due).content.decode(), "one's own words"
    with system("test"):
        Due.objects.update(said_by=cast.accounts["mandal_president"].pk)
    page = phone.get(due)
    assert page.status_code == 200 and "Sunita" not in page.content.decode()
    answer = phone.post(due, {"text": "We cleaned the lane"})
    assert answer["Location"] == "/field/start/"
    with system("test"):
        assert Due.objects.get().text == "We cleaned the lane"


def test_one_code_neither_accepts_nor_reads_a_report(cast: Cast, due: str) -> None:
    number(cast, "booth_worker", WORKER)
    assert let_in(WORKER).get(due).status_code == 404, "a worker owes no report"


def test_my_phones_lists_them_and_signs_one_out_after_asking(cast: Cast, phone: Client) -> None:
    given.time(NOW + timedelta(hours=1))
    second = let_in(WORKER)
    told = phone.get("/field/start/").content.decode()
    assert "You signed in on another phone" in told, "the old phone hears of the new one"
    assert "You signed in on another phone" not in second.get("/field/start/").content.decode()
    with system("test"):
        new = FieldPhone.objects.latest("begun_at")
    page = phone.get("/field/phones/").content.decode()
    assert page.count("/end/") == 2 and "this one" in page
    act = f"/field/phones/{new.pk}/end/"
    assert "Sign this phone out?" in phone.get(act).content.decode()
    assert second.get("/field/start/").status_code == 200, "asking ends nothing"
    assert phone.post(act)["Location"] == "/field/phones/"
    assert second.get("/field/start/").status_code == 302
    assert phone.post(act).status_code == 404
    let_in(WORKER, second)
    assert second.get("/field/start/").status_code == 200, "a new code lets it in again"


def test_nobody_ends_a_phone_of_somebody_else_by_my_phones(cast: Cast, phone: Client) -> None:
    number(cast, "booth_president", LEADER)
    other = let_in(LEADER)
    with system("test"):
        theirs = FieldPhone.objects.get(account_id=cast.accounts["booth_president"].pk)
    assert phone.post(f"/field/phones/{theirs.pk}/end/").status_code == 404
    assert other.get("/field/start/").status_code == 200


def test_who_appoints_sees_the_phones_and_ends_a_lost_one(cast: Cast, phone: Client) -> None:
    with system("test"):
        lost = FieldPhone.objects.get()
    page = cast.client("mandal_president").get("/phones/").content.decode()
    assert "Signed in" in page and f"/phones/{lost.pk}/end/" in page
    elsewhere = cast.client("district_elsewhere")
    assert f"/phones/{lost.pk}/" not in elsewhere.get("/phones/").content.decode()
    assert elsewhere.post(f"/phones/{lost.pk}/end/").status_code == 404
    assert cast.client("booth_worker").get("/phones/").status_code == 403
    boss = cast.client("booth_president")
    assert "Sign out a phone of somebody else?" in boss.get(f"/phones/{lost.pk}/end/").content.decode()
    assert boss.post(f"/phones/{lost.pk}/end/")["Location"] == "/phones/"
    assert phone.get("/field/start/").status_code == 302
    with system("test"):
        assert FieldPhone.objects.get().ended_by == cast.accounts["booth_president"].public_id
    assert f"{lost.pk}" not in boss.get("/phones/?show=living").content.decode()
    assert "Signed out" in boss.get("/phones/?show=ended").content.decode()


def test_silent_phones_are_listed_and_told_today_to_whom_it_concerns(cast: Cast, phone: Client) -> None:
    told = "1 phone has sent nothing for two days"
    given.time(NOW + timedelta(days=1))
    send(phone, entry(cast, KAMLA))
    for days, is_silent in ((2, False), (4, True)):
        given.time(NOW + timedelta(days=days))
        leader = cast.client("mandal_president")
        assert (told in leader.get("/today/").content.decode()) is is_silent, days
        rows = body(leader.get("/phones/?show=silent&format=csv")).strip().splitlines()
        assert len(rows) == 1 + is_silent, days
        assert all("booth_worker" not in row for row in rows), "names leave only with approval"
    for role in ("booth_worker", "booth_president", "state_president"):
        assert told not in cast.client(role).get("/today/").content.decode()
    assert "Your work in the field" in cast.client("booth_worker").get("/today/").content.decode()


def test_my_record_says_where_one_is_signed_in(cast: Cast, phone: Client) -> None:
    assert "/field/phones/" in cast.client("booth_worker").get("/programmes/work/").content.decode()
    assert "/field/phones/" not in cast.client("booth_president").get("/programmes/work/").content.decode()


@pytest.fixture
def revoked(cast: Cast, phone: Client) -> Client:
    """The phone of a worker, after who leads the booth signed it out."""
    with system("test"):
        lost = FieldPhone.objects.get().pk
    assert cast.client("booth_president").post(f"/phones/{lost}/end/").status_code == 302
    return phone


def held() -> FieldHeld:
    with system("test"):
        return FieldHeld.objects.get()


def test_unsent_work_of_a_revoked_phone_is_kept_apart_and_counts_nowhere(cast: Cast, revoked: Client) -> None:
    assert revoked.get("/field/start/").status_code == 302
    outbox = revoked.get("/field/outbox/").content.decode()
    assert "This phone was signed out" in outbox
    assert f'data-who="{cast.accounts["booth_worker"].public_id}"' in outbox
    assert "Send what it has not sent yet" in revoked.get("/field/sign-in/").content.decode()
    sent = entry(cast, KAMLA)
    assert send(revoked, sent)["kept"] is True
    assert send(revoked, sent)["kept"] is True, "sent again"
    assert kept() == (0, 1, 0) and held().state == FieldHeld.State.WAITS
    assert KAMLA.name.encode() not in bytes(held().sealed)
    assert send(revoked, entry(cast, KAMLA, "booth_president"), 409)["code"] == "other_sender"
    assert send(revoked, sent | {"key": uuid4(), "page": "/field/start/"}, 409)["code"] == "not_theirs_then"
    assert send(browser(), sent, 403)["code"] == "not_yours"
    given.time(NOW + timedelta(days=30))
    assert send(revoked, sent | {"key": uuid4()}, 403)["code"] == "not_yours", "after 30 days"


def test_who_appoints_there_sees_a_held_record_and_nobody_else(cast: Cast, revoked: Client) -> None:
    send(revoked, entry(cast, KAMLA))
    told, page = "1 record came from a phone that was signed out", f"/phones/held/{held().public_id}/accept/"
    for role in ("booth_president", "mandal_president"):
        client = cast.client(role)
        assert page in client.get("/phones/held/").content.decode()
        shown = client.get(page).content.decode()
        assert KAMLA.name in shown and KAMLA.phone[-4:] in shown and KAMLA.phone[-10:] not in shown
    assert told in cast.client("mandal_president").get("/today/").content.decode()
    elsewhere = cast.client("district_elsewhere")
    assert page not in elsewhere.get("/phones/held/").content.decode()
    assert elsewhere.get(page).status_code == elsewhere.post(page).status_code == 404
    for client in (cast.client("booth_worker"), cast.client("verifier")):
        assert client.get("/phones/held/").status_code == client.post(page).status_code == 403
    assert revoked.get("/phones/held/").status_code == 302
    assert kept()[0] == 0


def test_a_held_record_is_accepted_once_and_counts_on_its_own_day(cast: Cast, revoked: Client) -> None:
    sent = entry(cast, KAMLA)
    first = send(revoked, sent)
    page = f"/phones/held/{held().public_id}/accept/"
    given.time(NOW + timedelta(days=2))
    boss = cast.client("booth_president")
    assert boss.post(page)["Location"] == "/phones/held/"
    with system("test"):
        made = DoorEntry.objects.get()
        assert made.by == cast.accounts["booth_worker"].public_id
        assert Claim.objects.get(pk=made.pk).field_at == NOW - timedelta(hours=3)
    assert held().state == FieldHeld.State.ACCEPTED and bytes(held().sealed) == b""
    assert boss.post(page).status_code == 409 and kept()[0] == 1
    assert page not in boss.get("/phones/held/").content.decode()
    assert "Enrol at the door" in boss.get("/phones/held/?show=accepted").content.decode()
    given.time(NOW + timedelta(days=2, hours=1))
    again = let_in(WORKER, revoked)
    assert send(again, sent) == first and kept()[0] == 1, "sent again by the phone that is signed in again"


def test_a_record_set_aside_never_counts_and_keeps_its_reason(cast: Cast, revoked: Client) -> None:
    sent = entry(cast, KAMLA)
    send(revoked, sent)
    boss, page = cast.client("booth_president"), f"/phones/held/{held().public_id}/aside/"
    assert boss.post(page).status_code == 422, "a reason is asked"
    assert boss.post(page, {"reason": "the phone was stolen"})["Location"] == "/phones/held/"
    assert held().reason == "the phone was stolen" and bytes(held().sealed) == b""
    assert "the phone was stolen" in boss.get("/phones/held/?show=aside").content.decode()
    assert send(revoked, sent)["kept"] is True
    assert kept() == (0, 1, 0)


def test_of_a_minor_nothing_is_kept_for_the_in_charge_either(cast: Cast, revoked: Client) -> None:
    told = send(revoked, entry(cast, World.child), 422)
    assert told["forget"] is True and "18 years" in told["message"]
    with system("test"):
        assert not FieldHeld.objects.exists()
    assert kept() == (0, 0, 0)


def test_a_held_report_is_accepted_by_its_page_and_says_what_was_typed(cast: Cast, due: str) -> None:
    number(cast, "booth_president", WORKER)
    client, boss = let_in(WORKER), cast.client("mandal_president")
    with system("test"):
        own = FieldPhone.objects.get().pk
    boss.post(f"/phones/{own}/end/")
    sent = entry(cast, KAMLA, "booth_president") | {"record": "due", "page": due}
    send(client, sent | {"form": "text=We+cleaned+the+lane&send=1"})
    waiting = boss.get("/phones/held/").content.decode()
    assert "Reason</" not in waiting, "it has none before it is decided"
    page = f"/phones/held/{held().public_id}/accept/"
    shown = boss.get(page).content.decode()
    facts = shown[shown.index('<dl class="facts">') : shown.index("</dl>")]
    assert "We cleaned the lane" in facts and ">text<" not in facts and "send" not in facts
    assert boss.post(page)["Location"] == "/phones/held/"
    with system("test"):
        made = Due.objects.get()
    assert made.text == "We cleaned the lane" and made.said_by == cast.accounts["booth_president"].pk
    assert made.let_in_by == cast.accounts["mandal_president"].pk
    assert held().state == FieldHeld.State.ACCEPTED and bytes(held().sealed) == b""
    assert boss.post(page).status_code == 409


def test_pictures_of_a_held_report_come_with_it(cast: Cast, due: str) -> None:
    number(cast, "booth_president", WORKER)
    client = let_in(WORKER)
    with system("test"):
        own = FieldPhone.objects.get().pk
    cast.client("mandal_president").post(f"/phones/{own}/end/")
    sent = entry(cast, KAMLA, "booth_president") | {"record": "due", "page": due, "pictures": "picture=1"}
    sent |= {"form": "text=We+cleaned+the+lane"}
    assert send(client, sent, 409)["code"] == "pictures_missing"
    send(client, picture(sent, 1))
    send(client, sent)
    with system("test"):
        assert FieldPicture.objects.count() == 1
        field.sweep_field(at=NOW + timedelta(days=60))
        assert FieldPicture.objects.count() == 1, "it waits with its record"
        field.sweep_field(at=NOW + timedelta(days=91))
        assert (FieldHeld.objects.count(), FieldPicture.objects.count()) == (0, 0)
        assert FieldReceipt.objects.count() == 1


WAYS_OUT: dict[str, Callable[[Cast, Client], object]] = {
    "own sign-out": lambda _cast, phone: phone.post(f"/field/phones/{own_phone()}/end/"),
    "third phone": lambda _cast, _phone: [sign_in_later(hours) for hours in (1, 2)],
    "who leads the booth": lambda cast, _phone: cast.client("booth_president").post(
        f"/phones/{own_phone()}/end/"
    ),
    "the last office ended": lambda cast, _phone: org.end_appointment(
        public_id=cast.appointments["booth_worker"], reason="moved away", by=SYSTEM, at=NOW
    ),
    "thirty days": lambda _cast, _phone: given.time(NOW + timedelta(days=30)),
    "an office above": lambda cast, _phone: cast.appoint(
        cast.accounts["booth_worker"], "mandal_president", "JK-SRI-M1", by=SYSTEM
    ),
    "the account was closed": lambda cast, _phone: close_account(
        account_id=cast.accounts["booth_worker"].pk, by=SYSTEM, at=NOW
    ),
}


def own_phone() -> UUID:
    with system("test"):
        return FieldPhone.objects.order_by("begun_at").first().pk  # type: ignore[union-attr]  # the fixture made it


def sign_in_later(hours: int) -> Client:
    given.time(NOW + timedelta(hours=hours))
    return let_in(WORKER)


@pytest.mark.parametrize("way", WAYS_OUT)
def test_after_every_way_out_each_answer_says_that_nobody_is_signed_in(
    cast: Cast, phone: Client, way: str
) -> None:
    """By this `pages/worker.js` and `ui/signed_out.js` delete the copies: a name that stays would keep them."""
    before = phone.get("/field/keep.json")
    assert before["X-Abhiyan-Who"] == str(cast.accounts["booth_worker"].public_id)
    with system("test"):
        WAYS_OUT[way](cast, phone)
    for page in ("/field/start/", "/field/keep.json"):
        answer = phone.get(page)
        assert (answer.status_code, answer["X-Abhiyan-Who"]) == (302, ""), page
        assert answer["Cache-Control"] == "no-store"
    door = phone.get("/field/sign-in/").content.decode()
    assert "ui/signed_out.js" in door and 'id="left-here"' in door
    assert phone.get("/field/outbox/").headers["X-Abhiyan-Who"] == ""
