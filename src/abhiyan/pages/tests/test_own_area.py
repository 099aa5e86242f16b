"""A constituency belongs to who represents it: exact figures and calls there, and no row about anybody."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest
from django.test import Client

from abhiyan.core.scope import Scope, scoped, system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.tests.make import Human
from abhiyan.enrolment.tests.web import today
from abhiyan.forms.tests.test_small_cells_of_forms import RandomWorld
from abhiyan.org import actions as org
from abhiyan.org.queries import names_of_page, scope_of, viewer_of
from abhiyan.org.tests.make import TODAY
from abhiyan.org.viewer import Viewer
from abhiyan.programmes.actions.pace import note_pace
from abhiyan.site.tests.cast import SYSTEM, Cast
from abhiyan.site.tests.sights import guarded_tables, rows_in_sight
from abhiyan.units.models import Placement
from abhiyan.units.words import write_words

from .test_bearer import sheet_of, with_number

FOUR = ("constituency_in_charge", "segment_in_charge", "member_of_parliament", "legislator")
ELECTED = ("member_of_parliament", "legislator")
# Each elected office, the in-charge of the same unit, that unit, all in it with its tree, and what is next to it.
AREAS = {
    "member_of_parliament": (
        "constituency_in_charge",
        "JK-PC1",
        (
            "JK-PC1=electoral",
            "JK-AC20=electoral",
            "JK-AC19=electoral",
            "JK-B001=electoral",
            "JK-SRI-M1=organisational",
        ),
        ("JK-AC75=electoral", "JK-JAM=organisational", "JK-B004=electoral", "JK=electoral"),
    ),
    "legislator": (
        "segment_in_charge",
        "JK-AC75",
        ("JK-AC75=electoral", "JK-B004=electoral", "JK-JAM-M1=organisational", "JK-B004=organisational"),
        (
            "JK-PC1=electoral",
            "JK-AC20=electoral",
            "JK-SRI=organisational",
            "JK-B001=electoral",
            "JK=electoral",
        ),
    ),
}


@pytest.fixture(scope="module")
def cast(open_database: None) -> Cast:
    """Members of closed days and of today in the area of each."""
    cast = Cast.make(own=42, foreign=38)
    cast.crowd(7, "JK-B002", "70077")
    cast.crowd(6, "JK-B003", "70079")
    cast.crowd(4, "JK-B004", "70078")
    for booth in ("JK-B001", "JK-B002", "JK-B003", "JK-B004"):
        cast.target(booth, 500)
    cast.everybody()
    cast._seat("segment_of_the_area", "segment_in_charge", "JK-AC20", 2)
    for n, role in enumerate(cast.accounts):
        with_number(cast, role, f"+9199067{n:05d}")
    cast.fold()
    with system("test"):
        note_pace(at=NOW)
        write_words((unit.pk, unit.kind, unit.names) for unit in cast.world.units.values())
    return cast


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def at(place: str) -> str:
    code, _, tree = place.partition("=")
    return f"/units/{code}/?in={tree}"


def headlines(client: Client, place: str) -> list[str]:
    """The sentences of a unit's page about what is counted there."""
    html = page(client, at(place)).partition("<main")[2]
    text = re.sub(r"<[^>]+>", "\n", html)
    return re.findall(r"[\d,]+ counted[^\n]*|Fewer than 10 counted[^\n]*", text)


def listed(client: Client, place: str) -> list[dict[str, str]]:
    answer = client.get(at(place) + "&format=csv")
    if not answer["Content-Type"].startswith("text/csv"):
        return []
    content = b"".join(answer) if answer.streaming else answer.content
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    return [{key: row[key] for key in ("Code", "Reported", "Counted", "Confirmed")} for row in rows]


@pytest.mark.parametrize("role", FOUR)
def test_no_row_of_any_table_opens_with_the_figures_of_an_own_area(cast: Cast, role: str) -> None:
    """Counted in the database itself, table by table; only the rates by the minute follow the figures."""
    scope, tables = scope_of(cast.accounts[role].pk, today()), guarded_tables()
    assert scope.figures != "{}" and not scope.everything
    before, after = (rows_in_sight(sight, tables) for sight in (replace(scope, figures="{}"), scope))
    rates = {"programmes_pace", "programmes_unit_pace"}
    assert {table: n for table, n in after.items() if table not in rates} == {
        table: n for table, n in before.items() if table not in rates
    }
    there = rows_in_sight(scope_of(cast.accounts["state_president"].pk, today()), tables)
    people = {"people_person", "people_phone", "people_consent", "enrolment_claim", "enrolment_membership"}
    assert people & there.keys() >= {"people_person", "enrolment_claim", "enrolment_membership"}
    if role in ELECTED:
        assert not people & after.keys()
        assert scope.people == "{}"


@pytest.mark.parametrize("role", ELECTED)
def test_the_own_area_reads_as_to_its_in_charge_and_what_is_beside_it_as_to_any_outsider(
    cast: Cast, role: str
) -> None:
    in_charge, unit, inside, beside = AREAS[role]
    elected, exact, outsider = (cast.client(reader) for reader in (role, in_charge, "verifier"))
    for place in inside:
        assert headlines(elected, place) == headlines(exact, place) != [], place
        assert listed(elected, place) == listed(exact, place), place
    n = {"JK-PC1": 2 + 42 + 7 + 6, "JK-AC75": 1 + 38 + 4}[unit]
    assert headlines(elected, inside[0])[0].startswith(f"{n} counted"), "those of today are among them"
    assert f"{n} counted" in page(elected, "/") and "rounded" not in page(elected, "/")
    area = {place.partition("=")[0] for place in inside}
    for place in beside:
        if place != "JK=electoral":  # whose own part is exact to each
            assert headlines(elected, place) == headlines(outsider, place), place
        for row in listed(elected, place):
            figures = [row[key] for key in ("Reported", "Counted", "Confirmed") if row[key].strip()]
            assert row["Code"] in area or all(int(figure) % 10 == 0 for figure in figures), row
    rows = {row["Code"]: row["Counted"] for row in listed(elected, "JK=electoral")}
    assert rows[unit] == str(n)


@pytest.mark.parametrize("role", ELECTED)
def test_no_list_file_or_search_shows_a_member_of_the_own_area(cast: Cast, role: str) -> None:
    client, (_in_charge, unit, _inside, _beside) = cast.client(role), AREAS[role]
    member = {"JK-PC1": cast.own_member, "JK-AC75": cast.foreign_member}[unit]
    assert isinstance(member, Human)
    for path in (
        f"/people/?unit={unit}",
        f"/people/?unit={unit}&format=csv",
        f"/people/{cast.membership(member)}/",
    ):
        assert client.get(path).status_code in (403, 404), path
    for text in (member.name, member.phone, member.phone[-10:]):
        assert member.name not in re.sub(
            r'value="[^"]*"|<title>.*?</title>', "", search_answer(client, text)
        ), text


def search_answer(client: Client, text: str) -> str:
    main = client.get("/search/", {"q": text}).content.decode().partition("<main")[2]
    return main.replace(f"“{text}”", "")


def called(client: Client, cast: Cast, role: str) -> str:
    """The person sheet after a press on its button; "" where it is refused."""
    answer = client.post(sheet_of(cast, role))
    assert answer.status_code in (200, 403, 404)
    return answer.content.decode() if answer.status_code == 200 else ""


@pytest.mark.parametrize(
    ("role", "bearers", "others"),
    [
        (
            "member_of_parliament",
            {"booth_president", "mandal_president", "cluster_in_charge", "district_in_charge"}
            | {"constituency_in_charge", "segment_of_the_area"},
            {"legislator", "segment_in_charge", "district_elsewhere", "state_president", "national_president"}
            | {"data_officer", "no_office", "root"},
        ),
        (
            "legislator",
            {"segment_in_charge", "district_elsewhere"},
            {"booth_president", "mandal_president", "member_of_parliament", "state_president"},
        ),
        (
            "constituency_in_charge",
            {"mandal_president", "member_of_parliament"},
            {"legislator", "district_elsewhere"},
        ),
        (
            "segment_in_charge",
            {"district_elsewhere", "legislator"},
            {"district_in_charge", "booth_president"},
        ),
    ],
)
def test_who_represents_an_area_calls_everybody_in_office_there_and_nobody_else(
    cast: Cast, role: str, bearers: set[str], others: set[str]
) -> None:
    client = cast.client(role)
    answers = {bearer: called(client, cast, bearer) for bearer in bearers | others}
    assert {bearer for bearer, html in answers.items() if 'href="tel:' in html} == bearers
    looked = cast.world.rows(
        "select subject from core_audit where act = 'people.reveal_phone' and account_id = %s",
        [cast.accounts[role].pk],
    )
    assert {subject for (subject,) in looked} == {str(cast.accounts[bearer].public_id) for bearer in bearers}


def test_today_names_whom_to_call_and_the_press_shows_the_number(cast: Cast) -> None:
    client = cast.client("member_of_parliament")
    today_page, sheet = page(client, "/"), sheet_of(cast, "segment_of_the_area")
    main = today_page.partition("<main")[2]
    assert main.index("57 counted") < main.index("People to call") < main.index(sheet), "figures, then calls"
    everybody = re.search(r'<a[^>]* href="([^"]+)"[^>]*>See all<', main)
    assert everybody is not None
    assert "Lal Chowk (Assembly)" in page(client, everybody[1].replace("&amp;", "&"))
    shown = page(client, sheet)
    assert "tel:" not in shown and "Give a task" not in shown and "Record" not in shown.partition("<main")[2]
    assert 'href="tel:+9199067' in called(client, cast, "segment_of_the_area")
    assert client.get("/programmes/tasks/new/").status_code == 403, "nobody gives tasks by it"
    answer = client.post(
        f"{sheet}talk/", {"summary": "", "promise": "500 by Friday", "until": today().isoformat()}
    )
    assert answer.status_code == 302
    assert "500 by Friday" in page(client, "/")


def test_an_in_charge_gives_tasks_to_those_they_lead_and_calls_the_others(cast: Cast) -> None:
    client = cast.client("constituency_in_charge")
    assert "Give a task" in page(client, sheet_of(cast, "booth_president"))
    assert "Give a task" not in page(client, sheet_of(cast, "mandal_president"))


def test_a_search_for_an_office_finds_its_holder_with_a_call(cast: Cast) -> None:
    html = page(cast.client("member_of_parliament"), "/search/?q=Lal+Chowk+mandal+president")
    assert sheet_of(cast, "mandal_president") in html


def test_without_both_proofs_after_the_office_or_while_it_is_disputed_nobody_is_called(cast: Cast) -> None:
    account = cast._open("elected_for_a_while")
    with system("test"):
        office = org.appoint(
            account_id=account.pk,
            office="legislator",
            unit_id=cast.world.units["JK-AC20"].pk,
            hierarchy=2,
            starts_on=today(),
            by=SYSTEM,
            at=NOW,
        )
    bearer = cast.accounts["booth_president"].pk

    def viewer() -> Viewer:
        return viewer_of(account_id=account.pk, on=today())

    def calls(reader: Viewer) -> bool:
        with scoped(reader.scope):
            return bearer in names_of_page(reader, [bearer], on=today()).led

    with system("test"):
        lo = Placement.objects.get(unit=cast.world.booth, hierarchy=2, valid_to=None).lo
    assert lo is not None
    assert calls(viewer()) and viewer().sees_exact_at(lo) and not viewer().sees_people_at(lo)
    assert not calls(replace(viewer(), is_strong=False)) and not replace(
        viewer(), is_strong=False
    ).sees_exact_at(lo)
    with system("test"):
        type(office).objects.filter(pk=office.pk).update(state="disputed")
    assert not calls(viewer()) and viewer().sees_exact_at(lo), "as the others: they read, and act no more"
    with system("test"):
        type(office).objects.filter(pk=office.pk).update(state="ended", ends_on=today())
    assert not calls(viewer()) and not viewer().sees_exact_at(lo)
    assert scope_of(account.pk, today()).figures == Scope().figures


class Seats(RandomWorld):
    """Random trees in two hierarchies, with somebody in office in every unit and somebody elected in each seat."""

    def __init__(self, seed: int) -> None:
        super().__init__(Random(seed))
        offices = {
            "nation": "national_president",
            "state": "state_president",
            "district": "district_president",
        }
        offices |= {"mandal": "mandal_president", "booth": "booth_president"}
        self.bearers = {
            code: self.holder(offices[unit.kind], code).pk
            for code, unit in self.units.items()
            if unit.kind in offices
        }
        self.booths: dict[str, set[str]] = {}
        with system("test"):
            places = list(Placement.objects.select_related("unit"))
        spans = {(place.unit.code, place.hierarchy): (place.lo or 0, place.hi or 0) for place in places}
        self.seats = [code for code, unit in self.units.items() if unit.kind == "segment"]
        for code, tree in ((code, 2 if code in self.seats else 1) for code in self.units):
            lo, hi = spans[code, tree]
            self.booths[code] = {
                place.unit.code
                for place in places
                if place.hierarchy == tree and place.unit.kind == "booth" and lo <= (place.lo or 0) < hi
            }

    def expected(self, seat: str) -> Iterator[str]:
        """Units whose offices belong to a seat: its booths, and units of the other tree that lie in it by half."""
        for code, unit in self.units.items():
            booths = self.booths[code]
            is_in = bool(booths) and 2 * len(booths & self.booths[seat]) >= len(booths)
            if is_in and unit.kind in ("booth", "mandal", "district"):
                yield code


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(4))
def test_whose_number_an_elected_office_sees_in_random_trees(seed: int) -> None:
    world = Seats(seed)
    for seat in world.seats:
        account = world.holder("legislator", seat, hierarchy=2)
        viewer = viewer_of(account_id=account.pk, on=TODAY)
        with system("test"):
            led = names_of_page(viewer, world.bearers.values(), on=TODAY).led
        assert {code for code, ident in world.bearers.items() if ident in led} == set(world.expected(seat)), (
            seat
        )
