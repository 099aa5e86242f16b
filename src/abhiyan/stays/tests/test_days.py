"""Field days: planned in the own area, marked on the day, confirmed by the booth president; and what is refused."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import translation

from abhiyan.core.refusals import NotFound
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.messaging import actions as messaging
from abhiyan.org import actions as org
from abhiyan.org.models import Appointment
from abhiyan.org.tests.make import World, actor
from abhiyan.people.models import Account
from abhiyan.people.tests.make import browser
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.models import Item, Programme
from abhiyan.programmes.queries import unit_ladder
from abhiyan.stays import actions, queries_days
from abhiyan.stays.actions import MarkGiven
from abhiyan.stays.models import FieldDay
from abhiyan.stays.offers import dossier_parts
from abhiyan.ui.reviewed import Subject

from .make import DAY, JOBS, POINT, TODAY, points, programme, reachable, texts

pytestmark = pytest.mark.django_db
FAR = (POINT[0] + 0.36, POINT[1])  # 40 km
PRESIDENT = "+919419000001"


@pytest.fixture
def world(db: None) -> World:
    made = World()
    points(made, N1111=POINT, N1112=(POINT[0] + 0.1, POINT[1]))
    reachable(made, "booth_president", "N1111", 1, "Ghulam Rasool")
    return made


@pytest.fixture
def leader(world: World) -> Account:
    return reachable(world, "district_president", "N11", 7, "Sunita Devi")


@pytest.fixture
def run(world: World) -> Programme:
    return programme(world.unit("N1"), opens=TODAY - 30 * DAY, days=90, kind="field_days")


@pytest.fixture
def own(world: World, leader: Account, run: Programme) -> FieldDay:
    return plan(world, leader)


def plan(world: World, leader: Account, *, code: str = "N1111", day: date = TODAY, **more: Any) -> FieldDay:
    return actions.plan_day(day=day, unit_id=world.unit(code), by=actor(leader), at=more.get("at", NOW))


def mark(own: FieldDay, leader: Account, point: tuple[float, float] | None = POINT, **more: Any) -> FieldDay:
    at = more.pop("at", NOW)
    given = MarkGiven(point, 20.0 if point else None, **more)
    return actions.mark_day(day=own.pk, mark_given=given, by=actor(leader), at=at)


def counts(run: Programme, world: World) -> tuple[int | None, ...]:
    """Reported, unsigned, counted, confirmed at the state."""
    with system("test"):
        programmes.fold_changes(at=NOW + 30 * DAY)
        seen = unit_ladder(node=world.unit("N1"), hierarchy=1, programme=run, measure=1, at=NOW + 30 * DAY)
        assert programmes.recount_facts(at=NOW + 30 * DAY).is_right
    return seen.reported, seen.unsigned, seen.counted, seen.confirmed


def president(*, yes: bool) -> None:
    """The booth president answers the question about the day."""
    (asked,) = texts(PRESIDENT, "ask.visited")
    assert asked["leader"] == "सुनीता देवी"
    with system("test"):
        phone = Item.objects.get().phone_id
        assert phone is not None
        messaging.answer_question(
            phone_id=phone, yes=yes, code=asked["word"], channel="sms", ref="9", by=JOBS, at=NOW
        )


def test_a_day_marked_in_the_own_area_counts_and_the_presidents_yes_confirms(
    world: World, leader: Account, run: Programme, own: FieldDay
) -> None:
    mark(own, leader)
    assert counts(run, world) == (1, 0, 1, 0)
    president(yes=True)
    assert counts(run, world) == (1, 0, 1, 1)


def test_planning_offers_the_booths_of_the_own_area_by_name(
    world: World, leader: Account, run: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = '<option value="N1111">'
    page = browser(leader).get("/stays/days/").text
    assert own in page and '<option value="N1112">' in page and 'list="booths"' in page
    assert "N1211" not in page
    monkeypatch.setattr(queries_days, "MOST_OFFERED", 1)
    assert own not in browser(leader).get("/stays/days/").text


def test_a_no_of_the_president_ends_the_day(
    world: World, leader: Account, run: Programme, own: FieldDay
) -> None:
    mark(own, leader)
    president(yes=False)
    assert counts(run, world) == (1, 0, 0, 0)
    assert "The booth president said no." in browser(leader).get(f"/field/day/{own.pk}/").text


def test_an_unknown_place_keeps_the_unsigned_shade_until_the_yes(
    world: World, leader: Account, run: Programme, own: FieldDay
) -> None:
    mark(own, leader, None)
    assert counts(run, world)[:3] == (1, 1, 0)
    me = browser(leader)
    waiting = "0 confirmed, 0 counted, 1 waiting for the booth president’s yes, 1 marked by the leader"
    assert days_said(world, leader) == waiting and waiting in me.get("/programmes/work/").text
    page = me.get(f"/field/day/{own.pk}/").text
    assert "It counts when the booth president says yes." in page and "Waits for a yes" in page
    assert "Waits for a yes" in me.get("/stays/days/").text
    president(yes=True)
    assert counts(run, world) == (1, 0, 1, 1)
    assert days_said(world, leader) == "1 confirmed, 1 counted, 1 marked by the leader"
    assert "Waits for a yes" not in me.get(f"/field/day/{own.pk}/").text


def days_said(world: World, leader: Account) -> str:
    """Return what the dossier of a leader says of this month."""
    with translation.override("en"):
        (part,) = dossier_parts(Subject(world.unit("N11"), 1, 0, 1, account_id=leader.pk), at=NOW)
    ((_month, said),) = part.lines
    return said


def test_an_unknown_place_in_a_booth_without_a_president_says_that_the_day_does_not_count(
    world: World, leader: Account, run: Programme
) -> None:
    own = plan(world, leader, code="N1112")
    mark(own, leader, None)
    assert counts(run, world)[:3] == (1, 1, 0)
    assert (
        "nobody can say yes, and the day does not count." in browser(leader).get(f"/field/day/{own.pk}/").text
    )


@pytest.mark.parametrize(
    ("point", "counted"),
    [((POINT[0] + 0.1, POINT[1]), 1), (FAR, 0)],
    ids=["elsewhere in the area", "outside"],
)
def test_a_mark_anywhere_in_the_own_area_counts_and_one_outside_does_not(
    world: World, leader: Account, run: Programme, own: FieldDay, point: tuple[float, float], counted: int
) -> None:
    mark(own, leader, point)
    assert counts(run, world) == (1, 0, counted, 0)
    assert bool(texts(PRESIDENT, "ask.visited")) == bool(counted), (
        "nobody is asked about a day that does not count"
    )


def test_a_mark_sent_eight_days_late_is_reported_and_does_not_count(
    world: World, leader: Account, run: Programme, own: FieldDay
) -> None:
    mark(own, leader, at=NOW + 8 * DAY, age=8 * DAY)
    assert counts(run, world) == (1, 0, 0, 0)
    assert "sent after more than 7 days" in browser(leader).get(f"/field/day/{own.pk}/").text


def test_a_day_is_marked_once_on_its_own_day_and_by_its_leader(
    world: World, leader: Account, run: Programme, own: FieldDay
) -> None:
    coming = plan(world, leader, day=TODAY + DAY)
    with pytest.raises(actions.NotThatDay):
        mark(coming, leader)
    with pytest.raises(NotFound):
        mark(own, reachable(world, "district_president", "N12", 8))
    mark(own, leader)
    again = mark(own, leader, FAR)
    assert again.is_known and again.flaw == "", "the first mark stays"
    with pytest.raises(actions.DayMarked):
        plan(world, leader, code="N1112")
    with pytest.raises(actions.DayMarked):
        actions.drop_day(day=own.pk, by=actor(leader), at=NOW)
    moved = plan(world, leader, code="N1112", day=TODAY + DAY)
    assert moved.pk == coming.pk and moved.unit_id == world.unit("N1112"), "one booth a day"
    actions.drop_day(day=moved.pk, by=actor(leader), at=NOW)
    assert counts(run, world) == (1, 0, 1, 0)


def test_another_area_a_past_day_and_a_booth_without_a_programme_are_refused(
    world: World, leader: Account, run: Programme
) -> None:
    with pytest.raises(actions.NotOwnArea):
        plan(world, leader, code="N1211")
    with pytest.raises(actions.NotOwnArea):
        plan(world, reachable(world, "booth_president", "N1112", 3), code="N1112")
    with pytest.raises(actions.DayPast):
        plan(world, leader, day=TODAY - DAY)
    with pytest.raises(actions.NoDaysThere):
        plan(world, leader, day=TODAY + 90 * DAY)
    with pytest.raises(actions.NoDaysThere):
        plan(world, reachable(world, "district_president", "N21", 9), code="N2111")


def test_who_lost_the_office_before_the_day_cannot_mark_it(
    world: World, leader: Account, run: Programme
) -> None:
    coming = plan(world, leader, day=TODAY + 2 * DAY)
    with system("test"):
        held = Appointment.objects.get(account_id=leader.pk)
    org.end_appointment(public_id=held.public_id, reason="moved", by=JOBS, at=NOW)
    with pytest.raises(actions.AreaLost):
        mark(coming, leader, at=NOW + 2 * DAY)


def test_the_member_of_parliament_has_the_constituency_and_two_leaders_may_share_a_booth_and_day(
    world: World, leader: Account, run: Programme, own: FieldDay
) -> None:
    elected = world.holder("member_of_parliament", "C1", hierarchy=2)
    theirs = plan(world, elected)
    assert theirs.area_id == world.unit("C1")
    mark(own, leader)
    mark(theirs, elected)
    assert counts(run, world) == (2, 0, 2, 0)


def test_a_booth_without_a_president_counts_and_says_that_nobody_confirms(
    world: World, leader: Account, run: Programme
) -> None:
    own = plan(world, leader, code="N1112")
    mark(own, leader)
    assert counts(run, world) == (1, 0, 1, 0)
    assert "This booth has no president" in browser(leader).get(f"/field/day/{own.pk}/").text


def test_pages_plan_by_code_or_name_and_say_what_is_wrong(
    world: World, leader: Account, run: Programme
) -> None:
    me = browser(leader)

    def sent(booth: str, day: date = TODAY) -> str:
        return str(me.post("/stays/days/", {"day": day.isoformat(), "booth": booth}, follow=True).text)

    assert "Write its code or its name." in sent("Nowhere at all")
    assert "This booth is not in your area" in sent("N1211")
    assert "This day is past." in sent("N1111", TODAY - DAY)
    assert "Several booths fit" in sent("N111")
    assert "The day is planned." in sent("N1112") and "Unit N1112" in sent("n1112", TODAY + DAY)
    with system("test"):
        first = FieldDay.objects.get(day=TODAY)
    today = me.get("/today/").text
    assert f'href="/field/day/{first.pk}/"' in today and "Your field day tomorrow: Unit N1112" in today
    assert me.post(f"/stays/days/{first.pk}/drop/").status_code == 302
    other = browser(reachable(world, "district_president", "N12", 8))
    with system("test"):
        second = FieldDay.objects.get()
    for page in (f"/field/day/{second.pk}/", f"/stays/days/{second.pk}/drop/"):
        assert other.post(page).status_code == 404
    assert "Plan your next field day" in other.get("/today/").text
    none = reachable(world, "booth_president", "N1112", 3)
    assert "You hold none with an area today." in browser(none).get("/stays/days/").text
    assert "field day" not in browser(none).get("/today/").text


def test_the_phone_sends_its_mark_once_and_the_counts_stand_on_record_and_dossier(
    world: World, leader: Account, run: Programme, own: FieldDay
) -> None:
    phone, page = browser(leader), f"/field/day/{own.pk}/"
    assert page in phone.get("/field/keep.json").text
    sent = {
        "key": uuid4(),
        "by": leader.public_id,
        "record": "day",
        "page": page,
        "form": urlencode({"place": "33.080000, 74.830000 ±18", "clock": int(NOW.timestamp() * 1000)}),
        "age": 2 * 3600,
    }
    field = {"x-abhiyan-field": "1", "accept": "application/json"}
    for _time in range(2):
        assert phone.post("/field/send/", sent, headers=field).json()["kept"] is True
    with system("test"):
        item = Item.objects.get()
        assert (item.lat, item.accuracy, item.at) == (33.08, 18.0, NOW - timedelta(hours=2))
    president(yes=True)
    said = "1 confirmed, 1 counted, 1 marked by the leader"
    assert (
        said in phone.get(reverse("work:my_work")).text and "November 2026" in phone.get("/stays/days/").text
    )
    with translation.override("en"):
        (part,) = dossier_parts(Subject(world.unit("N11"), 1, 0, 1, account_id=leader.pk), at=NOW)
    assert list(part.lines) == [("November 2026", said)]
    assert list(dossier_parts(Subject(world.unit("N11"), 1, 0, 1), at=NOW)) == []
