"""Signing in, as a browser sees it."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import LazySettings, settings
from django.test import Client

from abhiyan.core import declared
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import TooMany
from abhiyan.core.scope import scoped, system
from abhiyan.core.tests import given
from abhiyan.core.tests.given import NOW
from abhiyan.people import actions
from abhiyan.people.actions import codes, factors, sessions
from abhiyan.people.models import Code, Session
from abhiyan.people.rules import totp

from .make import ASHA, AT, NOBODYS, SYSTEM, World, browser, inbox, undrawn

pytestmark = pytest.mark.django_db


def ask(client: Client, phone: str = ASHA) -> str:
    """Ask for a code; what came (or would have come) by SMS."""
    with inbox() as told:
        answer = client.post("/sign-in/", {"phone": phone})
    assert answer.status_code == 302, answer.content
    assert answer["Location"] == "/sign-in/code/"
    return told[0].code


def strong(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def test_phone_code_and_app_sign_in(world: World) -> None:
    secret = world.app()
    client = browser()
    code = ask(client)
    page = undrawn(client.get("/sign-in/code/").content.decode())
    assert 'autocomplete="one-time-code"' in page
    assert "4321" not in page.replace("3210", "")
    assert client.post("/sign-in/code/", {"code": code})["Location"] == "/sign-in/second/"
    assert not strong(client)
    app = totp.totp_code(secret, totp.step_at(NOW))
    assert client.post("/sign-in/second/", {"code": app})["Location"] == "/"
    assert strong(client)


def test_a_citizen_who_opens_the_first_page_finds_the_way_to_join_and_to_their_membership() -> None:
    page = browser().get("/", follow=True).content.decode()
    assert "Sign in" in page
    for where in ("/join/", "/me/"):
        assert f'href="{where}"' in page


def test_where_one_wanted_to_go_is_kept_but_no_other_site(world: World) -> None:
    secret = world.app()
    client = browser()
    with inbox() as told:
        client.post("/sign-in/", {"phone": ASHA, "next": "/appointments/?x=1"})
    client.post("/sign-in/code/", {"code": told[0].code})
    app = totp.totp_code(secret, totp.step_at(NOW))
    assert client.post("/sign-in/second/", {"code": app})["Location"] == "/appointments/?x=1"
    for evil in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        page = browser().get("/sign-in/", {"next": evil}).content.decode()
        assert '<input type="hidden" name="next" value="">' in page


def test_known_and_unknown_phones_are_answered_alike(world: World) -> None:
    bodies = []
    for phone in (ASHA, "+919812343210"):  # ending alike
        client = browser()
        asked = client.post("/sign-in/", {"phone": phone})
        page = client.get("/sign-in/code/")
        wrong = client.post("/sign-in/code/", {"code": "000000"})
        told = [
            (each.status_code, each.headers.get("Location"), undrawn(each.content.decode()))
            for each in (asked, page, wrong)
        ]
        bodies.append((told, sorted(asked.cookies)))
    assert bodies[0] == bodies[1]


def test_a_phone_without_account_gets_no_message_and_its_code_opens_nothing(world: World) -> None:
    from abhiyan.messaging.models import Message

    client = browser()
    code = ask(client, NOBODYS)
    with system("test"):
        assert not Message.objects.exists()
        assert Code.objects.count() == 1
    assert client.post("/sign-in/code/", {"code": code}).status_code == 422
    ask(browser(), ASHA)
    with system("test"):
        assert Message.objects.count() == 1


def test_a_code_is_of_one_browser(world: World) -> None:
    first, second = browser(), browser()
    code = ask(first)
    ask(second)
    assert second.post("/sign-in/code/", {"code": code}).status_code == 422
    assert first.post("/sign-in/code/", {"code": code}).status_code == 302


def test_a_code_works_once(world: World) -> None:
    with inbox() as told:
        session = "s" * 64
        request_id = actions.ask_code(purpose="sign_in", phone=ASHA, session=session, by=SYSTEM, at=AT)
    known: dict[str, Any] = {
        "request_id": request_id,
        "purpose": "sign_in",
        "phone": ASHA,
        "session": session,
        "network": "",
    }
    actions.check_code(**known, code=told[0].code, at=AT)
    with pytest.raises(codes.CodeNotRight):
        actions.check_code(**known, code=told[0].code, at=AT)


@pytest.mark.parametrize(
    "other",
    [
        {"purpose": "join"},
        {"phone": NOBODYS},
        {"session": "t" * 64},
        {"at": AT + timedelta(minutes=10, seconds=1)},
        {"code": "000000"},
        {"code": ""},
        {"code": "१२३४५६७८९"},
    ],
    ids=str,
)
def test_a_code_is_bound_to_purpose_phone_browser_and_ten_minutes(
    world: World, other: dict[str, Any]
) -> None:
    with inbox() as told:
        request_id = actions.ask_code(purpose="sign_in", phone=ASHA, session="s" * 64, by=SYSTEM, at=AT)
    known: dict[str, Any] = {
        "request_id": request_id,
        "purpose": "sign_in",
        "phone": ASHA,
        "session": "s" * 64,
        "code": told[0].code,
        "network": "",
        "at": AT + timedelta(minutes=9),
    }
    with pytest.raises(codes.CodeNotRight):
        actions.check_code(**(known | other))
    digits = str.maketrans("0123456789", "०१२३४५६७८९")
    proven = actions.check_code(**(known | {"code": told[0].code.translate(digits)}))
    assert proven == world.account.phone_id


def test_five_tries_and_the_code_is_spent(world: World) -> None:
    client = browser()
    code = ask(client)
    wrong = "111111" if code != "111111" else "222222"
    for _each in range(5):
        assert client.post("/sign-in/code/", {"code": wrong}).status_code == 422
    answer = client.post("/sign-in/code/", {"code": code})
    assert answer.status_code == 429
    assert "tried too often" in answer.content.decode()


def test_a_phone_gets_five_codes_an_hour_and_two_for_its_network(world: World) -> None:
    for _each in range(7):
        ask(browser())
    answer = browser().post("/sign-in/", {"phone": ASHA})
    assert answer.status_code == 429
    assert "Too many attempts" in answer.content.decode()


def test_one_browser_cannot_walk_through_phones(world: World) -> None:
    client = browser()
    for number in range(10):
        ask(client, f"+9198765432{number:02}")
    assert client.post("/sign-in/", {"phone": "+919876543299"}).status_code == 429


@pytest.mark.parametrize("phone", ["", "12345", "abc", "9876\x0043210", "+91 11 2345 6789", "9" * 39])
def test_what_is_no_mobile_is_refused_at_its_field(world: World, phone: str) -> None:
    answer = browser().post("/sign-in/", {"phone": phone})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()


@pytest.mark.parametrize("purpose", ["sign_in", "leave", "member", "field", "join", "phone", "door"])
def test_a_right_code_passes_whatever_strangers_have_tried_and_later_codes_are_longer(
    world: World, purpose: str
) -> None:
    guess: dict[str, Any] = {
        "purpose": purpose,
        "phone": ASHA,
        "session": "x" * 64,
        "code": "000000",
        "network": "10.0.0.0",
        "at": AT,
    }

    def right() -> str:
        """Ask for a code, get it wrong four times, and type it."""
        with inbox() as told:
            request_id = actions.ask_code(purpose=purpose, phone=ASHA, session="s" * 64, by=SYSTEM, at=AT)
        for _each in range(declared.CODE_REQUEST.allowed - 1):
            with pytest.raises(codes.CodeNotRight):
                actions.check_code(request_id=request_id, **guess)
        given = guess | {"session": "s" * 64, "code": told[0].code}
        assert actions.check_code(request_id=request_id, **given) == world.account.phone_id
        return told[0].code

    assert len(right()) == codes.DIGITS
    for _each in range(declared.CODE_WRONG_PHONE.allowed * 3):
        with pytest.raises(codes.CodeNotRight):
            actions.check_code(request_id=uuid4(), **guess)
    assert len(right()) == codes.LONG_DIGITS


def test_a_spent_session_spends_no_room_of_a_phone(world: World) -> None:
    """A stranger whose browser is spent asks on for the leader's number: the leader's own room is as it was."""
    numbers = iter(range(9_000_000_000, 9_999_999_999, 1_234_567))
    stranger = Actor.public(origin="10.9.0.0")
    with inbox() as told:
        for _code in range(declared.CODE_SESSION.allowed):
            actions.ask_code(
                purpose="sign_in", phone=f"+91{next(numbers)}", session="theirs", by=stranger, at=AT
            )
        for _each in range(14):
            with pytest.raises(TooMany):
                actions.ask_code(purpose="sign_in", phone=ASHA, session="theirs", by=stranger, at=AT)
        leader = Actor.public(origin="10.0.0.0")
        for n in range(declared.CODE_PHONE.allowed):
            actions.ask_code(purpose="sign_in", phone=ASHA, session=f"own {n}", by=leader, at=AT)
    assert len(told) == declared.CODE_PHONE.allowed + declared.CODE_SESSION.allowed


def test_a_browser_that_signed_in_before_gets_a_code_whatever_strangers_ask(world: World) -> None:
    """From the leader's own network, too: its room for the number is spent, and the known browser has another."""
    own = world.browser(strong=False)
    for network in range(20):
        for _each in range(8):
            browser().post("/sign-in/", {"phone": ASHA}, REMOTE_ADDR=f"203.0.{network}.9")
    fresh = browser()
    where = "203.0.7.200"
    assert fresh.post("/sign-in/", {"phone": ASHA}, REMOTE_ADDR=where).status_code == 429
    fresh.cookies["known"] = sessions.known_with("", phone_id=world.account.phone_id)
    assert fresh.post("/sign-in/", {"phone": ASHA}, REMOTE_ADDR=where).status_code == 302
    fresh.cookies["known"] = "made up"
    assert fresh.post("/sign-in/", {"phone": ASHA}, REMOTE_ADDR=where).status_code == 429
    assert own.get("/").status_code < 500


def test_a_full_network_answers_alike_for_known_and_unknown_numbers(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Codes to invented numbers leave its room as it was; once codes that left have spent it, all are refused."""
    monkeypatch.setenv("ABHIYAN_LIMITS", "code.network_known=2")
    there = "203.0.113.9"
    for n in range(5):
        assert (
            browser().post("/sign-in/", {"phone": f"+9190000111{n:02d}"}, REMOTE_ADDR=there).status_code
            == 302
        )
    for _each in range(2):
        assert browser().post("/sign-in/", {"phone": ASHA}, REMOTE_ADDR=there).status_code == 302
    answers = {
        phone: browser().post("/sign-in/", {"phone": phone}, REMOTE_ADDR=there)
        for phone in (ASHA, "+919000011199")
    }
    assert [answer.status_code for answer in answers.values()] == [429, 429]


def test_a_stranger_on_an_open_page_keeps_no_leader_from_signing_in(world: World) -> None:
    def ask_for(purpose: str, network: str) -> None:
        by = Actor(kind="citizen", id=uuid4(), origin=network)
        actions.ask_code(purpose=purpose, phone=ASHA, session=uuid4().hex, by=by, at=AT, expected=False)

    with inbox():
        for n in range(declared.CODE_PHONE.allowed + 2):  # the last is the one of its network
            ask_for("member", f"10.0.{n}.0")
        ask_for("member", "10.0.9.0")
        ask_for("member", "10.0.9.0")
        with pytest.raises(TooMany):
            ask_for("member", "10.0.9.0")
        ask_for("sign_in", "10.1.0.0")
        # The strangers ask for codes to sign in, too: a leader in another network still gets one.
        for _each in range(declared.CODE_PHONE.allowed + 1):
            ask_for("sign_in", "10.2.0.0")
        with pytest.raises(TooMany):
            ask_for("sign_in", "10.2.0.0")
        ask_for("sign_in", "10.3.0.0")


def test_a_stranger_on_the_page_of_members_locks_no_leader_out_of_the_sign_in_page(world: World) -> None:
    """The attack as it was run: fresh browsers ask on /me/ for the leader's number until they are refused."""
    with inbox():
        for network in (7, 8):
            stranger = [
                browser().post("/me/", {"phone": ASHA}, REMOTE_ADDR=f"203.0.{network}.9").status_code
                for _each in range(declared.CODE_PHONE_DAY.allowed + 2)
            ]
            assert stranger[-1] == 429
        own = browser()
        assert own.post("/sign-in/", {"phone": ASHA}, REMOTE_ADDR="198.51.100.7").status_code == 302


def test_a_totp_step_works_once(world: World) -> None:
    secret = world.app()
    app = totp.totp_code(secret, totp.step_at(NOW))
    first, second = world.browser(strong=False), world.browser(strong=False)
    assert first.post("/sign-in/second/", {"code": app}).status_code == 302
    assert second.post("/sign-in/second/", {"code": app}).status_code == 422


def test_whoever_throws_the_cookie_away_is_held_by_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ABHIYAN_LIMITS", "code.network=30")
    numbers = iter(range(9_000_000_000, 9_999_999_999, 1_234_567))

    def ask(session: str, origin: str) -> None:
        by = Actor(kind="citizen", id=uuid4(), origin=origin)
        actions.ask_code(purpose="join", phone=f"+91{next(numbers)}", session=session, by=by, at=AT)

    with inbox():
        for _code in range(declared.CODE_SESSION.allowed):
            ask("kept", "10.0.0.0")
        with pytest.raises(TooMany):
            ask("kept", "10.0.0.0")
        for n in range(30 - declared.CODE_SESSION.allowed):
            ask(f"new {n}", "10.0.0.0")
        with pytest.raises(TooMany):
            ask("another", "10.0.0.0")
        ask("another", "10.0.1.0")


def test_guessing_the_app_code_is_limited(world: World) -> None:
    secret = world.app()
    client = world.browser(strong=False)
    for _each in range(declared.FACTOR_TRY.allowed + 1):
        answer = client.post("/sign-in/second/", {"code": "000000"})
    assert answer.status_code == 429
    right = totp.totp_code(secret, totp.step_at(NOW))
    assert client.post("/sign-in/second/", {"code": right}).status_code == 429


def test_the_first_factor_is_set_up_after_the_code_and_signs_in(world: World) -> None:
    client = world.browser(strong=False)
    assert "Your first sign-in" in client.get("/sign-in/second/").content.decode()
    assert client.get("/account/app/")["Location"] == client.get("/account/passkey/")["Location"]
    assert client.get("/account/app/")["Location"] == "/sign-in/second/"
    older = actions.make_first_word(account_id=world.account.pk, by=SYSTEM, at=NOW)
    word = actions.make_first_word(account_id=world.account.pk, by=SYSTEM, at=NOW)
    for wrong in ("", "AAAA-AAAA", older):
        assert client.post("/sign-in/second/", {"word": wrong}).status_code == 422
    assert client.post("/sign-in/second/", {"word": word.lower().replace("-", " ")}).status_code == 302
    assert world.browser(strong=False).post("/sign-in/second/", {"word": word}).status_code == 422
    assert "Set up your second proof" in client.get("/sign-in/second/").content.decode()
    page = client.get("/account/app/").content.decode()
    assert '<svg viewBox="0 0 ' in page and 'href="otpauth://totp/' in page
    found = re.search(r'<code class="nums">([A-Z2-7 ]+)</code>', page)
    assert found
    import base64

    text = found.group(1).replace(" ", "")
    secret = base64.b32decode(text + "=" * (-len(text) % 8))
    code = totp.totp_code(secret, totp.step_at(NOW))
    answer = client.post("/account/app/", {"code": code, "name": "my phone"})
    assert answer.status_code == 200
    shown = re.findall(r"<code>([0-9a-f]{6}-[0-9a-f]{6})</code>", answer.content.decode())
    assert len(shown) == factors.RECOVERY_CODES
    assert strong(client)
    other = world.browser(strong=False)
    assert other.post("/sign-in/second/", {"recovery": shown[3]}).status_code == 302
    assert strong(other)
    again = world.browser(strong=False)
    assert again.post("/sign-in/second/", {"recovery": shown[3]}).status_code == 422


def test_whoever_has_a_factor_cannot_add_one_by_the_code_alone(world: World) -> None:
    world.app()
    client = world.browser(strong=False)
    assert client.get("/account/app/").status_code == 403
    assert client.post("/account/passkey/", {"credential": "{}"}).status_code == 422
    with scoped(world.scope), pytest.raises(factors.FactorNeeded):  # asked of a credential that is one
        factors.may_change(world.weak_asha, world.account.pk)
    assert client.post("/account/recovery-codes/").status_code == 403
    assert client.get("/account/")["Location"].startswith("/sign-in/second/")


def test_the_last_factor_cannot_be_removed(world: World) -> None:
    world.app()
    client = world.browser()
    with system("test"):
        (factor,) = _factors(world)
    answer = client.post(f"/account/factors/{factor}/remove/")
    assert answer.status_code == 422
    assert "your only one" in answer.content.decode()
    assert client.post(f"/account/factors/{factor}/rename/", {"name": "Old phone"}).status_code == 302
    assert "Old phone" in client.get("/account/").content.decode()


def _factors(world: World) -> list[str]:
    from abhiyan.people.models import Factor

    found = Factor.objects.filter(account_id=world.account.pk)
    return [str(each) for each in found.values_list("public_id", flat=True)]


def test_sessions_are_listed_and_revocable(world: World) -> None:
    world.app()
    here, there = world.browser(), world.browser()
    page = here.get("/account/").content.decode()
    ends = re.findall(r"/account/sessions/([0-9a-f-]{36})/end/", page)
    assert len(ends) == 1, "this one ends by signing out"
    assert "Sign out on all other devices?" in here.get("/account/sessions/end/").content.decode()
    assert strong(there)
    here.post("/account/sessions/end/")
    assert not strong(there)
    assert strong(here)
    given.time(NOW + timedelta(minutes=1))
    third = world.browser()
    with system("test"):
        newest = Session.objects.filter(account_id=world.account.pk).order_by("-created_at").first()
        assert newest
    end = f"/account/sessions/{newest.public_id}/end/"
    assert "Sign out on this device?" in here.get(end).content.decode() and strong(third)
    assert here.post(end).status_code == 302
    assert not strong(third)


def test_nobody_ends_somebody_elses_session(world: World) -> None:
    other = actions.open_account(phone=NOBODYS, name="Someone Else", by=SYSTEM, at=AT)
    theirs = world.browser(other)
    with system("test"):
        session = Session.objects.get(account_id=other.pk)
    assert world.browser().post(f"/account/sessions/{session.public_id}/end/").status_code == 404
    assert strong(theirs)


def test_signing_out_ends_the_session(world: World) -> None:
    client = world.browser()
    token = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert client.post("/sign-out/").status_code == 302
    again = Client()
    again.cookies[settings.SESSION_COOKIE_NAME] = token
    assert not strong(again)


def test_every_step_gets_a_new_cookie(world: World) -> None:
    secret = world.app()
    client = browser()
    seen = set()
    code = ask(client)
    seen.add(client.cookies[settings.SESSION_COOKIE_NAME].value)
    client.post("/sign-in/code/", {"code": code})
    seen.add(client.cookies[settings.SESSION_COOKIE_NAME].value)
    client.post("/sign-in/second/", {"code": totp.totp_code(secret, totp.step_at(NOW))})
    seen.add(client.cookies[settings.SESSION_COOKIE_NAME].value)
    assert len(seen) == 3


def test_looking_at_the_page_makes_no_session(world: World) -> None:
    answer = browser().get("/sign-in/")
    assert settings.SESSION_COOKIE_NAME not in answer.cookies
    with system("test"):
        assert not Session.objects.exclude(key=world.scope.session).exists()


def test_the_language_is_remembered(world: World) -> None:
    client = world.browser()
    client.post("/language/", {"language": "hi", "next": "/account/"})
    with system("test"):
        world.account.refresh_from_db()
    assert world.account.language == "hi"
    assert 'lang="hi"' in client.get("/account/").content.decode()
    assert client.post("/language/", {"language": "xx"}).status_code == 422


def test_who_has_chosen_no_language_reads_in_the_browsers_after_signing_in_too(
    world: World, settings: LazySettings
) -> None:
    settings.DEMO = True
    demo = actions.open_account(phone=NOBODYS, name="Demo Person", by=SYSTEM, at=AT, is_demo=True)
    assert demo.language == ""
    for asked, read in (("en-US,en;q=0.9", "en"), ("hi-IN,en;q=0.5", "hi"), ("ta", "hi")):
        client = browser()
        client.defaults["HTTP_ACCEPT_LANGUAGE"] = asked
        assert client.get("/sign-in/")["Content-Language"] == read
        client.post("/demo/sign-in/", {"account": str(demo.public_id)})
        assert client.get("/account/")["Content-Language"] == read
    client.post("/language/", {"language": "en"})
    del client.cookies["language"]  # another browser of theirs
    assert client.get("/account/")["Content-Language"] == "en"


def test_the_first_administrator_signs_in_from_the_console_once() -> None:
    path = console_link().path
    client = browser()
    assert client.get(path).status_code == 200  # opening it uses nothing up
    assert client.post(path)["Location"] == "/sign-in/second/"
    assert "Set up" in client.get("/sign-in/second/").content.decode()
    for over in (path, "/sign-in/console/guess/"):
        again = browser().post(over)
        assert again.status_code == 422
        assert "abhiyan init" in again.content.decode()
        assert "minutes" not in again.content.decode()


def console_link(phone: str = ASHA) -> actions.codes.ConsoleLink:
    return actions.first_administrator(name="Root", phone=phone, language="en", by=SYSTEM, at=NOW)


def test_a_newer_link_of_an_administrator_ends_the_older_one_and_nobody_elses() -> None:
    first, others, newer = console_link(), console_link(NOBODYS), console_link()
    assert browser().post(first.path).status_code == 422
    assert browser().post(others.path).status_code == 302
    assert browser().post(newer.path).status_code == 302
    assert [(one.made, one.others) for one in (first, others, newer)] == [(True, 0), (True, 1), (False, 1)]


def test_one_click_sign_in_is_for_the_demo_and_this_machine_only(
    world: World, settings: LazySettings
) -> None:
    demo = actions.open_account(phone=NOBODYS, name="Demo Person", by=SYSTEM, at=AT, is_demo=True)
    sent = {"account": str(demo.public_id)}
    settings.DEMO = False
    assert browser().post("/demo/sign-in/", sent).status_code == 403
    settings.DEMO = True
    far = Client(REMOTE_ADDR="192.0.2.7")
    assert far.post("/demo/sign-in/", sent).status_code == 403
    for header in ("X-Forwarded-For", "Via", "CF-Connecting-IP", "True-Client-IP", "X-Client-IP"):
        passed_on = Client(headers={header: "127.0.0.1"})
        assert passed_on.post("/demo/sign-in/", sent).status_code == 403, header
    assert browser().post("/demo/sign-in/", {"account": str(world.account.public_id)}).status_code == 404
    assert browser().post("/demo/sign-in/", {"account": "x"}).status_code == 404
    client = browser()
    assert client.post("/demo/sign-in/", sent).status_code == 302
    assert strong(client)
