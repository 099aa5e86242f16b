"""A drive's own page: who may set what, tokens by two people, numbers shown once, the funnel of one's own unit."""

import asyncio
import csv
import html
import io
import json
import re
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW, present
from abhiyan.enrolment.models import Drive
from abhiyan.enrolment.tests.make import CHANNEL, World
from abhiyan.enrolment.tests.web import officer, today, web_world
from abhiyan.intake.hotpath import calls, shapes
from abhiyan.intake.hotpath.directory import Directory, DriveLine
from abhiyan.intake.models import ChannelToken
from abhiyan.messaging.models import Number
from abhiyan.messaging.rules import signatures
from abhiyan.people import actions as people
from abhiyan.people.rules.notices import SAMPLE
from abhiyan.people.tests.make import body, browser
from abhiyan.programmes import actions as programmes

pytestmark = pytest.mark.django_db
NUMBER = "+911800000009"


@pytest.fixture
def world() -> World:
    made = web_world()
    with system("test"):
        people.publish_notice(code="membership", texts=SAMPLE, by=CHANNEL, at=made.now)
    return made


def page_of(world: World, part: str = "") -> str:
    return f"/drives/{world.programme.public_id}/{part}"


def drive_of(world: World) -> Drive:
    return Drive.objects.get(pk=world.programme.pk)


def settings_typed(**other: object) -> dict[str, object]:
    return {"join_slug": "winter", "notice_version": 1, "replies_per_hour": 500} | other


def token_typed(world: World, **other: object) -> dict[str, object]:
    return {
        "name": "Help desks",
        "unit": "JK-SRI",
        "channel": 3,
        "days": 30,
        "reason": "the desks at the fair",
    } | other


def number_typed(**other: object) -> dict[str, object]:
    typed = {
        "number": "+91 1800 000 009",
        "meaning": "join",
        "provider": "generic",
        "reason": "For the poster",
    }
    return typed | other


def shown(page: str, ident: str) -> str:
    """Return the text of a box to be copied."""
    found = re.search(rf'id="{ident}"[^>]*>([^<]*)</pre>', page)
    assert found, page
    return html.unescape(found[1])


def known(look: Callable[[Directory], Coroutine[Any, Any, Any]]) -> Any:
    """Return what the hot path finds."""

    async def ask() -> Any:
        directory = Directory(present)
        try:
            return await look(directory)
        finally:
            await directory.close()

    return asyncio.run(ask())


def lines_of(provider: str, address: str) -> list[DriveLine]:
    secret = address.rsplit("/", 1)[1].encode()
    found: list[DriveLine] = known(
        lambda directory: directory.lines(provider, directory.digest(secret).hex())
    )
    return found


def forms_of(page: str) -> list[str]:
    """Return the addresses to which the forms of a drive's page send what is typed."""
    return [form for form in re.findall(r'<form[^>]*action="([^"]*)"', page) if "/drives/" in form]


# ---------------------------------------------------------------------------------------------- who sees and may what


def test_the_page_is_linked_from_its_programme_and_shows_what_the_drive_is_set_to(world: World) -> None:
    client = officer(world, "state_president", "JK")
    assert page_of(world) in client.get(f"/programmes/{world.programme.public_id}/").content.decode()
    page = client.get(page_of(world)).content.decode()
    assert f"{settings.ORIGIN}/join/winter/" in page and 'class="qr"' in page
    assert "at most 4" in page and "Codes are asked everywhere" in page
    poster = client.get(page_of(world, "poster/")).content.decode()
    assert 'class="qr"' in poster and "/join/winter/" in poster


def test_a_district_reads_it_and_changes_nothing(world: World) -> None:
    client = officer(world, "district_president", "JK-SRI")
    page = client.get(page_of(world)).content.decode()
    assert not forms_of(page)
    assert "Ask for a token" not in page and "Add a number" not in page
    theirs = forms_of(officer(world, "state_president", "JK").get(page_of(world)).content.decode())
    assert any(form.endswith("/set-up/") for form in theirs) and any(
        form.endswith("/tokens/") for form in theirs
    )
    for part, typed in (
        ("set-up/", settings_typed()),
        ("tokens/", token_typed(world)),
        ("numbers/", number_typed()),
    ):
        assert client.post(page_of(world, part), typed).status_code == 403, part
    assert (
        client.post(page_of(world, "codes/"), {"unit": "JK", "first": today(), "last": today()}).status_code
        == 403
    )
    assert drive_of(world).codes_off == [] and not Number.objects.exists()


def test_nobody_without_an_office_opens_it(world: World) -> None:
    assert browser().get(page_of(world)).status_code == 302


def test_a_programme_out_of_sight_is_not_there(world: World) -> None:
    assert officer(world, "state_president", "HP").get(page_of(world)).status_code == 404


# ---------------------------------------------------------------------------------------------- settings


def test_address_notice_and_budget_are_changed(world: World) -> None:
    client = officer(world, "state_president", "JK")
    answer = client.post(page_of(world, "set-up/"), settings_typed(join_slug="sardi", notice_version=1))
    assert answer.status_code == 302
    drive = drive_of(world)
    assert (drive.join_slug, drive.replies_per_hour) == ("sardi", 500)
    assert browser().get("/join/sardi/").status_code == 200


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("join_slug", "Not fit", "small Latin letters"),
        ("join_slug", "member", "Another drive has this address"),
        ("join_slug", "", "required"),
        ("join_slug", "a\x00b", "Null characters"),
        ("notice_version", "99", "valid choice"),
        ("replies_per_hour", "-1", "Write at least"),
        ("replies_per_hour", "99999999999999999999", "Write at most"),
    ],
)
def test_unfit_settings_are_refused_beside_their_field(
    world: World, field: str, value: str, says: str
) -> None:
    client = officer(world, "state_president", "JK")
    answer = client.post(page_of(world, "set-up/"), settings_typed(**{field: value}))
    assert answer.status_code == 422
    assert says in html.unescape(answer.content.decode())
    assert drive_of(world).join_slug == "winter"


def test_codes_are_switched_off_in_a_state_for_some_days_and_on_again(world: World) -> None:
    client, approver = officer(world, "state_president", "JK"), officer(world, "data_officer", "JK")
    days = {"unit": "JK", "first": today().isoformat(), "last": (today() + timedelta(days=2)).isoformat()}
    for _twice in range(2):
        assert client.post(page_of(world, "codes/"), days | {"reason": "No SMS"}).status_code == 302
    assert drive_of(world).codes_off == [], "one person asks"
    ((release,),) = world.rows("select public_id from org_release where act = 'channels.codes_off'")
    assert client.post(f"/releases/{release}/decide/", {"allow": "yes"}).status_code == 403
    assert drive_of(world).codes_off == [], "and does not approve it"
    shown = approver.get(f"/releases/{release}/decide/?allow=yes").content.decode()
    assert "asks no code in" in shown and "proves a phone" in shown
    decide(approver, release)
    assert drive_of(world).codes_off == [{"unit": "JK", "from": days["first"], "to": days["last"]}]
    assert "codes off" in client.get(page_of(world)).content.decode()
    assert client.post(page_of(world, "codes/"), days | {"on": "1"}).status_code == 302
    assert drive_of(world).codes_off == []


def test_codes_are_not_switched_off_backwards_or_elsewhere(world: World) -> None:
    client = officer(world, "state_president", "JK")
    days = {"unit": "JK", "first": today().isoformat(), "last": (today() - timedelta(days=2)).isoformat()}
    days["reason"] = "No SMS"
    assert client.post(page_of(world, "codes/"), days).status_code == 422
    assert (
        client.post(page_of(world, "codes/"), days | {"unit": "HP", "last": days["first"]}).status_code == 422
    )
    assert client.post(page_of(world, "codes/"), {}).status_code == 422
    unsaid = days | {"last": days["first"], "reason": ""}
    assert client.post(page_of(world, "codes/"), unsaid).status_code == 422
    assert world.count("org_release") == 0
    assert drive_of(world).codes_off == []


# ---------------------------------------------------------------------------------------------- tokens


def release_waiting(world: World) -> str:
    ((found,),) = world.rows("select public_id from org_release where act = 'channels.token'")
    return str(found)


def made_token(world: World, asker: Client) -> str:
    """Asked, approved by the state's data officer, made: the page that shows it."""
    assert asker.post(page_of(world, "tokens/"), token_typed(world)).status_code == 302
    release = release_waiting(world)
    allowing = officer(world, "data_officer", "JK")
    assert allowing.post(f"/releases/{release}/decide/", {"allow": "yes"}).status_code == 302
    answer = asker.post(page_of(world, f"tokens/make/{release}/"))
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode()


def test_a_token_needs_a_second_person_and_is_shown_once(world: World) -> None:
    asker = officer(world, "it_administrator", "JK")
    assert asker.post(page_of(world, "tokens/"), token_typed(world)).status_code == 302
    release = release_waiting(world)
    page = asker.get(page_of(world)).content.decode()
    assert "waits for approval" in page and "Nobody can approve this yet." in page
    assert asker.post(page_of(world, f"tokens/make/{release}/")).status_code == 403
    other = officer(world, "data_officer", "JK")
    page = asker.get(page_of(world)).content.decode()
    assert "Can be approved by: Data officer, Jammu and Kashmir." in page and "Nobody can" not in page
    assert other.post(page_of(world, f"tokens/make/{release}/")).status_code == 403
    other.post(f"/releases/{release}/decide/", {"allow": "yes"})
    assert "Make the token" in asker.get(page_of(world)).content.decode()
    page = asker.post(page_of(world, f"tokens/make/{release}/")).content.decode()
    secret = shown(page, "secret")
    assert secret.startswith("abhi_") and "curl -X POST" in page
    second = asker.post(page_of(world, f"tokens/make/{release}/"))
    assert (second.status_code, second.headers["Location"]) == (302, page_of(world) + "#tokens")
    page = asker.get(page_of(world)).content.decode()
    assert "This token was made already" in page and "ask for a new one" in page
    with system("test"):
        assert ChannelToken.objects.count() == 1
    for client in (asker, officer(world, "state_president", "JK")):
        again = client.get(page_of(world)).content.decode()
        assert secret not in again and "Help desks" in again


@pytest.mark.django_db(transaction=True)  # at once, on other connections
def test_the_shown_token_and_its_example_are_taken_by_the_hot_path(world: World) -> None:
    page = made_token(world, officer(world, "it_administrator", "JK"))
    secret = shown(page, "secret")
    sender = known(lambda directory: directory.sender(b"Bearer " + secret.encode()))
    assert (sender.programme_id, sender.within) == (world.programme.pk, (world.district.pk,))
    example = re.search(r"-d '(\{.*?\})'", html.unescape(page), re.DOTALL)
    assert example
    claim = shapes.one_claim(example[1])
    assert claim.notice_version == drive_of(world).notice_version


def test_a_token_is_ended_after_asking_once_more(world: World) -> None:
    client = officer(world, "it_administrator", "JK")
    made_token(world, client)
    with system("test"):
        token = ChannelToken.objects.get(name="Help desks")
    path = page_of(world, f"tokens/{token.public_id}/end/")
    assert "End the token" in client.get(path).content.decode()
    assert officer(world, "district_president", "JK-SRI").post(path).status_code == 403
    assert client.post(path).status_code == 302
    assert ">ended<" in client.get(page_of(world)).content.decode()
    with system("test"):
        token.refresh_from_db()
    assert token.ended_at is not None


def test_unfit_tokens_are_refused(world: World) -> None:
    client = officer(world, "it_administrator", "JK")
    for wrong in (
        {"name": ""},
        {"days": 9_999},
        {"unit": "HP"},
        {"channel": 1},
        {"reason": ""},
        {"name": "\x00"},
    ):
        assert client.post(page_of(world, "tokens/"), token_typed(world, **wrong)).status_code == 422, wrong
    assert world.count("org_release") == 0


# ---------------------------------------------------------------------------------------------- numbers


def add_page(world: World, asker: Client, *, approver: Client | None = None, **typed: object) -> str:
    """Asked, and approved by the state's data officer: where the number is added."""
    assert asker.post(page_of(world, "numbers/"), number_typed(**typed)).status_code == 302
    ((release,),) = world.rows(
        "select public_id from org_release where act = 'channels.number' order by id desc limit 1"
    )
    decide(approver or officer(world, "data_officer", "JK"), release)
    return page_of(world, f"numbers/add/{release}/")


def decide(by: Client, release: object) -> None:
    assert by.post(f"/releases/{release}/decide/", {"allow": "yes"}).status_code == 302


def added(
    world: World,
    asker: Client,
    *,
    signing_token: str = "",
    approver: Client | None = None,
    **typed: object,
) -> str:
    """The page that shows a number which two people added."""
    page = add_page(world, asker, approver=approver, **typed)
    answer = asker.post(page, {"signing_token": signing_token})
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode()


@pytest.mark.django_db(transaction=True)  # the directory reads on a connection of its own
def test_a_generic_number_shows_address_and_secret_once_and_its_calls_hold(world: World) -> None:
    client = officer(world, "it_administrator", "JK")
    page = added(world, client)
    address, secret = shown(page, "calls"), shown(page, "signing")
    assert address.startswith(f"{settings.ORIGIN}/hook/call/generic/")
    assert shown(page, "reports") == address.replace("/hook/call/", "/hook/receipt/")
    assert "The same secret signs calls, SMS and delivery reports." in page
    (line,) = lines_of("generic", address)
    assert (line.number, line.meaning, line.programme_id) == (NUMBER, "join", world.programme.pk)
    at = NOW
    body = json.dumps({"id": "call-1", "from": "+919876543210", "to": NUMBER}).encode()
    at_s = int(at.timestamp())

    def holds(key: str) -> bool:
        sign = f"t={at_s},v2={signatures.generic_signature(at_s, 'call', body, key)}".encode()
        scope = {"query_string": b"", "path": ""}
        return calls._is_genuine(
            line, "call", scope, {b"x-signature": sign}, body, json.loads(body), "203.0.113.9", at
        )

    assert holds(secret) and not holds("another")
    again = client.get(page_of(world)).content.decode()
    assert NUMBER in again and "count as “phone not answered yet”" in again
    assert secret not in again and address.rsplit("/", 1)[1] not in again
    assert secret not in str(world.rows("select facts::text from core_audit where act like 'messaging.%%'"))


@pytest.mark.django_db(transaction=True)  # the directory reads on a connection of its own
def test_an_exotel_number_is_believed_from_its_networks_only(world: World) -> None:
    client = officer(world, "state_president", "JK")
    page = added(world, client, provider="exotel", addresses="203.0.113.0/24\n198.51.100.7")
    (line,) = lines_of("exotel", shown(page, "calls"))
    scope = {"query_string": b"", "path": ""}

    def holds(source: str) -> bool:
        return calls._is_genuine(line, "call", scope, {}, b"", {}, source, NOW)

    assert holds("203.0.113.77") and holds("198.51.100.7") and not holds("198.51.100.8")
    assert "Signing secret" not in page


@pytest.mark.django_db(transaction=True)  # the directory reads on a connection of its own
def test_a_twilio_number_keeps_its_auth_token_sealed(world: World) -> None:
    client = officer(world, "it_administrator", "JK")
    page = added(world, client, provider="twilio", signing_token="twilios-own-token")
    address = shown(page, "calls")
    (line,) = lines_of("twilio", address)
    told = {"CallSid": "CA1", "From": "+919876543210", "To": NUMBER}
    sign = signatures.twilio_signature(address, told, "twilios-own-token").encode()
    scope = {"query_string": b"", "path": address.removeprefix(str(settings.ORIGIN))}
    assert calls._is_genuine(
        line, "call", scope, {b"x-twilio-signature": sign}, b"", told, "203.0.113.9", NOW
    )
    sealed = Number.objects.get(number=NUMBER).sealed_token
    assert sealed and b"twilios-own-token" not in bytes(sealed)
    assert "twilios-own-token" not in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": "12"},
        {"number": "+91abc"},
        {"number": "\x00"},
        {"provider": "exotel"},
        {"provider": "exotel", "addresses": "0.0.0.0/0"},
        {"provider": "exotel", "addresses": "::/0"},
        {"provider": "exotel", "addresses": "not a network"},
        {"provider": "other"},
        {"meaning": "sing"},
        {"reason": ""},
    ],
)
def test_unfit_numbers_are_refused_and_no_token_is_sent_back(world: World, wrong: dict[str, str]) -> None:
    client = officer(world, "it_administrator", "JK")
    answer = client.post(page_of(world, "numbers/"), number_typed(**wrong))
    assert answer.status_code == 422
    assert not Number.objects.exists() and world.count("org_release") == 0


def test_a_providers_own_token_is_needed_and_not_sent_back(world: World) -> None:
    client = officer(world, "it_administrator", "JK")
    page = add_page(world, client, provider="twilio")
    assert client.post(page, {"signing_token": ""}).status_code == 422
    added_elsewhere = add_page(world, client, meaning="leave")
    assert client.post(added_elsewhere).status_code == 200
    again = client.post(page, {"signing_token": "kept-to-oneself"})
    assert again.status_code == 422 and "already in use" in again.content.decode()
    assert "kept-to-oneself" not in again.content.decode()


@pytest.mark.django_db(transaction=True)  # the directory reads on a connection of its own
def test_a_number_in_use_is_not_taken_over_but_ended_and_added_anew(world: World) -> None:
    client, approver = officer(world, "it_administrator", "JK"), officer(world, "data_officer", "JK")
    first = shown(added(world, client, approver=approver), "calls")
    taken = client.post(page_of(world, "numbers/"), number_typed(meaning="leave"))
    assert taken.status_code == 422 and "already in use" in taken.content.decode()
    path = page_of(world, f"numbers/{Number.objects.get(number=NUMBER).pk}/end/")
    assert "Ask to end" in client.get(path).content.decode()
    assert officer(world, "district_president", "JK-SRI").post(path).status_code == 403
    assert client.post(path, {"reason": "Another provider"}).status_code == 302
    ((release,),) = world.rows("select public_id from org_release where act = 'channels.number_end'")
    decide(approver, release)
    assert lines_of("generic", first) == []
    anew = shown(added(world, client, approver=approver), "calls")
    assert anew != first and lines_of("generic", first) == [] and len(lines_of("generic", anew)) == 1
    assert world.count("core_audit where act = 'messaging.end_number'") == 1


def test_a_number_of_another_drive_is_not_ended_from_here(world: World) -> None:
    client = officer(world, "it_administrator", "JK")
    with system("test"):
        foreign = Number.objects.create(number="+911800000077", provider="generic", meaning="leave")
    assert client.post(page_of(world, f"numbers/{foreign.pk}/end/"), {"reason": "x"}).status_code == 404


# ---------------------------------------------------------------------------------------------- the funnel


def funnel_of(client: Client, world: World, query: str = "") -> dict[tuple[str, str], list[str]]:
    """By day and channel, what the export of a unit's funnel holds."""
    answer = client.get(page_of(world, "funnel/") + f"?format=csv&{query}")
    assert answer.status_code == 200
    text = answer.getvalue().decode("utf-8-sig")
    return {(row[0], row[1]): row[2:] for row in list(csv.reader(io.StringIO(text)))[1:]}


def folded(world: World) -> None:
    with system("test"):
        programmes.fold_changes(at=NOW)


def test_the_funnel_is_of_every_unit_by_channel_and_day(world: World) -> None:
    on = today().isoformat()
    now, world.now = world.now, world.now - timedelta(days=3)
    world.web_join(of=world.chandra, unit=world.booth)
    world.now = now
    world.missed_call(of=world.asha)
    world.web_join(of=world.bilal, unit=world.far_booth)
    folded(world)
    state = officer(world, "state_president", "JK")
    before = (today() - timedelta(days=3)).isoformat()
    assert funnel_of(state, world) == {
        (on, "Missed call"): ["1", "1", "0", "0", "0"],
        (on, "Web"): ["1", "", "", "1", "1"],
        (before, "Web"): ["1", "", "", "1", "1"],
    }
    assert list(funnel_of(state, world, "unit=JK-SRI")) == [(before, "Web")]
    assert list(funnel_of(state, world, "unit=JK-AC75&in=electoral")) == [(on, "Web")]
    assert list(funnel_of(officer(world, "booth_president", "JK-B001"), world)) == [(before, "Web")]


def test_the_days_of_a_funnel_are_sorted_and_narrowed(world: World) -> None:
    folded(world)
    state = officer(world, "state_president", "JK")
    assert "Nobody has joined here yet" in body(state, page_of(world, "funnel/"))
    world.missed_call(of=world.asha)
    for each, days in ((world.bilal, 4), (world.chandra, 2)):
        now, world.now = world.now, world.now - timedelta(days=days)
        world.web_join(of=each, unit=world.booth)
        world.now = now
    folded(world)
    on, two, four = (str(today() - timedelta(days=n)) for n in (0, 2, 4))
    assert [day for day, _channel in funnel_of(state, world)] == [on, two, four]
    assert [day for day, _channel in funnel_of(state, world, "sort=day")] == [four, two, on]
    assert [day for day, _channel in funnel_of(state, world, "sort=-counted")] == [two, four, on]
    assert list(funnel_of(state, world, "channel=2")) == [(on, "Missed call")]
    assert list(funnel_of(state, world, f"since={four}&until={two}")) == [(two, "Web"), (four, "Web")]
    page = body(state, page_of(world, "funnel/"))
    assert "Showing 1–3 of 3" in page and "All days" in page
    assert "No day matches" in body(state, page_of(world, "funnel/?channel=4"))
    assert state.get(page_of(world, "funnel/?since=soon")).status_code == 422


def test_a_funnel_out_of_sight_is_not_shown(world: World) -> None:
    district = officer(world, "district_president", "JK-SRI")
    assert district.get(page_of(world, "funnel/?unit=HP")).status_code == 403
    assert district.get(page_of(world, "funnel/?unit=nowhere")).status_code == 404
    assert browser().get(page_of(world, "funnel/")).status_code == 302


def test_a_funnel_reads_as_much_whatever_the_number_of_days_and_units(world: World) -> None:
    state = officer(world, "state_president", "JK")
    world.web_join(of=world.mohan)
    folded(world)
    body(state, page_of(world, "funnel/"))
    with CaptureQueriesContext(connection) as few:
        body(state, page_of(world, "funnel/"))
    for days, human in enumerate((world.asha, world.bilal, world.chandra)):
        now, world.now = world.now, world.now - timedelta(days=days)
        world.web_join(of=human, unit=(world.booth, world.next_booth, world.far_booth)[days])
        world.now = now
    folded(world)
    with CaptureQueriesContext(connection) as many:
        body(state, page_of(world, "funnel/"))
    assert len(many) <= len(few)


def test_the_drives_page_shows_the_funnel_of_ones_own_unit_and_leads_to_its_days(world: World) -> None:
    world.web_join(of=world.bilal, unit=world.far_booth)
    world.web_join(of=world.chandra, unit=world.booth)
    folded(world)
    page = body(officer(world, "district_president", "JK-SRI"), page_of(world))
    funnel = page.split('aria-labelledby="funnel"')[1]
    assert "Funnel of Srinagar" in funnel and page_of(world, "funnel/") in funnel
    assert re.findall(r'data-l="(\w+)">(\d+)<', funnel) == [
        ("Reported", "1"),
        ("Completed", "1"),
        ("Counted", "1"),
    ]


def test_the_page_is_hindi_in_hindi(world: World) -> None:
    client = officer(world, "state_president", "JK")
    client.cookies["language"] = "hi"
    page = client.get(page_of(world), HTTP_ACCEPT_LANGUAGE="hi").content.decode()
    page += client.get(page_of(world, "funnel/"), HTTP_ACCEPT_LANGUAGE="hi").content.decode()
    for english in ("What it is set to", "Our numbers", "Ask for a token", "Funnel of", "Day by day"):
        assert english not in page, english


def test_who_only_takes_part_sees_no_tokens_and_no_addresses_of_providers(world: World) -> None:
    for office, unit in (("booth_worker", "JK-B001"), ("booth_president", "JK-B001"), ("verifier", "JK-SRI")):
        page = body(officer(world, office, unit), page_of(world))
        assert 'id="tokens"' not in page and 'id="numbers"' not in page and "/join/winter/" in page, office
    for office, unit in (("it_administrator", "JK"), ("district_president", "JK-SRI")):
        assert 'id="tokens"' in body(officer(world, office, unit), page_of(world)), office
