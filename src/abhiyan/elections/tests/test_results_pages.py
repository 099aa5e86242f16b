"""The pages of results: what they say, who changes alliances and classes, exports, and queries that do not grow."""

import csv
import re
from collections.abc import Mapping
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from abhiyan.core.scope import system
from abhiyan.elections import actions, queries
from abhiyan.elections.models import Alliance, ClassRule, Contest, Part, PartVotes, UnitClass
from abhiyan.elections.reference import PACKAGED_ORIGIN
from abhiyan.elections.templatetags.figures import origin
from abhiyan.elections.tests.make import HEADER, bring, refused, rows_of, written
from abhiyan.org.tests.make import World
from abhiyan.people.tests.make import body, browser
from abhiyan.units import actions as acts
from abhiyan.units.models import Placement, Unit
from abhiyan.units.tests.make import AT, SYSTEM

pytestmark = pytest.mark.django_db

Seats = Mapping[int, tuple[tuple[str, str, int], ...]]
OLD: Seats = {
    1: (("A One", "BJP", 40_000), ("B Two", "INC", 45_000), ("NOTA", "NOTA", 1_000)),
    2: (("C Three", "BJP", 52_000), ("D Four", "INC", 30_000), ("NOTA", "NOTA", 900)),
}
NEW: Seats = {
    1: (
        ("A One", "BJP", 50_000),
        ("E Five", "INC", 41_000),
        ("F Six", "AAP", 5_000),
        ("NOTA", "NOTA", 1_100),
    ),
    2: (("D Four", "INC", 47_000), ("C Three", "BJP", 46_000), ("NOTA", "NOTA", 800)),
}
SEGMENTS = """\
2024,1,Seat 1,1,SEG A,1,A One,BJP,30000
2024,1,Seat 1,1,SEG A,2,E Five,INC,15000
2024,1,Seat 1,2,SEG B,1,A One,BJP,19000
2024,1,Seat 1,2,SEG B,2,E Five,INC,25000
"""


def sorted_rows(seats: Seats) -> dict[int, list[tuple[str, str, int]]]:
    return {number: sorted(rows, key=lambda row: -row[2]) for number, rows in seats.items()}


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Two elections of Goa in a nation of two states; the first seat is the unit C1, its segments are booths of it."""
    world = World()
    for year, seats in ((2019, OLD), (2024, NEW)):
        path = written(tmp_path, rows_of(sorted_rows(seats), year=year), name=f"ls{year}.csv")
        staged = bring(path, election=f"LS{year}")
        assert staged.state == "done", staged.state
    header = "year,pc_no,pc_name,ac_no,ac_name,candidate_position,candidate,party,votes"
    path = written(tmp_path, SEGMENTS, header=header, name="segments.csv")
    assert bring(path, "segments", election="LS2024", state="S05").state == "done"
    with system("test"):
        for number, state in ((1, {"en": "Goa", "hi": "गोवा"}), (2, {"en": "Sikkim", "hi": "सिक्किम"})):
            Unit.objects.filter(code=f"N{number}").update(names=state)
        Contest.objects.filter(number=1).update(unit=world.units["C1"])
        for part, code in (("1", "N1111"), ("2", "N1112")):
            Part.objects.filter(number=part).update(unit=world.units[code])
    return world


def text(page: str) -> str:
    main = page.split("<main", 1)[1].split("</main>", 1)[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


def export(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer["Content-Type"].startswith("text/csv"), path
    return answer.getvalue().decode("utf-8-sig")


def test_an_election_shows_its_totals_and_leads_to_its_seats(world: World) -> None:
    client = browser(world.holder("booth_president", "N1111"))
    assert "LS2024" in body(client, "/elections/")
    page = text(body(client, "/elections/results/LS2024/"))
    assert "96,000" in page and "88,000" in page  # BJP's and INC's votes
    page = text(body(client, "/elections/results/LS2024/seats/?side=BJP"))
    assert "Seat 1" in page and "9,000" in page and "ls2024.csv, row 2" in page
    assert "1 won by BJP" in page
    page = text(body(client, "/elections/results/LS2024/seats/?side=BJP&show=lost"))
    assert "Seat 2" in page and "1 seat is left out" in page
    body(client, "/elections/results/NOWHERE/", status=404)


def test_a_seat_names_file_and_row_of_every_candidate_and_what_it_was_before(world: World) -> None:
    client = browser(world.holder("booth_president", "N1111"))
    page = text(body(client, "/elections/results/LS2024/seats/S05/1/?side=BJP"))
    assert "ls2024.csv, row 2" in page and "ls2024.csv, row 4" in page and "segments.csv, row 2" in page
    assert "Lok Sabha 2019" in page and "the same seat in Lok Sabha 2019" in page
    assert "+5.0" in page  # 51.5 now, 46.5 then
    assert "The electors are not known" in page
    assert "1,000 votes are in no part" not in page and "votes are in no part" in page
    body(client, "/elections/results/LS2024/seats/S05/9/", status=404)


def test_where_the_packaged_files_come_from_is_said_in_the_readers_language() -> None:
    with translation.override("hi"):
        assert origin(PACKAGED_ORIGIN).startswith("भारत निर्वाचन आयोग")
        assert origin("The Daily") == "The Daily"


def test_a_seat_says_that_its_file_lacks_nota(world: World, tmp_path: Path) -> None:
    path = written(tmp_path, rows_of({1: (("X", "BJP", 90), ("Y", "INC", 80))}, state="S16"), name="s16.csv")
    assert bring(path, election="LS2024").state == "done"
    client = browser(world.holder("booth_president", "N1111"))
    pages = [text(body(client, f"/elections/results/LS2024/seats/{seat}/")) for seat in ("S16/1", "S05/1")]
    assert ["NOTA is not in the file" in page for page in pages] == [True, False]


def test_pages_say_that_equal_votes_have_no_winner(world: World, tmp_path: Path) -> None:
    rows = [
        row.split(",") for row in rows_of({1: (("X", "BJP", 90), ("Y", "INC", 90))}, state="S16").splitlines()
    ]
    at = HEADER.split(",").index("position")
    path = written(
        tmp_path,
        "".join(",".join(row[:at] + row[at + 1 :]) + "\n" for row in rows),
        name="s16.csv",
        header=HEADER.replace("position,", ""),
    )
    assert bring(path, election="LS2024").state == "done"
    client = browser(world.holder("booth_president", "N1111"))
    assert "does not say who won by lot" in text(
        body(client, "/elections/results/LS2024/seats/S16/1/?side=BJP")
    )
    assert "winner not known" in text(body(client, "/elections/results/LS2024/seats/?side=BJP"))
    page = text(body(client, "/elections/results/LS2024/?state=S16"))
    assert "No party has these seats" in page
    files = csv.DictReader(export(client, "/elections/results/LS2024/?state=S16&format=csv").splitlines())
    assert {row["Party"]: row["Seats"] for row in files} == {"BJP": "0", "INC": "0"}


def test_a_form_sent_twice_names_one_alliance_and_another_is_led_to_it(world: World) -> None:
    client = browser(world.holder("national_president", "N"))
    path = "/elections/results/LS2024/alliances/"
    typed = {"name_en": "Friends", "state": "", "lead": "BJP", "parties": "AAP", "once": str(uuid4())}
    assert [client.post(path, typed).status_code for _time in range(2)] == [302, 302]
    with system("test"):
        made = Alliance.objects.get()
    answer = client.post(path, typed | {"once": str(uuid4())})
    assert answer.status_code == 409 and "“Friends”" in answer.content.decode()
    assert f'<a href="{path}{made.public_id}/">Friends</a>' in answer.content.decode()


def test_an_incomplete_election_is_called_so_in_the_list_and_on_its_page(world: World) -> None:
    client = browser(world.holder("booth_president", "N1111"))
    assert "incomplete: 2 of 543" in text(body(client, "/elections/"))
    page = text(body(client, "/elections/results/LS2024/"))
    assert "incomplete: 2 of 543" in page and "541 are missing" in page
    assert "incomplete" not in text(body(client, "/elections/results/LS2024/?state=S05"))


def test_a_unit_shows_its_seat_its_part_or_the_seats_it_lies_in(world: World) -> None:
    client = browser(world.holder("booth_president", "N1111"))
    page = text(body(client, "/elections/units/C1/"))
    assert "Lok Sabha" in page and "BJP" in page and "The seat over elections" in page
    page = text(body(client, "/elections/units/N1111/?side=BJP"))
    assert "30,000" in page and "As a part of a larger seat" in page and "segments.csv" in page
    page = text(body(client, "/elections/units/N112/"))
    assert "The seats it lies in" in page and "No file gives this unit's own votes" in page
    assert "BJP , margin 9.3%" in page
    assert "share of BJP" in text(body(client, "/elections/units/N112/?side=BJP"))
    assert "No results for this unit" in text(body(client, "/elections/units/N2/"))
    body(client, "/elections/units/NOWHERE/", status=404)


def test_a_unit_that_lies_in_many_seats_looks_up_each_and_pages_them(world: World) -> None:
    n = 60
    with system("test"):
        made = acts.make_units(
            units=[
                acts.NewUnit(code=f"{code}{at}", kind=kind, names={"en": f"{kind} {at}", "hi": f"क{at}"})
                for at in range(n)
                for code, kind in (("SG", "segment"), ("BB", "booth"))
            ],
            by=SYSTEM,
            at=AT,
        )
        cluster = Placement.objects.filter(hierarchy=1, unit__code="N1121").values_list("parent", flat=True)[
            0
        ]
        on = AT.date()
        places: list[tuple[int, int | None]] = [(made[f"BB{at}"], cluster) for at in range(n)]
        acts.place_units(hierarchy=1, places=places, on=on, by=SYSTEM, at=AT)
        places = [(made[f"SG{at}"], world.unit("C1")) for at in range(n)]
        places += [(made[f"BB{at}"], made[f"SG{at}"]) for at in range(n)]
        acts.place_units(hierarchy=2, places=places, on=on, by=SYSTEM, at=AT)
        Contest.objects.filter(number=2, election__code="LS2024").update(unit=made["SG9"])  # the last by code
    client = browser(world.holder("booth_president", "N1111"))
    page = body(client, "/elections/units/N112/")
    assert "Showing 1–50 of 61" in text(page)
    last = body(client, "/elections/units/N112/?page=2")
    row = next(row for row in last.split("<tr>") if "/elections/units/SG9/" in row)
    assert "INC" in row and "Lok Sabha 2024" in row  # looked up, however far down the list


def test_a_sum_names_the_files_it_comes_from_and_no_others(world: World, tmp_path: Path) -> None:
    path = written(tmp_path, rows_of({1: (("X", "BJP", 90), ("Y", "INC", 80))}, state="S16"), name="s16.csv")
    assert bring(path, election="LS2024").state == "done"
    client = browser(world.holder("booth_president", "N1111"))
    states = csv.DictReader(export(client, "/elections/results/LS2024/?of=states&format=csv").splitlines())
    assert {row["State"]: row["Summed from the files"] for row in states} == {
        "Goa": "ls2024.csv",
        "Mizoram": "s16.csv",
    }
    for asked, now in (("", "ls2024.csv, s16.csv"), ("state=S05", "ls2024.csv"), ("state=S16", "s16.csv")):
        rows = csv.DictReader(export(client, f"/elections/results/LS2024/?format=csv&{asked}").splitlines())
        assert {row["Summed from the files"] for row in rows} == {now}, asked
        listed = body(client, f"/elections/results/LS2024/?{asked}").split('id="files"', 1)[1]
        assert [one in listed for one in ("ls2024.csv", "s16.csv", "segments.csv")] == [
            "ls2024.csv" in now,
            "s16.csv" in now,
            False,
        ], asked
    rows = csv.DictReader(export(client, "/elections/results/LS2024/?format=csv&state=S05").splitlines())
    assert {row["Before, summed from the files"] for row in rows} == {"ls2019.csv"}
    above = body(client, "/elections/units/N111/").split('id="files"', 1)[1]
    assert "segments.csv" in above and "ls2024.csv" not in above


def test_states_are_ordered_beside_the_parties_and_alliances_by_name(world: World, tmp_path: Path) -> None:
    path = written(tmp_path, rows_of({1: (("X", "BJP", 90), ("Y", "INC", 80))}, state="S16"), name="s16.csv")
    assert bring(path, election="LS2024").state == "done"
    with system("test"):
        for name, lead in (("Aaa", "INC"), ("Zzz", "BJP")):
            actions.make_alliance(
                election="LS2024", state="", names={"en": name}, lead=lead, parties=["AAP"], by=SYSTEM, at=AT
            )
    client = browser(world.holder("booth_president", "N1111"))
    path_of = "/elections/results/LS2024/"
    states = [
        [
            line.split(",")[0]
            for line in export(client, f"{path_of}?of=states&format=csv&sort={key}").splitlines()
        ]
        for key in ("state", "-state", "-state_polled")
    ]
    assert states[0][1:] == ["Goa", "Mizoram"] == states[1][:0:-1] and states[2][1:] == ["Goa", "Mizoram"]
    assert "ls2024.csv" in export(client, f"{path_of}?of=states&format=csv")
    assert 'aria-sort="descending"' in body(client, f"{path_of}?sort=-state_seats")
    for key, first in (("name", "Aaa"), ("lead", "Zzz"), ("-name", "Zzz")):
        assert export(client, f"{path_of}alliances/?format=csv&sort={key}").splitlines()[1].startswith(first)


def test_the_parts_of_a_seat_are_ordered_chosen_by_kind_and_exported(world: World) -> None:
    client = browser(world.holder("booth_president", "N1111"))
    path = "/elections/results/LS2024/seats/S05/1/?side=BJP"
    with system("test"):
        contest = Contest.objects.get(election__code="LS2024", number=1)
        station = Part.objects.create(
            contest=contest, kind="special", number="SPS_1", name="Camp", import_id=1
        )
        votes = PartVotes.objects.filter(part__contest=contest).order_by("row")
        PartVotes.objects.create(
            part=station, candidacy=votes[0].candidacy, votes=7, import_id=votes[0].import_id, row=99
        )

    def order(more: str) -> list[str]:
        table = body(client, path + more).split('id="parts"', 1)[1]
        return re.findall(r"Unit N1111|Unit N1112|Camp", table)

    assert order("") == ["Unit N1111", "Unit N1112", "Camp"]  # special stations last
    assert order("&sort=-polled") == ["Unit N1111", "Unit N1112", "Camp"]
    assert order("&sort=lead") == ["Unit N1112", "Unit N1111", "Camp"]  # one candidate has no lead
    assert order("&kind=special") == ["Camp"]
    page = text(body(client, path + "&kind=moon&page=9"))
    assert "Segment (2)" in page and "segments.csv, row 2" in page and "66.67%" in page  # 30,000 of 45,000
    lines = export(client, path + "&of=parts&format=csv&kind=special").splitlines()
    assert len(lines) == 2 and "Camp" in lines[1] and ",7,100.0,segments.csv,99" in lines[1]


def test_another_election_forgets_the_alliance_of_the_first(world: World) -> None:
    president = world.holder("national_president", "N", name="Rohini Koul")
    with system("test"):
        alliance = actions.make_alliance(
            election="LS2019", state="", names={"en": "Front"}, lead="BJP", parties=["INC"],
            by=SYSTEM, at=AT,
        )  # fmt: skip
    client = browser(president)
    for path in ("seats/", "seats/S05/1/"):
        page = body(client, f"/elections/results/LS2019/{path}?side={alliance.public_id}")
        assert f'value="{alliance.public_id}" selected' in page
        page = body(client, f"/elections/results/LS2024/{path}?side={alliance.public_id}")
        assert "Select a valid choice" not in page and f'value="{alliance.public_id}"' not in page
    assert 'value="BJP" selected' in body(client, "/elections/results/LS2024/seats/?side=bjp")


def test_an_alliance_has_the_same_figures_on_every_page_where_a_state_has_a_set_of_its_own(
    world: World,
) -> None:
    with system("test"):
        everywhere, _own = (
            actions.make_alliance(
                election="LS2024", state=state, names={"en": "Front"}, lead="INC", parties=[ally],
                by=SYSTEM, at=AT,
            )
            for state, ally in (("", "AAP"), ("Goa", "BJP"))
        )  # fmt: skip
        Contest.objects.filter(number=2, election__code="LS2024").update(unit=world.units["C2"])
    client = browser(world.holder("booth_president", "N1111"))
    side, of = f"?side={everywhere.public_id}", "/elections/results/LS2024/"
    page = text(body(client, f"{of}alliances/{everywhere.public_id}/"))
    assert "2 seats" in page and "1,84,000 votes" in page
    page = text(body(client, f"{of}seats/{side}"))
    assert "2 won by Front" in page and "91,000" in page and "93,000" in page
    assert "0 seats" not in text(body(client, f"{of}seats/{side}&show=won"))
    lines = export(client, f"{of}seats/{side}&format=csv").splitlines()
    assert ",91000," in lines[1] and ",93000," in lines[2]
    page = text(body(client, f"{of}seats/S05/1/{side}"))
    history, parts = page.split("The seat over elections")[-1].split("Parts of the seat")[:2]
    assert "91,000" in history and "85,000" in history  # 2019: 40,000 and 45,000
    assert "45,000" in parts  # 30,000 and 15,000
    assert "91,000" in text(body(client, f"/elections/units/C1/{side}"))
    assert "Front 45,000 (100" in text(body(client, f"/elections/units/N1111/{side}"))
    said = "For “Front”, these states use their own alliance: Goa."
    for path in (f"{of}seats/", f"{of}seats/S05/1/", "/elections/units/C1/", "/elections/units/N1111/"):
        assert said in body(client, path + side) and said not in body(client, f"{path}?side=INC"), path


def test_a_stated_figure_stands_marked_beside_the_computed_one(world: World) -> None:
    with system("test"):
        actions.state_figure(
            election="LS2024",
            state="S05",
            number=1,
            party="BJP",
            share_pct=49.9,
            source="A newspaper, 5 June 2024",
            by=SYSTEM,
            at=AT,
        )
    client = browser(world.holder("booth_president", "N1111"))
    page = text(body(client, "/elections/results/LS2024/seats/S05/1/"))
    assert "stated BJP · 49.90%" in page and "A newspaper, 5 June 2024" in page and "51.49%" in page


def test_a_quoted_figure_is_added_and_taken_away_by_who_imports_results(world: World) -> None:
    path = "/elections/results/LS2024/stated/?state=S05&number=1"
    given = {"party": "BJP", "share_pct": "50.5", "source": "A newspaper"}
    low = browser(world.holder("booth_president", "N1111"))
    assert low.get(path).status_code == low.post(path, given).status_code == 403
    chief = browser(world.holder("state_president", "N1"))
    other = browser(world.holder("state_president", "N2"))
    assert "Add one" not in body(other, path) and other.post(path, given).status_code == 403
    assert chief.post(path, given | {"party": "NOBODY"}).status_code == 422
    assert chief.post(path, given | {"share_pct": ""}).status_code == 422
    assert chief.post(path, given | {"share_pct": "101"}).status_code == 422
    assert chief.post(path, given).status_code == 302
    seat = "/elections/results/LS2024/seats/S05/1/"
    assert "50.50%" in body(low, seat) and "Add or remove" not in body(low, seat)
    page = body(chief, path)
    asked = re.search(r'href="(/elections/results/LS2024/stated/[0-9]+/withdraw/)"', page)
    assert asked is not None and "Add or remove" in body(chief, seat)
    assert other.get(asked[1]).status_code == other.post(asked[1]).status_code == 403
    assert asked[1] not in body(other, path) and "Add or remove" not in body(other, seat)
    assert "A newspaper" in body(chief, asked[1]) and "50.50%" in body(low, seat), "asked, and not done"
    assert chief.post(asked[1])["Location"] == path
    assert "50.50%" not in body(low, seat)
    assert chief.get("/elections/results/LS2024/stated/?state=S05&number=77").status_code == 404


def test_a_comparison_across_a_boundary_change_says_so_on_every_page(world: World, tmp_path: Path) -> None:
    two = (("A", "BJP", 600), ("B", "INC", 400))
    for year, seats in ((2019, 6), (2024, 5)):
        rows = rows_of(sorted_rows(dict.fromkeys(range(1, seats + 1), two)), state="U08", year=year)
        staged = bring(written(tmp_path, rows, name=f"jk{year}.csv"), election=f"LS{year}")
        assert staged.state == "done", refused(staged)
    table = written(
        tmp_path, "U08,1,2,0.5\nU08,1,3,0.5\n", header="state,old number,new number,weight", name="table.csv"
    )
    assert (
        bring(table, "correspondence", level="pc", numbering_from="before 2022", partial="yes").state
        == "done"
    )
    client = browser(world.holder("booth_president", "N1111"))
    page = text(body(client, "/elections/results/LS2024/seats/U08/2/?side=BJP"))
    assert "The boundaries have changed since Lok Sabha 2019. We compare with parts of Seat 1" in page
    page = text(body(client, "/elections/results/LS2024/seats/?state=U08&side=BJP"))
    assert "estimate: boundary changed" in page and "other boundaries" in page
    page = text(body(client, "/elections/results/LS2024/?state=U08"))
    assert "in 2 constituencies the comparison is an estimate" in page
    assert "numbering before 2022" in text(body(client, "/elections/results/LS2019/seats/?state=U08"))


def test_an_uncontested_seat_has_a_winner_and_no_votes(world: World, tmp_path: Path) -> None:
    rows = "2024,U06,1,Lakshadweep,ST,1,SOMEBODY ALONE,BJP,,,uncontested\n"
    assert bring(written(tmp_path, rows, name="alone.csv"), election="LS2024").state == "done"
    client = browser(world.holder("booth_president", "N1111"))
    page = text(body(client, "/elections/results/LS2024/seats/U06/1/"))
    assert "there was no vote" in page and "SOMEBODY ALONE won" in page
    page = text(body(client, "/elections/results/LS2024/seats/?show=uncontested"))
    assert "uncontested" in page and "Lakshadweep" in page
    assert "Uncontested, so without votes" in text(body(client, "/elections/results/LS2024/"))


def test_an_alliance_is_defined_and_changed_by_who_may_and_by_nobody_else(world: World) -> None:
    path = "/elections/results/LS2024/alliances/"
    given = {"name_en": "Two of them", "name_hi": "दो दल", "lead": "INC", "parties": "AAP"}
    low = browser(world.holder("booth_president", "N1111"))
    assert "Define an alliance" not in body(low, path)
    assert low.post(path, given).status_code == 403
    state = browser(world.holder("state_president", "N1"))
    page = body(state, path)  # it is offered its own state, and not everywhere
    assert 'value="S05"' in page and "Everywhere, except states" not in page
    assert state.post(path, given).status_code == 403
    chief = browser(world.holder("national_president", "N"))
    assert "Everywhere, except states" in body(chief, path)
    assert chief.post(path, given | {"parties": "NOBODY"}).status_code == 422
    assert chief.post(path, given | {"parties": ""}).status_code == 422
    assert chief.post(path, given).status_code == 302
    one = Alliance.objects.get()
    assert set(one.parties) == {"INC", "AAP"}
    page = text(body(chief, "/elections/results/LS2024/seats/S05/1/"))
    assert "Two of them" in page and "47.37%" in page  # 46,000 of 97,100
    assert low.post(f"{path}{one.public_id}/", given).status_code == 403
    assert state.post(f"{path}{one.public_id}/", given).status_code == 403
    assert "Change it" not in body(state, f"{path}{one.public_id}/")
    changed = given | {"name_en": "Still two", "parties": "BJP"}
    assert chief.post(f"{path}{one.public_id}/", changed).status_code == 302
    assert set(Alliance.objects.get().parties) == {"INC", "BJP"}
    assert "Still two" in body(chief, path)
    body(chief, f"/elections/results/LS2019/alliances/{one.public_id}/", status=404)


def form_of(rows: list[dict[str, str]], **more: str) -> dict[str, str]:
    data = {"rule-TOTAL_FORMS": str(len(rows)), "rule-INITIAL_FORMS": "0"}
    for number, row in enumerate(rows):
        data |= {f"rule-{number}-{name}": value for name, value in row.items()}
    return data | more


def test_rules_are_written_and_sort_the_units_below(world: World) -> None:
    path = "/elections/results/LS2024/classes/"
    rows = [
        {"code": "strong", "lead_at_least": "10"},
        {"code": "weak", "lead_below": "-10"},
        {"code": "swing"},
    ]
    given = form_of(rows, unit="N1", side="BJP")
    assert browser(world.holder("booth_president", "N1111")).post(path, given).status_code == 403
    chief = browser(world.holder("state_president", "N1"))
    assert chief.post(path, form_of(rows[:2], unit="N1", side="BJP")).status_code == 422
    assert chief.post(path, form_of(rows, unit="N2", side="BJP")).status_code == 403
    assert chief.post(path, form_of(rows, unit="NOWHERE", side="BJP")).status_code == 404
    answer = chief.post(path, form_of([rows[2], rows[0] | {"lead_at_least": "x"}], unit="N1", side="BJP"))
    told, _heading, beside = answer.content.decode().partition("Write the rules")
    assert answer.status_code == 422 and "Rule 2, Lead at least: a threshold is a number." in told
    assert 'id="id_rule-1-lead_at_least_error"' in beside
    assert chief.post(path, given).status_code == 302
    with system("test"):
        found = dict(UnitClass.objects.values_list("unit__code", "code"))
    assert found == {"N1111": "strong", "N1112": "weak"}
    page = text(body(chief, f"{path}?unit=N1"))
    assert "Strong: lead over the best opponent at least 10%" in page and "Swing: all others" in page
    assert "N1111" in page and "N1112" in page
    assert "N1112" not in text(body(chief, f"{path}?unit=N1&class=strong")).split("Write the rules")[0]
    assert "segments.csv, row 2" in page and "Strong (1)" in page  # what share and lead are reckoned from
    assert ",segments.csv,4" in export(chief, f"{path}?unit=N1&format=csv").splitlines()[2]
    with system("test"):  # in Hindi the other way round
        for code, name in (("N1111", "ख"), ("N1112", "क")):
            Unit.objects.filter(code=code).update(names={"en": code, "hi": name})
    hindi = browser(world.holder("district_president", "N11", name="Asha Devi"), "hi")
    units = [
        line.split(",")[0] for line in export(hindi, f"{path}?unit=N1&sort=name&format=csv").splitlines()
    ]
    assert units[1:] == ["N1112", "N1111"]
    # The rules of a unit are those of the nearest above it.
    with system("test"):
        rule = queries.class_rule(queries.election("LS2024"), world.unit("N1111"))
        assert rule is not None and rule.unit_id == world.unit("N1")
    # A second time replaces the classes, and keeps both rules.
    assert chief.post(path, form_of([{"code": "swing"}], unit="N1", side="INC")).status_code == 302
    with system("test"):
        assert set(UnitClass.objects.values_list("code", flat=True)) == {"swing"}
        assert ClassRule.objects.count() == 2


def test_classes_of_another_state_are_out_of_sight(world: World) -> None:
    with system("test"):
        actions.sort_units(
            election="LS2024",
            unit_id=world.unit("N1"),
            rows=[{"class": "swing"}],
            party="BJP",
            by=SYSTEM,
            at=AT,
        )
    client = browser(world.holder("state_president", "N2"))
    page = text(body(client, "/elections/results/LS2024/classes/?unit=N1"))
    assert "No unit has a class here" in page and "N1111" not in page


PAGES = (
    "/elections/",
    "/elections/results/LS2024/",
    "/elections/results/LS2024/?state=S05",
    "/elections/results/LS2024/seats/",
    "/elections/results/LS2024/seats/S05/1/",
    "/elections/results/LS2024/alliances/",
    "/elections/units/C1/",
    "/elections/units/N1111/",
    "/elections/units/N112/",
    "/elections/results/LS2024/classes/",
)


def test_every_list_is_exported_as_it_is_shown(world: World) -> None:
    client = browser(world.holder("state_president", "N1"))
    wanted = {
        PAGES[0]: "LS2024",
        PAGES[1]: "BJP,Bharatiya Janata Party,1",
        PAGES[3]: "ls2024.csv,2",
        PAGES[4]: "A One,BJP,50000",
        PAGES[6]: "LS2019,Seat 1",
    }
    for path, part in wanted.items():
        assert part in export(client, f"{path}?format=csv"), path
    assert "SEG A" in export(client, f"{PAGES[4]}?of=parts&format=csv")


def test_the_pages_are_in_hindi(world: World) -> None:
    client = browser(world.holder("state_president", "N1"), "hi")
    for path in PAGES:
        page = body(client, path)
        assert 'lang="hi"' in page
        left = set(
            re.findall(r"\b(?:Seats|Votes|Share|Election|Winner|Margin|Save|Print|Party)\b", text(page))
        )
        assert not left, (path, left)


def test_an_election_and_the_one_before_it_are_read_once_each(world: World) -> None:
    client = browser(world.holder("state_president", "N1"))
    for path in ("/elections/results/LS2024/", "/elections/results/LS2024/?of=states&format=csv"):
        with CaptureQueriesContext(connection) as seen:
            assert client.get(path).status_code == 200
        assert sum('FROM "elections_candidacy"' in one["sql"] for one in seen.captured_queries) == 2, path


def test_a_seat_compares_itself_once_and_a_unit_counts_no_elections(world: World) -> None:
    client = browser(world.holder("state_president", "N1"))

    def asked(path: str) -> list[str]:
        with CaptureQueriesContext(connection) as seen:
            body(client, path)
        return [str(one["sql"]) for one in seen.captured_queries]

    of_seat = asked("/elections/results/LS2024/seats/S05/1/?side=BJP")
    assert sum('FROM "elections_correspondence" WHERE ' in sql for sql in of_seat) == 1
    assert (
        sum('"elections_candidacy"."position"' in sql for sql in of_seat) == 3
    )  # this one, 2019, its row there
    assert not any('COUNT("elections_contest"' in sql for sql in asked("/elections/units/N112/?side=BJP"))


def test_no_page_asks_more_queries_for_more_rows(world: World, tmp_path: Path) -> None:
    client = browser(world.holder("state_president", "N1"))

    def asked(path: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            body(client, path)
        return len(seen)

    def more(state: str, seats: int) -> None:
        three = (("X", "BJP", 90), ("Y", "INC", 80), ("Z", "AAP", 70))
        rows = rows_of(sorted_rows(dict.fromkeys(range(1, seats + 1), three)), state=state)
        staged = bring(written(tmp_path, rows, name=f"{state}.csv"), election="LS2024")
        assert staged.state == "done", refused(staged)

    more("S10", 28)
    paths = [*PAGES, f"{PAGES[3]}?side=BJP"]
    for path in paths:
        asked(path)
    before = [asked(path) for path in paths]
    more("S11", 20)
    assert [asked(path) for path in paths] == before


@pytest.mark.parametrize(
    "path",
    [
        "/units/%00/",
        "/elections/units/%00/",
        "/elections/results/LS2024/seats/%00/1/",
        "/elections/results/%00/",
        "/elections/results/LS2024/seats/S05/99999999999/",
        "/elections/results/LS2024/classes/?unit=%00",
        "/elections/results/LS2024/seats/S05/1/?kind=%00&sort=x&page=%00&of=x",
        "/elections/plans/?q=%00&state=%00&election=%00",
        "/elections/units/N112/?side=%00&page=99999999999",
        "/elections/results/LS2024/?state=%00&matching=%00&page=-1&sort=x",
        "/elections/results/LS2024/seats/?side=%00&winner=%00&show=x&page=99999",
        f"/elections/results/LS2024/seats/?side={'a' * 5000}",
    ],
)
def test_what_makes_no_sense_in_an_address_is_answered(world: World, path: str) -> None:
    client = browser(world.holder("state_president", "N1"))
    assert client.get(path).status_code in (200, 400, 404), path
