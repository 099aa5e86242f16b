"""A batch of paper forms in a real browser: printed, photographed, imported by its number, and taken back."""

import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from random import Random
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page

from abhiyan.core import clock
from abhiyan.core.imports import running
from abhiyan.core.scope import system
from abhiyan.enrolment.paper.models import PaperBatch, PaperImport, PaperPhoto
from abhiyan.enrolment.tests.server import Server
from abhiyan.site.tests.cast import Cast
from abhiyan.site.tests.visits import Open, visits
from abhiyan.ui.tests.axe import unsound
from abhiyan.ui.tests.test_browser import JOURNEY_LOOKS

pytestmark = pytest.mark.browser
SHOTS = os.environ.get("ABHIYAN_SHOTS", "")  # a folder to look at the pages in


@pytest.fixture(scope="module")
def cast(open_database: None) -> Cast:
    return Cast.make()


@pytest.fixture(scope="module")
def served(cast: Cast) -> Iterator[Server]:
    server = Server().start(ABHIYAN_ORIGIN="http://localhost")
    yield server
    server.stop()


@pytest.fixture
def visit(chromium: Browser, served: Server, cast: Cast) -> Iterator[Open]:
    yield from visits(chromium, served.port, lambda role: (cast.accounts[role].pk, cast.token(role)))


def picture(path: Path, shade: int, width: int = 2600, height: int = 700) -> Path:
    """A grey PNG full of noise, as large as a photograph."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    noise = Random(shade)
    rows = zlib.compress(b"".join(b"\0" + noise.randbytes(width) for _row in range(height)), 1)
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = (chunk(b"IHDR", head), chunk(b"IDAT", rows), chunk(b"IEND", b""))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(parts))
    return path


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


@pytest.mark.slow
@pytest.mark.parametrize(("size", "language"), JOURNEY_LOOKS)
def test_a_batch_is_printed_photographed_imported_and_taken_back(
    visit: Open, cast: Cast, tmp_path: Path, size: str, language: str
) -> None:
    with system("test"):
        before = set(PaperBatch.objects.values_list("pk", flat=True))
    page = visit("/paper/?unit=JK-SRI-M1", "mandal_president", size=size, language=language)
    found = unsound(page, f"paper-{size}-{language}")
    page.click("main a[href*='/paper/new/']")
    found += unsound(page, f"paper-new-{size}-{language}")
    shot(page, f"paper-new-{size}-{language}")
    page.fill("[name=sheets]", "2")
    page.select_option("main select[name=language]", language)
    page.click("main form button[type=submit]")
    page.wait_for_selector("#photos")
    with system("test"):
        batch = PaperBatch.objects.exclude(pk__in=before).get()
    here = f"/paper/{batch.number}/"
    assert {"hi": "हिंदी", "en": "English"}[language] in page.inner_text("dl.defs"), "no code of a language"
    with page.expect_download() as printed:
        page.click(f"a[href='{here}form/']")
    assert printed.value.path().read_bytes().startswith(b"%PDF")
    if SHOTS:
        printed.value.save_as(f"{SHOTS}/form-{size}-{language}.pdf")

    shades = {"phone": 10, "desk": 20}[size] + {"hi": 1, "en": 2}[language]
    photos = [picture(tmp_path / f"{n}.png", shades * 5 + n) for n in range(2)]
    page.set_input_files("[name=photos]", photos)
    page.click("form[data-photos] button[type=submit]")
    page.wait_for_selector("a[href*='/photos/']")
    with system("test"):
        kept = list(PaperPhoto.objects.filter(batch_id=batch.pk).values_list("kind", "size"))
    assert [kind for kind, _bytes in kept] == ["image/jpeg"] * 2 and max(n for _kind, n in kept) < photos[
        0
    ].stat().st_size
    page.set_input_files("[name=photos]", photos[:1])  # the same sheet once more
    page.click("form[data-photos] button[type=submit]")
    page.wait_for_selector(
        "form[data-photos] [role=alert], form[data-photos] .errors, .field.bad, [aria-invalid]"
    )
    assert batch.number in page.inner_text("form[data-photos]")
    shot(page, f"paper-twice-{size}-{language}")

    listed = tmp_path / "list.csv"
    listed.write_text(
        "Phone,Name,Birth year,Booth code\n"
        f"99061{shades:05d},Sita Devi,1980,JK-B001\n99062{shades:05d},Gita Devi,1981,JK-B001\n"
    )
    page.goto(here)
    page.click("a[href*='/imports/new/paper/']")
    assert page.input_value("[name=option_batch]") == batch.number
    page.set_input_files("input[type=file]", listed)
    page.click("form[data-upload] button[type=submit]")
    page.wait_for_url(lambda url: "/imports/new/" not in url)
    public_id = UUID(page.url.split("/imports/")[1].strip("/"))
    running.run(public_id, "check", at=clock.now())
    page.goto(f"/imports/{public_id}/commit/")
    page.click("main form[method=post] button[type=submit]")
    page.wait_for_selector("progress")
    assert running.run(public_id, "commit", at=clock.now()) == "done"
    page.goto(here)
    found += unsound(page, f"paper-batch-{size}-{language}")
    shot(page, f"paper-batch-{size}-{language}")
    with system("test"):
        assert PaperImport.objects.get(batch_id=batch.pk).rows == 2
    page.goto(f"/imports/{public_id}/undo/")
    page.click("main form[method=post] button[type=submit]")
    page.wait_for_selector("progress")
    assert running.run(public_id, "undo", at=clock.now()) == "undone"
    page.goto(here)
    assert page.locator("main .badge.warn").count() == 1
    shot(page, f"paper-undone-{size}-{language}")
    assert found == [], "\n".join(found)
