"""Slides as a file: laid out in the template in force, as PPTX or PDF; and the versions of that template."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from importlib.util import find_spec
from uuid import UUID

from django.conf import settings
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as say
from django.utils.translation import override

from abhiyan.core import printing
from abhiyan.core.cut import Cut
from abhiyan.core.refusals import NotFound, or_refuse
from abhiyan.review.models import DeckTemplate
from abhiyan.review.rules import decks
from abhiyan.ui.charts import Day, Trend
from abhiyan.ui.ladder import LadderShown
from abhiyan.ui.slides.look import Layouts, house_layouts, layouts_from_json
from abhiyan.ui.slides.pages import laid_out
from abhiyan.ui.slides.pdf_file import slides_pdf
from abhiyan.ui.slides.said import Slide, SlideInterval

KINDS = {
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "pdf": "application/pdf",
}
HAS_PPTX = find_spec("pptx") is not None  # the extra `slides` may be left out


def template_in_use() -> tuple[Layouts, bytes]:
    """Return the template decks are made by, with its file; the house's has none here."""
    deck_template = DeckTemplate.objects.filter(is_used=True).first() if HAS_PPTX else None
    return (
        (layouts_from_json(deck_template.layouts), deck_template.opened())
        if deck_template
        else (house_layouts(settings.ACCENT), b"")
    )


def house_file() -> bytes:
    """Return the template of the house, to begin one's own from. NotFound where PowerPoint files are not made here."""
    if not HAS_PPTX:
        raise NotFound
    from abhiyan.ui.slides.layouts import house

    return house(settings.ACCENT)


def template_by(public_id: UUID) -> DeckTemplate:
    """Return one version. NotFound."""
    return or_refuse(DeckTemplate.objects.filter(pk=public_id).first())


def template_versions() -> Sequence[DeckTemplate]:
    """Return every version, the newest first, without their files."""
    return list(DeckTemplate.objects.defer("sealed", "layouts").order_by("-number"))


def deck_file(
    slides: Sequence[Slide],
    kind: str,
    language: str,
    *,
    template: tuple[Layouts, bytes],
    at: datetime,
    with_lines: bool,
) -> bytes:
    """Return slides as a file. kind: pptx or pdf. template: as `template_in_use` gives it.

    with_lines: of `printing.print_pdf`.
    """
    layouts, file = template
    with override(language):
        day = date_format(localtime(at), "j F Y")
    pages = [laid_out(slide, layouts.room, day, _width) for slide in slides]
    title = slides[0].title
    if kind == "pdf":
        return slides_pdf(pages, layouts, language=language, title=title, at=at, with_lines=with_lines)
    if not HAS_PPTX:
        raise NotFound
    from abhiyan.ui.slides.pptx_file import pptx

    by = settings.ORGANISATION
    return pptx(pages, file or house_file(), layouts, language=language, title=title, by=by, at=at)


def _width(text: str, is_bold: bool) -> float:
    return printing.width(text, is_bold=is_bold)


def sample_slides(language: str) -> list[Slide]:
    """Return one slide of each kind, with made-up figures and long names.

    People look at a template by it, and try whether decks can be made.
    """
    with override(language):
        name = say("A unit whose name is long enough to need two lines of a table, and then some more")
        first, last = date(2026, 11, 2), date(2026, 12, 31)
        about = decks.About(
            unit=name,
            measure=say("Sample"),
            window=f"{date_format(first, 'j M Y')} – {date_format(last, 'j M Y')}",
            as_of=say("As of the evening of %(day)s") % {"day": date_format(first, "j M Y")},
            organisation=settings.ORGANISATION,
            closes_on=date_format(last, "j M Y"),
            is_sample=True,
        )
        days = [
            Day(on=first + timedelta(n), reported=24_000 * n, counted=19_000 * n, confirmed=9_000 * n)
            for n in range(1, 44)
        ]
        ladder = LadderShown(
            name="",
            target=1_200_000,
            reported=9_41_200,
            counted=7_62_400,
            unsigned=86_100,
            confirmed=3_98_700,
            estimate=0.86,
            low=0.83,
            high=0.89,
        )
        units = [f"{name} {n}" for n in range(1, 13)]
        below = [decks.Behind(unit, 90_000, 60_000 - 900 * n, 41_000) for n, unit in enumerate(units)]
        measured = decks.Measured(
            ladder,
            Trend(name="", begins_on=first, ends_on=last, days=days, target=1_200_000),
            days=[date_format(day.on, "j M") for day in days],
            daily=3_434,
            lately=6_468,
            below=Cut(below, len(below)),
            gaps=[
                SlideInterval(
                    unit, 32 + 4 * n, 24 + 4 * n, 41 + 4 * n, 59 - 4 * n, 1 + n // 4, value=f"{32 + 4 * n}"
                )
                for n, unit in enumerate(units)
            ],
        )
        offices = [(say("Office"), unit, "") for unit in units[:6]]
        return decks.unit_deck(about, decks.DeckUnit(offices=offices), measured)
