"""A set of units is the same everywhere: in the preview, for who owes it, on the board, and in the messages."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from abhiyan.core.refusals import Refused
from abhiyan.core.scope import scoped, system
from abhiyan.messaging.models import Message
from abhiyan.org import actions as org
from abhiyan.org.models import Body
from abhiyan.org.queries import viewer_of
from abhiyan.org.tests.make import AT, SYSTEM, TODAY, World, actor
from abhiyan.people import actions as people
from abhiyan.people.models import Account
from abhiyan.units import queries as units
from abhiyan.units.models import Hierarchy, Placement, Unit
from abhiyan.work.actions import announcing, dues, schedules
from abhiyan.work.actions.schedules import Asking
from abhiyan.work.actions.tasks import NobodyToAsk
from abhiyan.work.models import Due, Schedule
from abhiyan.work.queries import schedule_boards as boards
from abhiyan.work.queries import schedule_sets as sets
from abhiyan.work.queries import schedules as found

from .test_schedules import as_

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LAST = TODAY + 2 * DAY
NAMES = ("N11", "N12", "N111", "N121", "N122")
BODIES = {"N11": "wing", "N12": "committee", "N111": "wing", "N121": "wing", "N1": "wing"}
PLACES = {"N111": ("village",), "N112": ("ward",), "N121": ("village", "ward")}  # the fourth mandal has none


@dataclass(frozen=True)
class Ground:
    """The world with its bodies, and who owes something there."""

    world: World
    president: Account
    bodies: dict[str, Body]
    holders: dict[str, Account]
    members: dict[str, Account]


@pytest.fixture
def ground(world: World) -> Ground:
    president = world.holder("state_president", "N1")
    with system("test"):
        _administration(world)
    bodies = {
        code: org.make_body(
            unit_id=world.unit(code), kind=kind, names={"en": f"{kind} {code}"}, by=SYSTEM, at=AT
        )
        for code, kind in BODIES.items()
    }
    holders, members = {}, {}
    codes = [code for code in world.units if code.startswith("N1") and len(code) in (4, 5)]
    for n, code in enumerate([*codes, *(f"body {code}" for code in bodies)]):
        account = people.open_account(
            phone=f"99060001{n:02}", name="Asha Devi", language="en", by=SYSTEM, at=AT
        )
        if code in world.units:
            office = "mandal_president" if len(code) == 4 else "booth_president"
            world.appoint(account, office, code)
            holders[code] = account
        else:
            members[code.removeprefix("body ")] = account
            _seat(bodies[code.removeprefix("body ")], account)
    return Ground(world, president, bodies, holders, members)


def _seat(body: Body, account: Account) -> None:
    given: dict[str, Any] = {"account_id": account.pk, "office": "body_convener", "unit_id": body.unit_id}
    org.appoint(**given, body_id=body.pk, starts_on=date(2026, 1, 1), by=SYSTEM, at=AT)


def _administration(world: World) -> None:
    """Villages and wards below the mandals, and the first booth of each mandal in the first of them."""
    lo = 3 << 56
    for code in ("N", "N1", "N11", "N12", *PLACES):
        _stand(world.units[code], world.units.get(code[:-1]), lo := lo + 100)
    for code, kinds in PLACES.items():
        for n, kind in enumerate(kinds):
            place = Unit.objects.create(code=f"{code}{kind[0].upper()}", kind=kind, names={"en": kind})
            _stand(place, world.units[code], lo := lo + 100)
            _stand(world.units[f"{code}{n + 1}"], place, lo := lo + 100)


def _stand(unit: Unit, parent: Unit | None, lo: int) -> None:
    three: dict[str, Any] = {
        "hierarchy": Hierarchy.ADMINISTRATIVE,
        "depth": 1,
        "valid_from": date(2026, 1, 1),
    }
    Placement.objects.create(unit=unit, parent=parent, lo=lo, hi=lo + 1, **three)


def meant(ground: Ground, whom: tuple[str, str], within: frozenset[str], area: str) -> set[str]:
    """The codes of the units asked, or of the units of the bodies asked, read from the codes of the world."""
    sort, of = whom
    if sort == "one":
        some = {of}
    elif sort == "body":
        some = {code for code, kind in BODIES.items() if kind == of}
    else:
        some = {code for code in ground.holders if len(code) == (4 if of == "mandal" else 5)}
    if within:
        some = {code for code in some if any(code.startswith(each) for each in within)}
    if not area:
        return some
    if sort != "office":
        return set()  # bodies are neither

    def has(code: str) -> bool:
        kinds = PLACES.get(code[:4], ())
        return area in kinds if len(code) == 4 else kinds[int(code[4]) - 1 : int(code[4])] == (area,)

    return {code for code in some if has(code)}


def asking(ground: Ground, whom: tuple[str, str], within: frozenset[str], area: str) -> Asking:
    sort, of = whom
    how: dict[str, Any] = {"office": {"mandal": "mandal_president", "booth": "booth_president"}.get(of, "")}
    how |= {"kind": of if sort == "office" else "", "body_kind": of if sort == "body" else ""}
    if sort == "one":
        how |= {"body_id": ground.bodies[of].pk, "body_kind": BODIES[of]}
    return Asking(
        title="Review",
        wanted="meeting",
        rhythm="once",
        first_on=TODAY,
        last_on=LAST,
        within=tuple(ground.world.unit(code) for code in sorted(within)),
        area=area,
        **how,
    )


WHOM = st.sampled_from(
    [
        ("office", "mandal"),
        ("office", "booth"),
        ("body", "wing"),
        ("body", "committee"),
        *(("one", code) for code in BODIES),
    ]
)


@contextmanager
def _clean() -> Iterator[None]:
    with system("test"):
        Due.objects.all().delete()
        Schedule.objects.all().delete()
        Message.objects.filter(template="duty.ask").delete()
    yield


@pytest.mark.examples(40, 300)
@given(
    whom=WHOM,
    within=st.frozensets(st.sampled_from(NAMES), max_size=3),
    area=st.sampled_from(["", "", "village", "ward"]),
)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_preview_the_dues_the_board_and_the_messages_have_the_same_set(
    ground: Ground, whom: tuple[str, str], within: frozenset[str], area: str
) -> None:
    world, wanted = ground.world, meant(ground, whom, within, area)
    asked = asking(ground, whom, within, area)
    here: dict[str, Any] = {"unit_id": world.unit("N1"), "hierarchy": 1}
    with _clean(), scoped(viewer_of(account_id=ground.president.pk, on=TODAY).scope):
        by: dict[str, Any] = {"by": actor(ground.president), "at": AT}
        if not wanted:
            with pytest.raises((schedules.AreaUnfit, NobodyToAsk)):
                schedules.ask_units(asking=asked, expected=0, **here, **by)
            return
        _set, n, vacant = schedules.schedule_set(asked, **here, at=AT)
        assert (n, vacant) == (len(wanted), 0), "the preview"
        one = schedules.ask_units(asking=asked, expected=n, **here, **by)
        (period,) = one.timing.begun(AT)
        of, rows = board(one, "N1", world)
        assert {row.code for row in rows} == wanted, "the board"
        assert (of.asked, of.open) == (n, n)
        below = {code: board(one, code, world)[1] for code in ("N11", "N12")}
        assert {row.code for each in below.values() for row in each} == wanted - {"N1"}, "its parts"
        silent = boards.to_remind(one, period, units.span(world.unit("N1"), 1), at=AT + 3 * DAY, most=99)
        assert {row.code for row in silent} == wanted, "who is reminded"
        for code in ("N1", *NAMES):
            is_listed = found.asked_at(units.row_of_unit(world.unit(code), 1), 1).filter(pk=one.pk).exists()
            is_there = any(each.startswith(code) for each in wanted) or (whom[0] == "body" and not within)
            assert is_listed == (code == "N1" or is_there), code
            owed = {
                each.asked.code
                for each in found.unit_owings(world.unit(code), [1], since=TODAY, at=AT)
                if each.schedule.pk == one.pk
            }
            assert owed == {code} & wanted, "the page of a unit"
    of_bodies = whom[0] != "office"
    people_there = ground.members if of_bodies else ground.holders
    owing = set()
    for code, account in people_there.items():
        viewer = viewer_of(account_id=account.pk, on=TODAY)
        with scoped(viewer.scope):
            mine, _below = found.owed_by(viewer, at=AT)
            owing |= {each.asked.code for each in mine}
            body = ground.bodies[code].pk if of_bodies else None
            if code not in wanted and Schedule.objects.filter(pk=one.pk).exists():
                assert found.asked_unit(one, unit_id=world.unit(code), body_id=body) is None
                where = dues.Owes(one.public_id, world.unit(code), TODAY, body_id=body)
                with pytest.raises(Refused):
                    dues.plan_due(owes=where, on=LAST, by=actor(account), at=AT)
    assert owing == wanted, "Today of those who owe it"
    with system("test"):
        announcing.announce_schedules(at=AT + timedelta(minutes=30))
        assert Message.objects.filter(template="duty.ask").count() == len(wanted), "the messages"


def board(one: Schedule, code: str, world: World) -> tuple[boards.BoardNumbers, list[found.AskedUnit]]:
    (period,) = one.timing.begun(AT)
    span, counts = units.span(world.unit(code), 1), units.counts_below(world.unit(code), 1)
    of = boards.schedule_numbers([(one, period)], span, counts, at=AT)[one.pk, period.begins_on]
    make: Any = boards.bodies_asked if one.body_kind else boards.UnitBoard
    rows = make(one, period, span, of=of, on=TODAY)
    return of, list(rows) if one.body_kind else list(rows.each())


def ask(ground: Ground, expected: int, **how: Any) -> Schedule:
    given: dict[str, Any] = {"title": "Review", "wanted": "meeting", "rhythm": "weekly"}
    given |= {"first_on": TODAY, "last_on": LAST}
    given |= {"office": "mandal_president", "kind": "mandal"} | how
    made: Schedule = as_(
        ground.president,
        schedules.ask_units,
        asking=Asking(**given),
        unit_id=ground.world.unit("N1"),
        expected=expected,
    )
    return made


def test_a_unit_that_is_made_later_in_a_named_district_is_asked_too(ground: Ground) -> None:
    world = ground.world
    one = ask(ground, 2, within=(world.unit("N11"),), last_on=TODAY + 20 * DAY)
    with system("test"):
        new = Unit.objects.create(code="N113", kind="mandal", names={"en": "New"}, opened_on=TODAY + DAY)
        far = Unit.objects.create(code="N123", kind="mandal", names={"en": "Far"}, opened_on=TODAY + DAY)
        for unit, code in ((new, "N111"), (far, "N121")):
            beside = Placement.objects.get(unit=world.units[code], hierarchy=1)
            Placement.objects.create(
                unit=unit,
                parent_id=beside.parent_id,
                hierarchy=1,
                depth=3,
                lo=beside.lo + 5 if beside.lo else None,
                hi=beside.lo + 6 if beside.lo else None,
                valid_from=TODAY,
            )
        later = AT + 3 * DAY
        (period,) = one.timing.begun(later)
        span = units.span(world.unit("N1"), 1)
        of = boards.schedule_numbers([(one, period)], span, {}, at=later)[one.pk, period.begins_on]
        rows = boards.UnitBoard(one, period, span, of=of, on=TODAY + 3 * DAY)
        assert {row.code for row in rows.each()} == {"N111", "N112", "N113"} and of.asked == 3
        assert found.asked_unit(one, unit_id=new.pk) is not None
        assert found.asked_unit(one, unit_id=far.pk) is None


@pytest.mark.parametrize(
    ("how", "refusal", "field"),
    [
        ({"within": ("N2",)}, schedules.NamedUnitsUnfit, "named"),
        ({"within": ("N1",)}, schedules.NamedUnitsUnfit, "named"),
        ({"within": ("N1111",)}, schedules.NamedUnitsUnfit, "named"),
        ({"area": "town"}, schedules.AreaUnfit, "area"),
        ({"area": "ward", "within": ("N111",)}, schedules.AreaUnfit, "area"),
        ({"area": "ward", "office": "", "kind": "", "body_kind": "wing"}, schedules.AreaUnfit, "area"),
        ({"office": "", "kind": "", "body_kind": "wing", "within": ("N122",)}, NobodyToAsk, "whom"),
        ({"office": "", "kind": "", "body_kind": "wing", "body_id": 0}, NobodyToAsk, "whom"),
        ({"office": "", "kind": "", "body_kind": "wing", "body_id": 1 << 40}, NobodyToAsk, "whom"),
    ],
)
def test_a_set_that_cannot_be_names_its_field(
    ground: Ground, how: dict[str, Any], refusal: type[Refused], field: str
) -> None:
    within = tuple(ground.world.unit(code) for code in how.get("within", ()))
    with pytest.raises(refusal) as refused:
        ask(ground, 1, **how | {"within": within})
    assert refused.value.field == field


def test_two_sets_share_a_unit_or_none(ground: Ground) -> None:
    world = ground.world
    one = Schedule(unit_id=world.unit("N1"), hierarchy=1, kind="mandal")
    other = ask(ground, 2, within=(world.unit("N12"),))
    for within, area, wanted in (
        (("N11",), "", False),
        (("N11", "N121"), "", True),
        (("N11", "N121"), "ward", True),
        (("N122",), "", True),
        (("N122",), "ward", False),
        ((), "", True),
    ):
        one.within, one.area = [world.unit(code) for code in within], area
        with system("test"):
            assert sets.share_a_unit(one, other) is wanted, (within, area)


def test_rural_and_urban_are_offered_where_both_are_below(ground: Ground) -> None:
    world = ground.world
    with system("test"):
        for code, kinds, wanted in (
            ("N1", {"district", "mandal", "booth"}, True),
            ("N1", {"district"}, False),
            ("N11", {"mandal"}, True),
            ("N111", {"booth"}, False),
            ("N121", {"booth"}, True),
            ("N2", {"mandal", "booth"}, False),
        ):
            assert sets.has_both_areas(world.unit(code), 1, kinds) is wanted, code
