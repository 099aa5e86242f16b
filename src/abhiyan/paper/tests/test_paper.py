"""A paper list is checked, taken in by the act, and taken back."""

import re
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import connection
from django.utils import translation

from abhiyan.core import database, home
from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.core.tests.disk import lying_in
from abhiyan.enrolment.models import RefusedCount
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.enrolment.tests.make import DAY, Human, Ladder, World
from abhiyan.imports import actions as imports
from abhiyan.imports import queries, running
from abhiyan.imports.models import RefusedRow, StagedImport
from abhiyan.paper import staging
from abhiyan.paper.lists import LIST
from abhiyan.people.actions.suppressions import suppress
from abhiyan.programmes import queries as programmes
from abhiyan.units import queries as unit_queries
from abhiyan.units.models import Kind, Unit

pytestmark = pytest.mark.django_db(transaction=True)
BY = Actor.system("tests")
HEAD = "Phone,Name,Birth year,Booth code,Notice version,Batch number\n"


@pytest.fixture
def world() -> World:
    return World.make()


def bring(
    world: World,
    tmp_path: Path,
    text: str,
    *,
    unit_id: int | None = None,
    name: str = "list.csv",
    **options: str,
) -> UUID:
    path = tmp_path / name
    path.write_text(text)
    with system("test"):
        return imports.import_file(
            kind_key="paper",
            path=path,
            by=BY,
            at=world.now,
            unit_id=unit_id,
            options={"drive": str(world.programme.public_id)} | options,
        )


def step(world: World, public_id: UUID, name: str) -> StagedImport:
    with system("test"):
        imports.ask_import_step(public_id=public_id, step=name, by=BY, at=world.now)
    running.run_import_step(public_id, name, at=world.now)
    with system("test"):
        return queries.import_for(public_id)


def take_in(world: World, tmp_path: Path, text: str, **options: str) -> StagedImport:
    public_id = bring(world, tmp_path, text, unit_id=None, **options)
    checked = step(world, public_id, "check")
    assert checked.state == "checked", running.error_text(checked)
    done = step(world, public_id, "commit")
    assert done.state == "done", running.error_text(done)
    others = [{code: n for code, n in each.counts.items() if code != "joined"} for each in (checked, done)]
    assert others[0] == others[1], "but a phone that said no counts in the check as a stranger"
    return done


def test_every_fault_of_a_row_is_told_at_once(world: World, tmp_path: Path) -> None:
    public_id = bring(
        world,
        tmp_path,
        "Phone,Name,Birth year,Booth code,Notice version,Batch number,Day\n"
        "12345,Nobody Reachable,1970,HP-B001,,7,\n"
        "+14155550123,Far Away,1970,NOWHERE,9,7,2020-01-01\n"
        "9906000006,4711,1970,,1,7,2020-01-01\n"
        "9906000007,Good Name,18th,NOWHERE,x,7,\n"
        "12345,Chintu Planted-Marker,2012,NOWHERE,9,7,\n",
        unit_id=None,
    )
    checked = step(world, public_id, "check")
    assert (checked.counts, checked.discarded) == ({"refused": 4}, {"minor": 1})
    with system("test"):
        found = list(RefusedRow.objects.order_by("row", "field").values_list("row", "field", "reason"))
    assert found == [
        (2, "booth", "outside_scope"),
        (2, "notice_version", "notice_missing"),
        (2, "phone", "phone"),
        (3, "booth", "unknown_unit"),
        (3, "day", "drive_not_open"),
        (3, "notice_version", "notice_unknown"),
        (3, "phone", "phone_abroad"),
        (4, "booth", "place_missing"),
        (4, "day", "drive_not_open"),
        (4, "name", "no_letters"),
        (5, "birth_year", "year"),
        (5, "booth", "unknown_unit"),
        (5, "notice_version", "not_whole"),
    ]


def test_rows_join_complete_calls_and_are_refused_each_with_its_reason(world: World, tmp_path: Path) -> None:
    world.missed_call(of=world.bilal)
    world.web_join(of=world.chandra)
    done = take_in(
        world,
        tmp_path,
        HEAD
        + "9906000001,Asha Devi,1980,JK-B001,1,7\n"
        + "9906000001,Mohan Lal,1975,JK-B001,1,7\n"
        + "9906000002,Bilal Ahmad,1990,JK-B002,1,7\n"
        + "9906000003,चंद्रा कुमारी,1964,JK-B001,1,7\n"
        + "12345,Nobody Reachable,1970,JK-B001,1,7\n"
        + "9906000005,Far Away,1970,HP-B001,1,7\n"
        + "9906000006,No Place,1970,,1,7\n"
        + "9906000007,No Notice,1970,JK-B001,,7\n"
        + "9906000008,Old Notice,1970,JK-B001,9,7\n"
        + "9906000009,Chintu Planted-Marker,2012,JK-B001,1,7\n",
    )
    assert done.counts == {"joined": 1, "second": 1, "completed": 1, "already_member": 1, "refused": 5}
    assert done.discarded == {"minor": 1}
    with system("test"):
        refused = list(RefusedRow.objects.order_by("row").values_list("row", "field", "reason"))
        assert RefusedCount.objects.get().n == 1
    assert refused == [
        (6, "phone", "phone"),
        (7, "booth", "outside_scope"),
        (8, "booth", "place_missing"),
        (9, "notice_version", "notice_missing"),
        (10, "notice_version", "notice_unknown"),
    ]
    with system("test"):
        shown = [row.facts.get("excerpt", "") for row in RefusedRow.objects.order_by("row")]
    assert shown[1:] == ["HP-B001", "", "", "9"] and "12345" not in shown[0]
    assert world.ladder(world.booth) == Ladder(reported=4, unsigned=2, counted=1)
    assert world.tallies() == world.recounted()


def test_a_booth_may_be_written_as_number_of_the_seat_and_of_the_part(world: World, tmp_path: Path) -> None:
    with system("test"):
        Unit.objects.filter(pk=world.booth.pk).update(code="JK-56-126")
    public_id = bring(
        world,
        tmp_path,
        HEAD
        + "9906000001,Asha Devi,1980,56/126,1,7\n"
        + "9906000002,Bilal Ahmad,1990,56 / 126,1,7\n"
        + "9906000004,Devi Dutt,1971,56-126,1,7\n"
        + "9906000005,Esha Rani,1982,बूथ नं. 56/126,1,7\n"
        + "9906000003,Chandra Kumari,1964,56/127,1,7\n",
        unit_id=world.district.pk,
    )
    checked = step(world, public_id, "check")
    assert checked.counts == {"joined": 4, "refused": 1}
    with system("test"):
        assert RefusedRow.objects.get().facts["excerpt"] == "JK-56-127", "as it was looked for"


def test_a_list_of_one_seat_may_name_its_booths_by_their_parts(world: World, tmp_path: Path) -> None:
    rows = (
        "9906000001,Asha Devi,1980,126,1,7\n"
        "9906000002,Bilal Ahmad,1990,बूथ नं 127,1,7\n"
        "9906000004,Devi Dutt,1971,Booth No. 0126,1,7\n"
        "9906000005,Esha Rani,1982,वार्ड 126,1,7\n"
        "9906000003,Chandra Kumari,1964,999,1,7\n"
    )
    with system("test"):
        below = set(unit_queries.open_below(world.mandal.pk)) - {world.mandal.pk}
        for number, unit in enumerate(
            Unit.objects.filter(pk__in=below, kind=Kind.BOOTH).order_by("code"), 126
        ):
            Unit.objects.filter(pk=unit.pk).update(code=f"JK-56-{number}")
    checked = step(world, bring(world, tmp_path, HEAD + rows, unit_id=world.mandal.pk), "check")
    assert checked.counts == {"joined": 3, "refused": 2}
    with system("test"):
        shown = {row.facts["excerpt"] for row in RefusedRow.objects.all()}
        Unit.objects.filter(code="JK-56-127").update(code="JK-57-127")
    assert "JK-56-999" in shown
    of_two = step(world, bring(world, tmp_path, HEAD + rows, unit_id=world.mandal.pk, name="b.csv"), "check")
    assert of_two.counts == {"refused": 5}, "the mandal has booths of two seats"


def test_an_age_and_a_short_year_become_the_year_and_are_told_as_mended(world: World, tmp_path: Path) -> None:
    done = take_in(
        world,
        tmp_path,
        HEAD
        + "9906000001,Asha Devi,47 वर्ष,JK-B001,1,7\n"
        + "9906000002,Bilal Ahmad,15/8/79,JK-B001,1,7\n"
        + "9906000004,Devi Dutt,15-08-1979,JK-B001,1,7\n"
        + "9906000005,Esha Rani,47,JK-B001,1,7\n"
        + "9906000007,Farah Naz,47.0,JK-B001,1,7\n"
        + "9906000006,Chintu Planted-Marker,11 साल,JK-B001,1,7\n"
        + "कुल,5,,,,\n",
    )
    assert (done.counts, done.discarded) == ({"joined": 5, "skipped": 1}, {"minor": 1})
    assert done.notes == {"birth_year/age": 4, "birth_year/short_year": 1}
    years = world.rows("select p.birth_year from people_person p order by 1")
    assert years == 5 * [(1979,)]


@pytest.mark.parametrize("called", ["Age", "आयु", "उम्र", "Age (years)", "उम्र / Age"])
def test_a_column_of_ages_is_one_of_years_of_birth(world: World, tmp_path: Path, called: str) -> None:
    done = take_in(
        world, tmp_path, HEAD.replace("Birth year", called) + "9906000001,Asha Devi,४७,JK-B001,1,7\n"
    )
    assert (done.counts, done.notes) == ({"joined": 1}, {"birth_year/age": 1})
    assert world.rows("select birth_year from people_person") == [(1979,)]


def test_of_an_age_and_a_day_of_birth_the_day_is_taken(world: World, tmp_path: Path) -> None:
    done = take_in(
        world,
        tmp_path,
        HEAD.replace("Birth year", "Age,DOB") + "9906000001,Asha Devi,47,15/08/1978,JK-B001,1,7\n",
    )
    assert (done.counts, done.notes) == ({"joined": 1}, {})
    assert world.rows("select birth_year from people_person") == [(1978,)]


def test_a_person_named_twice_in_a_list_is_told_as_doubled(world: World, tmp_path: Path) -> None:
    world.web_join(of=world.chandra)
    asha, chandra = "9906000001,Asha Devi,1980,JK-B001,1,7\n", "9906000003,चंद्रा कुमारी,1964,JK-B001,1,7\n"
    bilal = "9906000002,Bilal Ahmad,1990,JK-B002,1,7\n"
    world.missed_call(of=world.bilal)
    done = take_in(
        world, tmp_path, HEAD + asha + asha.replace("Asha", " ASHA ") + 2 * bilal + 3 * chandra + people(3)
    )
    assert done.counts == {"joined": 4, "completed": 1, "already_member": 1, "doubled": 4}
    assert world.tallies() == world.recounted()


def test_a_day_that_cannot_be_is_told_in_words_of_a_paper_list(world: World, tmp_path: Path) -> None:
    body = HEAD.strip() + ",Day\n9906000001,Asha Devi,1980,JK-B001,1,7,2999-01-01\n"
    step(world, bring(world, tmp_path, body, unit_id=None), "check")
    with system("test"):
        row = RefusedRow.objects.get()
    assert (row.field, row.reason) == ("day", "field_time_invalid")
    with translation.override("en"):
        said = str(LIST.reasons[row.reason])
    assert "written on the form" in said and "device" not in said


def test_a_call_completed_by_a_paper_row_has_opened_no_link(world: World, tmp_path: Path) -> None:
    world.missed_call(of=world.bilal)
    take_in(world, tmp_path, HEAD + "9906000002,Bilal Ahmad,1990,JK-B001,1,7\n")
    with system("test"):
        rows = programmes.unit_funnel(
            node=world.state.pk, hierarchy=1, programme=world.programme, at=world.now
        )
    (calls,) = (row for row in rows if row.channel == Channel.MISSED_CALL)
    assert tuple(calls.figures.values()) == (1, 1, 0, 1, 1)


def people(n: int, *, first: int = 0, booth: str = "JK-B001") -> str:
    """Rows of people who are all somebody else."""
    return "".join(
        f"{9797000000 + first + i},Member Number{chr(65 + i % 26)},{1950 + i % 50},{booth},1,7\n"
        for i in range(n)
    )


TABLES = (
    "people_phone",
    "people_person",
    "people_consent",
    "enrolment_claim",
    "enrolment_waiting",
    "enrolment_membership",
    "enrolment_enrolment",
)


def state_of(world: World) -> dict[str, int]:
    return {table: world.count(table) for table in TABLES}


def test_undo_puts_everything_back_and_the_list_may_come_again(world: World, tmp_path: Path) -> None:
    world.missed_call(of=world.bilal)
    world.web_join(of=world.chandra)
    before, ladder = state_of(world), world.tallies()
    body = (
        HEAD + "9906000002,Bilal Ahmad,1990,JK-B002,1,7\n9906000009,Chintu Planted-Marker,2012,JK-B001,1,7\n"
    )
    body += "9906000003,चंद्रा कुमारी,1964,JK-B001,1,7\n" + people(40)
    done = take_in(world, tmp_path, body)
    assert state_of(world) != before and world.tallies() == world.recounted()
    undone = step(world, done.public_id, "undo")
    assert undone.state == "undone", running.error_text(undone)
    assert undone.undone == {"undone": 42}
    assert state_of(world) == before
    assert world.tallies() == ladder == world.recounted()
    with system("test"):
        assert RefusedCount.objects.get().n == 0
    assert take_in(world, tmp_path, body).counts == done.counts, "the same file once more"


def test_the_same_file_brought_twice_changes_nothing_and_says_so(world: World, tmp_path: Path) -> None:
    body = HEAD + people(30)
    first = take_in(world, tmp_path, body)
    state, ladder = state_of(world), world.tallies()
    second = take_in(world, tmp_path, body)
    assert first.counts == {"joined": 30} and second.counts == {"repeated": 30}
    assert state_of(world) == state and world.tallies() == ladder
    step(world, second.public_id, "undo")
    assert state_of(world) == state, "undoing the second takes nothing of the first"


def test_the_minors_of_a_file_brought_several_times_are_counted_once(world: World, tmp_path: Path) -> None:
    body = HEAD + people(3) + "9906000009,Chintu Planted-Marker,2012,JK-B001,1,7\n"

    def counted() -> int:
        with system("test"):
            return sum(RefusedCount.objects.values_list("n", flat=True))

    first, second, _third = (take_in(world, tmp_path, body) for _ in range(3))
    assert counted() == 1
    step(world, second.public_id, "undo")
    assert counted() == 1, "the first still stands"
    step(world, first.public_id, "undo")
    assert counted() == 0
    take_in(world, tmp_path, body)
    assert counted() == 1


def test_a_family_a_full_phone_and_a_phone_that_said_no(world: World, tmp_path: Path) -> None:
    from abhiyan.people.models import Suppression

    with system("test"):
        Suppression.objects.create(phone_id=world.phone_id(world.bilal), scope="all", channel=2, at=world.now)
    rows = "".join(
        f"9906000001,Person {name},1970,JK-B001,1,7\n" for name in ("One", "Two", "Three", "Four", "Five")
    )
    done = take_in(world, tmp_path, HEAD + rows + "9906000002,Bilal Ahmad,1990,JK-B001,1,7\n")
    assert done.counts == {"joined": 1, "second": 3, "phone_full": 1}, "of one it is not told"
    with system("test"):
        reasons = set(RefusedRow.objects.values_list("reason", flat=True))
    assert reasons == {"phone_full"}
    assert world.tallies() == world.recounted()


def test_members_of_an_earlier_drive_are_renewed(world: World, tmp_path: Path) -> None:
    body = HEAD + people(5)
    take_in(world, tmp_path, body)
    world.next_drive()
    done = take_in(world, tmp_path, body)
    assert done.counts == {"renewed": 5}
    step(world, done.public_id, "undo")
    assert world.tallies() == world.recounted() == {}


def test_a_drive_is_named_by_its_address_too(world: World, tmp_path: Path) -> None:
    named = bring(world, tmp_path, HEAD + people(1), drive="winter")
    with system("test"), translation.override("en"):
        kept = queries.import_for(named)
        assert kept.options["drive"] == str(world.programme.public_id)
        with pytest.raises(imports.BadOption) as refused:
            bring(world, tmp_path, HEAD, drive="summer")
        assert str(refused.value) == "Choose one of these for “Drive”: winter (Membership drive)."


def test_a_list_of_a_unit_reaches_no_further(world: World, tmp_path: Path) -> None:
    body = HEAD + people(2, booth="JK-B001") + people(2, first=10, booth="JK-B004")
    public_id = bring(world, tmp_path, body, unit_id=world.units["JK-SRI"].pk)
    assert step(world, public_id, "check").counts == {"joined": 2, "refused": 2}


def test_the_check_of_a_units_list_says_of_phones_known_elsewhere_only_what_it_says_of_new_ones(
    world: World, tmp_path: Path
) -> None:
    """A check costs nothing and leaves nobody asked: phones could be tried one by one."""
    world.web_join(of=world.asha, unit=world.booth)
    world.web_join(of=world.bilal, unit=world.far_booth)
    world.missed_call(of=world.chandra)
    silent = Human("Silent Devi", 1980, "+919906000007")
    with system("test"):
        suppress(phone_id=world.phone_id(silent), channel=1, by=BY, at=world.now)
    both = Human("Two Devi", 1980, "+919906000008")
    world.web_join(of=both, unit=world.booth)
    world.web_join(of=Human("Other Lal", 1990, both.phone), unit=world.far_booth)
    known = [world.asha, world.bilal, world.chandra, silent, both]
    rows = [f"{one.phone},{one.name},{one.birth_year},JK-B001,1,7" for one in known]
    body = HEAD + people(3) + "\n".join(rows) + "\n"
    public_id = bring(world, tmp_path, body, unit_id=world.district.pk)
    checked = step(world, public_id, "check")
    assert checked.counts == {"joined": 7, "already_member": 1}, "Asha is of this district"
    with translation.override("en"):
        assert queries.notes_on_list(checked) == [
            "The check looks only among people of your own unit. The import looks everywhere, so fewer may join."
        ]
    done = step(world, public_id, "commit")
    assert done.counts == {"joined": 3, "already_member": 3, "completed": 1}
    nobody = bring(world, tmp_path, HEAD + "12,Nobody,1980,JK-B001,1,7\n", unit_id=world.district.pk)
    assert queries.notes_on_list(step(world, nobody, "check")) == [], "nobody would join"
    world.tick(days=40)
    day = DAY - timedelta(days=1)
    again = HEAD.strip() + ",Day\n" + "".join(f"{row},{day}\n" for row in rows)
    late = step(world, bring(world, tmp_path, again, unit_id=world.district.pk), "check")
    assert late.counts == {"late": 5}, "whoever they are"


def test_a_pin_of_several_units_waits_to_be_placed_where_the_list_may_bring_everybody_of_the_drive(
    world: World, tmp_path: Path
) -> None:
    with system("test"), connection.cursor() as cursor:
        cursor.execute(
            "insert into units_pin (pin, unit_id) select '190001', id from units_unit"
            " where code in ('JK-B001', 'JK-B002') union all"
            " select '190002', id from units_unit where code in ('JK-B001', 'JK-BL1', 'HP-B001')"
        )
    body = "phone,name,birth_year,pin,notice_version\n"
    body += "9906000001,Asha Devi,1980,190001,1\n9906000002,Bilal Ahmad,1990,190002,1\n"

    def checked(unit: Unit | None) -> StagedImport:
        brought = bring(world, tmp_path, body, unit_id=unit.pk if unit else None)
        return step(world, brought, "check")

    assert checked(None).counts == checked(world.state).counts == {"joined": 2}
    few = checked(world.district)
    assert few.counts == {"joined": 1, "refused": 1}
    with system("test"):
        (refused,) = RefusedRow.objects.filter(import_id=few.pk)
    assert (refused.row, refused.field, refused.reason) == (2, "pin", "pin_several")
    take_in(world, tmp_path, body)
    assert world.rows("select is_placed, unit_id from enrolment_claim order by is_placed") == [
        (False, world.state.pk),
        (True, world.booth.pk),
    ]


def test_days_outside_the_window_and_late_lists(world: World, tmp_path: Path) -> None:
    head = HEAD.replace("\n", ",Day\n")
    rows = [
        f"979700000{n},Somebody Here,1970,JK-B001,1,7,{day}\n"
        for n, day in enumerate(("", "10/11/2026", "1/1/2026", "25/12/2026"))
    ]
    public_id = bring(world, tmp_path, head + "".join(rows))
    checked = step(world, public_id, "check")
    assert checked.counts == {"joined": 2, "refused": 2}
    with system("test"):
        assert set(RefusedRow.objects.values_list("field", "reason")) == {
            ("day", "drive_not_open"),
            ("day", "field_time_invalid"),
        }


def test_a_minor_and_a_refused_column_leave_no_trace_and_a_member_does(
    world: World, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    kept, minor, refused = (f"Marker{name}{uuid4().hex[:10]}" for name in ("Kept", "Minor", "Refused"))
    kept, minor = (re.sub(r"\d", "x", name) for name in (kept, minor))
    body = (
        "Phone,Name,Birth year,Booth code,Notice version,Batch number,Caste\n"
        f"9797000001,{kept},1980,JK-B001,1,7,{refused}\n"
        f"9797000002,{minor},2012,JK-B001,1,7,{refused}\n"
        f"garbled,{minor},2012,JK-B001,1,7,{refused}\n"
    )
    public_id = bring(world, tmp_path, body)
    with system("test"):
        lying = b"".join(content for _path, content in lying_in(home.uploads_folder()))
    assert len(lying) > len(body) and b"Phone" not in lying and kept.encode() not in lying
    step(world, public_id, "check")
    seen = {marker: traces(marker) for marker in (minor, refused)}
    done = step(world, public_id, "commit")
    assert done.counts == {"joined": 1} and done.discarded == {"minor": 2}
    for marker in (minor, refused):
        assert seen[marker] == traces(marker) == [] and marker not in caplog.text
    found = traces(kept)
    assert "people_person" in found
    if database.is_embedded():
        assert "disk" in found, "the search finds what is kept"


def traces(marker: str) -> list[str]:
    """Tables of every schema, the queue's among them, and files of the installation that hold a text."""
    found = []
    with psycopg.connect(database.conninfo(None, dbname=database.database_name()), autocommit=True) as admin:
        names = admin.execute(
            "select format('%I.%I', schemaname, tablename), tablename from pg_tables"
            " where schemaname not in ('pg_catalog', 'information_schema')"
        ).fetchall()
        for full, name in names:
            hit = admin.execute(
                f"select exists (select from {full} t where t::text like %s)", [f"%{marker}%"]
            )
            if hit.fetchone() == (True,):
                found.append(str(name))
        admin.execute("checkpoint")
    places = [home.uploads_folder()] + ([home.home_folder() / "postgres"] if database.is_embedded() else [])
    lies = any(marker.encode() in content for place in places for _path, content in lying_in(place))
    return [*found, "disk"] if lies else found


def test_the_list_is_read_by_two_processes_when_it_is_long(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "APART_ROWS", 100)
    body = (
        HEAD + people(30_000) + "12,Nobody Reachable,1970,JK-B001,1,7\n9797000001,A Child,2015,JK-B001,1,7\n"
    )
    done = take_in(world, tmp_path, body)
    assert done.counts == {"joined": 30_000, "refused": 1} and done.discarded == {"minor": 1}
    with system("test"):
        assert list(RefusedRow.objects.values_list("row", "reason")) == [(30_002, "phone")]


def test_what_stays_reported_has_the_rungs_name_in_hindi() -> None:
    with translation.override("hi"):
        assert "बताए गए" in str(LIST.outcomes["late"].title)
