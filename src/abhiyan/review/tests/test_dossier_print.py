"""Dossiers on paper, read back: what the page says, rounded as there; those of a week's meetings in one file."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pypdfium2
import pytest

from abhiyan.core import printing
from abhiyan.core.tests.given import NOW
from abhiyan.core.tests.pdfs import text_of
from abhiyan.enrolment.tests.web import today
from abhiyan.review.refusals import NoMeetings
from abhiyan.review.views.printing import TEMPLATE
from abhiyan.site.tests.cast import Cast
from abhiyan.verification.tests.odd_entries import NAMES, ask_three, words_of

from .test_rounds import give_task, opened, review_of
from .test_rounds_page import meet

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def cast(open_database: None) -> Cast:
    return Cast.make()


def printed(cast: Cast, role: str, path: str, language: str = "en") -> list[str]:
    """The words of each page, without spaces."""
    answer = cast.client(role, language).get(path)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Cache-Control"] == "no-store"
    return [text_of(answer.content, n) for n in range(len(pypdfium2.PdfDocument(answer.content)))]


def test_a_dossier_is_printed_with_what_its_page_says(cast: Cast) -> None:
    cast.target("JK-SRI", 250)
    give_task(cast)
    (first, *_more) = printed(cast, "state_president", "/review/dossier/JK-SRI/print/")
    for words in (
        "Srinagar,District",
        "Wherewestand",
        "Target250",
        "Notreviewedyet",
    ):
        assert words in first, words
    for words in (
        "Whoisresponsible",
        "Vacantbelow",
        "Notfinished,hereandbelow",
        "Asof25Nov2026",
    ):
        assert words in first, words


def test_a_booth_of_three_entries_fits_a_page_and_has_no_estimate(cast: Cast) -> None:
    cast.crowd(2, "JK-B001", "70061")
    cast.fold()
    (only,) = printed(cast, "state_president", "/review/dossier/JK-B001/print/")
    assert "nobackchecksyet" in only.replace("-", "") and "Counted3" in only


@pytest.mark.parametrize(("organisation", "begins"), [("", "Dossier"), ("Sangathan", "Sangathan·Dossier")])
def test_its_top_line_begins_with_a_word(cast: Cast, settings: Any, organisation: str, begins: str) -> None:
    settings.ORGANISATION = organisation
    (first, *_more) = printed(cast, "state_president", "/review/dossier/JK-SRI/print/")
    assert first.startswith(begins), first[:40]


def test_its_headings_are_in_the_readers_language(cast: Cast) -> None:
    (first, *_more) = printed(cast, "state_president", "/review/dossier/JK-SRI/print/", "hi")
    assert "Wherewestand" not in first and "श्रीनगर" in first


def test_of_another_branch_small_numbers_are_not_printed_and_out_of_sight_there_is_no_file(
    cast: Cast,
) -> None:
    (foreign, *_more) = printed(cast, "district_elsewhere", "/review/dossier/JK-B001/print/")
    assert "Nofigureshereyet" in foreign
    cast.target("JK-B001", 40)
    (foreign, *_more) = printed(cast, "district_elsewhere", "/review/dossier/JK-B001/print/")
    assert "fewerthan10" in foreign
    assert cast.client("booth_worker").get("/review/dossier/IN/print/").status_code == 403


def test_workers_who_are_asked_are_numbers_for_those_who_decide_and_have_no_name_on_paper(cast: Cast) -> None:
    words = words_of(cast, ask_three(cast))
    assert words.search("".join(NAMES["asked"].split())), "found without its space too"
    for role in ("state_president", "district_in_charge"):
        pages = "".join(printed(cast, role, "/review/dossier/JK-SRI/print/"))
        assert "Questionstoworkers" in pages and pages.count("Fewerthan10ofeachkind") == 1, role
        assert words.findall(pages) == [], role


def test_printed_by_who_reviews_it_a_unit_is_prepared(cast: Cast) -> None:
    one = review_of(opened(cast), "JK-SRI-M1")
    for role, is_prepared in (("state_president", False), ("district_in_charge", True)):
        printed(cast, role, "/review/dossier/JK-SRI-M1/print/")
        assert (review_of(one.round, "JK-SRI-M1").prepared_at is not None) == is_prepared, role


def test_the_dossiers_of_a_weeks_meetings_are_one_file_in_the_order_of_the_days(cast: Cast) -> None:
    one = opened(cast)
    path = f"/review/rounds/{one.public_id}/week/"
    assert cast.client("district_in_charge").get(path).status_code == NoMeetings.status
    some = [review_of(one, code) for code in ("JK-SRI-M2", "JK-SRI-M1")]
    for days, each in zip((3, 1), some, strict=True):
        meet(cast, each, days)
    pages = printed(cast, "district_in_charge", path)
    firsts = [page for page in pages if "Wherewestand" in page]
    assert ["LalChowk," in firsts[0], "Hazratbal," in firsts[1], len(firsts)] == [True, True, 2]
    assert not any("mandal_president" in page for page in pages), "many units: nobody by name"
    assert any("NotvacantMandalpresident" in page for page in pages), firsts[0]
    (alone, *_more) = printed(cast, "district_in_charge", "/review/dossier/JK-SRI-M1/print/")
    assert "mandal_president" in alone
    assert all(review_of(one, each.unit.code).prepared_at is not None for each in some)
    assert cast.client("state_president").get(path).status_code == NoMeetings.status, "of who meets them"


def test_a_meeting_of_next_week_is_not_in_the_file_of_this_one(cast: Cast) -> None:
    one = opened(cast, ends_on=today() + timedelta(days=20))
    meet(cast, review_of(one, "JK-SRI-M1"), 7)
    path = f"/review/rounds/{one.public_id}/week/"
    assert cast.client("district_in_charge").get(path).status_code == NoMeetings.status


def test_a_dossier_a_little_longer_than_a_page_is_made_smaller() -> None:
    unit = {"above": "", "name": "Katra", "facts": "", "notes": [], "foot": "", "standing": "Where we stand"}
    unit |= {"none": "No programme", "ladders": [], "trends": [], "beside": "", "compared": [], "others": []}
    unfitted = replace(TEMPLATE, source=TEMPLATE.source.replace("room * 7 / 6", "room"))

    def pages(template: printing.PrintTemplate, n: int) -> int:
        lines = {"title": "Part", "lines": [["Line", "1"]] * 3, "note": ""}
        made = printing.print_pdf(
            template,
            [unit | {"parts": [[lines] * n, []]}],
            title="Katra",
            language="en",
            at=NOW,
            with_lines=False,
        )
        return len(pypdfium2.PdfDocument(made))

    as_it_is = [pages(unfitted, n) for n in range(7, 14)]
    fitted = [pages(TEMPLATE, n) for n in range(7, 14)]
    assert (fitted[0], fitted[-1]) == (1, 2), "a dossier that is much longer has its second page"
    assert fitted.count(1) > as_it_is.count(1) > 0
