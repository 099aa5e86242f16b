"""A batch of paper forms in a real browser: printed, written on, photographed, typed, imported, and taken back."""

import http.client
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from random import Random
from uuid import UUID

import pypdfium2
import pytest
from django.conf import settings
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.core.tests.waits import PATIENCE_S
from abhiyan.enrolment.tests.make import Ladder
from abhiyan.enrolment.tests.server import Server
from abhiyan.imports import running
from abhiyan.paper.actions import batches
from abhiyan.paper.models import PaperBatch, PaperPhoto
from abhiyan.paper.tests.sheets import Line, filled, page_of, people_of, photographed
from abhiyan.paper.tests.test_photos import chunk
from abhiyan.site.tests.cast import SYSTEM, Cast
from abhiyan.site.tests.visits import Open, away, go, visits
from abhiyan.ui.tests.axe import unsound
from abhiyan.ui.tests.test_browser import JOURNEY_LOOKS

pytestmark = pytest.mark.browser
SHOTS = os.environ.get("ABHIYAN_SHOTS", "")  # a folder to look at the pages in
ORIGIN = "http://localhost"
LANGUAGES = {"hi": "हिंदी", "en": "English"}
# The photo shows the line, and is on the screen above the field that is typed.
PHOTO_BESIDE_FIELD = """() => {
  const [photo, field] = [document.querySelector(".seen [role=region]"), document.activeElement];
  const [above, below] = [photo.getBoundingClientRect(), field.getBoundingClientRect()];
  return [photo.scrollTop > 0, above.top >= 0, above.bottom <= below.top, below.bottom <= innerHeight];
}"""
COUNTS = {
    "joined": {"hi": "जुड़े", "en": "Joined"},
    "unanswered": {"hi": "फ़ोन से जवाब बाकी", "en": "Phone not answered yet"},
}


@pytest.fixture(scope="module")
def cast(open_database: None) -> Cast:
    return Cast.make()


@pytest.fixture
def visit(chromium: Browser, served: Server, cast: Cast) -> Iterator[Open]:
    yield from visits(chromium, served.port, lambda role: (cast.accounts[role].pk, cast.token(role)))


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def wrote(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


class Journey:
    """One batch, from the printer to the undo, as somebody of a mandal goes through it."""

    def __init__(self, page: Page, cast: Cast, folder: Path, size: str, language: str) -> None:
        self.page, self.cast, self.folder = page, cast, folder
        self.look, self.language = f"{size}-{language}", language
        self.seed = {"phone": 10, "desk": 20}[size] + {"hi": 1, "en": 2}[language]
        self.found: list[str] = []

    def seen(self, name: str) -> None:
        self.found += unsound(self.page, f"{name}-{self.look}")
        shot(self.page, f"{name}-{self.look}")

    def ladder(self) -> Ladder:
        with system("test"):
            return self.cast.world.ladder(self.cast.world.booth)

    def counts(self) -> dict[str, int]:
        shown = {
            item.locator("dt").inner_text(): item.locator("dd").inner_text()
            for item in self.page.locator("dl.became > div").all()
        }
        return {key: int(shown[words[self.language]]) for key, words in COUNTS.items()}

    def print_forms(self, sheets: int) -> bytes:
        with system("test"):
            before = set(PaperBatch.objects.values_list("pk", flat=True))
        self.seen("paper")
        self.page.click("main a[href*='/paper/new/']")
        self.page.fill("[name=sheets]", str(sheets))
        self.page.select_option("main select[name=language]", self.language)
        self.seen("paper-new")
        go(self.page, "main form button[type=submit]")
        assert self.page.locator("#photos").count() == 1
        with system("test"):
            self.batch = PaperBatch.objects.exclude(pk__in=before).get()
        self.here = f"/paper/{self.batch.number}/"
        assert LANGUAGES[self.language] in self.page.inner_text("dl.defs"), "no code of a language"
        with self.page.expect_download() as printed:
            self.page.click(f"a[href='{self.here}form/']")
        pdf = printed.value.path().read_bytes()
        assert len(pypdfium2.PdfDocument(pdf)) == sheets
        if SHOTS:
            printed.value.save_as(f"{SHOTS}/form-{self.look}.pdf")
        return pdf

    def photograph(self, sheet: Image.Image, name: str, **how: float) -> Path:
        return wrote(self.folder / f"{name}.jpg", photographed(sheet, **how))  # type: ignore[arg-type]  # by name

    def upload(self, *files: Path) -> str:
        """Return the word on each, once all are through."""
        self.page.set_input_files("[name=photos]", files)
        self.page.click("form[data-photos] button[type=submit]")
        lines = self.page.locator("[data-uploads] li")
        self.page.wait_for_function(
            "n => document.querySelectorAll('[data-uploads] li').length === n"
            " && !document.querySelector('[data-uploads] progress')"
            " && !document.querySelector('form[data-photos] [aria-busy=true]')",
            arg=len(files),
        )
        return "\n".join(lines.all_inner_texts())

    def type_sheet(self, lines: list[Line]) -> UUID:
        self.page.goto(f"{self.here}type/?sheet=1")
        self.page.wait_for_function("() => document.querySelector('.seen img').naturalWidth > 0")
        self.page.click("[name=l1-name]")
        for line in lines:
            for text in line:
                self.page.keyboard.type(text)
                self.page.keyboard.press("Enter")
        labels = self.page.locator(".line .small:visible")
        if self.look.startswith("phone"):
            assert labels.count() == 40, "a card for each line"
            assert self.page.evaluate(PHOTO_BESIDE_FIELD) == [True] * 4
        else:
            assert labels.count() == 4, "one head"
        self.seen("paper-type")
        self.page.click("form.lines-typed button[type=submit]")
        self.page.wait_for_url("**/imports/**")
        return UUID(self.page.url.split("/imports/")[1].strip("/"))

    def bring_list(self, lines: list[Line]) -> UUID:
        head = "Phone,Name,Birth year,Booth code\n"
        rows = "".join(f"{phone},{name},{year},{booth}\n" for name, phone, year, booth in lines)
        self.page.goto(self.here)
        go(self.page, "a[href*='/imports/new/paper/']")
        assert self.page.input_value("[name=option_batch]") == self.batch.number
        self.page.set_input_files("input[type=file]", wrote(self.folder / "list.csv", (head + rows).encode()))
        self.page.click("form[data-upload] button[type=submit]")
        self.page.wait_for_url(lambda url: "/imports/new/" not in url)
        return UUID(self.page.url.split("/imports/")[1].strip("/"))

    def step(self, public_id: UUID, step: str) -> None:
        """Checked by the job; the rest as it is asked on the page."""
        if step != "check":
            self.page.goto(f"/imports/{public_id}/{step}/")
            self.page.click("main form[method=post] button[type=submit]")
            self.page.wait_for_selector("progress")
        after = {"check": "checked", "commit": "done", "undo": "undone"}[step]
        with away(self.page):
            assert running.run_import_step(public_id, step, at=NOW) == after
        go(self.page, f"main a[href='{self.here}']")


@pytest.mark.parametrize(("size", "language"), JOURNEY_LOOKS)
def test_a_batch_is_printed_filled_photographed_typed_imported_and_taken_back(
    visit: Open, cast: Cast, tmp_path: Path, size: str, language: str
) -> None:
    page = visit("/paper/?unit=JK-SRI-M1", "mandal_president", size=size, language=language)
    journey = Journey(page, cast, tmp_path, size, language)
    before = journey.ladder()
    pdf = journey.print_forms(3)
    people = {n: people_of(journey.seed * 10 + n, 4) for n in (1, 2)}
    sheets = {n: filled(page_of(pdf, n - 1), people[n], hand=n) for n in (1, 2)}

    # photographed: two sheets, one of them twice, and one whose code is under a thumb
    first, second = (journey.photograph(sheets[n], f"sheet {n}", tilt=3.0 * n, quality=70) for n in (1, 2))
    said = journey.upload(first, second)
    assert said.count("✓") == 2
    told = page.inner_text("#gallery")
    assert "1, 2" in told and page.locator("#sheet-3 img").count() == 0
    again = journey.photograph(sheets[2], "again", tilt=-7, bright=0.75, quality=50, seed=5)
    covered = journey.photograph(sheets[1], "covered", tilt=2, thumb=True, seed=6)
    said = journey.upload(first, again, covered)
    assert said.count("✓") == 2 and journey.batch.number in said, (
        "the very same photo is refused by its batch"
    )
    page.wait_for_selector(f"#gallery a[href='{journey.here}sheets/2/']")
    assert page.locator("#gallery .paper-sheet select").input_value() == "1", "it looks like the first sheet"
    journey.seen("paper-twice")
    page.click("#gallery .paper-sheet:has(select) button.mini")
    page.wait_for_selector(f"#gallery a[href='{journey.here}sheets/1/']")
    for sheet, keep in ((1, "both"), (2, "latest")):
        page.click(f"#gallery a[href='{journey.here}sheets/{sheet}/']")
        page.check(f"[name=keep][value={keep}]")
        if sheet == 1:
            journey.seen("paper-choose")
        go(page, "main form button[type=submit]")
    assert page.locator("#gallery .note.warn").count() == 0
    go(page, "#sheet-2 .doings button")  # turned to the right
    with system("test"):
        kept = sorted(PaperPhoto.objects.filter(batch_id=journey.batch.pk).values_list("sheet", "turn"))
    assert kept == [(1, 0), (1, 0), (2, 1)]

    # typed, and brought as a list
    lists = [journey.type_sheet(people[1])]
    journey.step(lists[0], "check")
    journey.step(lists[0], "commit")
    assert journey.counts() == {"joined": 4, "unanswered": 4}
    lists.append(journey.bring_list(people[2]))
    journey.step(lists[1], "check")
    journey.step(lists[1], "commit")
    assert journey.counts() == {"joined": 8, "unanswered": 8}
    journey.seen("paper-batch")
    after = journey.ladder()
    assert (after.reported - before.reported, after.unsigned - before.unsigned) == (8, 8)

    for public_id in lists:
        journey.step(public_id, "undo")
    expect(page.locator("main .badge.warn")).to_have_count(2)
    assert page.locator("dl.became").count() == 0
    assert journey.ladder() == before
    shot(page, f"paper-undone-{journey.look}")
    assert journey.found == [], "\n".join(journey.found)


def noise(path: Path, width: int = 8_000, height: int = 5_200, *, seed: str = "") -> Path:
    """A PNG of 40 MB, as large as a camera's: grey noise, packed not at all."""
    rng = Random(f"{width}{seed}")
    rows = b"".join(b"\0" + rng.randbytes(width) for _row in range(height))
    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\0\0\0\0"
    parts = (chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(rows, 0)), chunk(b"IEND", b""))
    return wrote(path, b"\x89PNG\r\n\x1a\n" + b"".join(parts))


@pytest.mark.parametrize(
    ("language", "large", "small", "none"),
    [
        ("hi", "भेजने के लिए बहुत बड़ा", "इसे छोटा नहीं कर सकता", "पर्चों की फ़ोटो चुनें।"),
        ("en", "Too large to send", "cannot make it smaller", "Choose the photos of the sheets."),
    ],
)
def test_a_photo_of_forty_megabytes_and_none_with_and_without_script(
    visit: Open, cast: Cast, tmp_path: Path, language: str, large: str, small: str, none: str
) -> None:
    with system("test"):
        batch = batches.make_batch(
            programme_id=cast.world.programme.pk,
            unit_id=cast.world.mandal.pk,
            sheets=1,
            language=language,
            by=SYSTEM,
            at=NOW,
        )
    # A photo is kept once in a drive, whatever the language: each of these takes its own.
    here, photo = f"/paper/{batch.number}/", noise(tmp_path / "IMG 7.png", seed=language)
    assert photo.stat().st_size > 40_000_000
    broken = wrote(tmp_path / "IMG 8.png", photo.read_bytes()[:300] + os.urandom(40 << 20))
    button = "form[data-photos] button[type=submit]"

    plain = visit(here, "mandal_president", size="phone", language=language, java_script_enabled=False)
    go(plain, button)
    assert none in plain.inner_text("form[data-photos]")
    plain.set_input_files("[name=photos]", photo)
    go(plain, button)
    assert large in plain.inner_text("h1") and "16 MB" in plain.inner_text("main")
    shot(plain, f"paper-too-large-{language}")
    plain.click("main .button")
    plain.wait_for_url(f"**{here}")

    page = visit(here, "mandal_president", size="phone", language=language)
    page.click(button)
    expect(page.locator("[data-uploads]")).to_contain_text(none)
    page.set_input_files("[name=photos]", [broken, photo])
    page.click(button)
    page.wait_for_function("() => !document.querySelector('[data-uploads] progress')")
    assert "✓" in page.inner_text("[data-uploads] li:nth-child(2)")
    said = page.inner_text("[data-uploads] li:first-child")
    assert "IMG 8.png" in said and "40.0 MB" in said and "8 MB" in said and small in said
    page.wait_for_selector("#gallery img")  # the other was made smaller, and is kept
    assert page.evaluate("document.querySelector('[name=photos]').files[0].name") == "IMG 8.png"
    shot(page, f"paper-large-{language}")
    with system("test"):
        (kept,) = PaperPhoto.objects.filter(batch_id=batch.pk).values_list("size", flat=True)
    assert kept < 8 << 20


def test_forty_megabytes_over_a_real_line_are_answered_whether_their_length_is_said_or_not(
    served: Server, cast: Cast
) -> None:
    piece = b"x" * (1 << 20)
    token = cast.token("mandal_president")  # others may send less
    cookie = f"{settings.SESSION_COOKIE_NAME}={token}; language=hi"
    for said in ({"Content-Length": str(40 << 20)}, {"Transfer-Encoding": "chunked"}):
        line = http.client.HTTPConnection("127.0.0.1", served.port, timeout=PATIENCE_S)
        told = {
            "Accept-Language": "hi",
            "Host": "localhost",
            "Content-Type": "image/jpeg",
            "Cookie": cookie,
        } | said
        line.request(
            "POST",
            "/paper/1042-8/",
            (piece for _n in range(40)),
            told,
            encode_chunked="chunked" in said.values(),
        )
        answer = line.getresponse()
        text = answer.read().decode()
        line.close()
        assert answer.status == 413 and answer.headers["Content-Type"].startswith("text/html")
        assert "16 MB" in text and "बहुत बड़ा" in text and 'href="/paper/1042-8/"' in text
