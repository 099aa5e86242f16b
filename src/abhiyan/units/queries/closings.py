"""Read which units were closed together, and what rooms kept of it."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from abhiyan.core import sql
from abhiyan.core.scope import system
from abhiyan.units.models import Closing, ClosingPage, Unit, UnitChange
from abhiyan.units.rules.hanging import Thing


def closing_of(unit_id: int) -> Closing | None:
    """The closing by which a closed unit was closed; None where a list made it closed."""
    change = (
        UnitChange.objects.filter(unit_id=unit_id, change=UnitChange.Change.CLOSED).order_by("-pk").first()
    )
    before: Any = change.before if change else {"closing": None}
    number = before["closing"]
    return Closing.objects.filter(pk=number).first() if number is not None else None


def is_of_today(closing: Closing, *, at: datetime) -> bool:
    """Return True if a closing was made by hand on this day, so that it may be taken back."""
    zone = ZoneInfo(settings.TIME_ZONE)
    is_by_hand = closing.import_id is None
    return is_by_hand and closing.closed_at.astimezone(zone).date() == at.astimezone(zone).date()


def closed_by(closing_id: int) -> dict[int, tuple[int, ...]]:
    """unit -> its successors, of the units of a closing that are still closed."""
    codes: dict[int, list[str]] = dict(
        sql.rows(
            "select u.id, u.successors from units_closing k"
            " join units_change c on c.import_id = coalesce(k.import_id, 0)"
            " and c.change = 'closed' and (c.before ->> 'closing')::bigint = k.id"
            " join units_unit u on u.id = c.unit_id and u.closed_on is not null where k.id = %s",
            [closing_id],
        )
    )
    wanted = {code for some in codes.values() for code in some}
    ids = dict(Unit.objects.filter(code__in=wanted).values_list("code", "pk"))
    return {unit: tuple(ids[code] for code in some if code in ids) for unit, some in codes.items()}


def kept_of_closing(*, closing_id: int, what: str) -> Iterator[Any]:
    """Yield what a room kept of a closing (units.actions.keep), in the order it was kept."""
    pages = ClosingPage.objects.filter(closing_id=closing_id, what=what).order_by("pk")
    yield from pages.values_list("facts", flat=True)


def hanging_on(unit_ids: Sequence[int], things: Iterable[Thing]) -> dict[str, dict[int, int]]:
    """key of each thing -> unit -> how many of it hang there. A query a thing; the asker may close these units."""
    counts_by_key: dict[str, dict[int, int]] = {}
    with system("what hangs on units"):
        for dependent in things:
            counts_by_key[dependent.key] = dict(sql.rows(dependent.query, {"units": list(unit_ids)}))
    return counts_by_key
