"""The dossier of a unit: who may read it, what it says of large, tiny and closed units, and whom it never names."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.models import Roll
from abhiyan.people.tests.make import body
from abhiyan.programmes.models import Programme
from abhiyan.review.models import Review
from abhiyan.site.tests.cast import Cast
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
    for part in ("Reported beside checked", "Not reviewed yet", "No results for this unit", "Proven 0"):
        assert part in said
    page = body(cast.client("state_president"), "/units/JK-SRI/")
    assert 'href="/review/dossier/JK-SRI/"' in page


def test_measures_without_target_and_report_are_named_in_one_sentence(cast: Cast) -> None:
    world = cast.world
    with system("test"):
        for code in ("friends", "patrons"):
            roll = Roll.objects.create(code=code, names={"en": code})
            made = world._drive(world.units, roll, code, world.programme.opens_on, world.programme.closes_on)
            Programme.objects.filter(pk=made.pk).update(names={"en": code, "hi": code})
    mandals, holders = opened(cast), opened(cast, name="Holders", what="mandal_president")
    with system("test"):
        of = {each.unit.code: each for each in Review.objects.filter(round=mandals).select_related("unit")}
        held = Review.objects.filter(round=holders, unit__code="JK-SRI-M1").get()
    client = cast.client("district_in_charge")

    def read(path: str) -> tuple[int, str]:
        page = body(client, path)
        return page.count('class="measure"'), " ".join(re.sub(r"<[^>]+>", "", unescape(page)).split())

    for path in ("dossier/JK-SRI-M1", f"of/{of['JK-SRI-M1'].public_id}", f"of/{held.public_id}"):
        n, said = read(f"/review/{path}/")
        assert n == 1 and "Nothing reported yet: friends and patrons." in said, said
        assert "Agree on the day" not in said
    page = body(client, "/review/dossier/JK-SRI-M1/")
    assert re.search(r"yet: <a href=\"/programmes/[^\"]+\">friends</a>", page)
    for path in ("dossier/JK-SRI-M2", f"of/{of['JK-SRI-M2'].public_id}"):
        n, said = read(f"/review/{path}/")
        assert n == 0 and ", friends and patrons. Agree on the day when work begins" in said, said
    # From outside, a measure that is left out would tell 0 from 1 to 9.
    assert "Nothing reported yet" not in dossier(cast, "district_elsewhere", "JK-SRI-M2")
    cast.target("JK-SRI-M2", 40)
    assert read("/review/dossier/JK-SRI-M2/")[0] == 1


def test_nobody_outside_the_state_reads_it(cast: Cast) -> None:
    cast._open("stranger")
    assert cast.client("stranger").get("/review/dossier/JK-SRI/").status_code == 403
    assert cast.client("booth_worker").get("/review/dossier/IN/").status_code == 403


def test_of_another_branch_small_numbers_are_not_said(cast: Cast) -> None:
    own = dossier(cast, "district_in_charge", "JK-B001")
    foreign = dossier(cast, "district_elsewhere", "JK-B001")
    assert "fewer than 10" not in own and "1 counted" in own
    assert "fewer than 10" in foreign and "1 counted" not in foreign


def test_a_unit_of_three_items_has_a_dossier_without_an_estimate(cast: Cast) -> None:
    cast.crowd(2, "JK-B001", "70061")
    cast.fold()
    said = dossier(cast, "state_president", "JK-B001")
    assert "3 counted" in said and "no back-checks yet" in said
    assert "These are counted by district" in said


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
    assert "Answered, not decided fewer than 10" in below and "See the workers" not in below
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
