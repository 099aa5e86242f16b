"""Pages that share how far a unit is: as text and as a picture, rounded, without a person in it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from abhiyan.core import clock, printing
from abhiyan.core.scope import system
from abhiyan.core.words import active_language as language_now
from abhiyan.core.words import name_in_language
from abhiyan.org.here import Here
from abhiyan.org.viewer import Request
from abhiyan.programmes import here as shown
from abhiyan.programmes import queries
from abhiyan.programmes.models import Programme
from abhiyan.programmes.rules import pace, windows
from abhiyan.programmes.rules.estimated import estimated_rungs
from abhiyan.ui.files import with_lines
from abhiyan.ui.invitations import by_whatsapp

TEMPLATE = printing.PrintTemplate.read(Path(__file__).parent.parent / "ladder.typ")
LANGUAGES = ("hi", "en")


@dataclass(frozen=True, slots=True)
class SharedMeasure:
    """One measure as it is shared: share, gap, need, and what checks found. name: empty where there is no other.

    counted, due: shares of the target, 0 to 100; None without a target.
    """

    name: str
    sentences: tuple[str, ...]
    truth: str
    counted: float | None
    due: float

    @property
    def text(self) -> str:
        lines = [f"{self.name}: {' '.join(self.sentences)}" if self.name else " ".join(self.sentences)]
        return "\n".join(filter(None, (*lines, self.truth)))

    def values(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "headline": self.sentences[0],
            "counted": self.counted,
            "due": self.due,
            "sentences": list(self.sentences[1:]),
            "truth": self.truth,
        }


@dataclass(frozen=True, slots=True)
class Shared:
    """Figures that leave the organisation: whose numbers, with their day, of each measure that has a target or figures.

    Nothing below 10, nobody named, and nothing that is only reported.
    """

    organisation: str
    programme: str
    unit: str
    measures: tuple[SharedMeasure, ...]
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
            *(shared_measure.text for shared_measure in self.measures),
            self.foot,
        ]
        return "\n".join(filter(None, (*lines, self.organisation)))

    def values(self) -> dict[str, Any]:
        """Return the values that the picture is drawn from."""
        return {
            "organisation": self.organisation,
            "programme": self.programme,
            "unit": self.unit,
            "measures": [shared_measure.values() for shared_measure in self.measures],
            "foot": self.foot,
        }


def shared(programme: Programme, here: Here, *, at: datetime) -> Shared:
    """Return the measures of a unit, as anybody outside may read them, in the language in force.

    Leaders pass them on to outsiders. So they are of the last closed day, also where they themselves read
    today's.
    """
    measures = queries.measures([programme])[programme.pk]
    with system("what anybody outside may read"):
        ladders = {
            each.number: queries.ladder_from_outside(
                unit_id=here.unit.id,
                hierarchy=programme.hierarchy,
                programme=programme,
                measure=each.number,
                at=at,
            )
            for each in measures
        }
    targets = queries.targets_of(node=here.unit.id, hierarchy=programme.hierarchy, programmes=[programme])
    today = clock.day_in(programme.zone, at)
    checked = estimated_rungs([programme.pk], [here.unit.id], on=today)
    on = today - timedelta(days=1)
    days = {"opens_on": programme.opens_on, "closes_on": programme.closes_on, "on": on}
    shared_measures: list[SharedMeasure] = []
    silent: list[SharedMeasure] = []
    for measure in measures:
        key = (programme.pk, measure.number)
        counted, target = ladders[measure.number].counted, targets.get(key)
        truth = checked.get((*key, here.unit.id))
        (shared_measures if target or counted else silent).append(
            SharedMeasure(
                name_in_language(measure.names) if len(measures) > 1 else "",
                tuple(pace.progress_to_pass_on(counted, target, **days, day=date_format(on, "j M"))),
                queries.truth_of(truth, is_rounded=True).sentence if truth else "",
                min(100, 100 * (counted or 0) / target) if target else None,
                windows.passed_pct(**days),
            )
        )
    return Shared(
        settings.ORGANISATION,
        shown.name_of_programme(programme),
        name_in_language(here.unit.names),
        tuple(shared_measures or silent[:1]),
        queries.as_of(at, is_rounded=True),
    )


@require_safe
def share_ladder(request: Request, public_id: UUID) -> HttpResponse:
    """Show the text to copy or send, and the picture beside it, each in the language of the page."""
    programme = queries.programme_for(request.viewer, public_id)
    here = shown.unit_of_page(request, programme)
    made = shared(programme, here, at=clock.now())
    unit = here.unit.code
    missing = printing.letters_refused(made.values())
    lines = {"with_lines": 1} if missing else {}
    return render(
        request,
        "programmes/ladder_share.html",
        {
            **shown.programme_frame(programme, (_("Share the figures"), "")),
            "unit_name": here.name,
            "path": here.crumbs(seen_by=request.viewer),
            "shared": made,
            "whatsapp": by_whatsapp(made.text),
            "picture": shown.programme_address(programme, "share_picture", unit, language_now(), **lines),
            "missing": missing,
            "other": [
                (name, shown.programme_address(programme, "share_picture", unit, code, **lines))
                for code, name in (("hi", "हिंदी"), ("en", "English"))
                if code != language_now()
            ],
        },
    )


@require_safe
def share_picture(request: Request, public_id: UUID, language: str) -> HttpResponse:
    """Send the picture, as PNG, in Hindi or English."""
    programme = queries.programme_for(request.viewer, public_id)
    here, at = shown.unit_of_page(request, programme), clock.now()
    code = language if language in LANGUAGES else "en"
    with override(code):
        made = shared(programme, here, at=at)
        values = made.values()
    drawn = printing.png(
        TEMPLATE,
        values,
        title=made.programme,
        language=code,
        at=at,
        with_lines=with_lines(request),
        dots_per_inch=230,
    )
    response = HttpResponse(drawn, content_type="image/png")
    response["Content-Disposition"] = f'inline; filename="ladder-{here.unit.code}.png"'
    response["Cache-Control"] = "no-store"
    return response
