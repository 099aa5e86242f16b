"""A unit's page shows who does what, and its committees and wings, to its leaders and to others."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from abhiyan.core.scope import system
from abhiyan.org.models import Appointment, Body
from abhiyan.people.tests.make import body, browser

from .make import World

pytestmark = pytest.mark.django_db
MEDIA = {
    "kind": "committee",
    "name_en": "Media",
    "name_hi": "मीडिया",
    "seats": "3",
    "duty": "Speaks to papers",
}


def led(world: World) -> Client:
    return browser(world.holder("district_president", "N11", name="Asha Devi"))


def made(client: Client) -> str:
    """The page of a new committee of the district."""
    sent = client.post("/bodies/new/?unit=N11", MEDIA)
    assert sent.status_code == 302, body(client, "/bodies/new/?unit=N11")
    return str(sent["Location"])


def test_who_leads_a_unit_makes_fills_renames_and_dissolves_a_committee(world: World) -> None:
    client = led(world)
    assert "Asha Devi" in body(client, "/bodies/?unit=N11")
    page = made(client)
    number = page.strip("/").split("/")[-1]
    text = body(client, page)
    assert "Speaks to papers" in text and f"body={number}&amp;office=body_convener" in text
    new = f"/appointments/new/?unit=N11&body={number}"
    assert "district_in_charge" not in body(client, new)
    given = {
        "office": "body_convener",
        "phone": "9906070777",
        "name": "Meena Kaul",
        "starts_on": "2026-11-25",
    }
    assert client.post(new, given).status_code == 302
    with system("test"):
        held = Appointment.objects.get(body_id=number)
        Appointment.objects.filter(pk=held.pk).update(state="active")
    assert (
        "Meena Kaul" in body(client, page)
        and "body=" not in body(client, page).split("<tbody>")[1].split("</tr>")[0]
    )
    listed = body(client, "/bodies/?unit=N11")
    assert page in listed and "Meena Kaul" in listed

    assert client.post(f"{page}change/", MEDIA | {"name_en": "Press", "seats": "4"}).status_code == 302
    assert "Press" in body(client, page)
    asked = body(client, f"{page}dissolve/")
    assert "1 appointment" in asked
    with system("test"):
        assert Body.objects.get(pk=number).ended_on is None
    assert client.post(f"{page}dissolve/", {"reason": "Its work is done"}).status_code == 302
    assert client.get(page).status_code == 404
    with system("test"):
        assert Appointment.objects.get(pk=held.pk).state == "ended"


def test_what_a_form_says_wrong_is_told_beside_its_field_and_nothing_is_made(world: World) -> None:
    client = led(world)
    page = made(client)
    for wrong, told in (
        ({"name_en": "media"}, "already has a committee"),
        ({"name_en": ""}, "This field is required"),
        ({"seats": "0"}, "at least 1"),
        ({"seats": "201"}, "at most 200"),
        ({"kind": "club"}, "Select a valid choice"),
    ):
        sent = client.post("/bodies/new/?unit=N11", MEDIA | {"name_en": "Sport", "name_hi": ""} | wrong)
        assert sent.status_code in (409, 422) and told in sent.content.decode(), wrong
    with system("test"):
        assert Body.objects.count() == 1
    for number in ("x", "9" * 30, "-1", "999999"):
        assert client.get(f"/appointments/new/?unit=N11&body={number}").status_code in (200, 404), number
    assert (
        client.get(f"/appointments/new/?unit=N111&body={page.strip('/').split('/')[-1]}").status_code == 404
    )


def test_others_read_but_change_nothing_and_another_state_sees_nothing(world: World) -> None:
    page = made(led(world))
    beside = browser(world.holder("district_president", "N12"))
    assert "Media" in body(beside, "/bodies/?unit=N11") and f"{page}change/" not in body(beside, page)
    for where in ("/bodies/new/?unit=N11", f"{page}change/", f"{page}dissolve/"):
        assert beside.get(where).status_code == 403, where
        assert beside.post(where, MEDIA | {"reason": "Mine", "name_en": "Mine"}).status_code == 403, where
    elsewhere = browser(world.holder("state_president", "N2"))
    assert elsewhere.get("/bodies/?unit=N11").status_code == 403
    for where in (page, f"{page}change/", f"{page}dissolve/"):
        assert elsewhere.get(where).status_code == 404, where
    with system("test"):
        assert [one.names["en"] for one in Body.objects.filter(ended_on=None)] == ["Media"]


def test_a_page_of_many_bodies_asks_no_more_than_one_of_few(world: World) -> None:
    client = led(world)
    made(client)
    body(client, "/bodies/?unit=N11")
    with CaptureQueriesContext(connection) as few:
        body(client, "/bodies/?unit=N11")
    for n in range(8):
        assert (
            client.post("/bodies/new/?unit=N11", MEDIA | {"name_en": f"C {n}", "name_hi": ""}).status_code
            == 302
        )
    with CaptureQueriesContext(connection) as many:
        body(client, "/bodies/?unit=N11")
    assert len(many) == len(few)
