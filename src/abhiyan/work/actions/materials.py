"""Materials: files put up for the workers of a programme, replaced by newer versions, withdrawn and brought back."""

from base64 import b64decode
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from abhiyan.core import apart, audit, clock, file_pool, lot, sql
from abhiyan.core.actor import Actor
from abhiyan.core.file_pool import ReaderRefusal, UnreadableFile
from abhiyan.core.files import digest_of
from abhiyan.core.refusals import Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.core.words import name_in_language
from abhiyan.org import queries as org
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.actions import NotCovered
from abhiyan.programmes.actions.programmes import NotOpen, clean_names
from abhiyan.programmes.models import Programme
from abhiyan.programmes.queries import is_in_play
from abhiyan.work.models import Material, MaterialOpening, MaterialVersion
from abhiyan.work.queries import materials as found
from abhiyan.work.queries.materials import RUN
from abhiyan.work.rules.materials import LARGEST, LONGEST_REASON, MOST_FILES, look_into


class FileMissing(Refused, code="empty"):
    message = _("Choose a file that is not empty.")


class MaterialTooLarge(Refused, code="file_too_large"):
    message = _("The file is larger than %(mb)s MB. Make it smaller, or add it in parts.")


class FileUnfit(Refused):
    message = _(
        "Only PDF, PNG, JPEG, Word (DOCX) and Excel (XLSX) files can be added. They may hold no macros, scripts or"
        " parts fetched from elsewhere. The contents decide, not the name of the file."
    )


class PlaceInFile(Refused):
    """A picture inside a document keeps the place where it was taken. We do not change documents."""

    message = _(
        "A picture in this file says where it was taken. Put the picture in again without its place, such as from a"
        " screenshot, and add the file again."
    )


class FileThere(Refused, status=409):
    message = _("This very file is already there: %(title)s.")


class TooManyFiles(Refused, status=409):
    message = _("One unit can add at most %(most)s files in a programme, older versions included.")


class OfficeUnfit(Refused):
    message = _("Choose offices from the list.")


class MaterialReasonTooLong(Refused, code="reason_too_long"):
    message = _("Write the reason in at most %(longest)s characters.")


class WithdrawnAlready(Refused, status=409):
    message = _("It is withdrawn. Bring it back first.")


class NotWithdrawn(Refused, status=409):
    message = _("It is not withdrawn.")


def add_material(
    *,
    programme_id: int,
    unit_id: int,
    names: Mapping[str, str],
    offices: Sequence[str],
    data: bytes,
    by: Actor,
    at: datetime,
) -> Material:
    """Offer a file to the workers of a programme in a unit and below. offices: codes; none: every office.

    Needs `programmes.run` at the unit. Refuses NameMissing, NameTooLong, NotOpen, NotCovered, OfficeUnfit, and
    as `replace_material`.
    """
    with transaction.atomic():
        org.require(by, RUN, at=unit_id)
        clean = clean_names(names)
        programme = programmes.programme_by_id(programme_id)
        if programme.state != Programme.State.OPEN:
            raise NotOpen
        today = clock.day_in(programme.zone, at)
        if not is_in_play(programme, unit_id, on=today):
            raise NotCovered(field="unit")
        if set(offices) - {office.code for office in found.offices_at(unit_id, programme.hierarchy)}:
            raise OfficeUnfit(field="offices")
        kind, kept, digest = _checked(data, programme_id)
        with system("a material is put up"):
            material = Material.objects.create(
                public_id=lot.uuid(),
                programme=programme,
                unit_id=unit_id,
                names=clean,
                offices=sorted(set(offices)),
                made_at=at,
                made_by=by.account_id,
                newest_at=at,
            )
            _keep(material, 1, kept, kind=kind, digest=digest, by=by, at=at)
        _record("add_material", material, by=by, at=at)
    return material


def replace_material(*, public_id: UUID, data: bytes, by: Actor, at: datetime) -> int:
    """Put up a newer version of a material; its readers get this one from now on. Returns its number.

    Needs `programmes.run` at the material's unit. Refuses NotFound, NotOpen, WithdrawnAlready, FileMissing,
    MaterialTooLarge, FileUnfit, TooManyFiles; FileThere where this very file is in force in the programme, in the
    caller's sight.
    """
    with transaction.atomic():
        material = _held(public_id, by=by)
        if material.programme.state != Programme.State.OPEN:
            raise NotOpen
        if material.withdrawn_at is not None:
            raise WithdrawnAlready
        kind, kept, digest = _checked(data, material.programme_id)
        with system("a material is replaced"):
            last = material.versions.defer("sealed").get(replaced_at=None)
            last.replaced_at = at
            last.save(update_fields=["replaced_at"])
            _keep(material, last.number + 1, kept, kind=kind, digest=digest, by=by, at=at)
            material.newest_at = at
            material.save(update_fields=["newest_at"])
        _record("replace_material", material, by=by, at=at)
    return last.number + 1


def _checked(data: bytes, programme_id: int) -> tuple[str, bytes, bytes]:
    """Return kind, kept bytes and digest of a file that may be put up; others who put one up in the programme wait."""
    if not data:
        raise FileMissing(field="file")
    if len(data) > LARGEST:
        raise MaterialTooLarge(field="file", mb=LARGEST >> 20)
    kind, kept = open_document(data, unfit=FileUnfit(field="file"))
    sql.wait_for(f"materials of programme {programme_id}")
    digest = digest_of(data, within="material")
    if there := found.same_there(programme_id, digest):
        raise FileThere(field="file", title=name_in_language(there.names))
    return kind, kept, digest


def open_document(data: bytes, *, unfit: Refused) -> tuple[str, bytes]:
    """Return the kind of a file, and its bytes as they may be kept: a picture without the place and the device.

    The pool looks into it, while no transaction waits. Refuses `unfit`, PlaceInFile, FilesBusy.
    """

    def work() -> tuple[str, bytes]:
        try:
            document_kind = file_pool.read_in_pool(look_into, data)
        except ReaderRefusal as refused:
            raise PlaceInFile(field=unfit.field) if refused.code == "place" else unfit from None
        except UnreadableFile:
            raise unfit from None
        return document_kind["kind"], b64decode(document_kind["drawn"]) if document_kind["drawn"] else data

    return apart.done(("document", sha256(data).digest()), work)


def _keep(
    material: Material, number: int, data: bytes, *, kind: str, digest: bytes, by: Actor, at: datetime
) -> None:
    same = MaterialVersion.objects.filter(
        material__programme_id=material.programme_id, unit_id=material.unit_id
    )
    if same.count() >= MOST_FILES:
        raise TooManyFiles(field="file", most=MOST_FILES)
    MaterialVersion.of(
        data,
        digest=digest,
        material=material,
        unit_id=material.unit_id,
        number=number,
        kind=kind,
        added_at=at,
        added_by=by.account_id,
    ).save(force_insert=True)


def withdraw_material(*, public_id: UUID, reason: str = "", by: Actor, at: datetime) -> Material:
    """Take a material away from its readers at once. `bring_back_material` undoes it.

    Needs `programmes.run` at its unit. Refuses NotFound, WithdrawnAlready, MaterialReasonTooLong.
    """
    reason = reason.strip()
    if len(reason) > LONGEST_REASON or "\0" in reason:
        raise MaterialReasonTooLong(field="reason", longest=LONGEST_REASON)
    with transaction.atomic():
        material = _held(public_id, by=by)
        if material.withdrawn_at is not None:
            raise WithdrawnAlready
        material.withdrawn_at, material.withdrawn_by, material.reason = at, by.account_id, reason
        with system("a material is withdrawn"):
            material.save(update_fields=["withdrawn_at", "withdrawn_by", "reason"])
        _record("withdraw_material", material, by=by, at=at)
    return material


def bring_back_material(*, public_id: UUID, by: Actor, at: datetime) -> Material:
    """Give a withdrawn material back to its readers. Needs what withdrawing needs. Refuses NotFound, NotWithdrawn."""
    with transaction.atomic():
        material = _held(public_id, by=by)
        if material.withdrawn_at is None:
            raise NotWithdrawn
        material.withdrawn_at, material.withdrawn_by, material.reason = None, None, ""
        with system("a material is brought back"):
            material.save(update_fields=["withdrawn_at", "withdrawn_by", "reason"])
        _record("bring_back_material", material, by=by, at=at)
    return material


def note_material_opened(
    *, version: MaterialVersion, place: tuple[int, str], by: Actor, at: datetime
) -> None:
    """Note that somebody a material is for has opened a version, the first time.

    place: unit and office it came to them for. By themselves, signed in; its uploader is not counted.
    """
    if by.account_id is None or by.account_id == version.added_by:
        return
    unit_id, office = place
    with system("somebody opened a material"):
        MaterialOpening.objects.bulk_create(
            [
                MaterialOpening(
                    version=version, account_id=by.account_id, unit_id=unit_id, office=office, at=at
                )
            ],
            ignore_conflicts=True,
        )


def _held(public_id: UUID, *, by: Actor) -> Material:
    """Return a material in the caller's sight, locked, for who may put files up there."""
    seen = or_refuse(Material.objects.filter(public_id=public_id).first())
    org.require(by, RUN, at=seen.unit_id)
    with system("a material"):
        rows = Material.objects.select_related("programme").select_for_update(of=("self",))
        return rows.get(pk=seen.pk)


def _record(act: str, material: Material, *, by: Actor, at: datetime) -> None:
    audit.record(
        by=by, at=at, act=f"programmes.{act}", subject=str(material.public_id), unit_id=material.unit_id
    )
