"""The dossier of a unit: its readers, its words on large, tiny and closed units, and the people it never names."""

import re
from html import unescape

import pypdfium2
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.core.tests.pdfs import text_of
from abhiyan.enrolment.models import Roll
from abhiyan.people.tests.make import body
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.models import Programme
from abhiyan.programmes.rules.ladder import has_figures
from abhiyan.review.models import Review
from abhiyan.site.tests.cast import Cast
from abhiyan.targets import actions
from abhiyan.verification.actions import answer_flag
from abhiyan.verification.tests.test_flagging import SAID, do, flagged
from abhiyan.verification.tests.test_looks import HASTY

from .test_rounds import opened

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast() -> Cast:
    return Cast.make()


def dossier(cast: Cast, role: str, code: str, language: str = "en") -> str:
    """The words of a page."""
    found = body(cast.client(role, language), f"/review/dossier/{code}/")
    main = re.sub(r"<svg.*?</svg>", "", found.partition("<main")[2], flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def test_a_reviewer_reads_all_of_a_unit_on_one_page(cast: Cast) -> None:
    cast.target("JK-SRI", 250)
    said = dossier(cast, "state_president", "JK-SRI")
    for part in ("Where we stand", "Needed from now on", "Trend:", "Who is responsible", "Vacant below"):
        assert part in said
    assert "Not reviewed yet" in said and "Reported beside checked" not in said, (
        "nobody checked or said anything"
    )
    page = body(cast.client("state_president"), "/units/JK-SRI/")
    assert 'href="/review/dossier/JK-SRI/"' in page


def drives(cast: Cast, *codes: str) -> None:
    """Make a drive of the whole state for each code, without a target or an entry."""
    world = cast.world
    with system("test"):
        for code in codes:
            roll = Roll.objects.create(code=code, names={"en": code})
            made = world._drive(world.units, roll, code, world.programme.opens_on, world.programme.closes_on)
            Programme.objects.filter(pk=made.pk).update(names={"en": code, "hi": code})


def measures_shown(client: Client, path: str) -> set[str]:
    """Return the addresses of programmes in the section of figures of a dossier or a review."""
    section = body(client, path).partition("<section")[2].partition("</section>")[0]
    return set(re.findall(r'href="(/programmes/[0-9a-f-]{36}/[^"]*)"', section))


@pytest.mark.parametrize(
    ("role", "unit"), [("district_in_charge", "JK-SRI-M1"), ("district_elsewhere", "JK-SRI")]
)
def test_a_dossier_shows_a_measure_exactly_where_the_unit_has_figures(
    cast: Cast, role: str, unit: str
) -> None:
    drives(cast, "friends", "patrons")
    cast.target(unit, 40)
    path = f"/review/dossier/{unit}/"
    with cast.as_(role):
        running, node = programmes.running_at(cast.world.units[unit].pk, 1, NOW.date())
        of = list({one.programme.pk: one.programme for one in running}.values())
        assert node is not None
        found = programmes.ladders(node=node, hierarchy=1, programmes=of, at=NOW)
        blank = programmes.blank(is_rounded=role == "district_elsewhere")
        expected = {
            f"/programmes/{one.programme.public_id}/"
            for one in running
            if has_figures(found.get((one.programme.pk, one.measure), blank), one.target)
        }
    shown = {href.partition("?")[0] for href in measures_shown(cast.client(role), path)}
    assert shown == expected and 0 < len(expected) < len(of)


def test_a_review_of_a_unit_without_figures_asks_when_work_begins(cast: Cast) -> None:
    drives(cast, "friends", "patrons")
    mandals, holders = opened(cast), opened(cast, title="Holders", what="mandal_president")
    with system("test"):
        of = {each.unit.code: each for each in Review.objects.filter(round=mandals).select_related("unit")}
        held = Review.objects.filter(round=holders, unit__code="JK-SRI-M1").get()
    client = cast.client("district_in_charge")
    asks = "Agree on the day when work begins"
    for path in ("dossier/JK-SRI-M1", f"of/{of['JK-SRI-M1'].public_id}", f"of/{held.public_id}"):
        page = body(client, f"/review/{path}/")
        assert page.count('class="measure"') == 1 and asks not in page and "patrons" not in page
    for path in ("dossier/JK-SRI-M2", f"of/{of['JK-SRI-M2'].public_id}"):
        page = body(client, f"/review/{path}/")
        assert 'class="measure"' not in page and asks in page and "patrons" not in page
    cast.target("JK-SRI-M2", 40)
    assert 'class="measure"' in body(client, "/review/dossier/JK-SRI-M2/"), "nothing of a target is a finding"


def test_fewer_than_10_is_said_once_with_the_programmes(cast: Cast) -> None:
    drives(cast, "friends", "patrons")
    with system("test"):
        for pk in Programme.objects.filter(names__en__in=["friends", "patrons"]).values_list("pk", flat=True):
            unit_id, by = cast.world.units["JK-SRI"].pk, Actor.system("test")
            actions.set_target(programme_id=pk, unit_id=unit_id, n=40, by=by, at=NOW)
    said = dossier(cast, "district_in_charge", "JK-SRI")
    assert said.count("Questions to workers") == said.count("Fewer than 10 of each kind") == 1
    assert "friends, patrons" in said.partition("Fewer than 10 of each kind")[2]
    paper = cast.client("district_in_charge").get("/review/dossier/JK-SRI/print/?lang=en").content
    pages = len(pypdfium2.PdfDocument(paper))
    written = "".join(text_of(paper, n) for n in range(pages))
    assert written.count("Fewerthan10") == 1 and pages <= 3


def test_nobody_outside_the_state_reads_it(cast: Cast) -> None:
    cast._open("stranger")
    assert cast.client("stranger").get("/review/dossier/JK-SRI/").status_code == 403
    assert cast.client("booth_worker").get("/review/dossier/IN/").status_code == 403


def test_of_another_branch_small_numbers_are_not_said(cast: Cast) -> None:
    own = dossier(cast, "district_in_charge", "JK-B001")
    assert "fewer than 10" not in own and "1 counted" in own
    foreign = dossier(cast, "district_elsewhere", "JK-B001")
    assert "1 counted" not in foreign and "its figures appear here" in foreign, "few and none look alike"
    cast.target("JK-B001", 40)
    foreign = dossier(cast, "district_elsewhere", "JK-B001")
    assert "fewer than 10" in foreign and "1 counted" not in foreign


def test_a_unit_of_three_items_has_a_dossier_without_an_estimate(cast: Cast) -> None:
    cast.crowd(2, "JK-B001", "70061")
    cast.fold()
    said = dossier(cast, "state_president", "JK-B001")
    assert "3 counted" in said and "no back-checks yet" in said
    assert "Questions to workers" not in said, "these are counted by district"


def test_a_unit_where_no_programme_runs_says_so(cast: Cast) -> None:
    with system("test"):
        Programme.objects.update(state=Programme.State.CLOSED)
    assert "No programme runs here" in dossier(cast, "state_president", "JK-SRI")


def test_a_flagged_worker_is_a_number_for_those_who_decide_and_has_no_name_anywhere(cast: Cast) -> None:
    at = NOW
    flag = flagged(cast, at)
    do(cast, answer_flag, flag, HASTY, at, text=SAID)
    name = cast.accounts[HASTY].name
    with system("test"):
        code = flag.unit.code
    deciding = dossier(cast, "state_president", code)
    assert "Answered, not decided 1" in deciding and "See the workers" in deciding
    below = dossier(cast, "district_in_charge", code)
    assert "Fewer than 10 of each kind" in below and "See the workers" not in below
    for said in (deciding, below):
        assert SAID not in said
        section = said.partition("Questions to workers")[2].partition("Past elections")[0]
        assert name not in section


def test_the_nation_asks_the_database_no_more_than_a_booth(cast: Cast) -> None:
    drawn_of = {}
    client = cast.client("national_president")
    for code in ("IN", "JK-B001"):
        body(client, f"/review/dossier/{code}/")
        with CaptureQueriesContext(connection) as asked:
            body(client, f"/review/dossier/{code}/")
        drawn_of[code] = len(asked)
    assert abs(drawn_of["IN"] - drawn_of["JK-B001"]) <= 3, drawn_of
    assert max(drawn_of.values()) <= 38, drawn_of
