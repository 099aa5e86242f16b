"""Batches of printed forms, their photographs and lists, in the viewer's sight."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, QuerySet
from django.db.models.expressions import RawSQL

from abhiyan.core.models import StagedImport
from abhiyan.core.refusals import needed
from abhiyan.core.scope import system
from abhiyan.core.words import language, person
from abhiyan.enrolment.models import Claim, Drive
from abhiyan.enrolment.paper.models import PaperBatch, PaperImport, PaperPhoto
from abhiyan.enrolment.rules import batches as rules
from abhiyan.people import queries as people
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.models import Programme
from abhiyan.units import queries as units

PAPER = "paper "  # how `paper.orders.device_of` begins
MOST_SHOWN = 200  # photographs of one batch: four of each sheet


@dataclass(frozen=True, slots=True)
class Row:
    """A batch as lists show it. rows: of lists that were not taken back."""

    batch: PaperBatch
    unit: str
    maker: str
    photos: int
    rows: int


@dataclass(frozen=True, slots=True)
class Brought:
    """A list of a batch. public_id: of the import where the viewer sees it."""

    rows: int
    at: datetime
    undone_at: datetime | None
    public_id: UUID | None


def batches(span: tuple[int, int]) -> QuerySet[PaperBatch]:
    """The batches of a unit and all below it. span: its positions."""
    placed = RawSQL("select unit_id from units_placement where lo >= %s and lo < %s", span)
    return PaperBatch.objects.filter(unit_id__in=placed)


def batch_for(number: str) -> PaperBatch:
    """A batch in the viewer's sight, by its number. NotFound."""
    return needed(PaperBatch.objects.filter(pk=rules.read_number(number) or 0).first())


def known_batch(number: str) -> PaperBatch | None:
    """A batch by its number. In the caller's scope."""
    return PaperBatch.objects.filter(pk=rules.read_number(number) or 0).first()


def shown(found: Sequence[PaperBatch]) -> list[Row]:
    """What a list says of these batches besides themselves."""
    ids = [one.pk for one in found]
    places = units.names_of({one.unit_id for one in found}, language=language())
    with system("how far batches are"):
        photos = _counts(
            PaperPhoto.objects.filter(batch_id__in=ids).values("batch_id").annotate(n=Count("id"))
        )
        rows: dict[int, int] = {}
        for of, n in PaperImport.objects.filter(batch_id__in=ids, undone_at=None).values_list(
            "batch_id", "rows"
        ):
            rows[of] = rows.get(of, 0) + n
        makers = people.names_of({one.made_by for one in found})
    return [
        Row(
            one,
            places.get(one.unit_id, ""),
            person(makers.get(one.made_by, "")),
            photos.get(one.pk, 0),
            rows.get(one.pk, 0),
        )
        for one in found
    ]


def _counts(found: Any) -> Mapping[int, int]:
    return {one["batch_id"]: one["n"] for one in found}


def photos_of(batch: PaperBatch) -> list[PaperPhoto]:
    """The photographs of a batch in the viewer's sight, in the order they came; not their bytes."""
    found = PaperPhoto.objects.filter(batch_id=batch.pk).defer("sealed", "digest")
    return list(found.order_by("added_at", "pk")[:MOST_SHOWN])


def brought_of(batch: PaperBatch) -> list[Brought]:
    """The lists that were brought of a batch, the latest first."""
    found = list(PaperImport.objects.filter(batch_id=batch.pk).order_by("-at")[:MOST_SHOWN])
    seen = dict(
        StagedImport.objects.filter(pk__in=[one.import_id for one in found]).values_list("pk", "public_id")
    )
    return [Brought(one.rows, one.at, one.undone_at, seen.get(one.import_id)) for one in found]


def entries_of(batch: PaperBatch) -> dict[UUID, UUID]:
    """Claims of the lists of a batch in sight -> who wrote each down, an account's public id."""
    imports = PaperImport.objects.filter(batch_id=batch.pk).values("import_id")
    return dict(Claim.objects.filter(import_id__in=imports).values_list("pk", "by"))


def sheets_kept(devices: Iterable[str]) -> list[tuple[str, datetime]]:
    """Numbers of the batches by which entries came whose sheets are photographed, and how long photos are kept.

    devices: what the entries came by. In a system scope: the person concerned may know.
    """
    typed = [one.removeprefix(PAPER) for one in devices if one.startswith(PAPER)]
    of = {number for one in typed if (number := rules.read_number(one)) is not None}
    brought = PaperImport.objects.filter(batch_id__in=of, undone_at=None).values("batch_id")
    kept = PaperPhoto.objects.filter(batch_id__in=brought, hidden_at=None)
    found = kept.values("batch_id").annotate(until=Max("purge_at")).order_by("batch_id")
    return [(rules.number_of(one["batch_id"]), one["until"]) for one in found]


def open_drives() -> list[Programme]:
    """Drives that take people on paper now, the latest first."""
    ids = list(Drive.objects.filter(from_lists=False).values_list("pk", flat=True))
    found = [programmes.programme_by_id(one) for one in ids]
    running = [one for one in found if one.state == Programme.State.OPEN]
    return sorted(running, key=lambda one: (one.opens_on, one.pk), reverse=True)
