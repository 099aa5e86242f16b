"""The person sheet: a leader calls them and gives them a task; nobody else sees sheet or number."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from abhiyan.core import declared, limits
from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.org import actions as org
from abhiyan.org.models import Appointment
from abhiyan.people.models import Account, Phone
from abhiyan.people.tests.make import undrawn
from abhiyan.programmes.models import InCharge
from abhiyan.site.tests.cast import SYSTEM, Cast

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER = "+919906012399"


@pytest.fixture
def cast() -> Cast:
    return Cast.make()


def with_number(cast: Cast, role: str, number: str = NUMBER) -> None:
    account, ring = cast.accounts[role], keyring()
    phone_id = ring.phone_id(number)
    with system("test"):
        Phone.objects.create(
            id=phone_id,
            hash=phone_id.bytes * 2,
            sealed=ring.seal(number.encode(), about=phone_id.bytes),
            last4=number[-4:],
        )
        Account.objects.filter(pk=account.pk).update(phone_id=phone_id)


def sheet_of(cast: Cast, role: str) -> str:
    return f"/bearers/{cast.accounts[role].public_id}/"


def page(client: Client, path: str) -> str:
    return str(client.get(path).content.decode())


def test_a_leader_finds_the_name_below_calls_by_one_press_and_gives_a_task(cast: Cast) -> None:
    with_number(cast, "district_in_charge")
    sheet, chief = sheet_of(cast, "district_in_charge"), cast.client("state_president")
    name = f'href="{sheet}" data-sheet>district_in_charge'
    assert name in page(chief, "/units/JK-SRI/"), "who is responsible"
    assert name in page(chief, "/appointments/"), "who holds which office"
    shown = page(chief, sheet)
    assert "District in-charge" in shown and "tel:+91990" not in shown and "wa.me" not in shown
    called = chief.post(sheet).content.decode()
    assert f'href="tel:{NUMBER}"' in called and 'href="https://wa.me/919906012399?text=Namaste' in called
    subject = str(cast.accounts["district_in_charge"].public_id)
    assert cast.world.rows(
        "select account_id, subject from core_audit where act = 'people.reveal_phone'"
    ) == [(cast.accounts["state_president"].pk, subject)]
    ask = re.search(r'href="(/programmes/tasks/new/\?[^"]*)"', shown)
    assert ask is not None
    form = page(chief, ask[1].replace("&amp;", "&"))
    assert f'<option value="{cast.appointments["district_in_charge"]}" selected>' in form
    assert "Srinagar" in form


def test_a_national_leader_and_an_electoral_one_lead_the_same_booth(cast: Cast) -> None:
    with_number(cast, "booth_president")
    sheet = sheet_of(cast, "booth_president")
    for role in ("national_president", "mandal_president", "cluster_in_charge", "constituency_in_charge"):
        answer = cast.client(role).post(sheet)
        assert f"tel:{NUMBER}" in answer.content.decode(), role


@pytest.mark.parametrize(
    ("viewer", "whose"),
    [
        ("district_elsewhere", "district_in_charge"),  # a peer
        ("mandal_president", "district_in_charge"),  # from below
        ("booth_worker", "booth_president"),  # the same unit, from below
        ("district_elsewhere", "mandal_president"),  # another line
        ("state_elsewhere", "district_in_charge"),
        ("state_president", "state_president"),  # oneself
        ("state_president", "data_officer"),  # a line of their own
        ("call_centre_agent", "mandal_president"),  # leads nobody
        ("verifier", "booth_president"),
        ("member_of_parliament", "state_president"),  # above the constituency
        ("member_of_parliament", "legislator"),  # of a segment elsewhere
        ("legislator", "mandal_president"),
        ("it_administrator", "district_in_charge"),
        ("data_officer", "mandal_president"),
        ("root", "state_president"),
        ("weak", "state_president"),
        ("no_office", "state_president"),
    ],
)
def test_nobody_else_sees_the_sheet_or_the_number(cast: Cast, viewer: str, whose: str) -> None:
    if viewer in ("state_elsewhere", "member_of_parliament", "legislator"):
        cast.everybody()
    with_number(cast, whose)
    client, sheet = cast.client(viewer), sheet_of(cast, whose)
    for answer in (client.get(sheet), client.post(sheet)):
        assert answer.status_code in (302, 403, 404)
        assert NUMBER[-4:] not in undrawn(answer.content.decode())
    assert all(sheet not in page(client, path) for path in ("/units/JK-SRI/", "/units/JK/", "/appointments/"))
    assert cast.world.rows("select 1 from core_audit where act = 'people.reveal_phone'") == []


def test_two_of_the_same_rank_in_a_unit_are_peers_and_the_senior_leads_the_junior(cast: Cast) -> None:
    cast.everybody()
    with_number(cast, "district_in_charge")
    sheet = sheet_of(cast, "district_in_charge")
    assert cast.client("district_president").get(sheet).status_code == 200
    assert cast.client("district_in_charge").get(sheet_of(cast, "district_president")).status_code == 404
    cast.appoint(cast.accounts["no_office"], "state_general_secretary", "JK", by=SYSTEM)
    second = sheet_of(cast, "no_office")
    assert cast.client("state_general_secretary").get(second).status_code == 404
    assert cast.client("state_president").get(second).status_code == 200


def test_an_office_that_ended_gives_nothing_and_hides_nobody_any_more(cast: Cast) -> None:
    with_number(cast, "district_in_charge")
    chief = cast.client("state_president")
    cast.appoint(cast.accounts["district_in_charge"], "booth_worker", "JK-B004", by=SYSTEM)
    sheet = sheet_of(cast, "district_in_charge")
    below = sheet_of(cast, "mandal_president")
    former = cast.client("district_in_charge")
    assert chief.get(sheet).status_code == 200 and former.get(below).status_code == 200
    with system("test"):
        org.end_appointment(
            public_id=cast.appointments["district_in_charge"], reason="over", by=SYSTEM, at=NOW
        )
    assert former.get(below).status_code == 403 and former.post(below).status_code == 403
    with system("test"):
        Appointment.objects.filter(account_id=cast.accounts["district_in_charge"].pk).update(state="ended")
    assert chief.get(sheet).status_code == 404, "they hold no office by which they are led"
    assert chief.post(sheet).status_code == 404


def test_a_name_of_somebody_with_offices_in_two_lines_opens_for_both_leaders(cast: Cast) -> None:
    account = cast.accounts["mandal_president"]
    cast.appoint(account, "district_in_charge", "JK-JAM", by=SYSTEM)
    shown = page(cast.client("state_president"), sheet_of(cast, "mandal_president"))
    assert shown.count("Give a task") >= 2, "a task for each office"
    own = page(cast.client("district_in_charge"), sheet_of(cast, "mandal_president"))
    assert "Mandal president" in own and "/units/JK-JAM/" not in own, "only what one leads"


def test_past_the_days_quota_no_number_is_shown(cast: Cast) -> None:
    with_number(cast, "district_in_charge")
    chief = cast.client("state_president")
    spent = declared.PEOPLE_REVEALED.allowed
    limits.count_or_refuse(
        declared.PEOPLE_REVEALED, str(cast.accounts["state_president"].pk), at=NOW, n=spent
    )
    answer = chief.post(sheet_of(cast, "district_in_charge"))
    assert answer.status_code == 429 and NUMBER[-4:] not in undrawn(answer.content.decode())


def test_without_a_number_the_page_says_so(cast: Cast) -> None:
    answer = cast.client("state_president").post(sheet_of(cast, "district_in_charge"))
    assert answer.status_code == 404 and "no number of this person" in answer.content.decode()


def test_names_of_a_page_are_settled_by_one_query(cast: Cast) -> None:
    chief = cast.client("state_president")
    with system("test"):
        for role in ("mandal_president", "booth_president"):
            InCharge.objects.create(
                programme=cast.world.programme,
                unit=cast.world.district,
                account_id=cast.accounts[role].pk,
                role="in_charge" if role == "mandal_president" else "co_in_charge",
                named_at=NOW - timedelta(days=1),
            )
    path = f"/programmes/{cast.world.programme.public_id}/in-charges/"
    with CaptureQueriesContext(connection) as asked:
        shown = page(chief, path)
    assert sum("mine(lo, hi, rank)" in str(each["sql"]) for each in asked.captured_queries) == 1
    for role in ("mandal_president", "booth_president"):
        assert f'href="{sheet_of(cast, role)}" data-sheet>' in shown
    assert "\x02" not in shown


def test_an_unknown_account_is_not_there(cast: Cast) -> None:
    chief = cast.client("state_president")
    assert chief.get(f"/bearers/{uuid4()}/").status_code == 404
    assert chief.post(f"/bearers/{uuid4()}/").status_code == 404
