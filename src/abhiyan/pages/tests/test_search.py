"""A person found by search is one tap away: their sheet, their office, and its unit."""

import re
from html import unescape
from urllib.parse import quote

import pytest
from django.test import Client

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.rules.number import member_number
from abhiyan.enrolment.tests.web import today
from abhiyan.org.queries import viewer_of
from abhiyan.org.rules.offices import SEATS
from abhiyan.pages.office_search import offices_in_place
from abhiyan.people import actions as people
from abhiyan.site.tests.cast import IN_BODIES, MORE_OFFICES, OFFICES, SYSTEM, Cast
from abhiyan.units.words import write_words

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


def found_by_name(cast: Cast) -> Cast:
    """The same, where search knows the units of the small world by their names."""
    with system("test"):
        write_words((unit.pk, unit.kind, unit.names) for unit in cast.world.units.values())
    return cast


def offices_in(page: str) -> list[str]:
    """The rows of offices that a search names."""
    found = page.split('id="offices"')[1].split("</section>")[0] if 'id="offices"' in page else ""
    return re.findall(r"<li>(.*?)</li>", found, re.DOTALL)


def test_an_office_and_its_place_find_its_holder_in_both_languages_and_any_order() -> None:
    cast = found_by_name(Cast.make())
    cast.everybody()
    viewer = viewer_of(account_id=cast.accounts["state_president"].pk, on=today())
    names = {seat.code: (seat.en, seat.hi) for seat in SEATS}
    units = {code: unit.names for code, unit in cast.world.units.items()}
    with cast.as_("state_president"):
        for role, (office, code, _tree) in (OFFICES | MORE_OFFICES).items():
            where = "JK-SRI" if office in IN_BODIES else code
            if where == "HP":
                continue
            english, hindi = names[office]
            for text in (
                f"{units[where]['en']} {english}",
                f"{english.lower()} of {units[where]['en']}",
                f"{units[where]['hi']} {hindi}",
                f"{units[where]['hi']} के {english}",
            ):
                held = [
                    each
                    for each in offices_in_place(viewer, text, on=today())
                    if each.account_id == cast.accounts[role].pk
                ]
                assert held and held[0].unit.code == where, (role, text)


@pytest.mark.parametrize("text", ["Srinagar in-charge", "zila prabhari Srinagar", "श्रीनगर जिला प्रभारी"])
def test_a_leader_calls_whom_they_find_and_others_see_neither_name_nor_number(text: str) -> None:
    cast = found_by_name(Cast.make())
    sheet = f"/bearers/{cast.accounts['district_in_charge'].public_id}/"
    rows = offices_in(searched(cast.client("state_president"), text))
    assert (
        f'href="{sheet}" data-sheet' in rows[0]
        and "Call" in rows[0]
        and "District in-charge, Srinagar" in rows[0]
    )
    # Most booths of the district lie in the constituency: its in-charge calls the office-bearers there.
    assert f'href="{sheet}" data-sheet' in searched(cast.client("constituency_in_charge"), text)
    for role in ("district_elsewhere", "data_officer"):
        page = searched(cast.client(role), text)
        rows = [row for row in offices_in(page) if "District in-charge, Srinagar" in row]
        assert rows and not any("Vacant" in row for row in rows), role
        assert "/bearers/" not in page and not re.search(r"\+91|tel:", "".join(rows)), role
    outside = "".join(offices_in(searched(cast.client("district_elsewhere"), text)))
    assert "Name not shown" in outside and "district_in_charge" not in outside
    assert offices_in(searched(cast.client("booth_worker"), text)) == [], "who may not read offices"
    assert not any("In-charge" in row for row in offices_in(searched(cast.client("verifier"), text)))


def test_a_vacant_office_says_so_and_leads_to_its_unit() -> None:
    cast = found_by_name(Cast.make())
    page = searched(cast.client("state_president"), "Srinagar district president")
    (row,) = offices_in(page)
    assert "Vacant" in row and 'href="/units/JK-SRI/?in=organisational"' in row and "Call" not in row
    above = offices_in(searched(cast.client("mandal_president"), "state president"))
    assert "state_president" in above[0] and "/bearers/" not in above[0], "of one's own line, without a place"
    assert offices_in(searched(cast.client("state_president"), "Shimla district president")) == [], (
        "out of sight"
    )
    for text in ("Srinagar district", "president", "zila", "Srinagar"):
        assert offices_in(searched(cast.client("state_president"), text)) == [], text


def test_search_says_that_no_unit_fits_only_where_nothing_does() -> None:
    cast = found_by_name(Cast.make())
    client = cast.client("state_president")
    none = "No unit and no office-bearer with this name"
    assert none in searched(client, "qzxqzx")
    for text in ("targets", "Srinagar district president", cast.own_member.phone, "state_president"):
        page = searched(client, text)
        assert none not in page and "No unit with this name" not in page, text
