"""The kind of import that paper lists are."""

from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from abhiyan.core import sql
from abhiyan.core.numbers import whole_number
from abhiyan.core.refusals import NotFound, Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.enrolment.actions import claims as refusals
from abhiyan.enrolment.actions import undo_claims
from abhiyan.enrolment.models import Drive as DriveRow
from abhiyan.enrolment.queries.drives import drives_in_sight
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.enrolment.rules.packed import int4
from abhiyan.imports.kinds import ImportKind, Option, RowOutcome
from abhiyan.imports.models import ImportSlice, StagedImport
from abhiyan.imports.work import Work
from abhiyan.intake.actions.drives import DriveRead, Drives
from abhiyan.intake.actions.gateway import Writer
from abhiyan.intake.actions.refused import add_minors
from abhiyan.intake.actions.settling_sql import STATEMENTS
from abhiyan.people import queries as people
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.models import Programme
from abhiyan.units import queries as units
from abhiyan.units.models import Hierarchy, Kind

from . import committing, staging
from . import queries as batches
from .actions.batches import bind_import, note_undone
from .layout import PAPER
from .models import PaperBatch
from .orders import Order
from .rules.batches import MOST_SHEETS, batch_number, read_batch_number

MINORS = -1  # the slice that counts the minors
_REFUSALS = [
    kind
    for kind in vars(refusals).values()
    if isinstance(kind, type) and issubclass(kind, refusals.ClaimRefused) and kind.code != Refused.code
]


class PaperNoticeUnknown(Refused, code="notice_unknown"):
    """A printed form nobody has published."""

    message = _("There is no version %(version)s of this drive's notice. Look at the form's lower edge.")


class BatchUnknown(Refused):
    """No batch of this drive has the number that was typed."""

    message = _("No batch of this drive has the number %(number)s. It is printed at the top of each sheet.")


class DriveGone(Refused):
    """The drive of the list is no more."""

    message = _(
        "The drive this list belongs to is no longer there. Begin a new import and choose another drive."
    )


def drives() -> list[tuple[str, str]]:
    """Open drives, by public id and name."""
    language = (get_language() or "en")[:2]
    found = [programmes.programme_by_id(number) for number in drives_in_sight().values_list("pk", flat=True)]
    return [
        (str(programme.public_id), programme.names.get(language) or programme.names.get("en", ""))
        for programme in sorted(found, key=lambda programme: (programme.opens_on, programme.pk), reverse=True)
        if programme.state == Programme.State.OPEN
    ]


def slugs() -> dict[str, str]:
    """Return drives as their addresses name them, /join/…, with their public ids."""
    drive_slugs = drives_in_sight().values_list("join_slug", "pk")
    return {slug: str(programmes.programme_by_id(number).public_id) for slug, number in drive_slugs}


def languages() -> list[tuple[str, str]]:
    return [("hi", "हिंदी"), ("en", "English")]


def sheet_choices() -> list[tuple[str, str]]:
    return [(str(n), str(n)) for n in range(1, MOST_SHEETS + 1)]


def only_notice() -> str:
    """Return the version of the notice, where there is only one that a form can show."""
    codes = set(drives_in_sight().values_list("notice_code", flat=True))
    versions = [version for code in codes for version in people.versions_of_notice(code)]
    return str(versions[0]) if len(versions) == 1 else ""


def require_batch_of_drive(said: Mapping[str, str]) -> None:
    """Refuse a batch that is none of the drive's. Refuses BatchUnknown."""
    if number := said.get("batch", "").strip():
        with system("the batch of a paper list"):  # who brings lists need not see the people
            _batch_of(number, programmes.programme(UUID(said["drive"])).pk)


def list_check_limits(noted: Mapping[str, int]) -> list[str]:
    """Say what the check of a unit's list cannot know."""
    if not noted.get(staging.LOOKED_WITHIN):
        return []
    words = _(
        "The check looks only among people of your own unit. The import looks everywhere, so fewer may join."
    )
    return [str(words)]


def batch_page(said: Mapping[str, str]) -> tuple[str, str] | None:
    """Return the batch that was chosen for the whole list, and its page."""
    if (batch_id := read_batch_number(said.get("batch", ""))) is None:
        return None
    number = batch_number(batch_id)
    page = reverse("paper:paper_batch", args=[number])
    return _("Batch %(number)s") % {"number": number}, page


def _batch_of(number: str, programme_id: int) -> PaperBatch:
    batch = batches.known_batch(number)
    if batch is None or batch.programme_id != programme_id:
        raise BatchUnknown(field="batch", number=number)
    return batch


def check(work: Work) -> None:
    """Stage every row that can be, refuse the others, and see what they would come to."""
    programme, drive_row = _drive_of(work)
    orders = _orders(work, programme, drive_row, key=_key(work, programme))
    minors = staging.fill_staging(work, orders, note=True)
    staged = staging.staged_rows(work.id)
    with closing(Writer(STATEMENTS)) as writer:
        drive = Drives().get(writer.connection(), programme.pk, work.at)
        counts = staging.count_staged_outcomes(work, writer, drive, staged=staged)
    for outcome, n in counts.items():
        if n:
            work.count(outcome, n)
    work.keep(
        {
            "key": orders[0].key.hex(),
            "staged": staged,
            "minors": [[unit, on.isoformat(), n] for (unit, on), n in minors.items()],
            "batches": _rows_of_batches(work, programme),
        }
    )


def _rows_of_batches(work: Work, programme: Programme) -> list[tuple[int, int]]:
    """Count the rows by the drive's batches they name, if the list's bringer sees the batch."""
    rows: Counter[int] = Counter()
    for typed, n in staging.batches_of(work.id).items():
        if (batch_id := read_batch_number(typed)) is not None:
            rows[batch_id] += n
    paper_batches = PaperBatch.objects.filter(pk__in=rows, programme_id=programme.pk)
    if work.unit_id is not None:
        within = RawSQL(
            "select p.unit_id from units_placement p join units_placement a on a.unit_id = %s"
            " and a.hierarchy = p.hierarchy and p.lo >= a.lo and p.lo < a.hi",
            [work.unit_id],
        )
        paper_batches = paper_batches.filter(unit_id__in=within)
    return [(one, rows[one]) for one in sorted(paper_batches.values_list("pk", flat=True))]


def commit(work: Work) -> None:
    """Run the act over the staged rows. Goes on where an earlier run was ended."""
    kept: dict[str, Any] = next(work.kept())
    with system("paper list"):
        programme, drive_row = _drive_of(work)
        orders = _orders(work, programme, drive_row, key=bytes.fromhex(kept["key"]))
    if staging.staged_rows(work.id) != kept["staged"]:  # the server crashed, and unlogged tables are empty
        staging.fill_staging(work, orders, note=False)
        if staging.staged_rows(work.id) != kept["staged"]:
            raise Changed
    with closing(Writer(STATEMENTS)) as writer:
        drive = Drives().get(writer.connection(), programme.pk, work.at)
    counts = committing.commit(work, drive, staged=kept["staged"])
    if MINORS not in work.done_slices():
        with system("paper list"):
            sql.wait_for(f"minors {kept['key']}")
            if not _counted_before(work):
                _count_minors(programme, drive, kept["minors"], sign=1)
                work.done_slice(MINORS, {})
    with system("paper list"):
        bind_import(import_id=work.id, rows=dict(kept.get("batches", ())), at=work.at)
    for outcome, n in counts.items():
        if n:
            work.count(outcome, n)


class Changed(Refused, code="changed_meanwhile"):
    """Units, pins or notices changed between the check and the import."""

    message = _("The register has changed since the list was checked. Check it again.")


def undo(work: Work) -> None:
    """Take back everybody this list brought, as if it had not come."""
    undone = undo_claims(import_id=work.id, by=work.by, at=work.at)
    work.count("undone", undone)
    with system("paper list"):
        note_undone(import_id=work.id, at=work.at)
    if MINORS in work.done_slices():
        with system("paper list"):
            programme, _row = _drive_of(work)
            with closing(Writer(STATEMENTS)) as writer:
                drive = Drives().get(writer.connection(), programme.pk, work.at)
            _count_minors(programme, drive, next(work.kept())["minors"], sign=-1)


def _drive_of(work: Work) -> tuple[Programme, DriveRow]:
    try:
        programme = programmes.programme(UUID(work.options["drive"]))
    except NotFound:
        raise DriveGone from None
    row = or_refuse(drives_in_sight().filter(programme_id=programme.pk).first(), DriveGone)
    return programme, row


def _same_file(work: Work) -> QuerySet[StagedImport]:
    """Return the imports of this very file into this drive, this one among them."""
    return StagedImport.objects.filter(
        kind="paper", file_sha256=work.file_sha256, options__drive=work.options["drive"]
    )


def _counted_before(work: Work) -> bool:
    """Return True if an import that was not undone has counted the minors of this file already."""
    others = _same_file(work).filter(undone_at=None).exclude(pk=work.id)
    return ImportSlice.objects.filter(number=MINORS, import_id__in=others.values("pk")).exists()


def _key(work: Work, programme: Programme) -> bytes:
    """Return the sender's key of a list, which is the file itself: brought twice it finds its first outcomes.

    Undone and brought again it is another list.
    """
    undone = _same_file(work).filter(undone_at__isnull=False).count()
    return bytes.fromhex(work.file_sha256)[:16] + int4(programme.pk) + int4(undone)


def _orders(work: Work, programme: Programme, drive: DriveRow, *, key: bytes) -> list[Order]:
    version_text = work.options.get("notice_version", "")
    notice = whole_number(version_text, most=10**8)
    number, language = work.options.get("batch", ""), work.options.get("language", "")
    if number:
        batch = _batch_of(number, programme.pk)
        number, notice, language = batch.number, notice or batch.notice_version, batch.language
    if version_text and notice not in people.versions_of_notice(drive.notice_code):
        raise PaperNoticeUnknown(version=version_text)
    seat = units.only_seat(work.unit_id) if work.unit_id and "booth" in work.mapping else ""
    path = units.path_of_unit(work.unit_id or programme.owner_id, Hierarchy.ORGANISATIONAL)
    state = next((unit.code for unit in path if unit.kind == Kind.STATE), "")
    workers = people.accounts_by_phone() if "worker" in work.mapping else {}
    return [
        Order(
            table=staging.staging_table(work.id),
            path=str(work.path),
            part=part,
            source=work.source,
            mapping=dict(work.mapping),
            programme_id=programme.pk,
            key=key,
            by=work.by.id,
            at=work.received_at,
            within=None if work.unit_id is None else (work.unit_id,),
            state=state,
            notice=notice,
            workers=workers,
            language=language,
            batch=number,
            seat=seat,
        )
        for part in staging.staged_parts(work)
    ]


def _count_minors(programme: Programme, drive: DriveRead, minors: list[Any], *, sign: int) -> None:
    counted: Counter[tuple[int, date]] = Counter()
    for unit, on, n in minors:
        counted[unit or drive.unit_id, date.fromisoformat(on)] += sign * n
    for (unit, on), n in sorted(counted.items()):
        add_minors(programme_id=programme.pk, unit_id=unit, channel=Channel.PAPER.value, on=on, n=n)


LIST = ImportKind(
    key="paper",
    title=_("Paper list"),
    explains=_("People who joined on paper forms: phone, name, birth year, and the booth or PIN code."),
    layout=PAPER,
    capability="imports.paper",
    outcomes={
        "joined": RowOutcome(_("Will join"), "ok", pgettext_lazy("rows of a list", "Joined")),
        "second": RowOutcome(
            _("Will join as another person on a phone"), "ok", _("Joined as another person on a phone")
        ),
        "completed": RowOutcome(_("Will complete a missed call"), "ok", _("Completed a missed call")),
        "renewed": RowOutcome(_("Will renew"), "ok", _("Renewed")),
        "already_member": RowOutcome(_("Members already")),
        "doubled": RowOutcome(_("Also in another row of this list: counted once"), "warn"),
        "repeated": RowOutcome(_("Already imported from this file: nothing changes")),
        "known": RowOutcome(_("Phones we know: decided while importing")),
        "on_worklist": RowOutcome(_("To be checked by a person"), "warn"),
        "late": RowOutcome(_("Too late to count: stay reported"), "warn"),
        "phone_full": RowOutcome(_("Phone full"), "warn"),
        "suppressed": RowOutcome(_("The phone said no (whole tens)"), "bad", within="joined"),
        "key_reused": RowOutcome(_("Row of another list"), "bad"),
        "undone": RowOutcome(_("Withdrawn")),
        "waits": RowOutcome(_("Waiting for the phone")),
    },
    options=(
        Option("drive", _("Drive"), choices=drives, names=slugs),
        Option(
            "batch",
            _("Batch number"),
            required=False,
            help=_("Printed at the top of each sheet. Used for rows that leave it blank."),
        ),
        Option(
            "notice_version",
            _("Version of the printed notice"),
            required=False,
            help=_("Printed beside the heading of the notice. Used for rows that leave it blank."),
            suggests=only_notice,
        ),
        Option("language", _("Language of the form"), choices=languages, default="hi"),
        Option("sheet", _("Typed from sheet"), choices=sheet_choices, required=False, is_asked=False),
    ),
    is_ours=lambda options: "sheet" in options,
    reasons={
        **{kind.code: kind.message for kind in _REFUSALS},
        "unknown_unit": _(
            "There is no such unit. Use the code from the list of units, or leave it out and give the PIN code."
        ),
        "place_missing": _("Neither booth code nor PIN code is given. Fill in one of them."),
        "pin_unknown": _("This PIN code is not in the directory. Give the booth code."),
        "pin_several": _(
            "This PIN code belongs to several units, and this list may only bring people of its "
            "own unit. Give the booth code."
        ),
        "notice_unknown": _("There is no such version of the drive's notice."),
        "field_time_invalid": _(
            "This day cannot be right: it is in the future or many years ago. Give the day "
            "written on the form."
        ),
    },
    discarded={"minor": _("Under 18: we keep only this count")},
    options_fit=require_batch_of_drive,
    belongs=batch_page,
    tells=list_check_limits,
    check=check,
    commit=commit,
    undo=undo,
    atomic=False,
)

KINDS_OF_LIST = (LIST,)
