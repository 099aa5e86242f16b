"""Photographs of the filled sheets of a batch: kept sealed, each with the sheet it shows.

The printed code says which sheet it is; if it cannot be read, somebody does, unless there is only one. People
who record joiners there add them, and viewers of the unit's people open them.
"""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from abhiyan.core import apart, audit, declared, limits, sql
from abhiyan.core.actor import Actor
from abhiyan.core.file_pool import FilesBusy, UnreadableFile
from abhiyan.core.files import digest_of
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.enrolment.queries.terms import first_call
from abhiyan.enrolment.rules.channels import RECORD
from abhiyan.org import queries as org
from abhiyan.paper import pictures, queries
from abhiyan.paper.models import PaperBatch, PaperPhoto
from abhiyan.paper.rules import batches as rules
from abhiyan.people.actions.reading import read_people

from .batches import note_photo_lists

STRIKE_OFF = "enrolment.strike_off"  # the capability.
KEPT = timedelta(days=180)  # a photograph, after it was added.
MOST_PHOTOS = 4  # for each sheet: retaken ones and backs.
MOST_ASIDE = 3  # times as many with the ones that were put aside
AT_ONCE = 2  # pictures looked at together, each in a process of its own
Result = TypeVar("Result")
MOST_COMPARED = 40  # pictures of sheets that those of one request are held beside


class PhotoMissing(Refused, code="empty"):
    message = _("Choose the photos of the sheets.")


class PhotoTooLarge(Refused):
    message = _("The photo is larger than %(mb)s MB. Take it with a smaller picture size.")


class NoPhoto(Refused):
    message = _("This file is no photo we can open. Bring a JPEG or PNG picture.")


class PhotoThere(Refused, status=409):
    """The very same picture was brought before: a sheet photographed once is one photograph."""

    message = _("This photo is already kept with batch %(number)s.")


class PhotoElsewhere(Refused, status=409):
    """The same, with a batch of a unit that is not theirs: which one is not told."""

    message = _("This photo is already kept with another unit's batch of this drive.")


class SheetOfAnother(Refused):
    """The code on the sheet names another batch; its number is printed on the sheet."""

    message = _("This is a sheet of batch %(number)s. Add its photo there.")


class TooManyPhotos(Refused):
    message = _("This batch already has %(most)s photos. Remove what is not needed.")


class TooManyAtOnce(Refused):
    message = _("Choose at most %(most)s photos at a time.")


class BatchErased(Refused, status=409):
    message = _("Somebody of this batch had everything erased. No more photos of it are kept.")


class SheetChanged(Refused, status=409):
    message = _("The photos of this sheet have changed meanwhile. Look at them again.")


class NoSuchSheet(Refused):
    message = _("This batch has sheets 1 to %(most)s. Choose one of them.")


@dataclass(frozen=True, slots=True)
class KeptPhotos:
    """The results of several photographs. sheets: of each that is kept, its sheet; None: not known yet.

    refused: name of the file, and why it was not kept.
    """

    sheets: tuple[int | None, ...]
    refused: tuple[tuple[str, Refused], ...] = ()


def add_photos(*, batch: int, photos: Sequence[tuple[str, bytes]], by: Actor, at: datetime) -> KeptPhotos:
    """Keep photographs of filled sheets with their batch, sealed: their points alone, without what the phone noted.

    photos: name of the file, and its bytes.

    Holders of enrolment.enrol over the batch's unit may do this. One that is too large, no picture, of another
    batch's sheet, or was brought before is left out and the others are kept; where none is left its refusal is
    raised: PhotoMissing, PhotoTooLarge, NoPhoto, PhotoThere, PhotoElsewhere, SheetOfAnother, TooManyPhotos,
    TooManyAtOnce, FilesBusy. Refuses NotFound, TooMany; BatchErased. A second photograph of a sheet is kept, and its
    batch says that the sheet is there twice.
    """
    with system("sheets are photographed"):
        paper_batch = or_refuse(PaperBatch.objects.filter(pk=batch).first())
        org.require(by, RECORD, at=paper_batch.unit_id)
        if len(photos) > rules.MOST_AT_ONCE:
            raise TooManyAtOnce(field="photos", most=rules.MOST_AT_ONCE)
        if paper_batch.erased_at is not None:
            raise BatchErased(field="photos")
        looked = _all_looked([data for _name, data in photos], by=by, at=at)
        known_photos = _all_known(paper_batch, looked)
        sql.wait_for(f"photos of drive {paper_batch.programme_id}")  # the same one sent twice at once is one
        locked = PaperBatch.objects.select_for_update().get(pk=batch)  # an erasure waits, or was first
        if locked.erased_at is not None:
            raise BatchErased(field="photos")
        sheets: list[int | None] = []
        refused: list[tuple[str, Refused]] = []
        for (name, data), what in zip(photos, known_photos, strict=True):
            try:
                sheets.append(_keep(paper_batch, data, what, by=by, at=at))
            except Refused as why:
                refused.append((name, why))
        if not sheets:
            raise refused[0][1] if refused else PhotoMissing(field="photos")
        note_photo_lists(locked)
        unit, number = paper_batch.unit_id, paper_batch.number
        audit.record(by=by, at=at, act="enrolment.add_photos", subject=number, unit_id=unit, n=len(sheets))
    return KeptPhotos(tuple(sheets), tuple(refused))


def _take_looks(n: int, by: Actor, at: datetime) -> None:
    limits.count_or_refuse(declared.ENROLMENT_PHOTOS, str(by.account_id or by.id), at=at, n=n)


def _all_looked(
    photos: Sequence[bytes], *, by: Actor, at: datetime
) -> Sequence[pictures.SeenPicture | Refused]:
    """Return what several pictures show, in their order. While they are looked at, no transaction waits.

    Refuses TooMany.
    """
    key = ("looks", *(hashlib.sha256(data).digest() for data in photos))
    if not apart.is_done(key):
        _take_looks(len(photos), by, at)

    def look() -> list[pictures.SeenPicture | Refused]:
        with ThreadPoolExecutor(AT_ONCE) as threads:
            return list(threads.map(_looked, photos))

    return apart.done(key, look)


def _looked(data: bytes) -> pictures.SeenPicture | Refused:
    if not data:
        return PhotoMissing(field="photos")
    if len(data) > rules.LARGEST:
        return PhotoTooLarge(field="photos", mb=rules.LARGEST >> 20)
    if rules.picture_media_type(data) is None:
        return NoPhoto(field="photos")
    try:
        return pictures.read_picture(data)
    except UnreadableFile:
        return NoPhoto(field="photos")
    except FilesBusy as busy:
        return busy


@dataclass(slots=True)
class _Known:
    """The content of a photograph: its sheet, or the one it looks like."""

    seen: pictures.SeenPicture
    sheet: int | None
    alike: int | None = None


def _all_known(batch: PaperBatch, looked: Sequence[pictures.SeenPicture | Refused]) -> list[_Known | Refused]:
    """Return what several pictures show.

    Those without a code are held beside the sheets we have, MOST_COMPARED times in all: of what is beyond that,
    somebody says the sheet.
    """
    known_photos = [seen if isinstance(seen, Refused) else _known(batch, seen) for seen in looked]
    unread = [
        photo
        for photo in known_photos
        if isinstance(photo, _Known) and photo.sheet is None and photo.seen.trace
    ]
    traces = list(_traces(batch)) if unread else []
    left = MOST_COMPARED
    for one in unread:
        for sheet, trace in traces[:left]:
            left -= 1
            if pictures.alike(trace, one.seen.trace):
                one.alike = sheet
                break
    return known_photos


def _traces(batch: PaperBatch) -> Iterator[tuple[int, bytes]]:
    """Yield sheets of a batch, each by its latest photograph with a trace; the latest first, no more than are
    compared."""
    ring, sheets = keyring(), set[int]()
    photos = PaperPhoto.objects.filter(batch_id=batch.pk, sheet__isnull=False).exclude(trace=b"")
    for photo, sheet, sealed in photos.order_by("-added_at").values_list("pk", "sheet", "trace"):
        if sheet is not None and sheet not in sheets and len(sheets) < MOST_COMPARED:
            sheets.add(sheet)
            trace = ring.unseal(bytes(sealed), about=b"trace" + photo.bytes)
            if trace:
                yield sheet, trace


def _known(batch: PaperBatch, seen: pictures.SeenPicture) -> _Known | Refused:
    named = {sheet_of_batch for code in seen.codes if (sheet_of_batch := rules.read_code(code))}
    own_sheets = {sheet for batch_id, sheet in named if batch_id == batch.pk and sheet <= batch.sheets}
    others = sorted(batch_id for batch_id, _sheet in named if batch_id != batch.pk)
    if others and not own_sheets:
        return SheetOfAnother(field="photos", number=rules.batch_number(others[0]))
    if not named and batch.sheets == 1:
        own_sheets = {1}  # there is no other
    return _Known(seen, own_sheets.pop() if len(own_sheets) == 1 else None)


def _keep(batch: PaperBatch, data: bytes, known: _Known | Refused, *, by: Actor, at: datetime) -> int | None:
    if isinstance(known, Refused):
        raise known
    # It is kept once in a drive: nobody learns what other drives keep.
    digest = digest_of(data, within=f"photo|{batch.programme_id}")
    if there := PaperPhoto.objects.filter(digest=digest).only("unit_id", "batch_id").first():
        try:
            org.require(by, RECORD, at=there.unit_id)
        except org.NotYours:
            raise PhotoElsewhere(field="photos") from None
        raise PhotoThere(field="photos", number=rules.batch_number(there.batch_id))
    most = batch.sheets * MOST_PHOTOS
    of_batch = PaperPhoto.objects.filter(batch_id=batch.pk)
    if of_batch.filter(aside_at=None).count() >= most or of_batch.count() >= most * MOST_ASIDE:
        raise TooManyPhotos(field="photos", most=most)
    photo = PaperPhoto.of(
        known.seen.picture,
        digest=digest,
        batch_id=batch.pk,
        unit_id=batch.unit_id,
        kind=rules.KINDS["jpg"],
        sheet=known.sheet,
        alike=known.alike,
        added_by=by.account_id or 0,
        added_at=at,
        purge_at=at + KEPT,
    )
    photo.small = keyring().seal(known.seen.small, about=b"small" + photo.id.bytes)
    photo.trace = keyring().seal(known.seen.trace, about=b"trace" + photo.id.bytes)
    photo.save(force_insert=True)
    return known.sheet


def open_photo(*, batch: int, photo: UUID, by: Actor, at: datetime) -> tuple[str, bytes]:
    """Return media type and bytes of a photograph in the viewer's sight, as it is turned.

    People are read: it leaves a row and takes from the day's quota. Refuses NotFound, also once somebody of the
    batch had everything erased; ReadEnough, FilesBusy.

    One that was put aside is opened only with enrolment.strike_off over the batch's unit: NotYours.
    """
    paper_photo = or_refuse(PaperPhoto.objects.filter(pk=photo, batch_id=batch, hidden_at=None).first())
    if paper_photo.aside_at is not None:
        org.require(by, STRIKE_OFF, at=paper_photo.unit_id)
    kept = data = paper_photo.opened()
    if paper_photo.turn:
        data = apart.done(
            ("turned", photo, paper_photo.turn), lambda: pictures.turned(kept, paper_photo.turn)
        )
    read_people(by=by, unit_id=paper_photo.unit_id, n=1, at=at, act="enrolment.read_photo")
    return paper_photo.kind, data


def open_small(*, batch: int, photo: UUID, by: Actor) -> bytes:
    """Return the small picture of a photograph in the viewer's sight.

    No line of a sheet can be read on it, so it leaves no row. Refuses NotFound and NotYours, as `open_photo`.
    """
    photos = PaperPhoto.objects.filter(pk=photo, batch_id=batch, hidden_at=None)
    paper_photo = or_refuse(photos.only("small", "unit_id", "aside_at").first())
    if paper_photo.aside_at is not None:
        org.require(by, STRIKE_OFF, at=paper_photo.unit_id)
    return (
        keyring().unseal(bytes(paper_photo.small), about=b"small" + photo.bytes) if paper_photo.small else b""
    )


def change_photo(
    *, batch: int, photo: UUID, sheet: int | None, turn: int, by: Actor, at: datetime
) -> PaperPhoto:
    """Say which sheet a photograph shows (None: as it was), and turn it by so many quarters to the right.

    Holders of enrolment.enrol over the batch's unit may do this. Refuses NotFound, NoSuchSheet, TooMany.
    """
    with system("a photograph is changed"):
        photos = PaperPhoto.objects.select_for_update()
        paper_photo = or_refuse(photos.filter(pk=photo, batch_id=batch, aside_at=None).first())
        org.require(by, RECORD, at=paper_photo.unit_id)
        paper_batch = PaperBatch.objects.get(pk=batch)
        if sheet is not None and not 1 <= sheet <= paper_batch.sheets:
            raise NoSuchSheet(field="sheet", most=paper_batch.sheets)
        if sheet is not None and sheet != paper_photo.sheet:
            paper_photo.sheet, paper_photo.alike, paper_photo.is_beside, paper_photo.import_id = (
                sheet,
                None,
                False,
                None,
            )
        if turn % 4:
            paper_photo.turn = quarters = (paper_photo.turn + turn) % 4
            key = ("turn", photo, quarters)
            if not apart.is_done(key):
                _take_looks(1, by, at)
            data = paper_photo.opened()
            seen = apart.done(key, lambda: pictures.read_picture(data, turn=quarters))
            paper_photo.small = keyring().seal(seen.small, about=b"small" + photo.bytes)
        paper_photo.save()
        note_photo_lists(paper_batch)
        number = rules.batch_number(batch)
        audit.record(by=by, at=at, act="enrolment.change_photo", subject=number, unit_id=paper_photo.unit_id)
    return paper_photo


def settle_sheet(*, batch: int, sheet: int, keeps_all: bool, seen: str, by: Actor, at: datetime) -> int:
    """Settle a sheet that is there more than once: keep its photographs beside each other, or remove all but
    the latest. seen: what the page said of the photographs it showed (rules.batches.photos_digest). No other is
    touched.

    Holders of enrolment.enrol over the batch's unit may do this. Returns the number removed (`_remove`).
    Refuses NotFound, SheetChanged.
    """
    with system("a sheet was photographed twice"):
        paper_batch = or_refuse(PaperBatch.objects.filter(pk=batch).first())
        org.require(by, RECORD, at=paper_batch.unit_id)
        sql.wait_for(f"photos of drive {paper_batch.programme_id}")
        photos = PaperPhoto.objects.select_for_update().filter(batch_id=batch, sheet=sheet, aside_at=None)
        photo_ids = or_refuse(list(photos.order_by("added_at", "pk").values_list("pk", flat=True)) or None)
        if seen != rules.photos_digest(photo_ids):
            raise SheetChanged
        others = PaperPhoto.objects.filter(pk__in=photo_ids[:-1])
        gone = 0
        if keeps_all:
            others.update(is_beside=True)
        else:
            gone = _remove(others, batch=batch, by=by, at=at)
        act = "enrolment.keep_photos" if keeps_all else "enrolment.replace_photos"
        audit.record(by=by, at=at, act=act, subject=paper_batch.number, unit_id=paper_batch.unit_id, n=gone)
    return gone


def remove_photo(*, batch: int, photo: UUID, by: Actor, at: datetime) -> None:
    """Remove a photograph: a wrong picture, or a bad one. Holders of enrolment.enrol over the batch's unit may do this.

    Before a list of its batch is imported it is destroyed; after that it is put aside (`_remove`). Refuses NotFound."""
    with system("a photograph is removed"):
        photos = PaperPhoto.objects.select_for_update().filter(pk=photo, batch_id=batch, aside_at=None)
        paper_photo = or_refuse(photos.only("unit_id").first())
        org.require(by, RECORD, at=paper_photo.unit_id)
        number = rules.batch_number(batch)
        audit.record(by=by, at=at, act="enrolment.remove_photo", subject=number, unit_id=paper_photo.unit_id)
        _remove(PaperPhoto.objects.filter(pk=photo), batch=batch, by=by, at=at)


def _remove(photos: QuerySet[PaperPhoto], *, batch: int, by: Actor, at: datetime) -> int:
    """Destroy photographs, or put them aside; how many. A batch whose rows count, or did, goes to back-checks by its
    photographs: who entered it may not destroy what could disprove it. Its page tells who put aside how many."""
    if queries.is_evidence(batch):
        return photos.update(aside_at=at, aside_by=by.account_id)
    n, _by_model = photos.delete()
    return n


def forget_photos(*, at: datetime) -> int:
    """Destroy photographs whose time is over. How many. In a transaction, as jobs."""
    n, _by_model = PaperPhoto.objects.filter(purge_at__lte=at).delete()
    return n


# A row of a list is a claim with its import, or completed a call.
_BATCHES_OF = f"""select distinct x.batch_id from enrolment_claim c {first_call()}
  join enrolment_paper_import x on x.import_id = any(array[c.import_id, w.completed_import])
 where c.phone_id = any(%s)"""


def hide_photos_of(*, phones: Collection[UUID], at: datetime) -> None:
    """Hide the photographs of a batch on which an erased person may be: nobody opens them, and no more of it
    are kept. phones: theirs, also those they had before. In a system scope."""
    batch_ids = [batch for (batch,) in sql.rows(_BATCHES_OF, [list(phones)])]
    batches = PaperBatch.objects.select_for_update().filter(pk__in=batch_ids, erased_at=None)
    PaperBatch.objects.filter(pk__in=[batch.pk for batch in batches.order_by("pk")]).update(erased_at=at)
    PaperPhoto.objects.filter(batch_id__in=batch_ids, hidden_at=None).update(hidden_at=at)
