"""Units' own figures: typed by their leaders, replaced, taken back, never added to what was counted."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from abhiyan.core import clock
from abhiyan.core.refusals import Refused
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.org.queries import NotYours
from abhiyan.people.tests.make import body
from abhiyan.programmes import queries, refusals
from abhiyan.programmes.actions import type_figure
from abhiyan.programmes.actions.programmes import WindowReversed
from abhiyan.programmes.models import OwnFigure
from abhiyan.site.tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast() -> Cast:
    return Cast.make()


def test_a_unit_gives_replaces_and_takes_back_its_own_figures(cast: Cast) -> None:
    one, at = cast.world.programme, NOW
    first, today = one.opens_on, clock.day_in(one.zone, at)
    last = min(today, one.closes_on)
    unit = cast.world.units["JK-SRI"]

    asked: dict[str, Any] = {
        "programme": one,
        "measure": 1,
        "unit_id": unit.pk,
        "begins_on": first,
        "ends_on": last,
        "by": cast.actor("state_president"),
        "at": at,
    }

    def given(**other: Any) -> None:
        with cast.as_("state_president"):
            type_figure(**asked | other)

    def said() -> dict[int, int]:
        with system("test"):
            return queries.own_figures_of_units(one, 1, [unit.pk], after=None, until=last, at=at)

    before = queries.unit_ladder(node=unit.pk, hierarchy=one.hierarchy, programme=one, at=at)
    given(n=4_100)
    given(n=4_100)
    given(n=3_900)
    with system("test"):
        assert sorted(OwnFigure.objects.values_list("n", "replaced_at")) == [(3_900, None), (4_100, at)]
    assert said() == {unit.pk: 3_900}
    assert queries.unit_ladder(node=unit.pk, hierarchy=one.hierarchy, programme=one, at=at) == before
    day = timedelta(days=1)
    wrong: list[tuple[type[Refused], dict[str, Any]]] = [
        (refusals.DaysTaken, {"ends_on": last - day}),
        (refusals.DaysToCome, {"ends_on": today + day}),
        (refusals.DaysBefore, {"begins_on": first - day}),
        (WindowReversed, {"ends_on": first - day}),
        (refusals.UnknownMeasure, {"measure": 9}),
        (refusals.OwnFigureUnfit, {"n": -1}),
        (NotYours, {"by": cast.actor("district_elsewhere")}),
    ]
    for refusal, other in wrong:
        with pytest.raises(refusal):
            given(**{"n": 7} | other)
    given(n=None)
    assert said() == {}


def test_the_page_takes_a_figure_and_shows_what_it_replaced(cast: Cast) -> None:
    one, at = cast.world.programme, NOW
    page = reverse("programmes:own_figures", args=[one.public_id]) + "?unit=JK-SRI"
    form = {
        "measure": "1",
        "begins_on": one.opens_on.isoformat(),
        "ends_on": clock.day_in(one.zone, at).isoformat(),
        "n": "4,100",
    }
    client = cast.client("state_president")
    assert client.post(f"{page}&format=names", form).status_code == 422, (
        "a form about the list gives no figure"
    )
    assert "No figure yet" in client.get(page).text
    assert client.post(page, form).status_code == 302
    client.post(page, form | {"n": "3,900"})
    shown = client.get(page).text
    assert "3,900" in shown and "4,100" in shown and "replaced" in shown
    assert "Choose a last day" in client.post(page, form | {"ends_on": "2199-01-01"}).text
    assert "Give a figure" not in cast.client("district_elsewhere").get(page).text
    assert cast.client("district_elsewhere").post(page, form).status_code == 403
    outside = reverse("programmes:own_figures", args=[one.public_id]) + "?unit=JK-JAM"
    assert cast.client("district_in_charge").get(outside).status_code == 200


def test_from_outside_a_figure_is_that_of_the_last_closed_day_in_tens(cast: Cast) -> None:
    """Given, replaced and taken back today, a stranger reads what was there yesterday evening."""
    one, unit = cast.world.programme, cast.world.units["JK-SRI"].pk
    page = reverse("programmes:own_figures", args=[one.public_id]) + "?unit=JK-SRI"

    def typed(n: int | None, *, days_ago: int) -> None:
        at = NOW - timedelta(days=days_ago)
        days = {"begins_on": one.opens_on, "ends_on": clock.day_in(one.zone, NOW - timedelta(days=2))}
        with cast.as_("state_president"):
            type_figure(
                programme=one,
                measure=1,
                unit_id=unit,
                n=n,
                by=cast.actor("state_president"),
                at=at,
                **days,
            )

    def read(role: str) -> list[str]:
        _head, *rows = csv.reader(io.StringIO(body(cast.client(role), page + "&format=csv")))
        return [row[3].replace(",", "") for row in rows]

    outside, within = "district_elsewhere", "state_president"
    typed(4_123, days_ago=1)
    assert (read(outside), read(within)) == (["4120"], ["4123"])
    typed(4_131, days_ago=0)
    assert (read(outside), read(within)) == (["4120"], ["4131", "4123"])
    typed(None, days_ago=0)
    assert read(outside) == ["4120"] and read(within) == ["4131", "4123"]
    for role, n in ((outside, {unit: 4_123}), (within, {})):
        with cast.as_(role):
            said = queries.own_figures_of_units(one, 1, [unit], after=None, until=one.closes_on, at=NOW)
            alone = queries.own_figures_of_unit(unit, {(one.pk, 1): (None, one.closes_on)}, at=NOW)
            assert said == n and list(alone.values()) == list(n.values()), role
