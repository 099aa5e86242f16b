"""Batches of printed forms, their photographs and lists, in the viewer's sight."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, Max, OuterRef, QuerySet
from django.db.models.expressions import RawSQL

from abhiyan.core import sql
from abhiyan.core.refusals import or_refuse
from abhiyan.core.scope import system
from abhiyan.core.words import active_language, local_person
from abhiyan.enrolment.queries import partings
from abhiyan.enrolment.queries.drives import drives_in_sight
from abhiyan.enrolment.queries.people import senders_of_lists
from abhiyan.enrolment.queries.terms import join_of_id, last_id
from abhiyan.imports.models import StagedImport
from abhiyan.people import queries as people
from abhiyan.people.models import Purpose
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.models import Programme, Rung
from abhiyan.units import queries as units

from .models import PaperBatch, PaperImport, PaperPhoto
from .rules import batches as rules

# The photographs still to be entered.
TO_ENTER = {"import_id": None, "hidden_at": None, "is_beside": False, "aside_at": None}
# The same, for Today, which counts what waits of several kinds in one query.
SHEETS_TO_ENTER = (
    "select 1 from enrolment_paper_photo p where p.import_id is null and p.hidden_at is null and p.aside_at is null"
    " and not p.is_beside and p.added_at < %(before)s::timestamptz"
)
PAPER = "paper "  # the beginning of `orders.device_of`.
MOST_SHOWN = 200  # photographs of one batch: four of each sheet.
MOST_COUNTED = 20_000  # rows of one batch: more are not counted while a page is opened


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch as lists show it. rows: of lists that were not taken back."""

    batch: PaperBatch
    unit: str
    maker: str
    photos: int
    rows: int


@dataclass(frozen=True, slots=True)
class BatchImport:
    """A list of a batch. public_id: of the import where the viewer sees it."""

    rows: int
    at: datetime
    undone_at: datetime | None
    public_id: UUID | None
    refused: int


def paper_batches(span: tuple[int, int]) -> QuerySet[PaperBatch]:
    """Return the batches of a unit and all below it. span: its positions."""
    placed = RawSQL("select unit_id from units_placement where lo >= %s and lo < %s", span)
    return PaperBatch.objects.filter(unit_id__in=placed)


def to_enter() -> Exists:
    """Return the condition that a batch has a photographed sheet that no list has brought."""
    return Exists(PaperPhoto.objects.filter(batch_id=OuterRef("pk")).filter(**TO_ENTER))


def batch_for(number: str) -> PaperBatch:
    """Return a batch in the viewer's sight, by its number. NotFound."""
    return or_refuse(PaperBatch.objects.filter(pk=rules.read_batch_number(number) or 0).first())


def known_batch(number: str) -> PaperBatch | None:
    """Return a batch by its number. In the caller's scope."""
    return PaperBatch.objects.filter(pk=rules.read_batch_number(number) or 0).first()


def batch_rows(found: Sequence[PaperBatch]) -> list[BatchRow]:
    """Return what a list says of these batches besides themselves."""
    ids = [batch.pk for batch in found]
    places = units.names_of_units({batch.unit_id for batch in found}, language=active_language())
    with system("how far batches are"):
        photos = _counts(
            PaperPhoto.objects.filter(batch_id__in=ids, aside_at=None)
            .values("batch_id")
            .annotate(n=Count("id"))
        )
        rows: dict[int, int] = {}
        for batch_id, n in PaperImport.objects.filter(batch_id__in=ids, undone_at=None).values_list(
            "batch_id", "rows"
        ):
            rows[batch_id] = rows.get(batch_id, 0) + n
        makers = people.names_of_accounts({batch.made_by for batch in found})
    return [
        BatchRow(
            batch,
            places.get(batch.unit_id, ""),
            local_person(makers.get(batch.made_by, "")),
            photos.get(batch.pk, 0),
            rows.get(batch.pk, 0),
        )
        for batch in found
    ]


def _counts(found: Any) -> Mapping[int, int]:
    return {count["batch_id"]: count["n"] for count in found}


def photos_of(batch: PaperBatch) -> list[PaperPhoto]:
    """Return the photographs of a batch in the viewer's sight, in the order they came; not their bytes."""
    photos = _photos(batch).filter(aside_at=None)
    return list(photos.order_by("added_at", "pk")[:MOST_SHOWN])


@dataclass(frozen=True, slots=True)
class Aside:
    """A photograph that was put aside, and the account that did so."""

    photo: PaperPhoto
    by: str


def aside_of(batch: PaperBatch) -> list[Aside]:
    """Return the photographs of a batch that were put aside, in the viewer's sight, the latest first; not their
    bytes."""
    photos = list(_photos(batch).exclude(aside_at=None).order_by("-aside_at", "pk")[:MOST_SHOWN])
    with system("who put photographs aside"):
        names = people.names_of_accounts({photo.aside_by for photo in photos if photo.aside_by is not None})
    return [Aside(photo, local_person(names.get(photo.aside_by or 0, ""))) for photo in photos]


def _photos(batch: PaperBatch) -> QuerySet[PaperPhoto]:
    return PaperPhoto.objects.filter(batch_id=batch.pk).defer("sealed", "digest", "small", "trace")


def is_evidence(batch_id: int) -> bool:
    """Return True if a list of a batch was imported, taken back or not: its photographs are then kept.

    In a system scope.
    """
    return PaperImport.objects.filter(batch_id=batch_id).exists()


@dataclass(frozen=True, slots=True)
class BatchSheet:
    """A printed sheet and its photographs. typed: the list that was typed from it and not discarded, the latest."""

    number: int
    photos: list[PaperPhoto]
    typed: StagedImport | None = None

    @property
    def is_entered(self) -> bool:
        """Return True if its list is not only typed but imported."""
        return self.typed is not None and self.typed.state == StagedImport.State.DONE

    @property
    def is_twice(self) -> bool:
        """Return True if somebody has to choose the photograph to keep."""
        return sum(not photo.is_beside for photo in self.photos) > 1


@dataclass(frozen=True, slots=True)
class Sheets:
    """The sheets of a batch as its photographs show them. unknown: photographs nobody knows the sheet of."""

    sheets: list[BatchSheet]
    unknown: list[PaperPhoto]

    @property
    def here(self) -> str:
        return rules.ranges(sheet.number for sheet in self.sheets if sheet.photos)

    @property
    def missing(self) -> str:
        return rules.ranges(sheet.number for sheet in self.sheets if not sheet.photos)

    @property
    def waiting(self) -> str:
        """Return the typed sheets whose lists nobody has imported yet."""
        return rules.ranges(
            sheet.number for sheet in self.sheets if sheet.typed is not None and not sheet.is_entered
        )

    @property
    def are_entered(self) -> bool:
        """Return True if every sheet was typed and imported."""
        return all(sheet.is_entered for sheet in self.sheets)

    @property
    def twice(self) -> list[BatchSheet]:
        return [sheet for sheet in self.sheets if sheet.is_twice]


def sheets_of(batch: PaperBatch) -> Sheets:
    """Return the sheets of a batch, photographed and typed, in the viewer's sight."""
    photos = photos_of(batch)
    paper_photos: dict[int, list[PaperPhoto]] = {}
    for photo in photos:
        paper_photos.setdefault(photo.sheet or 0, []).append(photo)
    typed = typed_lists(batch)
    numbers = range(1, batch.sheets + 1)
    return Sheets(
        [BatchSheet(n, paper_photos.get(n, []), typed.get(n)) for n in numbers], paper_photos.get(0, [])
    )


def typed_lists(batch: PaperBatch) -> dict[int, StagedImport]:
    """Return lists typed from the sheets of a batch, in the viewer's sight: sheet -> the latest that was not
    discarded or undone."""
    staged_imports = (
        StagedImport.objects.filter(
            unit_id=batch.unit_id,
            kind="paper",
            options__batch=batch.number,
            options__has_key="sheet",
            created_at__gte=batch.made_at,
        )
        .exclude(state__in=(StagedImport.State.DISCARDED, StagedImport.State.UNDONE))
        .only("options", "public_id", "state", "counts", "step")
        .order_by("created_at")
    )
    return {int(staged_import.options["sheet"]): staged_import for staged_import in staged_imports}


def lists_of_batch(batch: PaperBatch) -> tuple[int | None, dict[int, int]]:
    """Return the list that was brought of a whole batch, if there is one, and sheet -> the list that was typed
    from it.

    Only imported lists that were not taken back. In a system scope.
    """
    brought = PaperImport.objects.filter(batch_id=batch.pk, undone_at=None).values("import_id")
    whole, typed = None, {}
    for pk, options in (
        StagedImport.objects.filter(pk__in=brought).order_by("pk").values_list("pk", "options")
    ):
        if "sheet" in options:
            typed[int(options["sheet"])] = pk
        else:
            whole = pk
    return whole, typed


def brought_of(batch: PaperBatch) -> list[BatchImport]:
    """Return the lists that were brought of a batch, the latest first."""
    paper_imports = list(PaperImport.objects.filter(batch_id=batch.pk).order_by("-at")[:MOST_SHOWN])
    staged = StagedImport.objects.filter(pk__in=[paper_import.import_id for paper_import in paper_imports])
    seen = {
        pk: (public_id, counts) for pk, public_id, counts in staged.values_list("pk", "public_id", "counts")
    }
    nothing: tuple[None, dict[str, int]] = (None, {})
    return [
        BatchImport(
            paper_import.rows, paper_import.at, paper_import.undone_at, public_id, counts.get("refused", 0)
        )
        for paper_import in paper_imports
        for public_id, counts in [seen.get(paper_import.import_id, nothing)]
    ]


_CONSENT = (
    "encode(substring(uuid_send(c.phone_id) for 6) || substring(uuid_send(c.row) for 9)"
    f" || '\\x{Purpose.MEMBERSHIP:02x}', 'hex')::uuid"
)
# The terms a batch's lists opened, each with the consent that names the batch: a list may name several.
_TERMS = f"""with entry as (
 select c.id, c.phone_id, c.membership_id, c.is_placed, c.id as row from enrolment_claim c
  where c.import_id = any(%(lists)s)
 union select c.id, c.phone_id, c.membership_id, c.is_placed, w.completed_by from enrolment_waiting w
  join enrolment_claim c on c.id = w.claim_id where w.completed_import = any(%(lists)s)),
x as (select c.id, e.ended_at is null as live, e.rung, e.confirmed_at, c.is_placed
  from entry c {last_id("c.membership_id")}
  join enrolment_enrolment e on e.claim_id = c.id and e.id > c.membership_id and e.id <= last.id
  {join_of_id(_CONSENT, "given")} join people_consent k on k.device = %(device)s and k.id = given.id)"""
_COUNTED = f"""{_TERMS}
select count(*), count(*) filter (where live and rung = {Rung.UNSIGNED}),
 count(*) filter (where live and rung <> {Rung.UNSIGNED}),
 count(*) filter (where live and confirmed_at is not null), count(*) filter (where live and not is_placed) from x"""


@dataclass(frozen=True, slots=True)
class BatchRowsBecame:
    """The outcomes of the rows of a batch's lists.

    joined: terms they opened; of these unanswered, counted, confirmed and placeless as they are now. others:
    rows that opened none. refused: rows of the lists that were not taken. denied: at least so many phones say
    that they never joined; None: too few to be shown.
    """

    joined: int
    unanswered: int
    counted: int
    confirmed: int
    placeless: int
    others: int
    refused: int
    denied: int | None


def became(batch: PaperBatch, *, at: datetime, zone: str) -> BatchRowsBecame | None:
    """Count the outcomes of the imported rows of a batch that were not taken back; None of too many to count at
    once.

    zone: of the drive.
    """
    with system("what became of a batch"):
        lists = dict(
            PaperImport.objects.filter(batch_id=batch.pk, undone_at=None).values_list("import_id", "rows")
        )
        rows = sum(lists.values())
        if rows > MOST_COUNTED:
            return None
        counts = sql.row(_COUNTED, _terms_of(batch, lists))
        staged = StagedImport.objects.filter(pk__in=lists).values_list("counts", flat=True)
        refused = sum(outcome_counts.get("refused", 0) for outcome_counts in staged)
        denied = partings.counted_of_batch(batch.number, lists, at=at, zone=zone)
    assert counts is not None
    joined, unanswered, counted, confirmed, placeless = counts
    others = max(0, rows - joined)
    return BatchRowsBecame(joined, unanswered, counted, confirmed, placeless, others, refused, denied)


def claims_of(number: str) -> list[UUID] | None:
    """Return the claims of a batch's rows that opened a term; None of a batch that is not in the caller's scope.

    The claims are in anybody's sight: the reader of the people sees only their own. Too many are cut at
    MOST_COUNTED.
    """
    batch = known_batch(number)
    if batch is None:
        return None
    with system("the entries of a batch"):
        lists = PaperImport.objects.filter(batch_id=batch.pk, undone_at=None)
        claim_rows = sql.rows(
            f"{_TERMS} select id from x limit {MOST_COUNTED}",
            _terms_of(batch, lists.values_list("import_id", flat=True)),
        )
    return [claim for (claim,) in claim_rows]


def _terms_of(batch: PaperBatch, lists: Iterable[int]) -> dict[str, Any]:
    return {"lists": list(lists), "device": PAPER + batch.number}


def entries_of(batch: PaperBatch) -> dict[UUID, UUID]:
    """Return the claims of the lists of a batch in sight, each with the public id of the account that wrote it
    down."""
    return senders_of_lists(PaperImport.objects.filter(batch_id=batch.pk).values("import_id"))


def sheets_kept(devices: Iterable[str]) -> list[tuple[str, datetime]]:
    """Return the numbers of the batches by which entries came whose sheets are photographed, and how long
    photos are kept.

    devices: what the entries came by. In a system scope: the person concerned may know.
    """
    typed = [device.removeprefix(PAPER) for device in devices if device.startswith(PAPER)]
    numbers = {number for code in typed if (number := rules.read_batch_number(code)) is not None}
    brought = PaperImport.objects.filter(batch_id__in=numbers, undone_at=None).values("batch_id")
    kept = PaperPhoto.objects.filter(batch_id__in=brought, hidden_at=None)
    kept_batches = kept.values("batch_id").annotate(until=Max("purge_at")).order_by("batch_id")
    return [(rules.batch_number(batch["batch_id"]), batch["until"]) for batch in kept_batches]


def paper_drives() -> list[Programme]:
    """Return drives that take people on paper now, the latest first."""
    ids = list(drives_in_sight().filter(from_lists=False).values_list("pk", flat=True))
    found = [programmes.programme_by_id(programme_id) for programme_id in ids]
    running = [programme for programme in found if programme.state == Programme.State.OPEN]
    return sorted(running, key=lambda programme: (programme.opens_on, programme.pk), reverse=True)
