"""The organisation adds kinds of requests in two languages, renames and closes them. Requests keep their kind."""

import pytest
from django.utils import translation

from abhiyan.core.refusals import NotFound
from abhiyan.core.scope import system
from abhiyan.enrolment.tests.make import World
from abhiyan.enrolment.tests.web import officer, web_world
from abhiyan.helpdesk import actions
from abhiyan.helpdesk.actions.kinds import KindNeeded, KindTwice
from abhiyan.helpdesk.fields import KindField, kind_choices, request_kinds
from abhiyan.helpdesk.models import RequestKind, Ticket
from abhiyan.helpdesk.numbers import count_needs
from abhiyan.helpdesk.queries import Wanted
from abhiyan.people.tests.make import browser
from abhiyan.stays.views.field import StayReportForm

from .make import BY, typed

pytestmark = pytest.mark.django_db
LIST = "/helpline/kinds/"


@pytest.fixture
def world() -> World:
    return web_world()


def water(world: World) -> str:
    """A kind of the organisation's own; its code."""
    return actions.add_kind(english="Drinking water", hindi="पीने का पानी", by=BY, at=world.now).code


def test_the_office_at_the_top_adds_a_kind_and_every_form_offers_it_in_both_languages(world: World) -> None:
    top = officer(world, "national_president", "IN")
    assert top.post(f"{LIST}new/", {"english": "Drinking water", "hindi": ""}).status_code == 422
    added = {"english": "Drinking water", "hindi": "पीने का पानी"}
    assert top.post(f"{LIST}new/", added).status_code == 302
    assert top.post(f"{LIST}new/", added).status_code in (302, 409)
    with system("test"):
        code = RequestKind.objects.get().code
    assert "Drinking water" in top.get(LIST).text and f"{LIST}{code}/close/" in top.get(LIST).text
    assert "Drinking water" in browser().get("/help/").text
    with translation.override("hi"):
        assert dict(kind_choices())[code] == "पीने का पानी"
        assert list(kind_choices())[-1][0] == "other"
        offered = str(StayReportForm()["kind"])
    assert "पीने का पानी" in offered and code in offered and '"membership"' not in offered
    state = officer(world, "state_president", "JK")
    assert f"{LIST}{code}/close/" not in state.get(LIST).text
    assert state.post(f"{LIST}new/", {"english": "Roads", "hindi": "सड़कें"}).status_code in (403, 422)
    state.post(f"{LIST}{code}/close/")
    with system("test"):
        assert RequestKind.objects.get().closed_at is None
    assert officer(world, "booth_president", "JK-B001").get(LIST).status_code == 403


def test_a_closed_kind_is_not_offered_and_its_requests_keep_it_and_are_counted(world: World) -> None:
    code = water(world)
    row = typed(world, "The pump is broken", kind=code)
    actions.close_kind(code=code, is_closed=True, by=BY, at=world.now)
    assert code not in dict(kind_choices()) and code in dict(kind_choices(with_closed=True))
    field = KindField(label="About")
    assert field.clean(code) == code, "a page from before may send it"
    with system("test"):
        kept = Ticket.objects.get(pk=row.pk)
        (counted,) = count_needs(Wanted(since=world.now), by="kind", at=world.now)
    with translation.override("en"):
        assert kept.get_kind_display() == dict(kind_choices(with_closed=True))[code] == "Drinking water"
    assert (counted.of, counted.came_in, counted.under_way) == ((code,), 1, 1)
    page = officer(world, "state_president", "JK").get("/helpline/needs/", {"unit": "JK"}).text
    assert "Drinking water" in page
    actions.close_kind(code=code, is_closed=False, by=BY, at=world.now)
    assert code in dict(kind_choices())
    moved = actions.move_ticket(ticket=row.pk, unit_id=row.unit_id, kind="card", by=BY, at=world.now)
    assert moved.kind == "card" and moved.kind_names == {}


def test_a_standard_kind_is_closed_too_but_not_those_that_come_without_a_form(world: World) -> None:
    actions.close_kind(code="material", is_closed=True, by=BY, at=world.now)
    assert "material" not in dict(kind_choices())
    assert [kind.code for kind in request_kinds() if kind.closed_at] == ["material"]
    with pytest.raises(KindNeeded):
        actions.close_kind(code="other", is_closed=True, by=BY, at=world.now)
    water(world)
    with pytest.raises(KindTwice):
        actions.add_kind(english="drinking WATER", hindi="जल", by=BY, at=world.now)
    for english, hindi in (("Water", "पीने का पानी"), ("My card", "पत्ता")):
        with pytest.raises(KindTwice):
            actions.add_kind(english=english, hindi=hindi, by=BY, at=world.now)


@pytest.mark.parametrize("code", ["own", "material", "other"])
def test_a_renamed_kind_is_called_so_everywhere_also_by_requests_of_before(world: World, code: str) -> None:
    code = water(world) if code == "own" else code
    row = typed(world, "The pump is broken", kind=code)
    top = officer(world, "national_president", "IN")
    page = f"{LIST}{code}/"
    assert page in top.get(LIST).text and dict(kind_choices())[code] in top.get(page).text
    assert top.post(page, {"english": "Water and pumps", "hindi": "पानी और पंप"}).status_code == 302
    with system("test"):
        before = Ticket.objects.get(pk=row.pk)
    after = typed(world, "Another", kind=code, phone="+919906000009")
    for language, name in (("en", "Water and pumps"), ("hi", "पानी और पंप")):
        with translation.override(language):
            assert before.get_kind_display() == after.get_kind_display() == name
            assert dict(kind_choices())[code] == name
    assert "Water and pumps" in top.get("/helpline/needs/", {"unit": "JK"}).text
    if code != "other":
        actions.close_kind(code=code, is_closed=True, by=BY, at=world.now)
    with translation.override("en"):
        assert dict(kind_choices(with_closed=True))[code] == "Water and pumps", "also once it is closed"


def test_a_kind_gets_no_name_of_another_and_its_own_again(world: World) -> None:
    code = water(world)
    for english, hindi in (("My card", "पत्ता"), ("Water", "मेरा कार्ड")):
        with pytest.raises(KindTwice):
            actions.rename_kind(code=code, english=english, hindi=hindi, by=BY, at=world.now)
    actions.rename_kind(code=code, english="Drinking Water", hindi="पीने का पानी", by=BY, at=world.now)
    with translation.override("en"):
        assert dict(kind_choices())[code] == "Drinking Water"
    actions.rename_kind(code="card", english="Card", hindi="कार्ड", by=BY, at=world.now)
    assert actions.add_kind(english="My card", hindi="मेरा कार्ड", by=BY, at=world.now).code, "it is free now"
    with pytest.raises(NotFound):
        actions.rename_kind(code="own-none", english="Roads", hindi="सड़कें", by=BY, at=world.now)


def test_only_the_office_at_the_top_renames_a_kind(world: World) -> None:
    state = officer(world, "state_president", "JK")
    assert "Rename" not in state.get(LIST).text
    assert state.post(f"{LIST}card/", {"english": "Roads", "hindi": "सड़कें"}).status_code in (403, 422)
    with translation.override("en"):
        assert dict(kind_choices())["card"] == "My card"
    top = officer(world, "national_president", "IN")
    assert top.post(f"{LIST}card/", {"english": "x" * 61, "hindi": ""}).status_code == 422
    assert top.get(f"{LIST}own-none/").status_code == 404
