"""Printed forms: made for a unit, photographed once filled, imported by their number, and taken back."""

import re
from pathlib import Path
from typing import Any

import pytest

from abhiyan.core.actor import Actor
from abhiyan.core.models import AuditEntry
from abhiyan.core.refusals import NotFound
from abhiyan.core.scope import system
from abhiyan.enrolment.actions import batches
from abhiyan.enrolment.models import Drive
from abhiyan.enrolment.paper import printed
from abhiyan.enrolment.paper.lists import BatchUnknown
from abhiyan.enrolment.paper.models import PaperBatch, PaperImport, PaperPhoto
from abhiyan.enrolment.rules.batches import LARGEST, kind_of, number_of, read_number
from abhiyan.org import actions as org
from abhiyan.org.queries import NotYours
from abhiyan.people import queries as people
from abhiyan.people.models import Account

from .make import CHANNEL, Ladder, World
from .test_paper import BY, bring, step
from .web import officer

pytestmark = pytest.mark.django_db(transaction=True)
JPEG = b"\xff\xd8\xff\xe0" + b"sheet" * 50 + b"\xff\xd9"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"sheet" * 50 + b"IEND\xaeB`\x82"
HEAD = "Phone,Name,Birth year,Booth code,Notice version,Batch number\n"


@pytest.fixture
def world() -> World:
    return World.make()


def make(world: World, **given: object) -> PaperBatch:
    said: dict[str, object] = {"sheets": 10, "language": "hi"} | given
    return batches.make_batch(
        programme_id=world.programme.pk,
        unit_id=world.mandal.pk,
        by=BY,
        at=world.now,
        **said,  # type: ignore[arg-type]  # what a test changes
    )


def keep(world: World, batch: PaperBatch, *photos: bytes) -> batches.Kept:
    named = [(f"{n}.jpg", data) for n, data in enumerate(photos)]
    return batches.add_photos(batch=batch.pk, photos=named, by=BY, at=world.now)


def test_a_batchs_number_is_read_in_any_digits_and_a_mistyped_one_is_none() -> None:
    number = number_of(42)
    assert number == "1042-8" and [read_number(one) for one in (number, " 10428", "१०४२-८")] == [42] * 3
    wrong = ["1043-8", "1402-8", "1042-9", "10a42-8", "", "42", "9" * 40, "۱۰۴۲-۰"]
    assert [read_number(one) for one in wrong] == [None] * len(wrong)
    assert all(read_number(number_of(n)) == n for n in range(1, 3_000, 7))


def test_a_picture_is_known_by_how_it_begins_and_ends_not_by_its_name() -> None:
    assert [kind_of(JPEG), kind_of(PNG)] == ["image/jpeg", "image/png"]
    others = [b"", b"<svg/>", b"GIF89a", JPEG[:40], b"%PDF-1.7", b"<html>" + JPEG]
    assert [kind_of(one) for one in others] == [None] * len(others)


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
    for number in (mine.number, number_of(77), "12"):
        with pytest.raises(BatchUnknown):
            bring(world, tmp_path, HEAD, batch=number)


def test_a_sheet_photographed_twice_a_photo_of_forty_megabytes_and_none_are_refused_and_the_others_kept(
    world: World,
) -> None:
    batch, other = make(world), make(world)
    assert keep(world, batch, JPEG, PNG) == batches.Kept(2, ())
    kept = keep(
        world, other, JPEG, JPEG[:-2] + b"more\xff\xd9", b"", b"%PDF-1.7", b"\xff\xd8\xff" + b"\0" * LARGEST
    )
    assert kept.n == 1
    assert [(name, type(why)) for name, why in kept.refused] == [
        ("0.jpg", batches.PhotoThere),
        ("2.jpg", batches.PhotoMissing),
        ("3.jpg", batches.NoPhoto),
        ("4.jpg", batches.PhotoTooLarge),
    ]
    assert batch.number in str(kept.refused[0][1]) and "8 MB" in str(kept.refused[3][1])
    with pytest.raises(batches.PhotoThere):
        keep(world, batch, JPEG)
    with pytest.raises(batches.PhotoMissing):
        keep(world, batch)
    with system("test"):
        assert PaperPhoto.objects.count() == 3


def test_a_photo_of_another_units_batch_is_refused_without_its_number_and_of_another_drive_not_at_all(
    world: World,
) -> None:
    theirs = make(world)
    keep(world, theirs, JPEG)
    with system("test"):
        org.ensure_offices()
    officer(world, "district_in_charge", "JK-JAM")
    with system("test"):
        account = Account.objects.get(name="district_in_charge of JK-JAM")
    by = Actor(kind="person", id=account.public_id, account_id=account.pk)
    given: dict[str, Any] = {
        "unit_id": world.units["JK-JAM"].pk,
        "sheets": 2,
        "language": "hi",
        "at": world.now,
    }
    mine = batches.make_batch(programme_id=world.programme.pk, by=by, **given)
    with pytest.raises(batches.PhotoElsewhere) as refused:
        batches.add_photos(batch=mine.pk, photos=[("a.jpg", JPEG)], by=by, at=world.now)
    assert theirs.number not in str(refused.value)
    world.next_drive()
    later = batches.make_batch(programme_id=world.programme.pk, by=BY, **given | {"at": world.now})
    assert keep(world, later, JPEG).n == 1


def test_no_more_photos_than_four_of_each_sheet_are_kept(world: World) -> None:
    batch = make(world, sheets=1)
    photos = [JPEG[:-2] + bytes([n]) + b"\xff\xd9" for n in range(5)]
    kept = keep(world, batch, *photos)
    assert kept.n == 4 and isinstance(kept.refused[0][1], batches.TooManyPhotos)


def test_photos_are_sealed_opened_with_a_row_in_the_trail_and_gone_when_their_time_is_over(
    world: World,
) -> None:
    batch = make(world)
    keep(world, batch, JPEG)
    with system("test"):
        photo = PaperPhoto.objects.get()
        assert b"sheetsheet" not in bytes(photo.sealed)
        assert batches.open_photo(batch=batch.pk, photo=photo.pk, by=BY, at=world.now) == ("image/jpeg", JPEG)
        assert AuditEntry.objects.filter(act="enrolment.read_photo").count() == 1
        with pytest.raises(NotFound):
            batches.open_photo(batch=batch.pk + 1, photo=photo.pk, by=BY, at=world.now)
        assert batches.forget_photos(at=photo.purge_at) == 1 and not PaperPhoto.objects.exists()


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
        lambda: batches.add_photos(batch=batch.pk, photos=[("a", JPEG)], by=CHANNEL, at=world.now),
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


def test_an_erased_person_hides_the_photos_of_their_batch_from_everybody(
    world: World, tmp_path: Path
) -> None:
    batch = make(world)
    keep(world, batch, JPEG)
    public_id = bring(world, tmp_path, HEAD + "9906000001,Asha Devi,1980,JK-B001,,\n", batch=batch.number)
    step(world, public_id, "check")
    step(world, public_id, "commit")
    with system("test"):
        batches.hide_photos_of(phone_id=world.phone_id(world.bilal), at=world.now)
        assert PaperPhoto.objects.get().hidden_at is None
        batches.hide_photos_of(phone_id=world.phone_id(world.asha), at=world.now)
        photo = PaperPhoto.objects.get()
        with pytest.raises(NotFound):
            batches.open_photo(batch=batch.pk, photo=photo.pk, by=BY, at=world.now)


@pytest.mark.parametrize("language", ["hi", "en"])
def test_the_forms_of_a_batch_are_one_pdf_with_a_page_for_each_sheet(world: World, language: str) -> None:
    batch = make(world, sheets=3, language=language)
    with system("test"):
        drive = Drive.objects.get()
        made = printed.forms(
            batch,
            drive=world.programme.names,
            unit=world.mandal,
            notice=people.notice(drive.notice_code, language, batch.notice_version),
            address=f"https://abhiyan.example/paper/{batch.number}/",
            at=batch.made_at,
        )
    assert made.startswith(b"%PDF") and re.search(rb"/Count 3\b", made)


def test_the_poster_is_one_page_with_the_workers_name(world: World) -> None:
    made = printed.poster(
        drive=world.programme.names,
        place={"en": "Rajbagh", "hi": "राजबाग"},
        address="https://abhiyan.example/join/winter/?unit=JK-B001",
        number="+911800000000",
        helpline="1800 000 0000",
        name="Asha Devi",
        language="hi",
        at=world.now,
    )
    assert made.startswith(b"%PDF") and re.search(rb"/Count 1\b", made)
