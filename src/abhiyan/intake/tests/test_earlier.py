"""Members of an earlier drive, brought as a list: counted there only, sent nothing, and renewed by their own act."""

from datetime import date
from pathlib import Path
from uuid import UUID

import pytest

from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.enrolment import actions
from abhiyan.enrolment.actions import confirming
from abhiyan.enrolment.actions.claims import Renewed
from abhiyan.enrolment.models import Drive, Enrolment
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.enrolment.tests.make import World
from abhiyan.enrolment.tests.test_terms import equal, renewed
from abhiyan.imports import actions as imports
from abhiyan.imports import running
from abhiyan.imports.models import RefusedRow, StagedImport
from abhiyan.messaging.models import Message
from abhiyan.people.models import Consent
from abhiyan.programmes.models import Programme, Rung

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("tests")
HEAD = "Phone,Name,Birth year,Unit code,Day of joining\n"
ASHA = "9906000001,Asha Devi,1980,JK-B001,05-03-2019\n"
CHANDRA = "9906000003,चंद्रा कुमारी,1964,JK-B002,11-04-2019\n"


@pytest.fixture
def world() -> World:
    return World.make()


def step(world: World, public_id: UUID, which: str) -> StagedImport:
    with system("test"):
        imports.ask_import_step(public_id=public_id, step=which, by=SYSTEM, at=world.now)
    running.run_import_step(public_id, which, at=world.now)
    with system("test"):
        return StagedImport.objects.get(public_id=public_id)


def bring(world: World, folder: Path, text: str, **options: str) -> UUID:
    path = folder / "members.csv"
    path.write_text(HEAD + text, encoding="utf-8")
    given = {"name": "Drive of 2019", "basis": "consent", "source": "State office"} | options
    with system("test"):
        return imports.import_file(
            kind_key="earlier_members",
            path=path,
            by=SYSTEM,
            at=world.now,
            options=given,
            unit_id=world.state.pk,
        )


def taken(world: World, folder: Path, text: str) -> tuple[UUID, StagedImport]:
    public_id = bring(world, folder, text)
    checked = step(world, public_id, "check")
    assert checked.state == "checked", running.error_text(checked)
    done = step(world, public_id, "commit")
    assert done.state == "done", running.error_text(done)
    return public_id, done


def test_days_with_the_month_first_are_read_so_in_the_whole_list(world: World, tmp_path: Path) -> None:
    months_first = CHANDRA.replace("11-04-2019", "12/31/2019") + ASHA.replace("05-03-2019", "12/01/2019")
    _public_id, done = taken(world, tmp_path, months_first)
    assert done.counts == {"joined": 2}
    with system("test"):
        earlier = Programme.objects.get(state="closed")
        checked = StagedImport.objects.get(pk=done.pk)
    assert (earlier.opens_on, earlier.closes_on) == (date(2019, 12, 1), date(2019, 12, 31))
    assert "month_first" in str(checked.notes), "and the page says so"


def test_days_with_a_short_year_are_of_this_century_and_told_as_mended(world: World, tmp_path: Path) -> None:
    short = ASHA.replace("05-03-2019", "5-3-19") + CHANDRA.replace("11-04-2019", "11/4/79")
    public_id = bring(world, tmp_path, short)
    checked = step(world, public_id, "check")
    assert checked.counts == {"joined": 1, "refused": 1}
    assert checked.notes["joined_on/this_century"] == 1
    with system("test"):
        assert set(RefusedRow.objects.values_list("row", "field", "reason")) == {
            (3, "joined_on", "short_year")
        }


def test_the_check_tells_how_many_ages_were_taken_as_years(world: World, tmp_path: Path) -> None:
    of_age = "9906000004,Devi Dutt,18,JK-B001,05-03-2019\n"
    checked = step(world, bring(world, tmp_path, ASHA.replace("1980", "४७") + CHANDRA + of_age), "check")
    assert (checked.counts, checked.notes["birth_year/age"]) == ({"joined": 3}, 2)


def test_members_of_a_list_count_in_their_own_drive_and_renew_by_their_own_act(
    world: World, tmp_path: Path
) -> None:
    public_id, done = taken(world, tmp_path, ASHA + CHANDRA)
    assert done.counts == {"joined": 2}
    assert not any(world.tallies().values())  # the present drive knows nothing of it
    with system("test"):
        earlier = Programme.objects.get(state="closed")
        assert (earlier.names["en"], earlier.opens_on, earlier.closes_on) == (
            "Drive of 2019",
            date(2019, 3, 5),
            date(2019, 4, 11),
        )
        assert Drive.objects.get(pk=earlier.pk).from_lists
        terms = Enrolment.objects.filter(programme_id=earlier.pk, channel=Channel.EARLIER)
        assert set(terms.values_list("rung", "kind")) == {(Rung.UNSIGNED, 1)}
        assert not Consent.objects.exists()
    assert equal(world)
    assert isinstance(world.web_join(of=world.asha), Renewed)
    assert renewed(world) == 1 and equal(world)
    with system("test"):
        assert Consent.objects.count() == 1
    undone = step(world, public_id, "undo")
    assert undone.undone == {"undone": 2} and equal(world)
    with system("test"):
        kept = Enrolment.objects.get()  # Asha's own act stays; that she had been a member is taken back
        assert kept.programme_id == world.programme.pk


def test_rows_that_cannot_be_are_refused_by_row_field_and_reason(world: World, tmp_path: Path) -> None:
    public_id = bring(
        world,
        tmp_path,
        "12345,Nobody,1980,JK-B001,05-03-2019\n"
        "9906000004,Far Away,1980,HP-B001,05-03-2019\n"
        "9906000005,No Unit,1980,NOWHERE,05-03-2019\n"
        "9906000006,Tomorrow,1980,JK-B001,05-03-2099\n"
        "9906000009,Chintu Planted-Marker,2012,JK-B001,05-03-2019\n" + ASHA,
    )
    checked = step(world, public_id, "check")
    assert checked.counts == {"joined": 1, "refused": 4} and checked.discarded == {"minor": 1}
    with system("test"):
        assert set(RefusedRow.objects.values_list("row", "field", "reason")) == {
            (2, "phone", "phone"),
            (3, "unit_code", "unit_outside"),
            (4, "unit_code", "unit_unknown"),
            (5, "joined_on", "not_past"),
        }


def test_a_list_brings_back_nobody_who_said_no_and_changes_no_member(world: World, tmp_path: Path) -> None:
    world.web_join(of=world.chandra)
    world.web_join(of=world.asha)
    actions.leave_by_phone(phone=world.asha.phone, channel=Channel.SMS, by=Actor.public(), at=world.now)
    world.tick()
    actions.stop_by_phone(phone=world.bilal.phone, channel=Channel.SMS, by=Actor.public(), at=world.now)
    before = world.rows("select id, programme_id, term, ended_on from enrolment_membership order by id")
    bilal = "9906000002,Bilal Ahmad,1990,JK-B001,05-03-2019\n"
    _id, done = taken(world, tmp_path, ASHA + CHANDRA + bilal)
    assert done.counts == {"already_member": 1}
    assert (
        world.rows("select id, programme_id, term, ended_on from enrolment_membership order by id") == before
    )
    assert equal(world)


def test_members_of_a_list_are_asked_nothing_however_lately_they_joined(world: World, tmp_path: Path) -> None:
    taken(world, tmp_path, ASHA.replace("05-03-2019", "09-11-2026"))
    with system("test"):
        assert [programme for programme, _pace in confirming._running(world.now)] == [world.programme.pk]
        assert Message.objects.count() == 0


def test_a_drive_that_ran_here_is_none_of_lists_whatever_its_name(world: World, tmp_path: Path) -> None:
    world.web_join(of=world.chandra)
    world.set_state("closed")
    with system("test"):
        Programme.objects.filter(pk=world.programme.pk).update(
            names={"en": "Drive of 2019"}, owner_id=world.state.pk
        )
        days = Programme.objects.values_list("opens_on", "closes_on").get(pk=world.programme.pk)
    taken(world, tmp_path, ASHA)
    taken(world, tmp_path, ASHA + CHANDRA)
    with system("test"):
        assert Programme.objects.values_list("opens_on", "closes_on").get(pk=world.programme.pk) == days
        assert not Drive.objects.get(pk=world.programme.pk).from_lists
        assert Drive.objects.filter(from_lists=True).count() == 1
    assert world.ladder(world.booth).unsigned == 0 and equal(world)


def test_a_drive_of_lists_takes_nothing_else(world: World, tmp_path: Path) -> None:
    taken(world, tmp_path, ASHA)
    with system("test"):
        world.programme = Programme.objects.get(state="closed")
    (told,) = world.send(world.claim(world.chandra, Channel.PAPER, unit=world.booth))
    assert getattr(told, "code", "") == "drive_closed"
