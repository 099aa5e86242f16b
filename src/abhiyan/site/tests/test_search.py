"""Whoever is found by search is one tap away: their sheet, their office, and the unit it is in."""

import re
from html import unescape
from urllib.parse import quote

import pytest
from django.test import Client

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.rules.number import member_number
from abhiyan.people import actions as people

from .cast import SYSTEM, Cast

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_in_charge_found_by_name_leads_to_their_sheet_the_appointment_and_the_district() -> None:
    cast = Cast.make()
    with system("test"):
        people.rename_account(
            account_id=cast.accounts["district_in_charge"].pk, name="Farooq Kaul", by=SYSTEM, at=NOW
        )
    client = cast.client("state_president")
    page = client.get("/search/", {"q": "फारूक"}).content.decode()
    held = f"/appointments/{cast.appointments['district_in_charge']}/"
    sheet = f"/bearers/{cast.accounts['district_in_charge'].public_id}/"
    assert f'href="{sheet}" data-sheet>Farooq Kaul' in page
    assert f'href="{held}"' in client.get(sheet).content.decode()
    peer = cast.client("district_elsewhere")
    assert "Farooq Kaul" not in peer.get("/search/", {"q": "फारूक"}).text, "not in their line"
    named = peer.post(f"/search/?q={quote('फारूक')}", {"names_reason": "A joint meeting"}, follow=True).text
    assert f'<b><a href="{held}">Farooq Kaul</a></b>' in named
    assert 'href="/units/JK-SRI/?in=organisational"' in page
    assert "Farooq Kaul" in client.get(held).content.decode()


def searched(client: Client, text: str) -> str:
    return str(client.get("/search/", {"q": text}).content.decode())


def members_in(page: str) -> list[str]:
    return re.findall(r'<a href="/people/[0-9a-f-]{36}/"><b>(.*?)</b></a>', page)


def test_a_member_is_found_where_one_may_see_them_and_each_look_leaves_a_row() -> None:
    cast = Cast.make()

    def found(role: str, text: str) -> bool:
        shown = members_in(searched(cast.client(role), text))
        assert shown in ([], ["Asha Devi"])
        return bool(shown)

    phone = cast.own_member.phone
    assert found("state_president", phone) and found("booth_president", phone)
    assert found("booth_president", "asha") and found("district_in_charge", phone[3:])
    number = member_number(cast.membership(cast.own_member))
    assert found("booth_president", number) and not found("district_elsewhere", number)
    for role in ("district_elsewhere", "verifier", "it_administrator", "weak", "no_office", "root"):
        assert not found(role, phone) and not found(role, "asha"), role
    looks = cast.world.rows(
        "select account_id, n from core_audit where act = 'enrolment.read_people' order by id"
    )
    roles: dict[object, str] = {account.pk: role for role, account in cast.accounts.items()}
    assert [(roles[account], n) for account, n in looks] == [
        ("state_president", 1),
        *[("booth_president", 1)] * 2,
        ("district_in_charge", 1),
        ("booth_president", 1),
        ("district_elsewhere", 0),  # the number, and the phone: to test whether somebody joined leaves a row
        ("district_elsewhere", 0),
    ]


def test_search_says_so_where_a_role_sees_no_members() -> None:
    cast = Cast.make()
    said = "Your role can't search members."
    assert said in unescape(searched(cast.client("verifier"), "9876543210"))
    assert said not in unescape(searched(cast.client("mandal_president"), "9876543210"))


def test_past_the_days_quota_search_says_so_for_a_phone_that_is_found_and_one_that_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cast = Cast.make()
    monkeypatch.setenv("ABHIYAN_LIMITS", "people.rows=2")
    client = cast.client("booth_president")
    nobodys = "9906099060"
    pages = [searched(client, text) for text in (nobodys, "asha", nobodys, cast.own_member.phone)]
    assert [members_in(page) for page in pages] == [[], ["Asha Devi"], [], []]
    assert ["limit for a day" in page for page in pages] == [False, False, True, True]
    assert all("Found for" in page for page in pages), "the rest of the page is there all the same"
