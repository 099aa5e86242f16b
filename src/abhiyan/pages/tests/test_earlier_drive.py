"""The last drive beside this one: totals of a list, on the pages of a programme and of a unit."""

import re
from datetime import timedelta
from html import unescape

import pytest

from abhiyan.core import clock
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.people.tests.make import body
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.models import Programme, UnitTotal
from abhiyan.site.tests.cast import Cast
from abhiyan.ui import charts
from abhiyan.ui.ladder import EarlierDrive, LadderShown

from .test_units_below import rows

pytestmark = pytest.mark.django_db(transaction=True)
LABEL = "Drive of 2019"


def text(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def listed(cast: Cast, label: str = LABEL, **totals: int) -> None:
    """A list of totals, by code of unit ("-" as "_")."""
    with system("test"):
        UnitTotal.objects.bulk_create(
            UnitTotal(
                label=label,
                unit=cast.world.units[code.replace("_", "-")],
                n=n,
                source="The state office",
                import_id=1,
                row=row,
            )
            for row, (code, n) in enumerate(totals.items(), start=2)
        )


def change(cast: Cast, label: str) -> int:
    closes = cast.world.programme.closes_on.isoformat()
    page = f"/programmes/{cast.world.programme.public_id}/change/"
    answer = cast.client("state_president").post(
        page, {"name_en": "Winter", "closes_on": closes, "earlier": label}
    )
    return answer.status_code


def test_a_programme_is_shown_beside_the_totals_of_an_earlier_drive_chosen_by_name() -> None:
    cast = Cast.make()
    listed(cast, JK_SRI=30, JK_JAM=10)
    cast.crowd(10, "JK-B004", "70065")
    client = cast.client("state_president")
    for page in ("/units/JK/?show=all", f"/programmes/{cast.world.programme.public_id}/?unit=JK"):
        assert LABEL not in body(client, page)
    assert change(cast, "Drive of 1999") == 422
    assert change(cast, LABEL) == 302
    for page in ("/units/JK/?show=all", f"/programmes/{cast.world.programme.public_id}/?unit=JK"):
        said = text(body(client, page))
        assert "Drive of 2019 40 Counted now 12 30%" in said, page
        assert "Totals, not members. Source: The state office." in said
        assert "% of the earlier drive" in said
    page = body(client, "/units/JK/?show=all")
    srinagar, jammu = sorted(rows(page.partition('id="children"')[2]), key=lambda row: "Jammu" in row)
    assert srinagar.endswith("3%") and jammu.endswith("110%")
    assert "The total of Drive of 2019 lies far above this picture: 40." in text(page)
    file = body(client, "/units/JK/?format=csv")
    assert "Earlier drive" in file.splitlines()[0] and ",30," in file and ",10," in file
    assert change(cast, "") == 302 and LABEL not in body(client, "/units/JK/?show=all")


def test_a_unit_the_list_does_not_name_has_the_sum_below_it_and_one_below_the_list_has_none() -> None:
    cast = Cast.make()
    listed(cast, JK_SRI_M1=7, JK_SRI_M2=5, JK_JAM=9, JK_JAM_M1=4)
    units = {code: unit.pk for code, unit in cast.world.units.items()}
    with system("test"):
        Programme.objects.update(earlier=LABEL)
        programme = Programme.objects.get(pk=cast.world.programme.pk)
        found = programmes.earlier_totals(programme, units=units.values(), hierarchy=1)
    assert found is not None
    assert {code: found.of[units[code]] for code in ("IN", "JK", "JK-SRI", "JK-JAM", "JK-JAM-M1")} == {
        "IN": 21,
        "JK": 21,
        "JK-SRI": 12,
        "JK-JAM": 9,
        "JK-JAM-M1": 4,
    }
    assert units["JK-B001"] not in found.of and found.beside(units["JK-B001"]) == {}


def test_of_a_very_long_list_only_units_it_names_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    from abhiyan.programmes.queries import earlier_drives as module

    monkeypatch.setattr(module, "MOST_ADDED_UP", 1)
    cast = Cast.make()
    listed(cast, JK_SRI=30, JK_JAM=10)
    units = {code: cast.world.units[code].pk for code in ("JK", "JK-SRI")}
    programme = cast.world.programme
    programme.earlier = LABEL
    with system("test"):
        found = programmes.earlier_totals(programme, units=units.values(), hierarchy=1)
    assert found is not None and found.of == {units["JK-SRI"]: 30}


def test_totals_far_above_a_trend_are_said_and_not_drawn() -> None:
    first = clock.day_in("Asia/Kolkata", NOW)
    days = [charts.Day(on=first, counted=10)]
    for n, drawn in ((19, True), (1_600_000, False)):
        trend = charts.Trend(
            name="x",
            begins_on=first,
            ends_on=first + timedelta(days=9),
            days=days,
            before=EarlierDrive(LABEL, n),
        )
        plotted = charts.plot_trend(trend)
        assert plotted is not None and (plotted.before is not None) is drawn
    assert LadderShown(name="x").before is None
