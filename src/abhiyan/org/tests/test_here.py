"""The unit a page is about, as its address names it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import RequestFactory
from django.utils.translation import override

from abhiyan.core.refusals import NotFound
from abhiyan.core.scope import system
from abhiyan.org import queries
from abhiyan.org.here import Here, NoUnits, page_unit
from abhiyan.org.viewer import NOBODY
from abhiyan.people.models import Account
from abhiyan.units.models import Unit

from .make import TODAY, World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with override("en"):
        yield


def asked(query: str, who: Account, **how: Any) -> Here:
    request: Any = RequestFactory().get(f"/stays/?{query}")
    with system("test"):
        request.viewer = queries.viewer_of(account_id=who.pk, on=TODAY)
        return page_unit(request, **how)


def test_the_address_names_the_unit_by_code_or_by_name_and_the_hierarchy_in_words(world: World) -> None:
    who = world.holder("district_president", "N11")
    here = asked("unit=N1111&in=electoral", who)
    assert (here.unit.code, here.hierarchy, here.slug) == ("N1111", 2, "electoral")
    assert here.span == (world.lo("N1111", 2), world.lo("N1111", 2) + 10)
    assert asked("unit=n121", who).unit.code == "N121", "as search finds it"
    assert asked("unit=N111&in=electoral", who).hierarchy == 1, "a mandal has no place in the electoral tree"
    for query in ("unit=nowhere-at-all", "unit=%00", "unit=N11%00"):
        with pytest.raises(NotFound):
            asked(query, who)


def test_without_an_address_a_page_is_about_the_viewers_own_unit_else_the_top(world: World) -> None:
    assert asked("", world.holder("district_president", "N11")).unit.code == "N11"
    own = world.holder("constituency_in_charge", "C1", hierarchy=2)
    assert (asked("", own).unit.code, asked("", own).hierarchy) == ("C1", 2)
    assert asked("in=electoral", own).hierarchy == 2
    assert asked("", world.account()).unit.code == "N"
    assert asked("", own, otherwise=lambda: world.unit("N12"), hierarchy=1).unit.code == "N12"


def test_a_page_of_one_hierarchy_knows_no_unit_outside_it(world: World) -> None:
    who = world.holder("state_president", "N1")
    here = asked("unit=C1&in=electoral&show=vacant", who, hierarchy=2)
    assert (here.unit.code, here.segments()) == ("C1", [])
    assert here.href("/report/", unit="C2") == "/report/?unit=C2", "no other hierarchy to tell it from"
    assert here.crumbs()[-2][1].endswith("&show=vacant") and "in=" not in here.crumbs()[-2][1]
    with pytest.raises(NotFound):
        asked("unit=N111", who, hierarchy=2)
    with system("test"):
        Unit.objects.create(code="LOST", kind="booth", names={"en": "Lost"})
    with pytest.raises(NotFound):
        asked("unit=LOST", who)


def test_counts_out_of_sight_are_refused(world: World) -> None:
    who = world.holder("state_president", "N1")
    assert asked("unit=N12", who, counts=True).unit.code == "N12"
    with pytest.raises(queries.NotYours):
        asked("unit=N2", who, counts=True)
    with pytest.raises(queries.NotYours):
        asked("", world.account(), counts=True)


def test_the_way_down_and_the_other_hierarchies_keep_what_the_page_was_asked(world: World) -> None:
    who = world.holder("district_president", "N11")
    here = asked("unit=N1111&show=vacant&page=3", who)
    assert here.crumbs(("Stays", "/stays/"))[-2:] == [
        ("Unit N111", "/stays/?unit=N111&in=organisational&show=vacant"),
        ("Unit N1111", ""),
    ]
    assert [(href, is_on) for _label, href, is_on in here.segments()] == [
        ("/stays/?unit=N1111&in=organisational&show=vacant", True),
        ("/stays/?unit=N1111&in=electoral&show=vacant", False),
    ]
    named = asked("unit=N1111&hierarchy=1&self=2", who).crumbs()
    assert named[-2][1] == "/stays/?unit=N111&in=organisational&hierarchy=1&self=2", (
        "whatever else it is called"
    )
    assert here.href("/report/", measure="2") == "/report/?unit=N1111&in=organisational&measure=2"
    request: Any = RequestFactory().get("/")
    with system("test"):
        request.viewer = queries.viewer_of(account_id=who.pk, on=TODAY)
        seen = here.crumbs(seen_by=request.viewer)
    assert [name for name, _href in seen] == ["Unit N1", "Unit N11", "Unit N111", "Unit N1111"], (
        "not the nation"
    )


def test_before_there_are_units_a_page_about_one_says_what_to_do_first(db: None) -> None:
    request: Any = RequestFactory().get("/stays/")
    request.viewer = NOBODY
    with system("test"), pytest.raises(NoUnits, match="no units yet"):
        page_unit(request)
