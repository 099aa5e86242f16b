"""Printed forms: made for a unit, photographed once filled, imported by their number, and taken back."""

import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.actions import AlreadyMember
from abhiyan.enrolment.models import Membership
from abhiyan.enrolment.tests.make import CHANNEL, Ladder, World
from abhiyan.enrolment.tests.web import main, officer, web_world
from abhiyan.imports import running
from abhiyan.imports.actions import BadOption
from abhiyan.imports.models import StagedImport
from abhiyan.org.queries import NotYours
from abhiyan.paper import queries
from abhiyan.paper.actions import batches, photos
from abhiyan.paper.actions.typing import bring_sheet
from abhiyan.paper.lists import BatchUnknown
from abhiyan.paper.models import PaperBatch, PaperImport, PaperPhoto
from abhiyan.paper.rules.batches import batch_number, picture_media_type, read_batch_number

from .sheets import drawn
from .test_paper import BY, bring, step

pytestmark = pytest.mark.django_db
JPEG, PNG = (drawn(kind, shade=1) for kind in ("JPEG", "PNG"))
HEAD = "Phone,Name,Birth year,Booth code,Notice version,Batch number\n"


@pytest.fixture
def world() -> World:
    return World.make()


def make(world: World, **given: object) -> PaperBatch:
    said: dict[str, object] = {"sheets": 10, "language": "hi", "unit_id": world.mandal.pk} | given
    return batches.make_batch(
        programme_id=world.programme.pk,
        by=BY,
        at=world.now,
        **said,  # type: ignore[arg-type]  # what a test changes
    )


def keep(world: World, batch: PaperBatch, *given: bytes) -> photos.KeptPhotos:
    named = [(f"{n}.jpg", data) for n, data in enumerate(given)]
    return photos.add_photos(batch=batch.pk, photos=named, by=BY, at=world.now)


def test_a_batchs_number_is_read_in_any_digits_and_a_mistyped_one_is_none() -> None:
    number = batch_number(42)
    assert number == "1042-8" and [read_batch_number(one) for one in (number, " 10428", "१०४२-८")] == [42] * 3
    wrong = ["1043-8", "1402-8", "1042-9", "10a42-8", "", "42", "9" * 40, "۱۰۴۲-۰"]
    assert [read_batch_number(one) for one in wrong] == [None] * len(wrong)
    assert all(read_batch_number(batch_number(n)) == n for n in range(1, 3_000, 7))


def test_a_picture_is_known_by_how_it_begins_and_ends_not_by_its_name() -> None:
    assert [picture_media_type(JPEG), picture_media_type(PNG)] == ["image/jpeg", "image/png"]
    others = [b"", b"<svg/>", b"GIF89a", JPEG[:40], b"%PDF-1.7", b"<html>" + JPEG]
    assert [picture_media_type(one) for one in others] == [None] * len(others)


@pytest.mark.django_db(transaction=True)  # its list is taken in by the gateway's own connections
def test_a_batch_is_imported_by_its_number_and_its_undo_is_seen_on_it(world: World, tmp_path: Path) -> None:
    batch, other = make(world), make(world, sheets=1)
    text = (
        HEAD
        + "9906000001,Asha Devi,1980,JK-B001,,\n"
        + f"9906000002,Bilal Ahmad,1990,JK-B001,,{other.number}\n"
        + "9906000003,Chandra Kala,1991,JK-B001,1,our own bundle\n"
    )
    public_id = bring(world, tmp_path, text, batch=batch.number.replace("-", ""))
    step(world, public_id, "check")
    done = step(world, public_id, "commit")
    assert done.counts == {"joined": 3} and world.ladder(world.booth) == Ladder(reported=3, unsigned=3)
    with system("test"):
        found = dict(PaperImport.objects.values_list("batch_id", "rows"))
        devices = set(world.rows("select device, language, notice_version from people_consent"))
    assert found == {batch.pk: 1, other.pk: 1}
    assert devices == {
        (f"paper {batch.number}", "hi", 1),
        (f"paper {other.number}", "hi", 1),
        ("paper our own bundle", "hi", 1),
    }
    step(world, public_id, "undo")
    with system("test"):
        assert not PaperImport.objects.filter(undone_at=None).exists()
    assert world.ladder(world.booth) == Ladder()


def test_a_list_of_a_batch_nobody_printed_or_of_another_drive_is_refused(
    world: World, tmp_path: Path
) -> None:
    mine = make(world)
    world.next_drive()
    for number in (mine.number, batch_number(77), "12"):
        with pytest.raises(BatchUnknown):
            bring(world, tmp_path, HEAD, batch=number)
    with pytest.raises(BadOption):
        bring(world, tmp_path, HEAD, sheet="the first")


def test_who_may_not_record_people_there_makes_no_batch_and_keeps_no_photo(world: World) -> None:
    batch = make(world)
    for act in (
        lambda: batches.make_batch(
            programme_id=world.programme.pk,
            unit_id=world.mandal.pk,
            sheets=1,
            language="hi",
            by=CHANNEL,
            at=world.now,
        ),
        lambda: photos.add_photos(batch=batch.pk, photos=[("a", JPEG)], by=CHANNEL, at=world.now),
    ):
        with pytest.raises(NotYours):
            act()
    for given, refusal in (
        ({"sheets": 0}, batches.SheetsOutOfRange),
        ({"sheets": 51}, batches.SheetsOutOfRange),
        ({"language": "ta"}, batches.LanguageLacking),
    ):
        with pytest.raises(refusal):
            make(world, **given)


def became(world: World, batch: PaperBatch) -> queries.BatchRowsBecame:
    found = queries.became(batch, at=world.now, zone="Asia/Kolkata")
    assert found is not None
    return found


@pytest.mark.django_db(transaction=True)  # its list is taken in by the gateway's own connections
def test_the_batch_says_what_became_of_its_rows_and_of_no_others(world: World, tmp_path: Path) -> None:
    batch, other = make(world), make(world, sheets=1)
    called = world.missed_call(of=world.asha)
    rows = [f"99060000{n:02d},Somebody Else,1980,JK-B001,,{batch.number}" for n in range(10, 16)]
    rows += [
        f"{world.asha.phone},{world.asha.name},{world.asha.birth_year},JK-B001,,{batch.number}",
        f"9906000011,Somebody Else,1980,JK-B001,,{batch.number}",
        f"12,Nobody,1980,JK-B001,,{batch.number}",
        f"9906000099,Of Another,1980,JK-B001,,{other.number}",
    ]
    public_id = bring(world, tmp_path, HEAD + "\n".join(rows) + "\n", notice_version="1")
    step(world, public_id, "check")
    step(world, public_id, "commit")
    assert called.code == "waits"
    first = became(world, batch)
    assert first == queries.BatchRowsBecame(
        joined=7, unanswered=6, counted=1, confirmed=0, placeless=0, others=1, refused=1, denied=None
    ), "whoever called before is counted: their phone took part"
    assert became(world, other).joined == 1
    with system("test"):
        member = Membership.objects.get(phone_id=world.phone_id(world.asha))
    world.tick(days=2)
    world.confirm(AlreadyMember(b"", member.public_id.bytes), phone_id=member.phone_id)
    assert became(world, batch).confirmed == 1
    step(world, public_id, "undo")
    assert became(world, batch) == queries.BatchRowsBecame(0, 0, 0, 0, 0, 0, 0, None)


@pytest.mark.django_db(transaction=True)  # its list is taken in by the gateway's own connections
def test_a_batchs_counts_lead_to_its_people_and_to_no_others_of_the_booth(tmp_path: Path) -> None:
    world = web_world()
    batch, other = make(world), make(world)
    rows = [
        f"9906000010,Of This One,1980,JK-B001,1,{batch.number}",
        f"9906000011,Of Another,1980,JK-B001,1,{other.number}",
    ]
    public_id = bring(world, tmp_path, HEAD + "\n".join(rows) + "\n")
    step(world, public_id, "check")
    step(world, public_id, "commit")
    president = officer(world, "mandal_president", "JK-SRI-M1")
    page = main(president.get(f"/paper/{batch.number}/").content)
    found = re.findall(r'href="(/people/[?][^"]*)"', page)
    assert len(found) == 4 and all(f"batch={batch.number}" in one for one in found)
    for where, here in zip(
        found, (True, True, False, False), strict=True
    ):  # joined, unanswered, counted, confirmed
        listed = main(president.get(unescape(where)).content)
        assert ("Of This One" in listed) is here and "Of Another" not in listed, where
    for number in (batch_number(77), "12", "of ours"):
        refused = president.get("/people/", {"batch": number})
        assert (
            refused.status_code == 422
            and "No batch of your units has this number" in refused.content.decode()
        )
    elsewhere = officer(world, "district_president", "JK-JAM").get("/people/", {"batch": batch.number})
    assert elsewhere.status_code == 422, "a batch of another district is none"


def test_what_became_of_many_rows_is_not_counted_while_a_page_is_opened(world: World) -> None:
    batch = make(world)
    with system("test"):
        PaperImport.objects.create(
            batch_id=batch.pk, import_id=1, unit_id=batch.unit_id, rows=queries.MOST_COUNTED + 1, at=world.now
        )
    assert queries.became(batch, at=world.now, zone="Asia/Kolkata") is None


def typed(world: World, batch: PaperBatch, *lines: tuple[str, str, str, str, str]) -> UUID:
    with system("test"):
        return bring_sheet(batch=batch, sheet=2, lines=lines, day=None, worker="", by=BY, at=world.now)


@pytest.mark.django_db(transaction=True)  # its list is taken in by the gateway's own connections
def test_a_typed_sheet_is_a_list_like_any_other(world: World) -> None:
    batch = make(world)
    public_id = typed(
        world,
        batch,
        ("Asha Devi", "99060 00001", "1980", "JK-B001", ""),
        ("", "", "", "", ""),
        ("Bilal Ahmad", "9906", "1990", "JK-B001", ""),
    )
    assert running.run_import_step(public_id, "check", at=world.now) == "checked", "asked for by the act"
    with system("test"):
        checked = StagedImport.objects.get(public_id=public_id)
    assert checked.counts == {"joined": 1, "refused": 1, "skipped": 1}
    done = step(world, public_id, "commit")
    assert done.state == "done" and world.ladder(world.booth) == Ladder(reported=1, unsigned=1)
    with system("test"):
        assert PaperImport.objects.get().batch_id == batch.pk
        of = queries.sheets_of(batch).sheets
    assert [one.number for one in of if one.typed] == [2]
    step(world, public_id, "undo")
    assert world.ladder(world.booth) == Ladder()
    again = typed(world, batch, ("Asha Devi", "9906000001", "1980", "JK-B001", ""))
    with system("test"):
        assert StagedImport.objects.get(public_id=again).file_name == f"{batch.number} 2.csv"


@pytest.mark.django_db(transaction=True)  # its list is taken in by the gateway's own connections
def test_a_row_of_a_typed_sheet_is_told_by_its_line_and_of_a_file_by_its_row(tmp_path: Path) -> None:
    world = web_world()
    batch = make(world, sheets=2)
    president = officer(world, "mandal_president", "JK-SRI-M1")
    sound, short = (
        ("Asha Devi", "9906000001", "1980", "JK-B001", ""),
        ("Bilal Ahmad", "9906", "1990", "JK-B001", ""),
    )
    sheet = typed(world, batch, sound, short)
    rows = HEAD + "9906000003,Chandra Kala,1991,JK-B001,1,\n" + "9906,Bilal Ahmad,1990,JK-B001,1,\n"
    like_a_sheet = f"{batch.number} 1.csv"  # as the page calls what it makes, but somebody wrote it
    file = bring(world, tmp_path, rows, name=like_a_sheet, unit_id=world.mandal.pk, batch=batch.number)
    running.run_import_step(sheet, "check", at=world.now)  # asked for by the act
    step(world, file, "check")
    for public_id, row in ((sheet, 2), (file, 3)):
        told = president.get(f"/imports/{public_id}/refused/?as=csv").getvalue().decode().splitlines()
        assert [line.split(",")[0] for line in told[1:]] == [str(row)]
    with system("test"):
        assert [one.number for one in queries.sheets_of(batch).sheets if one.typed] == [2]


def test_a_sheet_is_typed_on_its_page_and_what_is_wrong_stands_at_its_line_with_nothing_lost() -> None:
    world = web_world()
    batch = make(world, language="en", sheets=2)
    president = officer(world, "mandal_president", "JK-SRI-M1")
    page = f"/paper/{batch.number}/type/"
    lines = {
        "l1-name": "Asha Devi",
        "l1-phone": "99060 00001",
        "l1-birth_year": "1980",
        "l1-place": "JK-B001",
        "l3-name": "Bilal Ahmad",
        "l3-phone": "12",
        "l3-place": "nowhere",
        "l4-name": "Chand Kumar",
        "l4-phone": "9906000004",
        "l4-birth_year": str(NOW.year - 16),
        "l4-place": "JK-B001",
    }
    assert "Type at least one line" in president.post(page, {}).content.decode()
    refused = president.post(page, lines)
    shown = main(refused.content)
    assert refused.status_code == 422 and shown.count('class="err"') == 4
    for said in (
        "2 lines are not right yet",
        "Too young to join. Look at the sheet again.",
        "Write ten digits; now there are 2.",
        "Fill in this field, or empty the whole line.",
        "No booth and no PIN code is called this.",
        'value="99060 00001"',
        'value="nowhere"',
    ):
        assert said in shown
    saved = president.post(page, lines | {"anyway": "1"})
    assert saved.status_code == 302 and saved["Location"].startswith("/imports/")
    again = main(president.get(f"{page}?sheet=1").content)
    assert "This sheet is typed already" in again and "Type sheet 2 of 2" in main(president.get(page).content)
    assert president.get(f"{page}?sheet=3").status_code == 404


@pytest.mark.django_db(transaction=True)  # its list is taken in by the gateway's own connections
def test_a_sheet_is_entered_once_its_list_is_imported_and_open_again_when_that_is_undone() -> None:
    world = web_world()
    batch = make(world, sheets=1, language="en")
    president, worker = (
        officer(world, *of) for of in (("mandal_president", "JK-SRI-M1"), ("booth_worker", "JK-B001"))
    )

    def page() -> str:
        return main(president.get(f"/paper/{batch.number}/").content)

    with system("test"):
        lines = [("Asha Devi", "9906000001", "1980", "JK-B001", "")]
        sheet = bring_sheet(batch=batch, sheet=1, lines=lines, day=None, worker="", by=BY, at=world.now)
    running.run_import_step(sheet, "check", at=world.now)
    assert "Sheets typed, but not imported yet: 1." in page() and "typed, not imported yet" in page()
    step(world, sheet, "commit")
    entered = page()
    assert "All sheets are entered" in entered and "Type a sheet" not in entered
    step(world, sheet, "undo")
    again = page()
    assert "Type it" in again and "Type a sheet" in again and "All sheets are entered" not in again
    own = make(world, sheets=1, unit_id=world.booth.pk)
    assert "Who brings paper lists enters them" in main(worker.get(f"/paper/{own.number}/").content)


def test_the_photo_of_an_only_sheet_is_that_sheet_without_a_code(world: World) -> None:
    only, several = make(world, sheets=1), make(world, sheets=2)
    with system("test"):
        assert keep(world, only, drawn(shade=1)).sheets == (1,)
        assert keep(world, several, drawn(shade=2)).sheets == (None,)


@pytest.mark.django_db(transaction=True)  # its list is taken in by the gateway's own connections
def test_photographed_sheets_are_owed_until_a_list_has_brought_them(tmp_path: Path) -> None:
    world = web_world()
    batch, other = make(world, sheets=3), make(world)
    president = officer(world, "mandal_president", "JK-SRI-M1")

    def owed() -> tuple[int, bool, bool]:
        """Return the number of sheets Today counts, and for each of both batches True if it is listed."""
        page = main(president.get("/today/").content)
        found = re.search(r"(\d+) photographed sheets? to enter", page)
        listed = main(president.get("/paper/?show=enter").content)
        return int(found[1]) if found else 0, batch.number in listed, other.number in listed

    assert owed() == (0, False, False)
    with system("test"):
        keep(world, batch, *(drawn(shade=n) for n in (1, 2, 3)))
        first, second, _unknown = PaperPhoto.objects.order_by("pk").values_list("pk", flat=True)
        for sheet, photo in ((1, first), (2, second)):
            photos.change_photo(batch=batch.pk, photo=photo, sheet=sheet, turn=0, by=BY, at=world.now)
    assert owed() == (3, True, False)
    line = ("Asha Devi", "9906000001", "1980", "JK-B001", "")
    with system("test"):
        sheet_two = bring_sheet(batch=batch, sheet=2, lines=[line], day=None, worker="", by=BY, at=world.now)
    running.run_import_step(sheet_two, "check", at=world.now)  # asked for by the act
    assert owed() == (3, True, False), "a list that is only checked has brought nobody"
    step(world, sheet_two, "commit")
    assert owed() == (2, True, False)
    with system("test"):
        photos.change_photo(batch=batch.pk, photo=first, sheet=2, turn=0, by=BY, at=world.now)
    assert owed() == (1, True, False), "it is a photograph of the typed sheet, too"
    step(world, sheet_two, "undo")
    assert owed() == (3, True, False)
    whole = bring(world, tmp_path, HEAD + "9906000002,Bilal Ahmad,1990,JK-B001,,\n", batch=batch.number)
    step(world, whole, "check")
    step(world, whole, "commit")
    assert owed() == (0, False, False)
    with system("test"):
        keep(world, batch, drawn(shade=4))
        keep(world, other, drawn(shade=5))
    assert owed() == (1, False, True), "the list of the one is here already"


def test_the_list_of_batches_asks_no_more_the_longer_it_is() -> None:
    world = web_world()
    president = officer(world, "mandal_president", "JK-SRI-M1")

    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            page = president.get("/paper/?unit=JK-SRI-M1")
        assert page.status_code == 200
        return len(seen)

    make(world)
    asked()  # the first page of a process reads the helplines
    few = asked()
    for n in range(8):
        world.now += timedelta(minutes=1)
        make(world, sheets=n + 1)
    assert asked() == few
    assert main(president.get("/paper/?unit=JK-SRI-M1").content).count("<tr") == 10
