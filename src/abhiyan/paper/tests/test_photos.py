"""Photographs of filled sheets: which sheet one shows, one twice, hostile pictures; kept sealed, and opened."""

import io
import re
import struct
import threading
import zlib
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from abhiyan.core import database, declared, file_pool, limits, slots
from abhiyan.core.actor import Actor
from abhiyan.core.models import AuditEntry
from abhiyan.core.refusals import NotFound, TooMany
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.core.tests.places import MARKS, with_places
from abhiyan.core.tests.waits import PATIENCE_S, until
from abhiyan.enrolment.tests.make import World
from abhiyan.enrolment.tests.test_erase_lists import erase
from abhiyan.enrolment.tests.test_phone_change import change, on
from abhiyan.enrolment.tests.web import main, officer, open_me, web_world
from abhiyan.org import actions as org
from abhiyan.paper import pictures, queries
from abhiyan.paper.actions import batches, photos
from abhiyan.paper.models import PaperBatch, PaperPhoto
from abhiyan.paper.rules import batches as batch_rules
from abhiyan.paper.rules.batches import LARGEST, ranges, read_code
from abhiyan.people.models import Account

from .sheets import ORIGIN, drawn, filled, form_of, page_of, people_of, photographed
from .test_batches import HEAD, JPEG, PNG, keep, make
from .test_paper import BY, bring, step

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World.make()


def written(batch: PaperBatch, sheet: int) -> Image.Image:
    """A sheet of a batch as it comes back."""
    with system("test"):
        return filled(page_of(form_of(batch), sheet - 1), people_of(sheet), hand=sheet)


def told(batch: PaperBatch) -> tuple[str, str, list[int], int]:
    """Return what the batch's page says of its sheets: here, missing, twice, unknown."""
    with system("test"):
        found = queries.sheets_of(batch)
    return found.here, found.missing, [one.number for one in found.twice], len(found.unknown)


# --- which sheet ---


def test_the_same_sheet_photographed_twice_is_known_by_its_code_and_another_is_not(world: World) -> None:
    batch = make(world, sheets=4)
    first, second, fourth = (written(batch, n) for n in (1, 2, 4))
    kept = keep(
        world,
        batch,
        photographed(first, tilt=3, quality=80),
        photographed(second, tilt=-6, bright=0.7, quality=50, across=1300),
        photographed(fourth, tilt=8, bright=1.2),
    )
    assert kept == photos.KeptPhotos((1, 2, 4)) and told(batch) == ("1, 2, 4", "3", [], 0)
    again = photographed(second, tilt=11, bright=1.1, quality=85, crop=0.03, across=1800, seed=7)
    assert keep(world, batch, again).sheets == (2,)
    assert told(batch) == ("1, 2, 4", "3", [2], 0)


def test_where_the_code_cannot_be_read_the_sheet_is_asked_for_and_one_that_is_alike_is_named(
    world: World,
) -> None:
    batch = make(world, sheets=4)
    first, second, third = (written(batch, n) for n in (1, 2, 3))
    keep(world, batch, photographed(first, tilt=2), photographed(second, tilt=-3))
    unread = [
        photographed(second, tilt=4, bright=0.8, quality=55, thumb=True, seed=3),
        photographed(third, tilt=-2, thumb=True, seed=4),
    ]
    assert keep(world, batch, *unread).sheets == (None, None)
    with system("test"):
        alike = list(PaperPhoto.objects.filter(sheet=None).order_by("added_at", "size"))
        assert sorted([one.alike or 0 for one in alike]) == [0, 2], "the other sheet looks like none"
        photo = next(one for one in alike if one.alike == 2)
        photos.change_photo(batch=batch.pk, photo=photo.pk, sheet=2, turn=0, by=BY, at=world.now)
    assert told(batch) == ("1, 2", "3, 4", [2], 1)


def test_photos_without_a_code_are_held_beside_so_many_sheets_in_all_and_those_are_read_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photos, "MOST_COMPARED", 2)
    batch = make(world, sheets=4)
    for n in (1, 2):
        world.now += timedelta(minutes=1)
        keep(world, batch, photographed(written(batch, n)))
    unread = [photographed(written(batch, n), tilt=3, thumb=True, seed=n) for n in (1, 2)]
    with CaptureQueriesContext(connection) as asked:
        assert keep(world, batch, *unread).sheets == (None, None)
    reads = [one["sql"] or "" for one in asked.captured_queries if '"trace"' in (one["sql"] or "")]
    assert len([one for one in reads if one.startswith("SELECT")]) == 1
    with system("test"):
        found = PaperPhoto.objects.filter(sheet=None).values_list("alike", flat=True)
        assert sorted(one or 0 for one in found) == [0, 1], (
            "sheet 2 came first; for the next photo none was left"
        )


def test_a_sheet_that_is_there_twice_is_kept_beside_or_replaced(world: World) -> None:
    batch = make(world, sheets=2)
    keep(world, batch, *(drawn(shade=n) for n in range(4)))
    with system("test"):
        for one, sheet in zip(PaperPhoto.objects.order_by("pk"), (1, 1, 2, 2), strict=True):
            photos.change_photo(batch=batch.pk, photo=one.pk, sheet=sheet, turn=0, by=BY, at=world.now)
    assert told(batch) == ("1, 2", "", [1, 2], 0)

    def settle(sheet: int, *, keeps_all: bool) -> int:
        with system("test"):
            seen = batch_rules.photos_digest(
                PaperPhoto.objects.filter(sheet=sheet).values_list("pk", flat=True)
            )
        return photos.settle_sheet(
            batch=batch.pk, sheet=sheet, keeps_all=keeps_all, seen=seen, by=BY, at=world.now
        )

    assert settle(1, keeps_all=True) == 0 and settle(2, keeps_all=False) == 1
    assert told(batch) == ("1, 2", "", [], 0)
    with system("test"):
        assert PaperPhoto.objects.count() == 3
    with system("test"):
        one = PaperPhoto.objects.all()[0]
    with pytest.raises(photos.NoSuchSheet):
        photos.change_photo(batch=batch.pk, photo=one.pk, sheet=3, turn=0, by=BY, at=world.now)
    with pytest.raises(NotFound):
        settle(9, keeps_all=True)


def test_a_sheet_of_another_batch_is_refused_with_its_number(world: World) -> None:
    batch, other = make(world, sheets=1), make(world, sheets=1)
    with pytest.raises(photos.SheetOfAnother) as refused:
        keep(world, batch, photographed(written(other, 1)))
    assert other.number in str(refused.value)


def test_a_code_on_a_photo_is_a_strangers_text() -> None:
    number = "1042-8"
    assert read_code(f"{ORIGIN}/paper/{number}/?sheet=3") == (42, 3)
    others = [
        "",
        f"{ORIGIN}/paper/1042-9/?sheet=3",  # no such number
        f"{ORIGIN}/paper/{number}/?sheet=0",
        f"{ORIGIN}/paper/{number}/?sheet=100",
        f"{ORIGIN}/paper/{number}/?sheet=3&x=1",
        f"javascript:alert(1)//paper/{number}/?sheet=3",
        f"{ORIGIN}/paper/{number}/?sheet=3\n",
        f"{ORIGIN}/paper/१०४२-८/?sheet=3",
        "x" * 4_000,
    ]
    assert [read_code(one) for one in others] == [None] * len(others)
    assert ranges([4, 2, 1, 2, 7, 6, 8]) == "1, 2, 4, 6–8" and ranges([]) == ""


# --- what is refused ---


def test_a_photo_sent_twice_one_of_forty_megabytes_and_none_are_refused_and_the_others_kept(
    world: World,
) -> None:
    batch, other = make(world), make(world)
    assert keep(world, batch, JPEG, PNG) == photos.KeptPhotos((None, None))
    huge = JPEG + b"\0" * (40 << 20)
    kept = keep(world, other, JPEG, drawn(shade=9), b"", b"%PDF-1.7", huge, JPEG[:300] + b"\xff\xd9")
    assert kept.sheets == (None,)
    assert [(name, type(why)) for name, why in kept.refused] == [
        ("0.jpg", photos.PhotoThere),
        ("2.jpg", photos.PhotoMissing),
        ("3.jpg", photos.NoPhoto),
        ("4.jpg", photos.PhotoTooLarge),
        ("5.jpg", photos.NoPhoto),
    ]
    assert batch.number in str(kept.refused[0][1]) and "8 MB" in str(kept.refused[3][1])
    for given, refusal in (([JPEG], photos.PhotoThere), ([], photos.PhotoMissing)):
        with pytest.raises(refusal):
            keep(world, batch, *given)
    with pytest.raises(photos.TooManyAtOnce):
        keep(world, batch, *[JPEG] * 21)
    with system("test"):
        assert PaperPhoto.objects.count() == 3


@pytest.mark.django_db(transaction=True)  # at once, on other connections
def test_the_same_photo_sent_twice_at_once_is_kept_once(world: World) -> None:
    batch = make(world)
    outcomes: list[Any] = []

    def send() -> None:
        from django.db import connection

        try:
            outcomes.append(keep(world, batch, JPEG))
        except photos.PhotoThere as there:
            outcomes.append(there)
        finally:
            connection.close()

    both = [threading.Thread(target=send) for _n in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(type(one).__name__ for one in outcomes) == ["KeptPhotos", "PhotoThere"]
    with system("test"):
        assert PaperPhoto.objects.count() == 1


def chunk(kind: bytes, data: bytes) -> bytes:
    """A piece of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few kilobytes that says it is enormous, and is."""
    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(width + 1)) for _row in range(height)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_a_picture_that_unpacks_to_more_than_a_picture_may_is_refused(world: World) -> None:
    batch = make(world)
    for made in (bomb(12_000, 12_000), bomb(200_000, 1_000)):
        assert len(made) < 1 << 20
        with pytest.raises(photos.NoPhoto):
            keep(world, batch, made)
    with pytest.raises(photos.NoPhoto):
        keep(world, batch, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"sheet" * 50 + b"IEND\xaeB`\x82")


def test_what_keeps_all_its_points_in_memory_is_refused_from_fewer_on(world: World) -> None:
    """A PNG, or a progressive JPEG, of a few kilobytes would take hundreds of megabytes."""
    batch, kept = make(world), io.BytesIO()
    Image.new("L", (4_200, 4_200), 200).save(kept, "JPEG", progressive=True, quality=20)
    for made in (bomb(5_400, 5_400), kept.getvalue()):
        with pytest.raises(photos.NoPhoto):
            keep(world, batch, made)
    plain = io.BytesIO()
    Image.new("L", (4_200, 4_200), 200).save(plain, "JPEG", quality=20)
    assert keep(world, batch, plain.getvalue()).sheets == (None,)


def others() -> list[bool]:
    """Return for each other connection True if a transaction waits."""
    asked = "select xact_start is not null from pg_stat_activity where datname = current_database()"
    with psycopg.connect(
        database.conninfo(None, dbname=database.database_name()), autocommit=True
    ) as looking:
        return [waits for (waits,) in looking.execute(f"{asked} and pid <> pg_backend_pid()")]


@pytest.mark.django_db(transaction=True)  # another connection looks whether the request's transaction waits
def test_no_transaction_waits_while_photos_wait_to_be_opened() -> None:
    world = web_world()
    batch = make(world, sheets=1, language="en")
    stranger = officer(world, "mandal_president", "JK-SRI-M2")
    president = officer(world, "mandal_president", "JK-SRI-M1")
    answers: list[int] = []

    def send() -> None:
        answers.append(sent(president, batch, drawn(shade=1), drawn(shade=2)).status_code)
        connection.close()

    with ExitStack() as busy:
        for _n in range(file_pool.OF_A_PAGE.at_once):
            busy.enter_context(slots.slot("files", of=file_pool.OF_A_PAGE.at_once, patience_s=PATIENCE_S))
        assert sent(stranger, batch, drawn()).status_code == 404, "before a picture is opened"
        limits.forget_all()
        waiting = threading.Thread(target=send)
        waiting.start()
        until(lambda: world.count("core_rate_count") > 0)  # its limit let it through
        until(lambda: not any(others()))
        assert answers == []
    waiting.join()
    assert answers == [302]
    with system("test"):
        assert PaperPhoto.objects.count() == 2
        account = Account.objects.get(name="mandal_president of JK-SRI-M1")
    looked_at, who = declared.ENROLMENT_PHOTOS, str(account.pk)
    limits.count_or_refuse(
        looked_at, who, at=NOW, n=looked_at.allowed - 2
    )  # two were counted once, though the act ran twice
    with pytest.raises(TooMany):
        limits.count_or_refuse(looked_at, who, at=NOW)


def test_a_process_that_opens_a_picture_knows_nothing_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody:secret@nowhere/x")
    told_ = file_pool.pool_environment()
    assert "DATABASE_URL" not in told_ and not [name for name in told_ if name.startswith("ABHIYAN")]
    assert pictures.read_picture(JPEG).codes == (), "and works without"


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
    with pytest.raises(photos.PhotoElsewhere) as refused:
        photos.add_photos(batch=mine.pk, photos=[("a.jpg", JPEG)], by=by, at=world.now)
    assert theirs.number not in str(refused.value)
    world.next_drive()
    later = batches.make_batch(programme_id=world.programme.pk, by=BY, **given | {"at": world.now})
    assert keep(world, later, JPEG) == photos.KeptPhotos((None,))


def test_no_more_photos_than_four_of_each_sheet_are_kept(world: World) -> None:
    batch = make(world, sheets=1)
    kept = keep(world, batch, *(drawn(shade=n) for n in range(5)))
    assert len(kept.sheets) == 4 and isinstance(kept.refused[0][1], photos.TooManyPhotos)


# --- kept sealed, turned, opened, forgotten ---


def test_photos_are_sealed_opened_with_a_row_in_the_trail_and_gone_when_their_time_is_over(
    world: World,
) -> None:
    batch = make(world)
    keep(world, batch, JPEG)
    with system("test"):
        photo = PaperPhoto.objects.get()
        assert all(b"JFIF" not in bytes(kept) for kept in (photo.sealed, photo.small, photo.trace))
        assert JPEG[:3] == b"\xff\xd8\xff" and photo.small
        assert batches_photo(batch, photo, world) == ("image/jpeg", photo.opened())
        small = Image.open(io.BytesIO(photos.open_small(batch=batch.pk, photo=photo.pk, by=BY)))
        assert max(small.size) <= 2 * pictures.SMALL
        assert AuditEntry.objects.filter(act="enrolment.read_photo").count() == 1, (
            "the small one tells nothing"
        )
        with pytest.raises(NotFound):
            photos.open_photo(batch=batch.pk + 1, photo=photo.pk, by=BY, at=world.now)
        assert photos.forget_photos(at=photo.purge_at) == 1 and not PaperPhoto.objects.exists()


def batches_photo(batch: PaperBatch, photo: PaperPhoto, world: World) -> tuple[str, bytes]:
    return photos.open_photo(batch=batch.pk, photo=photo.pk, by=BY, at=world.now)


def test_a_photo_that_is_turned_is_shown_turned_large_and_small(world: World) -> None:
    batch = make(world)
    keep(world, batch, drawn(size=(60, 80)))
    with system("test"):
        photo = PaperPhoto.objects.get()
        photos.change_photo(batch=batch.pk, photo=photo.pk, sheet=None, turn=1, by=BY, at=world.now)
        kind, data = batches_photo(batch, photo, world)
        small = photos.open_small(batch=batch.pk, photo=photo.pk, by=BY)
        assert kind == "image/jpeg"
        assert [Image.open(io.BytesIO(one)).size for one in (data, small)] == [(80, 60)] * 2


def test_nothing_but_points_is_kept_of_a_photo_wherever_the_phone_wrote_its_place(world: World) -> None:
    batch = make(world)
    keep(world, batch, *with_places().values())
    with system("test"):
        for photo in PaperPhoto.objects.all():
            kind, data = batches_photo(batch, photo, world)
            assert kind == "image/jpeg" and not [mark for mark in MARKS if mark in data + photo.opened()]
        assert PaperPhoto.objects.count() == len(with_places())


@pytest.mark.django_db(transaction=True)  # its list is taken in by the gateway's own connections
def test_an_erased_person_hides_the_photos_of_their_batch_from_everybody(world: World, tmp_path: Any) -> None:
    batch = make(world)
    keep(world, batch, JPEG)
    public_id = bring(world, tmp_path, HEAD + "9906000001,Asha Devi,1980,JK-B001,,\n", batch=batch.number)
    step(world, public_id, "check")
    step(world, public_id, "commit")
    with system("test"):
        photos.hide_photos_of(phones=[world.phone_id(world.bilal)], at=world.now)
        assert PaperPhoto.objects.get().hidden_at is None
        photos.hide_photos_of(phones=[world.phone_id(world.asha)], at=world.now)
        photo = PaperPhoto.objects.get()
        with pytest.raises(NotFound):
            batches_photo(batch, photo, world)
        with pytest.raises(NotFound):
            photos.open_small(batch=batch.pk, photo=photo.pk, by=BY)


def taken_in(world: World, tmp_path: Any, batch: PaperBatch, row: str) -> None:
    public_id = bring(world, tmp_path, f"{HEAD}{row},JK-B001,1,\n", batch=batch.number)
    step(world, public_id, "check")
    assert step(world, public_id, "commit").state == "done"


def is_hidden(batch: PaperBatch) -> bool:
    with system("test"):
        return PaperPhoto.objects.get(batch_id=batch.pk).hidden_at is not None


@pytest.mark.django_db(transaction=True)  # its list is taken in by the gateway's own connections
def test_who_called_first_and_came_by_a_sheet_has_its_photos_hidden_and_no_more_are_kept(
    world: World, tmp_path: Any
) -> None:
    batch, other = make(world), make(world)
    keep(world, batch, JPEG)
    keep(world, other, PNG)
    world.missed_call(of=world.bilal)
    taken_in(world, tmp_path, batch, "9906000002,Bilal Ahmad,1990")
    assert world.rows("select count(*) from enrolment_claim where import_id is not null") == [(0,)]
    erase(world, world.bilal)
    assert is_hidden(batch) and not is_hidden(other)
    with pytest.raises(photos.BatchErased):
        keep(world, batch, drawn(shade=9))
    assert keep(world, other, drawn(shade=9)).sheets == (None,)


@pytest.mark.django_db(transaction=True)  # its list is taken in by the gateway's own connections
def test_who_has_another_number_by_now_has_the_photos_of_their_sheet_hidden(tmp_path: Any) -> None:
    world = web_world()
    batch = make(world, language="en")
    keep(world, batch, JPEG)
    taken_in(world, tmp_path, batch, f"{world.asha.phone[3:]},{world.asha.name},{world.asha.birth_year}")
    change(open_me(world.asha))
    erase(world, on(world.asha))
    assert is_hidden(batch)
    president = officer(world, "mandal_president", "JK-SRI-M1")
    shown = main(president.get(f"/paper/{batch.number}/").content)
    assert "No more photos of it are kept." in shown and "Keep the photos" not in shown
    assert sent(president, batch, drawn(shade=9)).status_code == 409


# --- the pages ---


def seen(html: str) -> str:
    """Return what the page says of the photographs it shows."""
    found = re.search(r'name="seen" value="(\w+)"', html)
    assert found
    return found[1]


def sent(client: Client, batch: PaperBatch, *given: bytes, accept: str = "text/html") -> Any:
    files = [io.BytesIO(one) for one in given]
    for n, one in enumerate(files):
        one.name = f"{n}.jpg"
    return client.post(f"/paper/{batch.number}/", {"photos": files}, headers={"accept": accept})


def test_the_page_keeps_photos_and_says_which_sheets_are_here_missing_and_there_twice() -> None:
    world = web_world()
    batch = make(world, sheets=3, language="en")
    president = officer(world, "mandal_president", "JK-SRI-M1")
    first = written(batch, 1)
    page = f"/paper/{batch.number}/"
    assert sent(president, batch, photographed(first), photographed(first, tilt=5)).status_code == 302
    shown = main(president.get(page).content)
    assert "Sheets with a photo: 1." in shown and "Sheets without a photo: 2, 3." in shown
    assert "Sheet 1 is here more than once." in shown and shown.count("/small/") == 2
    choice = f"{page}sheets/1/"
    assert choice in shown and "Only the latest" in president.get(choice).content.decode()
    assert president.post(choice, {"keep": "latest"}).status_code == 409, "of which photos?"
    given = {"keep": "latest", "seen": seen(president.get(choice).content.decode())}
    assert president.post(choice, given).status_code == 302
    assert "more than once" not in main(president.get(page).content)
    assert "It has no photo yet" in main(president.get(f"{page}?sheet=2").content)
    told_ = sent(president, batch, drawn(), accept="application/json")
    assert (told_.status_code, told_.json()["message"]) == (200, "Which sheet is it? Say so at its picture.")
    again = sent(president, batch, drawn(), accept="application/json")
    assert again.status_code == 409 and batch.number in again.json()["message"]


def test_a_photo_that_came_while_somebody_chose_destroys_none_of_those_they_looked_at() -> None:
    world = web_world()
    batch = make(world, sheets=1, language="en")
    president = officer(world, "mandal_president", "JK-SRI-M1")
    keep(world, batch, drawn(shade=1), drawn(shade=2))
    with system("test"):
        PaperPhoto.objects.update(sheet=1)
    page = f"/paper/{batch.number}/sheets/1/"
    looked = president.get(page).content.decode()
    keep(world, batch, drawn(shade=3))
    with system("test"):
        PaperPhoto.objects.update(sheet=1)
    refused = president.post(page, {"keep": "latest", "seen": seen(looked)})
    again = refused.content.decode()
    assert refused.status_code == 409 and "have changed meanwhile" in again and again.count("/small/") == 3
    with system("test"):
        assert PaperPhoto.objects.count() == 3
    assert president.post(page, {"keep": "latest", "seen": seen(again)}).status_code == 302
    with system("test"):
        assert PaperPhoto.objects.count() == 1


def test_who_entered_an_imported_list_destroys_no_photo_of_it() -> None:
    world = web_world()
    batch = make(world, sheets=2, language="en", unit_id=world.booth.pk)
    leader = officer(world, "mandal_president", "JK-SRI-M1")
    in_charge = officer(world, "booth_president", "JK-B001")
    keep(world, batch, *(drawn(shade=n) for n in range(5)))
    page = f"/paper/{batch.number}/"
    with system("test"):
        first, second, twice, early, late = PaperPhoto.objects.order_by("pk").values_list("pk", flat=True)
        PaperPhoto.objects.filter(pk__in=[twice, late]).update(sheet=2)
    removed = f"{page}photos/{early}/remove/"
    assert "destroyed at once" in leader.get(removed).content.decode()
    assert leader.post(removed).status_code == 302
    with system("test"):
        assert not PaperPhoto.objects.filter(pk=early).exists(), "no list was imported yet"
        batches.bind_import(import_id=7, rows={batch.pk: 3}, at=world.now)
        batches.note_undone(import_id=7, at=world.now)
    # A list that was taken back can be imported again: its photographs are evidence as well.
    assert "put aside" in leader.get(f"{page}photos/{first}/remove/").content.decode()
    assert leader.post(f"{page}photos/{first}/remove/").status_code == 302
    choice = leader.get(f"{page}sheets/2/").content.decode()
    assert leader.post(f"{page}sheets/2/", {"keep": "latest", "seen": seen(choice)}).status_code == 302
    # Another sheet's number first: the same.
    assert leader.post(f"{page}photos/{second}/change/", {"sheet": 2}).status_code == 302
    assert leader.post(f"{page}photos/{second}/remove/").status_code == 302
    with system("test"):
        aside = PaperPhoto.objects.exclude(aside_at=None)
        assert aside.count() == 3 and all(bytes(one.sealed) for one in aside)
    shown = main(leader.get(page).content)
    assert shown.count("/small/") == 1 and "Photos put aside" in shown and f"/photos/{first}/" in shown
    assert leader.get(f"{page}photos/{first}/").status_code == 200
    assert leader.post(f"{page}photos/{first}/change/", {"turn": 1}).status_code == 404
    told_of = main(in_charge.get(page).content)
    assert "Photos put aside" in told_of and f"/photos/{first}/" not in told_of
    assert in_charge.get(f"{page}photos/{first}/").status_code == 403
    assert in_charge.get(f"{page}photos/{first}/small/").status_code == 403
    with system("test"):
        photos.forget_photos(at=world.now + photos.KEPT + timedelta(days=1))
        assert not PaperPhoto.objects.exists()


def test_no_photo_chosen_is_said_at_the_field_and_the_page_stays() -> None:
    world = web_world()
    batch = make(world, language="en")
    president = officer(world, "mandal_president", "JK-SRI-M1")
    refused = president.post(f"/paper/{batch.number}/", {})
    assert refused.status_code == 422 and "Choose the photos of the sheets." in refused.content.decode()
    with system("test"):
        assert not PaperPhoto.objects.exists()
    assert LARGEST == 8 << 20
