"""A drive with drives in units beneath it: days, numbers and people of their own; one total, each person once."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused
from abhiyan.core.scope import system
from abhiyan.enrolment import actions as enrolment
from abhiyan.enrolment.actions import AlreadyMember
from abhiyan.enrolment.models import Drive
from abhiyan.enrolment.queries import join as joining
from abhiyan.enrolment.queries import partings
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.enrolment.rules.steps import ANSWERS
from abhiyan.enrolment.tests.make import Human, World
from abhiyan.intake import actions as intake
from abhiyan.org.queries import NotYours
from abhiyan.people.tests.make import body
from abhiyan.programmes import actions, queries
from abhiyan.programmes.models import Programme
from abhiyan.programmes.rules.ladder import Ladder
from abhiyan.site.tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = Actor.system("tests")
BILAL = Human("Bilal Ahmad", 1990, "+919906000052")


def start(world: World, *codes: str, by: Actor = SYSTEM, opens_on: date | None = None) -> list[Programme]:
    whole = world.programme
    with system("test"):
        made = actions.start_in_units(
            programme_id=whole.pk,
            unit_ids=[world.units[code].pk for code in codes],
            opens_on=opens_on or whole.opens_on,
            closes_on=whole.closes_on,
            by=by,
            at=world.now,
        )
        world.programme = Programme.objects.get(pk=whole.pk)
    intake.forget_drives()
    return made


def beneath(world: World, part: Programme) -> World:
    """The same world, with everybody joining the part."""
    return replace(world, programme=part)


def ladders(world: World, code: str, *of: Programme) -> list[Ladder]:
    with system("test"):
        found = queries.ladders(node=world.units[code].pk, hierarchy=1, programmes=of, at=world.now)
        singly = [
            queries.unit_ladder(node=world.units[code].pk, hierarchy=1, programme=one, at=world.now)
            for one in of
        ]
        figures = [
            queries.figures_of_measures(
                node=world.units[code].pk, hierarchy=1, programme=one, at=world.now
            ).ladder
            for one in of
        ]
    for one, alone, drawn in zip(of, singly, figures, strict=True):
        assert found.get((one.pk, 1), Ladder()) == alone == drawn
    return singly


def test_the_whole_counts_what_its_parts_count_and_one_person_once() -> None:
    world = World.make()
    srinagar, jammu = start(world, "JK-SRI", "JK-JAM")
    with system("test"):
        assert Drive.objects.get(pk=srinagar.pk).roll_id == world.roll.pk
    in_srinagar, in_jammu = beneath(world, srinagar), beneath(world, jammu)
    world.web_join(of=world.asha)
    in_srinagar.paper_row(of=world.chandra)
    assert isinstance(in_jammu.web_join(of=world.chandra, unit=world.far_booth), AlreadyMember)
    assert isinstance(world.web_join(of=world.chandra), AlreadyMember)
    in_jammu.web_join(of=BILAL, unit=world.far_booth)
    for _turn in range(2):
        assert ladders(world, "JK", world.programme, srinagar, jammu) == [
            Ladder(reported=5, counted=3),
            Ladder(reported=1, counted=1),
            Ladder(reported=2, counted=1),
        ]
        assert ladders(world, "JK-SRI", world.programme, srinagar, jammu) == [
            Ladder(reported=3, counted=2),
            Ladder(reported=1, counted=1),
            Ladder(),
        ]
        with system("test"):
            leaf = queries.children_ladders(
                node=world.state.pk, hierarchy=1, programme=world.programme, at=world.now
            )
            actions.fold_changes(at=world.now)
        assert {row.code: row.ladder.counted for row in leaf.rows} == {"JK-SRI": 2, "JK-JAM": 1}
    found = actions.recount_facts(at=world.now)
    assert found.is_right, found
    # who leaves one part and joins another is there once too
    left = world.rows(
        "select public_id from enrolment_membership where phone_id = %s", [world.phone_id(world.chandra)]
    )
    enrolment.strike_off(membership=left[0][0], reason="double", by=SYSTEM, at=world.now)  # type: ignore[arg-type]  # a UUID
    in_jammu.tick()
    in_jammu.web_join(of=world.chandra, unit=world.far_booth)
    assert [one.counted for one in ladders(world, "JK", world.programme, srinagar, jammu)] == [3, 0, 2]
    assert actions.recount_facts(at=world.now).is_right


def test_answers_and_noes_of_the_parts_are_told_by_the_whole() -> None:
    world = World.make()
    (srinagar,) = start(world, "JK-SRI")
    inner = beneath(world, srinagar)
    people = [replace(BILAL, phone=f"+9199060007{n:02d}") for n in range(6)]
    inner.send(*(inner.claim(one, Channel.PAPER, unit=world.booth) for one in people))
    for one in people[:5]:
        enrolment.deny_by_phone(phone=one.phone, channel=Channel.SMS, by=SYSTEM, at=world.now)
    world.tick(days=2)
    with system("test"):
        node = queries.node_of(world.state.pk, 1)
        assert node is not None
        for of in (srinagar, world.programme):
            assert (
                queries.figures_beside(node=node, programme=of, steps=ANSWERS, at=world.now)["unasked"] == 1
            )
            assert partings.count_denied(node, of, at=world.now) == 5


def test_parts_are_started_below_within_the_days_once_and_close_with_the_whole() -> None:
    world = World.make()
    (srinagar,) = start(world, "JK-SRI")
    with system("test"):
        whole = world.programme

        def refused(*codes: str, **given: object) -> str:
            with pytest.raises(Refused) as told:
                start(world, *codes, **given)  # type: ignore[arg-type]  # as given
            return told.value.code

        assert refused() == "scope_empty"
        assert refused("HP-B001") == refused("JK") == "not_below"
        assert refused("JK-SRI") == refused("JK-SRI-M1") == "started_already"
        assert refused("JK-JAM", opens_on=whole.opens_on - timedelta(days=1)) == "window_outside"
        with pytest.raises(NotYours):
            start(world, "JK-JAM", by=Actor.public())
        inner = replace(world, programme=srinagar)
        with pytest.raises(Refused) as told:
            start(inner, "JK-SRI-M1")
        assert told.value.code == "part_of_a_part"
        with pytest.raises(Refused) as told:
            actions.change_programme(
                programme_id=srinagar.pk,
                closes_on=whole.closes_on + timedelta(days=1),
                by=SYSTEM,
                at=world.now,
            )
        assert told.value.code == "window_outside"
        actions.close_programme(programme_id=whole.pk, by=SYSTEM, at=world.now)
        assert set(Programme.objects.values_list("state", flat=True)) == {"closed"}


def test_who_joins_by_the_address_of_the_whole_counts_in_the_part_of_their_place() -> None:
    world = World.make()
    (srinagar,) = start(world, "JK-SRI")
    with system("test"):
        (found,) = joining.open_drives(world.now)
        assert found.programme.pk == world.programme.pk
        for code, expected in (
            ("JK-B001", srinagar.pk),
            ("JK-SRI", srinagar.pk),
            ("JK-B004", world.programme.pk),
            ("JK", world.programme.pk),
        ):
            assert joining.counting_drive_id(found, unit_id=world.units[code].pk, at=world.now) == expected
        assert joining.counting_drive_id(found, unit_id=None, at=world.now) == world.programme.pk
        late = world.now + timedelta(days=400)
        assert joining.counting_drive_id(found, unit_id=world.booth.pk, at=late) == world.programme.pk


def test_parts_are_chosen_looked_over_and_started_on_a_page_and_lead_both_ways() -> None:
    cast = Cast.make()
    client, whole = cast.client("state_president"), cast.world.programme
    page = f"/programmes/{whole.public_id}/"
    assert "Start in units" in body(client, page)
    asked = {
        "units": ["JK-SRI", "JK-JAM"],
        "opens_on": whole.opens_on.isoformat(),
        "closes_on": whole.closes_on.isoformat(),
    }
    shown = client.post(f"{page}start/", asked).content.decode()
    assert "2 drives start" in shown and "Membership drive: Srinagar" in shown
    with system("test"):
        assert Programme.objects.filter(parent=whole).count() == 0  # looked over, and nothing more
    assert client.post(f"{page}start/", asked | {"sure": "yes"}).status_code == 302
    said = body(client, page)
    parts = said.partition('id="parts"')[2]
    (href,) = re.findall(r'<a href="([^"]*)">Membership drive: Srinagar</a>', parts)
    assert f'href="{page}">Membership drive</a>' in body(client, href)
    assert "Its parts close with it." in body(client, f"{page}close/")
    assert "Every unit right below already has a drive." in body(client, f"{page}start/")
    assert client.post(f"{page}start/", asked | {"sure": "yes"}).status_code == 422
    assert client.get(f"{href}start/").status_code == 409
    assert cast.client("district_in_charge").get(f"{page}start/").status_code == 403
