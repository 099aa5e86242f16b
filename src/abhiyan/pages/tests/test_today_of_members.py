"""Today lists people who joined, or have still to answer."""

import re
from dataclasses import replace
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from abhiyan.contact.tests.at_doors import no_poll
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.queries import people as queries_people
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.enrolment.tests.make import Human
from abhiyan.messaging.models import Number
from abhiyan.messaging.tests.bulk import ENTITY, register
from abhiyan.people.actions.suppressions import suppress
from abhiyan.people.models import Purpose
from abhiyan.people.tests.make import body
from abhiyan.site.tests.cast import SYSTEM, Cast

from .test_today import text

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER = "+911140000000"  # a missed call to it joins


def test_today_rounds_what_is_counted_for_those_who_do_not_see_the_people() -> None:
    cast = Cast.make(own=42)
    assert "43 counted." in text(cast, "district_in_charge")
    assert "40 counted." in text(cast, "data_officer")
    assert "Fewer than 10 counted." in text(cast, "verifier"), "of the other district"
    assert ": phone not answered yet" not in text(cast, "verifier")


def test_a_state_president_sees_who_is_behind_and_callers_who_have_not_joined() -> None:
    cast = Cast.make()
    cast.target("JK-SRI", 250)
    cast.target("JK-JAM", 25)
    cast.crowd(10, "JK-B004", "70065")
    cast.world.missed_call(of=Human("Nobody yet", 1980, "+919906000055"))
    page = text(cast, "state_president")
    assert (
        "Membership drive: 1 of 2 districts is behind, by 57 in all Srinagar needs 57 more. 1 is ahead, by 5."
        " Srinagar 57 fewer than due by today district_in_charge Call" in page
    )
    assert "1 caller has not joined yet" in page
    funnel = f"/drives/{cast.world.programme.public_id}/funnel/?unit=JK&amp;in=organisational"
    assert funnel in body(cast.client("state_president"), "/today/")
    assert "caller" not in text(cast, "district_in_charge"), "callers have no place below the state"


def test_a_mandal_president_sees_the_booths_where_nobody_is_counted() -> None:
    cast = Cast.make()
    said = "Membership drive: Nothing is counted in 1 booth yet Lal Chowk Library Nothing is counted yet"
    assert f"{said} nobody leads it" in text(cast, "mandal_president")
    cast.crowd(1, "JK-B002", "70066")
    assert "Nothing is counted" not in text(cast, "mandal_president")
    cast.target("JK-B001", 250)
    page = text(cast, "mandal_president")
    assert "1 of 2 booths is behind, by " in page
    assert "fewer than due by today booth_president Call" in page


def on_paper(cast: Cast, name: str, number: int, *consents: int) -> Human:
    """Somebody joined at the first booth on paper: their phone has not answered."""
    human = Human(name, 1980, f"+9199061{number:05d}")
    claim = cast.world.claim(human, Channel.PAPER, unit=cast.world.booth)
    cast.world.take(replace(claim, consents=(Purpose.MEMBERSHIP, *consents)))
    return human


def test_a_booth_is_told_of_phones_that_have_not_answered_and_whom_it_may_call() -> None:
    cast = Cast.make()
    for n in range(6):
        on_paper(cast, f"Agreed {chr(97 + n)}", n, Purpose.CALLS)
    on_paper(cast, "Silent Devi", 7)
    refused = on_paper(cast, "Refused Lal", 8, Purpose.CALLS)
    with system("test"):
        suppress(phone_id=cast.world.phone_id(refused), channel=1, by=SYSTEM, at=NOW)
    page = text(cast, "booth_president")
    assert "8 people: phone not answered yet" in page
    assert re.findall(r"Agreed [a-f] Written down on .*?, not counted yet\. Call", page)
    # All six wait since the same day, so that any five of them may come first.
    assert sum(f"Agreed {name}" in page for name in "abcdef") == 5, "five at most"
    assert "Silent" not in page and "Refused" not in page
    no_poll(cast.world.state.pk)  # calls ask the calendar
    client = cast.client("booth_president")
    card = re.findall(r'href="(/field/card/[^"]*)"', body(client, "/"))[0]
    shown = client.post(card, {"number": "1"}).content.decode()
    assert re.search(r'class="[^"]*button[^"]*" dir="ltr" href="tel:', shown), "two taps"
    worker = text(cast, "booth_worker")
    assert re.search("Agreed [a-f] .* Tell them", worker) and " Call " not in worker, "nor see the number"
    assert "Agreed" not in text(cast, "cluster_in_charge"), "above a booth nobody is named"
    assert "8 people: phone not answered yet" in text(cast, "cluster_in_charge")
    for role in ("call_centre_agent", "verifier", "it_administrator", "data_officer", "district_elsewhere"):
        assert "Agreed" not in text(cast, role) and ": phone not answered yet" not in text(cast, role), role


def test_phones_that_have_not_answered_are_told_by_channel_and_lead_to_their_rows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(queries_people, "MOST_LEAVES", 1)
    cast = Cast.make()
    for n in range(3):
        on_paper(cast, f"Agreed {chr(97 + n)}", n, Purpose.MESSAGES)
    client = cast.client("state_president")
    assert "/messages/sends/new/" not in body(client, "/today/"), "there is no number to send"
    with system("test"):
        Number.objects.create(
            number=NUMBER,
            provider="generic",
            meaning="join",
            programme_id=cast.world.programme.pk,
            added_at=NOW,
        )
    page = unescape(body(client, "/today/"))
    assert "3 people: phone not answered yet" in page
    (rows,) = re.findall(r'href="(/people/[^"]*rung=unsigned[^"]*)"', page)
    listed = unescape(body(client, rows))
    districts = re.findall(r'href="(/people/[^"]*)">([^<]*)</a>\s*<b class="push nums">(\d+)</b>', listed)
    assert "Came by: Paper list 3." in listed
    assert [(name, n) for _href, name, n in districts] == [("Srinagar", "3")]
    assert "unit=JK-SRI" in districts[0][0] and "rung=unsigned" in districts[0][0]
    (channels,) = re.findall(r'href="(/programmes/[^"]*/counts/[^"]*by=channel[^"]*)"', page)
    assert "Paper list" in body(client, channels)

    (send,) = re.findall(r'href="(/messages/sends/new/[^"]*)"', page)
    register(by=cast.actor("state_president"), unit_id=cast.world.state.pk, at=NOW)
    (ready,) = re.findall(
        r'href="(/messages/texts/new/[^"]*)">Keep the ready text', unescape(body(client, send))
    )
    kept = unescape(body(client, ready))
    texts = {
        language: re.findall(rf'name="text_{language}"[^>]*>\s*([^<]*)<', kept)[0]
        for language in ("en", "hi")
    }
    assert all("{number}" in text for text in texts.values()), "the other text does not say it"
    given = {f"text_{language}": text.strip() for language, text in texts.items()}
    ids = {"registration_en": "1107161234567890999", "registration_hi": "1107161234567890998"}
    made = client.post(ready, given | ids | {"name": "Number", "entity": ENTITY, "header": "SNGTHN"})
    assert made["Location"].startswith("/messages/sends/new/"), made.content
    for where in (made["Location"], send):
        form = unescape(body(client, where))
        assert f'<option value="unanswered:{cast.world.programme.pk}" selected>' in form
        assert re.search(rf'name="v_en_number"[^>]*value="{re.escape(NUMBER)}"', form), "it says the number"
    sent = {"v_en_number": NUMBER, "v_hi_number": NUMBER, "per_hour": "60"}
    drafted = client.post(send, sent | {"audience": f"unanswered:{cast.world.programme.pk}"})
    assert "button" in body(client, drafted["Location"]) and "Ask for approval" in body(
        client, drafted["Location"]
    )
    assert "/messages/sends/new/" not in body(cast.client("cluster_in_charge"), "/today/")


def test_names_on_today_are_a_reading_of_people_and_leave_a_row() -> None:
    cast = Cast.make()

    def read() -> list[tuple[object, ...]]:
        return cast.world.rows("select account_id, n from core_audit where act = 'enrolment.read_people'")

    text(cast, "booth_president")
    assert read() == [], "nobody was named"
    on_paper(cast, "Agreed Devi", 1, Purpose.CALLS)
    text(cast, "booth_president")
    assert read() == [(cast.accounts["booth_president"].pk, 1)]


def test_past_the_days_quota_of_people_today_opens_without_names(monkeypatch: pytest.MonkeyPatch) -> None:
    cast = Cast.make()
    on_paper(cast, "Agreed Devi", 1, Purpose.CALLS)
    monkeypatch.setenv("ABHIYAN_LIMITS", "people.rows=1")
    assert "Agreed Devi" in text(cast, "booth_president")
    page = text(cast, "booth_president")
    assert "Agreed Devi" not in page and "1 person: phone not answered yet" in page


@pytest.mark.parametrize(
    "role", ["state_president", "mandal_president", "booth_president", "it_administrator"]
)
def test_today_asks_as_many_queries_whatever_there_is(role: str) -> None:
    cast = Cast.make()
    cast.target("JK-SRI", 260)
    on_paper(cast, "Agreed first", 90, Purpose.CALLS)
    on_paper(cast, "Agreed second", 91, Purpose.CALLS)
    client = cast.client(role)
    client.get("/")
    few = queries_of(client)
    assert 10 < few <= 58, few
    for n in range(20):
        on_paper(cast, f"Agreed {chr(97 + n)}", n, Purpose.CALLS)
    cast.crowd(30, "JK-B003", "70067")
    assert queries_of(client) == few


def queries_of(client: Client) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get("/").status_code == 200
    return len(asked)
