"""No address shows the name of an office-bearer outside the reader's own line, unless the reader says what for."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client, RequestFactory

from abhiyan.core import limits, sql
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW, present
from abhiyan.core.tests.given import time as let_it_be
from abhiyan.enrolment.tests.web import today
from abhiyan.org import queries
from abhiyan.org.models import Appointment
from abhiyan.org.views.appointments import HELD
from abhiyan.pages.access import addresses_by_name
from abhiyan.people.actions import open_account, rename_account
from abhiyan.site.tests.addresses import address, body, filled, more_things, things
from abhiyan.site.tests.answers import at_the_door
from abhiyan.site.tests.cast import IN_BODIES, MORE_OFFICES, OFFICES, SYSTEM, Cast
from abhiyan.ui.bearers import REASON
from abhiyan.ui.lists import Table
from abhiyan.units import queries as units

# The second names of all in office in one district, and in the other; everybody is called Zubeida.
NEAR, FAR = "Nearbearer", "Farbearer"
MORE_FAR = {
    "far_mandal": ("mandal_president", "JK-JAM-M1", 1),
    "far_booth": ("booth_president", "JK-B004", 1),
    "far_worker": ("booth_worker", "JK-B004", 1),
}
# Each reader, and the names that are not free for them. The legislator's constituency is in the other district.
READERS = {"booth_president": FAR, "mandal_president": FAR, "legislator": NEAR}
# As it is; searched by part of a name, in the order of names; every level below the state.
LOOKS = (
    "",
    "q=Zubei&name=Zubei&matching=Zubei&sort=-name&show=all",
    "unit=JK&in=organisational&level=mandal&page=1",
)


def is_near(unit: str) -> bool:
    return unit.startswith(("JK-SRI", "JK-B001"))


@pytest.fixture(scope="module")
def cast(open_database: None) -> Cast:
    cast = Cast.make()
    cast.everybody()
    places = {role: unit for role, (_office, unit, _tree) in (OFFICES | MORE_OFFICES).items()}
    for role, (office, unit, tree) in MORE_FAR.items():
        cast._seat(role, office, unit, tree)
        places[role] = unit
    for role, unit in places.items():
        name = (
            NEAR
            if is_near(unit) or role in IN_BODIES
            else FAR
            if unit.startswith(("JK-JAM", "JK-B004"))
            else ""
        )
        if name:
            account = cast.accounts[role].pk
            rename_account(account_id=account, name=f"Zubeida {name}", by=SYSTEM, at=present())
    return cast


@pytest.fixture(scope="module")
def found(cast: Cast, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Things that fill addresses, of one district and of the other."""
    own = things(cast, "district_in_charge", "JK-SRI", "JK-B001", cast.membership(cast.own_member))
    foreign = things(cast, "district_elsewhere", "JK-JAM", "JK-B004", cast.membership(cast.foreign_member))
    return own, foreign, more_things(cast, foreign, tmp_path_factory.mktemp("results"))


def seen(client: Client, where: str, **sent: str) -> str:
    """What an address answers; whatever the look changed is undone."""
    with transaction.atomic():
        answer = client.post(where, sent, follow=True) if sent else client.get(where)
        text = body(answer)
        transaction.set_rollback(True)
    return text


@pytest.mark.parametrize(
    "role", ["booth_president", pytest.param("mandal_president", marks=pytest.mark.slow), "legislator"]
)
def test_no_address_shows_a_name_outside_the_readers_line(role: str, cast: Cast, found: Any) -> None:
    own, foreign, others = found
    client, name = cast.client(role), READERS[role]
    told: dict[str, tuple[str, str]] = {}
    for page in sorted(addresses_by_name()):
        if at_the_door(addresses_by_name()[page].opens, role):
            continue
        limits.forget_all()
        near, far = (address(page, of, **filled(page, others)) for of in (own, foreign))
        for where in dict.fromkeys((near, far)):
            for look in LOOKS:
                asked = where + ("&" if "?" in where else "?") * bool(look) + look
                if shown := re.search(rf"(?s).{{0,60}}{name}", seen(client, asked)):
                    told.setdefault(page, (asked, shown[0]))
    assert told == {}, "\n".join(f"{page}: {where}: {text!r}" for page, (where, text) in told.items())


WHY = "I plan a visit"


def trail() -> list[tuple[Any, ...]]:
    """The openings of names in the trail: how many, and what for."""
    with system("test"):
        return sql.rows("select n, facts->>'reason' from core_audit where act = 'org.names_read' order by id")


def test_a_reason_shows_the_names_and_leaves_a_row_in_the_trail(cast: Cast, found: Any) -> None:
    client, where = cast.client("booth_president"), "/appointments/?unit=JK-JAM"
    page = seen(client, where)
    assert FAR not in page and "Name not shown" in page and "What do you need the names for?" in page
    with transaction.atomic():
        answer = client.post(where, {"names_reason": WHY}, follow=True)
        assert answer.status_code == 200 and FAR in answer.text
        ((n, why),) = trail()
        assert n >= len(MORE_FAR) and why == WHY
        assert f"This page shows {n} names from other units." in " ".join(answer.text.split())
        transaction.set_rollback(True)
    refused = seen(client, where, names_reason="x")
    assert FAR not in refused and "at least 5 characters" in refused


def test_a_reason_shows_the_names_of_one_look_at_its_page(cast: Cast, found: Any) -> None:
    where, other = "/appointments/?unit=JK-JAM", "/appointments/?unit=JK-JAM&sort=office"
    with transaction.atomic():
        client, peer = cast.client("booth_president"), cast.client("mandal_president")
        answer = client.post(where, {"names_reason": f"{WHY}\0"})
        assert (answer.status_code, answer["Location"]) == (303, where)
        assert trail() == [], "nothing is shown yet"
        assert FAR not in body(peer.get(where)), "another reader"
        assert FAR not in body(client.get(other)), "another page"
        assert "Null characters" in body(client.get(where)), "the form of the page checks the reason"
        client.post(where, {"names_reason": WHY})
        assert FAR in body(client.get(where)) and len(trail()) == 1
        assert FAR not in body(client.get(where)), "a second look"
        client.post(where, {"names_reason": WHY})
        let_it_be(NOW + timedelta(minutes=3))
        assert FAR not in body(client.get(where)), "after a while"
        transaction.set_rollback(True)


def test_an_offer_tells_nobody_whose_a_phone_is(cast: Cast, found: Any) -> None:
    """An office offered to a phone that has an account shows the name once it is accepted, or with a reason."""
    with transaction.atomic():
        with system("test"):
            given: dict[str, Any] = {"by": SYSTEM, "at": NOW - timedelta(days=9)}
            open_account(phone="+919812466601", name="Zubeida Elsewhere", **given)
        client = cast.client("booth_president")
        offer = {"office": "booth_worker", "starts_on": NOW.date().isoformat()}
        shown = []
        for phone, name in (("9812466601", "Asha Devi"), ("9812466602", "Asha Newcomer")):
            made = client.post("/appointments/new/?unit=JK-B001", offer | {"phone": phone, "name": name})
            shown.append(body(client.get(made["Location"])))
            client.post(f"{made['Location']}end/", {"reason": "a mistake"})
        assert "Elsewhere" not in shown[0] and "Name not shown" in shown[0]
        assert "Asha Newcomer" in shown[1], "the office typed this name itself"
        assert "Elsewhere" not in seen(client, "/appointments/?unit=JK&show=ended")
        transaction.set_rollback(True)


def test_a_reason_does_nothing_but_look(cast: Cast, found: Any) -> None:
    """The server does nothing else that the same form says, even where the page takes a form."""
    client, ended = cast.client("state_president"), cast.appointments["far_worker"]
    answer = client.post(
        f"/appointments/{ended}/end/", {"names_reason": WHY, "reason": "Because", "confirm": "1"}, follow=True
    )
    assert answer.status_code == 200
    with system("test"):
        assert Appointment.objects.get(public_id=ended).state == "active"


def test_the_names_of_a_day_are_counted_and_a_full_day_says_when_there_is_more(
    cast: Cast, found: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ABHIYAN_LIMITS", "bearers.names=4")
    limits.forget_all()
    client, where = cast.client("booth_president"), "/units/JK-JAM-M1/"
    assert FAR in seen(client, where, names_reason=WHY)
    pages = [seen(client, where, names_reason=WHY) for _n in range(4)]
    assert FAR not in pages[-1]
    assert re.search("see the names of 4 office-bearers .* ask again in [0-9]+ hours", pages[-1])
    assert FAR not in seen(client, "/appointments/?unit=JK-JAM&sort=office", names_reason=WHY), (
        "one number for all pages"
    )
    assert NEAR in seen(client, "/units/JK-SRI/"), "their own line costs nothing"
    limits.forget_all()


@pytest.mark.parametrize(
    "where", ["/search/?q=Zubei", "/search/?q=Zubeida+Farb", "/appointments/?unit=JK&name=Zubeida+Farb"]
)
def test_a_search_by_name_does_not_confirm_a_name_without_a_reason(
    where: str, cast: Cast, found: Any
) -> None:
    client = cast.client("booth_president")
    page = seen(client, where).replace("Zubeida Farb", "")
    assert "Name not shown" not in page and "JK-JAM" not in page, "not even a row without the name"
    assert "This search by name covers only your units" in page and "Search all names" in page
    assert FAR in seen(client, where, names_reason=WHY)
    with transaction.atomic():
        nobody = where.replace("Zubei", "Qwertz").replace("Farb", "")
        before = len(trail())
        assert "Qwertz" in body(client.post(nobody, {"names_reason": WHY}, follow=True))
        assert len(trail()) == before + 1, "that nobody is called so is told once, and counted"
        transaction.set_rollback(True)


def test_a_search_by_name_finds_the_own_line_without_a_reason(cast: Cast, found: Any) -> None:
    assert NEAR in seen(cast.client("booth_president"), "/search/?q=Zubei")
    page = seen(cast.client("district_elsewhere"), "/appointments/?unit=JK-JAM&name=Zubei")
    assert FAR in page and "This search by name" not in page
    page = seen(cast.client("state_president"), "/search/?q=Zubei")
    assert FAR in page and NEAR in page and "This search by name" not in page


def test_the_order_of_names_is_offered_only_where_all_of_them_are_free(cast: Cast, found: Any) -> None:
    assert "sort=name" in seen(cast.client("state_president"), "/appointments/?unit=JK")
    client = cast.client("booth_president")
    assert "sort=name" not in seen(client, "/appointments/?unit=JK-JAM")
    one, other = (seen(client, f"/appointments/?unit=JK-JAM&sort={order}") for order in ("name", "-name"))
    assert re.findall("JK-[A-Z0-9-]+", one) == re.findall("JK-[A-Z0-9-]+", other)


def test_slides_and_a_printed_dossier_leave_names_out_too(cast: Cast, found: Any) -> None:
    client, president = cast.client("booth_president"), cast.client("state_president")
    where = "/review/dossier/JK-JAM/print/"
    assert FAR in seen(president, where) and FAR not in seen(client, where)
    assert FAR in seen(client, where, names_reason=WHY), "a file takes the reason as well"


def test_an_approved_file_has_names_from_other_units_only_with_its_reason(cast: Cast, found: Any) -> None:
    account = cast.accounts["booth_president"]
    for reason, is_there in (("", False), (WHY, True)):
        with cast.as_("booth_president"):
            request: Any = RequestFactory().get("/appointments/")
            request.viewer = queries.viewer_of(account_id=account.pk, on=today())
            request.actor = cast.actor("booth_president")
            if reason:
                request.__dict__[REASON] = reason
            rows = queries.appointment_rows(*units.span(cast.world.units["JK-JAM"].pk, 1))
            table: Table[Any] = Table(request, HELD, rows, name="held", caption="Held")
            text = body(table.written("csv", with_names=True))
        assert len(text.splitlines()) > len(MORE_FAR) and (FAR in text) == is_there


@pytest.mark.parametrize(
    ("role", "free", "other"),
    [
        ("state_president", {"far_booth", "mandal_president", "legislator"}, set()),
        (
            "district_in_charge",
            {"mandal_president", "booth_worker", "state_president", "national_president"},
            {"far_booth"},
        ),
        (
            "booth_worker",
            {"booth_president", "mandal_president", "national_president"},
            {"far_booth", "district_elsewhere"},
        ),
        (
            "legislator",
            {"far_booth", "far_mandal", "district_elsewhere", "state_president"},
            {"booth_president", "mandal_president"},
        ),
        (
            "member_of_parliament",
            {"booth_president", "mandal_president", "district_in_charge"},
            {"far_booth", "far_mandal"},
        ),
        ("body_member", {"district_in_charge", "state_president"}, {"booth_president", "far_mandal"}),
        ("weak", set(), {"state_president"}),
    ],
)
def test_whose_names_are_free(role: str, free: set[str], other: set[str], cast: Cast, found: Any) -> None:
    of = {each: cast.accounts[each].pk for each in free | other}
    with cast.as_(role):
        viewer = queries.viewer_of(account_id=cast.accounts[role].pk, on=today())
        if role == "weak":
            viewer = replace(viewer, is_strong=False)
        got = queries.names_of_page(viewer, of.values(), on=today()).free
    assert {each for each, account in of.items() if account in got} == free


def test_the_names_looked_for_would_be_found(cast: Cast, found: Any) -> None:
    president = cast.client("state_president")
    page = seen(president, "/appointments/?unit=JK")
    assert NEAR in page and FAR in page
