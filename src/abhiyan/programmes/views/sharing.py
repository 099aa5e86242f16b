"""Pages that share how far a unit is: as text and as a picture, rounded, without a person in it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
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
from abhiyan.programmes.rules import pace, windows
from abhiyan.programmes.rules.estimated import estimated

from . import shown

TEMPLATE = printing.PrintTemplate.read(Path(__file__).parent.parent / "ladder.typ")
LANGUAGES = ("hi", "en")


@dataclass(frozen=True, slots=True)
class Shared:
    """Figures that leave the organisation: whose numbers, share, gap and need with their day, and what checks found.

    Nothing below 10, nobody named, and nothing that is only reported. counted, due: shares of the target, 0 to 100;
    None without a target.
    """

    organisation: str
    programme: str
    unit: str
    sentences: tuple[str, ...]
    truth: str
    as_of: str
    counted: float | None
    due: float

    @property
    def foot(self) -> str:
        return _("%(when)s. Rounded to 10. Counted: by the rules, with a sign from the person's phone.") % {
            "when": self.as_of
        }

    @property
    def text(self) -> str:
        lines = [f"{self.programme}: {self.unit}", " ".join(self.sentences), self.truth, self.foot]
        return "\n".join(filter(None, (*lines, self.organisation)))

    def values(self) -> dict[str, Any]:
        """What the picture is drawn from."""
        return {
            "organisation": self.organisation,
            "programme": self.programme,
            "unit": self.unit,
            "headline": self.sentences[0],
            "counted": self.counted,
            "due": self.due,
            "sentences": list(self.sentences[1:]),
            "truth": self.truth,
            "foot": self.foot,
        }


def shared(one: Programme, here: Here, *, at: datetime) -> Shared:
    """The first measure of a unit, as anybody outside may read it, in the language in force."""
    ladder = queries.ladder(node=here.unit.id, hierarchy=one.hierarchy, programme=one, at=at)
    targets = queries.targets_of(node=here.unit.id, hierarchy=one.hierarchy, programmes=[one])
    target = targets.get((one.pk, 1))
    on = clock.day_in(one.zone, at)
    checked = estimated([one.pk], [here.unit.id], on=on).get((one.pk, 1, here.unit.id))
    if ladder.is_rounded:
        on -= timedelta(days=1)
    counted = None if ladder.counted is None else small_cells.shown(ladder.counted)
    days = {"opens_on": one.opens_on, "closes_on": one.closes_on, "on": on}
    return Shared(
        settings.ORGANISATION,
        shown.name_of(one),
        named(here.unit.names),
        tuple(pace.passed_on(counted, target, **days, day=date_format(on, "j M"))),
        queries.truth_of(checked, is_rounded=True).sentence if checked else "",
        queries.as_of(at, is_rounded=ladder.is_rounded),
        min(100, 100 * (counted or 0) / target) if target else None,
        windows.passed_pct(**days),
    )


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
