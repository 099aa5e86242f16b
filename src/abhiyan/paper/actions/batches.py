"""Batches of printed forms: made for a unit, and the list of them bound to its number.

People who record joiners there make a batch; the list is an import like any other.
"""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused
from abhiyan.core.scope import system
from abhiyan.enrolment.actions.claims import DriveClosed, JoiningWaits, OutsideScope
from abhiyan.enrolment.queries.drives import covered, drive_for
from abhiyan.enrolment.rules.channels import RECORD
from abhiyan.intake.queries.notices import names_other
from abhiyan.org import queries as org
from abhiyan.paper import queries
from abhiyan.paper.models import PaperBatch, PaperImport, PaperPhoto
from abhiyan.paper.rules.batches import MOST_SHEETS
from abhiyan.people import queries as people
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.models import Programme
from abhiyan.units import queries as units


class SheetsOutOfRange(Refused):
    message = _("Print at least 1 and at most %(most)s sheets in one batch.")


class LanguageLacking(Refused):
    """The drive's notice is not published in it."""

    message = _("The notice of this drive is not published in this language. Choose another.")


def make_batch(
    *, programme_id: int, unit_id: int, sheets: int, language: str, by: Actor, at: datetime
) -> PaperBatch:
    """Make a batch of forms of a drive for a unit, with the notice the drive has now.

    An actor with enrolment.enrol over the unit may. Refuses SheetsOutOfRange, DriveClosed, OutsideScope, JoiningWaits,
    LanguageLacking.
    """
    with system("forms are printed"):
        org.require(by, RECORD, at=unit_id)
        if not 1 <= sheets <= MOST_SHEETS:
            raise SheetsOutOfRange(field="sheets", most=MOST_SHEETS)
        programme = programmes.programme_by_id(programme_id)
        drive = drive_for(programme)
        if programme.state != Programme.State.OPEN:
            raise DriveClosed(field="drive")
        if units.unit_by_id(unit_id).closed_on is not None or not covered(
            programme_id=programme_id, unit_ids=[unit_id]
        ):
            raise OutsideScope(field="unit")
        if other := names_other(drive):
            raise JoiningWaits(other=other)
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


def bind_import(*, import_id: int, rows: Mapping[int, int], at: datetime) -> None:
    """Note the batches of a list that is being taken in. rows: batch -> how many rows name it.

    In a system scope; who may bring the list is asked by the import.
    """
    batches = PaperBatch.objects.filter(pk__in=rows)
    PaperImport.objects.bulk_create(
        [
            PaperImport(
                batch_id=batch.pk, import_id=import_id, unit_id=batch.unit_id, rows=rows[batch.pk], at=at
            )
            for batch in batches
        ],
        ignore_conflicts=True,
    )
    for paper_batch in batches:
        note_photo_lists(paper_batch)


def note_undone(*, import_id: int, at: datetime) -> None:
    """Note that the list was taken back, and with it what it brought of its batches. In a system scope."""
    PaperImport.objects.filter(import_id=import_id, undone_at=None).update(undone_at=at)
    PaperPhoto.objects.filter(import_id=import_id).update(import_id=None)


def note_photo_lists(batch: PaperBatch) -> None:
    """Note for each photograph of a batch the list that brought its entries. In a system scope."""
    whole, typed = queries.lists_of_batch(batch)
    waiting = PaperPhoto.objects.filter(batch_id=batch.pk, import_id=None)
    for sheet, import_id in typed.items():
        waiting.filter(sheet=sheet).update(import_id=import_id)
    if whole is not None:
        waiting.update(import_id=whole)
