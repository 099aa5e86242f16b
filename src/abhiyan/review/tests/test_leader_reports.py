"""A leader's own report on a unit: who writes it, who reads it, and where the sources contradict."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given as drawn
from hypothesis import strategies as st

from abhiyan.core.models import AuditEntry
from abhiyan.core.scope import system
from abhiyan.core.tests import given
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.tests.web import today
from abhiyan.opinions.actions import QuoteNames
from abhiyan.org import actions as org
from abhiyan.org.models import Office
from abhiyan.org.queries import NotYours
from abhiyan.people.models import Account
from abhiyan.people.tests.make import body, rename_account
from abhiyan.programmes import actions as programmes
from abhiyan.programmes import queries as ledger
from abhiyan.programmes.queries.by_day import TotalAsked, counted_by_day, said_by_day
from abhiyan.review import refusals
from abhiyan.review.actions.leader_reports import write_leader_report
from abhiyan.review.models import LeaderReport
from abhiyan.review.rules.sources import (
    CheckedTotal,
    Contradiction,
    SourceFigures,
    are_apart,
    is_outside,
    source_contradictions,
)
from abhiyan.site.tests.cast import SYSTEM, Cast

from .test_rounds import opened, review_of
from .test_rounds_page import words

pytestmark = pytest.mark.django_db
PAGE = "/review/report/"
DAY = date(2026, 11, 10)


@pytest.fixture(scope="module")
def cast(open_database: None) -> Cast:
    return Cast.make()


def write(cast: Cast, role: str = "district_in_charge", unit: str = "JK-SRI-M1", **other: Any) -> Any:
    given_: dict[str, Any] = {
        "unit_id": cast.world.units[unit].pk,
        "programme": cast.world.programme.public_id,
        "measure": 1,
        "day": today(),
        "n": 80,
        "by": cast.actor(role),
        "at": NOW,
    }
    with cast.as_(role):
        return write_leader_report(**{**given_, **other})


def in_sight(cast: Cast, role: str) -> int:
    with cast.as_(role):
        return LeaderReport.objects.count()


def say_of_itself(cast: Cast, n: int, unit: str = "JK-SRI-M1") -> None:
    with system("test"):
        programmes.type_figure(
            programme=cast.world.programme,
            measure=1,
            unit_id=cast.world.units[unit].pk,
            begins_on=today(),
            ends_on=today(),
            n=n,
            by=SYSTEM,
            at=NOW,
        )


def test_a_leader_above_writes_and_the_trail_says_so(cast: Cast) -> None:
    made = write(cast, words="Five booths were closed.")
    assert (made.n, made.words, made.day) == (80, "Five booths were closed.", today())
    with system("test"):
        assert made.appointment.public_id == cast.appointments["district_in_charge"]
        entry = AuditEntry.objects.get(act="review.write_leader_report")
    assert entry.unit_id == cast.world.units["JK-SRI-M1"].pk and entry.subject == str(made.public_id)


def test_a_unit_does_not_report_on_itself(cast: Cast) -> None:
    for role in ("mandal_president", "booth_president", "district_elsewhere", "no_office"):
        with pytest.raises(NotYours):
            write(cast, role)
    assert in_sight(cast, "state_president") == 0


def test_a_leader_above_who_holds_an_office_below_does_not_report_either(cast: Cast) -> None:
    with cast.as_("state_president"):
        cast.appoint(
            cast.accounts["district_in_charge"],
            "booth_president",
            "JK-B001",
            by=cast.actor("state_president"),
        )
    with pytest.raises(refusals.OwnUnitReported):
        write(cast)
    write(cast, "state_president")


def test_only_the_leaders_above_the_unit_read_it(cast: Cast) -> None:
    write(cast)
    seen = {role for role in cast.appointments if in_sight(cast, role)}
    assert seen == {"national_president", "state_president", "district_in_charge"}


def test_a_leader_above_with_an_office_in_the_unit_does_not_read_it(cast: Cast) -> None:
    write(cast, "state_president")
    with cast.as_("state_president"):
        cast.appoint(
            cast.accounts["district_in_charge"],
            "mandal_in_charge",
            "JK-SRI-M1",
            by=cast.actor("state_president"),
        )
    assert in_sight(cast, "district_in_charge") == 0


def test_the_sight_of_a_report_ends_with_the_office(cast: Cast) -> None:
    write(cast)
    with cast.as_("state_president"):
        org.end_appointment(
            public_id=cast.appointments["district_in_charge"],
            reason="moved",
            by=cast.actor("state_president"),
            at=NOW,
        )
    assert in_sight(cast, "district_in_charge") == 0
    with pytest.raises(NotYours):
        write(cast, n=1)


def test_the_same_day_again_replaces_and_the_report_before_is_kept(cast: Cast) -> None:
    write(cast)
    write(cast, n=90)
    write(cast, n=90)
    write(cast, n=70, day=today() - timedelta(days=1))
    with system("test"):
        rows = LeaderReport.objects.order_by("pk")
        assert [(one.n, one.replaced_at is None) for one in rows] == [(80, False), (90, True), (70, True)]


def test_an_empty_report_takes_back_what_was_there(cast: Cast) -> None:
    with pytest.raises(refusals.ReportEmpty):
        write(cast, n=None)
    write(cast)
    assert write(cast, n=None) is None
    with system("test"):
        assert not LeaderReport.objects.filter(replaced_at=None).exists()


def test_a_report_is_mended_for_seven_days_and_no_longer(cast: Cast) -> None:
    write(cast)
    day, later = today(), NOW + timedelta(days=7)
    given.time(later)
    write(cast, n=81, day=day, at=later)
    for wrong in (day - timedelta(days=1), today() + timedelta(days=1)):
        with pytest.raises(refusals.ReportDayWrong):
            write(cast, day=wrong, at=later)


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("Suresh told me so.", QuoteNames),
        ("Call 98765 43210 about it.", refusals.ReportWordsUnfit),
        ("They are all of one caste.", refusals.ReportWordsUnfit),
        ("Half of them have diabetes.", refusals.ReportWordsUnfit),
        ("They will vote for us.", refusals.ReportWordsUnfit),
        ("w" * 501, refusals.ReportWordsUnfit),
    ],
)
def test_the_words_name_nobody_and_say_nothing_private(cast: Cast, text: str, refused: Any) -> None:
    with system("test"):
        rename_account(cast.accounts["mandal_president"].pk, "Suresh Pandita")
    with pytest.raises(refused):
        write(cast, words=text)
    with system("test"):
        assert not LeaderReport.objects.exists()


def test_a_word_that_is_a_name_too_is_asked_about_once_and_the_answer_stays(cast: Cast) -> None:
    with system("test"):
        rename_account(cast.accounts["mandal_president"].pk, "Vikas Pandita")
    typed = {"about": "", "day": today().isoformat(), "words": "विकास नहीं हुआ"}
    leader, page = cast.client("district_in_charge"), f"{PAGE}?unit=JK-SRI-M1"
    asked = leader.post(page, typed)
    assert asked.status_code == 422 and 'name="no_names"' in asked.text
    assert leader.post(page, typed | {"no_names": "विकास"}).status_code == 302
    again = write(cast, programme=None, measure=0, n=None, words="विकास नहीं हुआ, सड़क भी नहीं")
    assert again.no_names == ["विकास"]
    with pytest.raises(QuoteNames):
        write(cast, programme=None, measure=0, n=None, words="विकास जी नहीं आए", no_names=["विकास"])


def test_a_number_needs_a_measure_that_the_unit_has(cast: Cast) -> None:
    for other, refused in (
        ({"programme": None}, refusals.ReportFigureUnfit),
        ({"n": -1}, refusals.ReportFigureUnfit),
        ({"measure": 9}, refusals.ReportMeasureUnfit),
    ):
        with pytest.raises(refused):
            write(cast, **other)
    made = write(cast, programme=None, n=None, words="The office was open.")
    assert made.programme is None and made.measure == 0


def test_the_form_is_for_leaders_above_and_nobody_else_learns_of_the_unit(cast: Cast) -> None:
    asked = f"{PAGE}?unit=JK-SRI-M1"
    assert "My report" in body(cast.client("district_in_charge"), asked)
    assert cast.client("district_elsewhere").get(asked).status_code == 404
    assert cast.client("cluster_in_charge").get(asked).status_code == 404
    assert cast.client("mandal_president").get(asked).status_code == 409
    assert cast.client("booth_worker").get(asked).status_code == 403
    assert cast.client("state_president").get(f"{PAGE}?unit=NOBODY-1").status_code == 404


def test_a_leader_reports_from_the_unit_and_reads_it_in_the_dossier(cast: Cast) -> None:
    client = cast.client("district_in_charge")
    assert f'href="{PAGE}?unit=JK-SRI-M1' in body(client, "/units/JK-SRI-M1/more/")
    assert PAGE not in body(cast.client("mandal_president"), "/units/JK-SRI-M1/more/")
    typed = {
        "about": f"{cast.world.programme.public_id} 1",
        "day": today().isoformat(),
        "n": "80",
        "words": "Five booths were closed.",
    }
    sent = client.post(f"{PAGE}?unit=JK-SRI-M1", typed)
    assert sent.status_code == 302
    said = words(body(client, sent["Location"]))
    assert "What each source says" in said and "Five booths were closed." in said
    assert "the leader said 80, and 1 were counted by then" in said
    own = words(body(cast.client("mandal_president"), "/review/dossier/JK-SRI-M1/"))
    assert "Five booths" not in own and "What each source says" not in own


def test_a_review_shows_the_sources_to_its_reviewer_and_not_to_the_unit(cast: Cast) -> None:
    say_of_itself(cast, 200)
    write(cast)
    one = review_of(opened(cast), "JK-SRI-M1")
    path = f"/review/of/{one.public_id}/"
    said = words(body(cast.client("district_in_charge"), path))
    assert "Contradictions: 2" in said
    assert "the leader said 80, the unit 200" in said
    assert PAGE in body(cast.client("district_in_charge"), path)
    assert "the leader said" not in words(body(cast.client("mandal_president"), path))


def test_a_leader_without_exact_counts_reads_reports_without_the_other_figures(cast: Cast) -> None:
    write(cast)
    offices = Office.objects.filter(code="state_president")
    with system("test"):
        offices.update(sees_people=False)
    said = words(body(cast.client("state_president"), "/review/dossier/JK-SRI-M1/"))
    assert "What each source says" in said and "the leader said 80" not in said
    assert "the leader said 80" in words(
        body(cast.client("district_in_charge"), "/review/dossier/JK-SRI-M1/")
    )


def test_totals_by_a_day_are_those_of_the_ledger(cast: Cast) -> None:
    cast.crowd(3, "JK-B001", "70070", days_ago=2)
    cast.crowd(4, "JK-B001", "70071")
    say_of_itself(cast, 33)
    programme, days = cast.world.programme, [today() - timedelta(days=n) for n in (3, 2, 1, 0)]
    asked = [
        TotalAsked(cast.world.units[unit].pk, programme, 1, day)
        for unit in ("JK", "JK-SRI", "JK-SRI-M1", "JK-B001")
        for day in days
    ]
    for is_folded in (False, True):
        if is_folded:
            cast.fold()
        with system("test"):
            found, said = counted_by_day(asked, 1), said_by_day(asked)
            for i, one in enumerate(asked):
                known = ledger.unit_ladder(
                    node=one.unit_id, hierarchy=1, programme=programme, at=NOW, on=one.day
                ).counted
                assert found.get(i, 0) == known, (one, is_folded)
        assert said == {11: (33, today())}


TOTALS = st.integers(0, 10_000)
CHECKS = st.builds(
    lambda low, more, ago, is_whole: CheckedTotal(low, low + more, DAY + timedelta(days=ago), is_whole),
    TOTALS,
    TOTALS,
    st.integers(-5, 5),
    st.booleans(),
)


@drawn(TOTALS, TOTALS)
def test_two_totals_are_apart_alike_from_both_sides_and_never_within_ten(one: int, other: int) -> None:
    assert are_apart(one, other) == are_apart(other, one)
    assert not are_apart(one, one) and not are_apart(one, one + 10)
    assert are_apart(one, other) <= (abs(one - other) * 10 > max(one, other))


@drawn(TOTALS, st.none() | TOTALS, st.none() | TOTALS, st.none() | CHECKS, st.integers(0, 9))
def test_sources_that_agree_contradict_nowhere_and_each_contradiction_has_its_two_sources(
    leader: int, unit: int | None, counted: int | None, checks: CheckedTotal | None, ago: int
) -> None:
    unit_day = None if unit is None else DAY - timedelta(days=ago)
    found = set(source_contradictions(SourceFigures(DAY, leader, unit, unit_day, counted, checks)))
    assert not found & {Contradiction.UNIT, Contradiction.UNIT_CHECKS} or unit is not None
    assert not found & {Contradiction.CHECKS, Contradiction.UNIT_CHECKS} or checks is not None
    assert (Contradiction.COUNTED in found) <= (counted is not None and leader > counted)
    assert not set(source_contradictions(SourceFigures(DAY, leader, leader, DAY, leader, None)))
    assert not set(source_contradictions(SourceFigures(DAY, None, unit, unit_day, counted, None)))


@drawn(TOTALS, CHECKS)
def test_no_total_within_the_interval_is_outside_and_more_never_falls_below(
    n: int, checks: CheckedTotal
) -> None:
    if checks.low <= n <= checks.high:
        assert not is_outside(n, DAY, checks)
    if not checks.is_whole and n >= checks.low:
        assert not is_outside(n, DAY, checks), "a later frame has only the entries since the one before"


def test_a_total_of_an_earlier_day_may_be_below_what_checks_found_later() -> None:
    checks = CheckedTotal(100, 120, DAY, is_whole=True)
    before, after = DAY - timedelta(days=1), DAY + timedelta(days=1)
    assert not is_outside(50, before, checks) and is_outside(121, before, checks)
    assert is_outside(50, after, checks) and not is_outside(500, after, checks)
    assert is_outside(99, DAY, checks) and is_outside(121, DAY, checks)


def test_a_round_counts_marks_and_filters_the_units_whose_sources_contradict(cast: Cast) -> None:
    one = opened(cast)
    page = f"/review/rounds/{one.public_id}/"
    assert "Sources contradict 1" not in words(body(cast.client("state_president"), page))
    write(cast)
    write(cast, "state_president", n=1)
    said = words(body(cast.client("state_president"), page))
    assert "Sources contradict 1" in said and said.count("sources contradict") == 1
    (listed,) = listed_units(cast, "state_president", f"{page}?show=contradict")
    assert listed == "JK-SRI-M1"
    write(cast, n=1)
    assert "Sources contradict 1" not in words(body(cast.client("state_president"), page))
    assert listed_units(cast, "state_president", f"{page}?show=contradict") == []


def test_no_file_of_a_round_and_no_unit_learns_of_a_report(cast: Cast) -> None:
    one = opened(cast)
    write(cast)
    page = f"/review/rounds/{one.public_id}/"
    sheet = b"".join(cast.client("state_president").get(page + "?format=csv")).decode()
    assert "JK-SRI-M1" in sheet and "ontradict" not in sheet
    own = words(body(cast.client("mandal_president"), page))
    assert "Sources contradict 1" not in own and "sources contradict" not in own
    assert listed_units(cast, "mandal_president", f"{page}?show=contradict") == []


def test_reports_of_many_units_ask_the_database_no_more_than_those_of_one(cast: Cast) -> None:
    one = opened(cast)
    page, client = f"/review/rounds/{one.public_id}/", cast.client("state_president")
    asked = []
    for unit in ("JK-SRI-M1", "JK-JAM-M1"):
        write(cast, "state_president", unit)
        body(client, page)
        with CaptureQueriesContext(connection) as seen:
            body(client, page)
        asked.append(len(seen))
    assert asked[0] == asked[1], asked


def listed_units(cast: Cast, role: str, page: str) -> list[str]:
    """Read the codes of the units of a list from its file."""
    sheet = b"".join(cast.client(role).get(page + "&format=csv")).decode()
    return re.findall(r"\bJK-[A-Z]+-M\d\b", sheet)


def test_the_author_is_never_named_and_a_closed_account_leaves_its_report(cast: Cast) -> None:
    with system("test"):
        Account.objects.filter(pk=cast.accounts["district_in_charge"].pk).update(name="Farooq Wani")
    made = write(cast, words="The office was open.")
    for role in ("state_president", "district_in_charge"):
        said = words(body(cast.client(role), "/review/dossier/JK-SRI-M1/"))
        sources = said.partition("What each source says")[2].partition("Checks are a sample")[0]
        assert "The office was open." in sources and "Farooq" not in sources
    with system("test"):
        Account.objects.filter(pk=made.account_id).update(name="", closed_at=NOW)
    assert "The office was open." in words(body(cast.client("state_president"), "/review/dossier/JK-SRI-M1/"))
