"""Batches of printed forms: made for a unit, their filled sheets photographed, the list of them bound to its number.

A batch and its photographs are made by whoever records people who join there; the list is an import like any other.
"""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, sql
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import Refused, needed
from abhiyan.core.scope import system
from abhiyan.enrolment.models import Drive
from abhiyan.enrolment.paper.models import PaperBatch, PaperImport, PaperPhoto
from abhiyan.enrolment.rules.batches import LARGEST, MOST_SHEETS, kind_of, number_of
from abhiyan.org import queries as org
from abhiyan.people import queries as people
from abhiyan.people.actions.reading import read_people
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.models import Programme
from abhiyan.units import queries as units

from .claims import DriveClosed, OutsideScope
from .drives import covered

RECORD = "enrolment.enrol"
KEPT = timedelta(days=180)  # a photograph, after it was added
MOST_PHOTOS = 4  # for each sheet: retaken ones and backs


class SheetsOutOfRange(Refused):
    message = _("Print at least 1 and at most %(most)s sheets in one batch.")


class LanguageLacking(Refused):
    """The drive's notice is not published in it."""

    message = _("The notice of this drive is not published in this language. Choose another.")


class PhotoMissing(Refused, code="empty"):
    message = _("Choose the photos of the sheets.")


class PhotoTooLarge(Refused):
    message = _("The photo is larger than %(mb)s MB. Take it with a smaller picture size.")


class NoPhoto(Refused):
    message = _("This file is no photo. Bring a JPEG or PNG picture.")


class PhotoThere(Refused, status=409):
    """The very same picture was brought before: a sheet photographed once is one photograph."""

    message = _("This photo is already kept with batch %(number)s.")


class PhotoElsewhere(Refused, status=409):
    """The same, with a batch of a unit that is not theirs: which one is not told."""

    message = _("This photo is already kept with another unit's batch of this drive.")


class TooManyPhotos(Refused):
    message = _("This batch already has %(most)s photos. Remove what is not needed.")


def make_batch(
    *, programme_id: int, unit_id: int, sheets: int, language: str, by: Actor, at: datetime
) -> PaperBatch:
    """Make a batch of forms of a drive for a unit, with the notice the drive has now.

    Who may: enrolment.enrol over the unit. Refuses SheetsOutOfRange, DriveClosed, OutsideScope, LanguageLacking.
    """
    with system("forms are printed"):
        org.require(by, RECORD, at=unit_id)
        if not 1 <= sheets <= MOST_SHEETS:
            raise SheetsOutOfRange(field="sheets", most=MOST_SHEETS)
        programme = programmes.programme_by_id(programme_id)
        drive = needed(Drive.objects.filter(pk=programme_id).first())
        if programme.state != Programme.State.OPEN:
            raise DriveClosed(field="drive")
        if units.unit_by_id(unit_id).closed_on is not None or not covered(
            programme_id=programme_id, unit_ids=[unit_id]
        ):
            raise OutsideScope(field="unit")
        if language not in people.languages_of_notice(drive.notice_code, drive.notice_version):
            raise LanguageLacking(field="language")
        batch = PaperBatch.objects.create(
            programme_id=programme_id,
            unit_id=unit_id,
            sheets=sheets,
            language=language,
            notice_version=drive.notice_version,
            made_by=by.account_id or 0,
            made_at=at,
        )
        audit.record(
            by=by, at=at, act="enrolment.make_batch", subject=batch.number, unit_id=unit_id, n=sheets
        )
    return batch


@dataclass(frozen=True, slots=True)
class Kept:
    """What came of several photographs. refused: name of the file, and why it was not kept."""

    n: int
    refused: tuple[tuple[str, Refused], ...]


def add_photos(*, batch: int, photos: Sequence[tuple[str, bytes]], by: Actor, at: datetime) -> Kept:
    """Keep photographs of filled sheets with their batch, sealed. photos: name of the file, and its bytes.

    Who may: enrolment.enrol over the batch's unit. One that is too large, no picture, or was brought before is left out
    and the others are kept; where none is left its refusal is raised: PhotoMissing, PhotoTooLarge, NoPhoto, PhotoThere,
    PhotoElsewhere, TooManyPhotos. Refuses NotFound.
    """
    with system("sheets are photographed"):
        found = needed(PaperBatch.objects.filter(pk=batch).first())
        org.require(by, RECORD, at=found.unit_id)
        sql.wait_for("photos of sheets")
        refused: list[tuple[str, Refused]] = []
        for name, data in photos:
            try:
                _keep(found, data, by=by, at=at)
            except Refused as why:
                refused.append((name, why))
        kept = len(photos) - len(refused)
        if not kept:
            raise refused[0][1] if refused else PhotoMissing(field="photos")
        unit, of = found.unit_id, found.number
        audit.record(by=by, at=at, act="enrolment.add_photos", subject=of, unit_id=unit, n=kept)
    return Kept(kept, tuple(refused))


def _keep(batch: PaperBatch, data: bytes, *, by: Actor, at: datetime) -> None:
    if not data:
        raise PhotoMissing(field="photos")
    if len(data) > LARGEST:
        raise PhotoTooLarge(field="photos", mb=LARGEST >> 20)
    kind = needed(kind_of(data), NoPhoto(field="photos"))
    ring, photo = keyring(), uuid4()
    # Once in a drive: what other drives keep is told to nobody.
    digest = hmac.digest(ring.lookup, b"photo|%d|" % batch.programme_id + data, "sha256")
    if there := PaperPhoto.objects.filter(digest=digest).defer("sealed").first():
        try:
            org.require(by, RECORD, at=there.unit_id)
        except org.NotYours:
            raise PhotoElsewhere(field="photos") from None
        raise PhotoThere(field="photos", number=number_of(there.batch_id))
    most = batch.sheets * MOST_PHOTOS
    if PaperPhoto.objects.filter(batch_id=batch.pk).count() >= most:
        raise TooManyPhotos(field="photos", most=most)
    PaperPhoto.objects.create(
        id=photo,
        batch_id=batch.pk,
        unit_id=batch.unit_id,
        digest=digest,
        kind=kind,
        size=len(data),
        sealed=ring.seal(data, about=photo.bytes),
        added_by=by.account_id or 0,
        added_at=at,
        purge_at=at + KEPT,
    )


def open_photo(*, batch: int, photo: UUID, by: Actor, at: datetime) -> tuple[str, bytes]:
    """Media type and bytes of a photograph in the viewer's sight. People are read: it leaves a row and takes from the
    day's quota. Refuses NotFound, also once somebody of the batch had everything erased; ReadEnough."""
    found = needed(PaperPhoto.objects.filter(pk=photo, batch_id=batch, hidden_at=None).first())
    read_people(by=by, unit_id=found.unit_id, n=1, at=at, act="enrolment.read_photo")
    return found.kind, keyring().unseal(bytes(found.sealed), about=found.pk.bytes)


def remove_photo(*, batch: int, photo: UUID, by: Actor, at: datetime) -> None:
    """Destroy a photograph: a wrong picture, or a bad one. Who may: enrolment.enrol over the batch's unit.

    Refuses NotFound."""
    with system("a photograph is removed"):
        found = needed(PaperPhoto.objects.filter(pk=photo, batch_id=batch).defer("sealed").first())
        org.require(by, RECORD, at=found.unit_id)
        audit.record(
            by=by, at=at, act="enrolment.remove_photo", subject=number_of(batch), unit_id=found.unit_id
        )
        PaperPhoto.objects.filter(pk=photo).delete()


def forget_photos(*, at: datetime) -> int:
    """Destroy photographs whose time is over. How many. In a transaction, as jobs."""
    n, _by_model = PaperPhoto.objects.filter(purge_at__lte=at).delete()
    return n


def bind_import(*, import_id: int, rows: Mapping[int, int], at: datetime) -> None:
    """Note of which batches a list is that is being taken in. rows: batch -> how many rows name it. In a system scope;
    who may bring the list is asked by the import."""
    found = PaperBatch.objects.filter(pk__in=rows)
    PaperImport.objects.bulk_create(
        [
            PaperImport(batch_id=one.pk, import_id=import_id, unit_id=one.unit_id, rows=rows[one.pk], at=at)
            for one in found
        ],
        ignore_conflicts=True,
    )


def note_undone(*, import_id: int, at: datetime) -> None:
    """The list was taken back, and with it what it brought of its batches. In a system scope."""
    PaperImport.objects.filter(import_id=import_id, undone_at=None).update(undone_at=at)


_SHEETS_OF = """update enrolment_paper_photo set hidden_at = %s where hidden_at is null and batch_id in
 (select x.batch_id from enrolment_paper_import x join enrolment_claim c on c.import_id = x.import_id
   where c.phone_id = %s)"""


def hide_photos_of(*, phone_id: UUID, at: datetime) -> None:
    """Somebody of a phone had everything erased: nobody opens the photographs of a batch they may be on. In a system
    scope."""
    sql.run(_SHEETS_OF, [at, phone_id])
