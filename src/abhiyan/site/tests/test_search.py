"""Whoever is found by search is one tap away: the person's office, and the unit it is in."""

import pytest

from abhiyan.core import clock
from abhiyan.core.scope import system
from abhiyan.people import actions as people

from .cast import SYSTEM, Cast

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_in_charge_found_by_name_leads_to_the_appointment_and_to_the_district() -> None:
    cast = Cast.make()
    with system("test"):
        people.rename_account(
            account_id=cast.accounts["district_in_charge"].pk, name="Farooq Kaul", by=SYSTEM, at=clock.now()
        )
    client = cast.client("state_president")
    page = client.get("/search/", {"q": "फारूक"}).content.decode()
    held = f"/appointments/{cast.appointments['district_in_charge']}/"
    assert f'<a href="{held}"><b>Farooq Kaul</b></a>' in page
    assert 'href="/units/JK-SRI/?in=organisational"' in page
    assert "Farooq Kaul" in client.get(held).content.decode()
