"""Printed matter, read back: forms and posters by a reader of PDF and an independent reader of codes (zbar)."""

import json
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pypdfium2
import pytest
from pyzbar.pyzbar import ZBarSymbol, decode

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.core.tests.pdfs import text_of
from abhiyan.enrolment.models import Drive
from abhiyan.enrolment.models_referrals import Referral
from abhiyan.enrolment.tests.make import World
from abhiyan.enrolment.tests.web import officer, web_world
from abhiyan.intake.posters import print_posters
from abhiyan.people import queries as people
from abhiyan.people.models import Notice
from abhiyan.people.rules.standard_notice import standard

from .sheets import ORIGIN, form_of, page_of
from .test_batches import make

pytestmark = pytest.mark.django_db
A4 = (595, 842)  # points
WORDS = {
    "hi": (
        "बंडल संख्या",
        "पर्चा {n}, कुल 3",
        "सूचना, संस्करण 1",
        "मोबाइल नंबर",
        "जन्म का साल",
        "हस्ताक्षर या अंगूठा",
        "1800 000 111",
        "कार्यकर्ता का फ़ोन",
    ),
    "en": (
        "Batch number",
        "Sheet {n} of 3",
        "Notice, version 1",
        "Mobile number",
        "Birth year",
        "Signature or thumb print",
        "1800 000 111",
        "Worker's phone",
    ),
}
BACK = {"hi": "पर्चा {n} का पिछला पन्ना, बंडल {number}", "en": "Back of sheet {n}, batch {number}"}


def codes(pdf: bytes, page: int) -> list[str]:
    return [
        found.data.decode() for found in decode(page_of(pdf, page, dots=150), symbols=[ZBarSymbol.QRCODE])
    ]


def holds(text: str, words: Sequence[str]) -> list[str]:
    """Those of the words that a page without spaces lacks."""
    return [one for one in words if "".join(one.split()) not in text]


def letters_of(pdf: bytes, page: int) -> float:
    """The size of the smallest letters of a page, in points."""
    objects = pypdfium2.PdfDocument(pdf)[page].get_objects()
    return min(
        float(one.get_font_size() * one.get_matrix().a)
        for one in objects
        if one.type == pypdfium2.raw.FPDF_PAGEOBJ_TEXT
    )


def sizes(pdf: bytes) -> set[tuple[int, int]]:
    return {(round(page.get_width()), round(page.get_height())) for page in pypdfium2.PdfDocument(pdf)}


@pytest.mark.parametrize("language", ["hi", "en"])
def test_each_sheet_of_a_batch_says_its_number_its_notice_and_what_is_asked_and_has_a_code_of_its_own(
    language: str,
) -> None:
    world = World.make()
    batch = make(world, sheets=3, language=language)
    with system("test"):
        pdf = form_of(batch)
        notice = people.notice(Drive.objects.get().notice_code, language, 1)
    assert len(pypdfium2.PdfDocument(pdf)) == 3 and sizes(pdf) == {A4}
    for n in range(1, 4):
        text = text_of(pdf, n - 1)
        place = {"hi": "लाल चौक", "en": "Lal Chowk"}[language]
        drive = world.programme.names[language]
        wanted = [one.format(n=n) for one in WORDS[language]] + [batch.number, f"{place} (JK-SRI-M1)", drive]
        wanted += [notice.title, *(str(part) for section in notice.sections for part in section)]
        assert holds(text, wanted) == []
        assert codes(pdf, n - 1) == [f"{ORIGIN}/paper/{batch.number}/?sheet={n}"]
        assert letters_of(pdf, n - 1) >= 8


@pytest.mark.parametrize(("language", "times", "pages"), [("hi", 1, 2), ("en", 1, 2), ("en", 12, 4)])
def test_a_long_notice_has_the_back_of_each_sheet_at_a_size_one_can_read(
    language: str, times: int, pages: int
) -> None:
    world = World.make()
    with system("test"):
        for one in Notice.objects.filter(language=language):
            text = standard(
                language, organisation="Sangathan", contact="A, B", page=f"{ORIGIN}/me/", leave_number=""
            )
            one.sections = [[part.key, part.heading, " ".join([part.text] * times)] for part in text.sections]
            one.save()
    batch = make(world, sheets=2, language=language)
    with system("test"):
        pdf = form_of(batch)
        notice = people.notice(Drive.objects.get().notice_code, language, 1)
    assert len(pypdfium2.PdfDocument(pdf)) == 2 * pages, "each sheet begins on the front of its own paper"
    for n in (1, 2):
        front = (n - 1) * pages
        assert holds(text_of(pdf, front), [batch.number, notice.title]) == []
        assert codes(pdf, front) == [f"{ORIGIN}/paper/{batch.number}/?sheet={n}"]
        assert holds(text_of(pdf, front + 1), [BACK[language].format(n=n, number=batch.number)]) == []
        told = "".join(text_of(pdf, front + page) for page in range(1, pages))
        headings = [str(section[1]) for section in notice.sections]
        assert holds(told, [*headings, str(notice.sections[0][2])]) == []
        assert all(letters_of(pdf, front + page) >= 8 for page in range(pages) if text_of(pdf, front + page))


@pytest.mark.parametrize("language", ["hi", "en"])
def test_a_poster_leads_to_the_drive_and_names_its_place_and_whose_link_it_is(language: str) -> None:
    world = web_world()
    worker = officer(world, "booth_worker", "JK-B001")
    drive = f"/drives/{world.programme.public_id}/"
    worker.post(drive + "my-link/")
    with system("test"):
        code = Referral.objects.get().code
    place = {"hi": "राजबाग विद्यालय", "en": "Rajbagh School"}[language]
    how = {"hi": "कैमरा", "en": "Point your phone's camera here to join:"}[language]
    plain = worker.get(f"{drive}poster/{language}/?unit=JK-B001").content
    own = worker.get(f"{drive}poster/{language}/?unit=JK-B001&by={code}").content
    for pdf in (plain, own):
        assert sizes(pdf) == {A4} and len(pypdfium2.PdfDocument(pdf)) == 1
        assert holds(text_of(pdf, 0), [place, how, world.programme.names[language]]) == []
    (to,) = codes(plain, 0)
    assert to.endswith("/join/winter/?unit=JK-B001")
    assert codes(own, 0) == [f"{to}&by={code}"]
    whose = "booth_worker of JK-B001"
    assert holds(text_of(own, 0), [whose]) == [] and holds(text_of(plain, 0), [whose]) == [whose]


@pytest.mark.parametrize("language", ["hi", "en"])
def test_long_names_leave_a_poster_on_one_page_with_no_line_over_another(language: str) -> None:
    drive = {
        "hi": "राष्ट्रीय सदस्यता महाअभियान और बूथ सशक्तिकरण का साल 2026",
        "en": "National membership drive and year of the booth 2026",
    }
    place = {
        "hi": "राजकीय उच्चतर माध्यमिक विद्यालय (उत्तरी भाग), कटरा",
        "en": "Government Higher Secondary School (northern part), Katra",
    }
    address = f"{ORIGIN}/join/winter/?unit=JK-B001&by=V3ZG47D"
    said: dict[str, Any] = {
        "number": "+918000000001",
        "helpline": "18000000000",
        "name": "Asha Devi",
        "language": language,
    }
    pdf = print_posters([(place, address)], drive=drive, at=NOW, with_lines=False, **said)
    document = pypdfium2.PdfDocument(pdf)
    assert len(document) == 1 and codes(pdf, 0) == [address]
    assert (
        holds(
            text_of(pdf, 0), [drive[language], place[language], "+918000000001", "18000000000", "Asha Devi"]
        )
        == []
    )
    text = document[0].get_textpage()
    boxes = [text.get_rect(n) for n in range(text.count_rects())]
    middles = sorted((bottom + top) / 2 for _left, bottom, _right, top in boxes)
    apart = [after - before for before, after in pairwise(middles)]
    assert all(gap < 4 or gap > 12 for gap in apart), "points: of one line, or of two that do not meet"


def test_the_posters_of_all_booths_of_a_unit_are_one_pdf_and_too_many_are_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = web_world()
    president = officer(world, "mandal_president", "JK-SRI-M1")
    drive = f"/drives/{world.programme.public_id}/poster/"
    page = president.get(f"{drive}?unit=JK-SRI-M1").content.decode()
    assert "of=booths" in page
    pdf = president.get(f"{drive}en/?unit=JK-SRI-M1&of=booths").content
    found = [codes(pdf, n)[0].partition("?")[2] for n in range(len(pypdfium2.PdfDocument(pdf)))]
    assert found == ["unit=JK-B001", "unit=JK-B002"]
    assert holds(text_of(pdf, 1), ["Lal Chowk Library"]) == []
    monkeypatch.setattr("abhiyan.intake.views.referrals.LARGEST_BATCH", 1)
    monkeypatch.setattr("abhiyan.intake.views.drive.LARGEST_BATCH", 1)
    refused = president.get(f"{drive}en/?unit=JK-SRI-M1&of=booths", headers={"accept": "application/json"})
    assert refused.status_code == 422 and json.loads(refused.content)["code"] == "posters_too_many"
    page = president.get(f"{drive}?unit=JK-SRI-M1").content.decode()
    assert "of=booths" not in page and "more than 1 booths" in page
    assert president.get(f"{drive}en/?unit=JK-B001&of=booths").status_code == 404, "a booth has none below it"
