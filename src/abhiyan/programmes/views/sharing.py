"""A unit's ladder of today to share: as text and as a picture, rounded, without a person in it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from abhiyan.core import clock, printing, small_cells
from abhiyan.core.words import language as language_now
from abhiyan.core.words import named
from abhiyan.org.here import Here
from abhiyan.org.viewer import Request
from abhiyan.programmes import queries
from abhiyan.programmes.models import Programme
from abhiyan.ui.numbers import grouped, share

from . import shown

TEMPLATE = printing.PrintTemplate.read(Path(__file__).parent.parent / "ladder.typ")
COLOURS = ("#9fb3b7", "#5f8a91", "#14353b")
LANGUAGES = ("hi", "en")


@dataclass(frozen=True, slots=True)
class SharedRung:
    """One rung to share. n: rounded; None: fewer than 10."""

    label: str
    n: int | None

    @property
    def value(self) -> str:
        return small_cells.said(self.n)


@dataclass(frozen=True, slots=True)
class Shared:
    """What leaves the organisation's hands: whose numbers, which rungs, what hour; nothing below 10, nobody named."""

    organisation: str
    programme: str
    unit: str
    rungs: tuple[SharedRung, ...]
    today: str
    target: str
    as_of: str

    @property
    def foot(self) -> str:
        return _("%(when)s. Rounded to 10. Counted: by the rules, with a sign from the person's phone.") % {
            "when": self.as_of
        }

    @property
    def text(self) -> str:
        lines = [
            f"{self.programme}: {self.unit}",
            *(f"{rung.label}: {rung.value}" for rung in self.rungs),
            self.today,
            self.target,
            self.foot,
            self.organisation,
        ]
        return "\n".join(filter(None, lines))

    def values(self) -> dict[str, Any]:
        """What the picture is drawn from."""
        most = max((rung.n or 0 for rung in self.rungs), default=0)
        return {
            "organisation": self.organisation,
            "programme": self.programme,
            "unit": self.unit,
            "rows": [
                {
                    "label": rung.label,
                    "value": rung.value,
                    "share": 100 * (rung.n or 0) / most if most else 0,
                    "colour": colour,
                }
                for rung, colour in zip(self.rungs, COLOURS, strict=True)
            ],
            "today": self.today,
            "target": self.target,
            "foot": self.foot,
        }


def shared(one: Programme, here: Here, *, at: datetime) -> Shared:
    """The first measure of a unit, as anybody outside may read it, in the language in force."""
    ladder = queries.ladder(node=here.unit.id, hierarchy=one.hierarchy, programme=one, at=at)
    targets = queries.targets_of(node=here.unit.id, hierarchy=one.hierarchy, programmes=[one])
    target = targets.get((one.pk, 1))
    rungs = tuple(
        SharedRung(label, None if n is None else small_cells.shown(n))
        for label, n in (
            (_("Reported"), ladder.reported),
            (_("Counted"), ladder.counted),
            (_("Confirmed"), ladder.confirmed),
        )
    )
    counted = rungs[1].n
    today = 0 if ladder.is_rounded else _today(one, here, counted, at=at)
    return Shared(
        settings.ORGANISATION,
        shown.name_of(one),
        named(here.unit.names),
        rungs,
        _("Today: +%(n)s counted") % {"n": grouped(today)} if today else "",
        _("%(share)s of the target") % {"share": share(counted, target)} if target and counted else "",
        queries.as_of(at, is_rounded=ladder.is_rounded),
    )


def _today(one: Programme, here: Here, counted: int | None, *, at: datetime) -> int:
    """What the figure that is shared gained since yesterday evening, from what was shown then: so it tells no more than
    both figures do."""
    if counted is None:
        return 0
    before = queries.ladder(
        node=here.unit.id, hierarchy=one.hierarchy, programme=one, at=at, on=_yesterday(one, at)
    ).counted
    return counted - (small_cells.shown(before or 0) or 0)


def _yesterday(one: Programme, at: datetime) -> date:
    return clock.day_in(one.zone, at) - timedelta(days=1)


@require_safe
def share_ladder(request: Request, public_id: UUID) -> HttpResponse:
    """The text to copy or send, and the picture beside it, each in the language of the page."""
    one = queries.programme_for(request.viewer, public_id)
    here = shown.unit_of(request, one)
    made = shared(one, here, at=clock.now())
    unit = here.unit.code
    return render(
        request,
        "programmes/ladder_share.html",
        {
            **shown.frame(one, (_("Share the ladder"), "")),
            "unit_name": here.name,
            "path": here.crumbs(seen_by=request.viewer),
            "shared": made,
            "whatsapp": "https://wa.me/?text=" + quote(made.text, safe=""),
            "picture": shown.href(one, "share_picture", unit, language_now()),
            "other": [
                (name, shown.href(one, "share_picture", unit, code))
                for code, name in (("hi", "हिन्दी"), ("en", "English"))
                if code != language_now()
            ],
        },
    )


@require_safe
def share_picture(request: Request, public_id: UUID, language: str) -> HttpResponse:
    """The picture, as PNG, in Hindi or English."""
    one = queries.programme_for(request.viewer, public_id)
    here, at = shown.unit_of(request, one), clock.now()
    code = language if language in LANGUAGES else "en"
    with override(code):
        made = shared(one, here, at=at)
        values = made.values()
    drawn = printing.png(TEMPLATE, values, title=made.programme, language=code, at=at, dots_per_inch=230)
    response = HttpResponse(drawn, content_type="image/png")
    response["Content-Disposition"] = f'inline; filename="ladder-{here.unit.code}.png"'
    response["Cache-Control"] = "no-store"
    return response
