"""The deck of a round of reviews: how far it is, decisions, late tasks, requests. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.core.cut import Cut
from abhiyan.ui.numbers import grouped
from abhiyan.ui.slides.said import Bars, Slide, SlideBar, SlideColumn
from abhiyan.work.rules.tasks import late_words

from .deck_pages import (
    NAMED,
    About,
    DeckAsk,
    asked_slides,
    assembled_deck,
    filled_sentence,
    slide_table,
    table_slides,
)


@dataclass(frozen=True, slots=True)
class ReviewedRound:
    """A round of reviews. whole, branches: reviewed and of how many, in all and by unit, the furthest back first; none
    where the reader does not lead it. decided: (unit, decision, day); decisions: how often each; well: of them, how
    many units are going well. late: (task, unit, day it was due). A round of office-bearers has neither decisions
    nor late tasks.
    """

    whole: tuple[int, int] | None = None
    branches: Sequence[tuple[str, int, int]] = ()
    decided: Sequence[tuple[str, str, str]] = ()
    decisions: Sequence[tuple[str, int]] = ()
    well: int = 0
    late: Cut[tuple[str, str, str]] = field(default_factory=Cut)
    asks: Sequence[DeckAsk] = ()
    are_people: bool = False  # office-bearers are reviewed

    @property
    def n(self) -> int:
        """Count the decided reviews."""
        return sum(n for _decision, n in self.decisions)


def round_deck(about: About, reviewed_round: ReviewedRound) -> list[Slide]:
    """Return the deck of a round of reviews: how far it is, what was decided, which tasks are late."""
    if reviewed_round.whole:
        n, every = reviewed_round.whole
        words = ngettext("%(n)s of %(of)s unit is reviewed", "%(n)s of %(of)s units are reviewed", every)
        if reviewed_round.are_people:
            words = ngettext(
                "%(n)s of %(of)s office-bearer is reviewed",
                "%(n)s of %(of)s office-bearers are reviewed",
                every,
            )
        title = filled_sentence(words, n=n, of=every) if every else _("This round has no review to make")
    else:
        title = filled_sentence(
            ngettext("%(n)s unit is reviewed", "%(n)s units are reviewed", reviewed_round.n),
            n=reviewed_round.n,
        )
    return assembled_deck(
        about,
        title,
        [*_round(about, reviewed_round), *asked_slides(about, reviewed_round.asks)],
        page="round",
    )


def decided_finding(well: int, of: int) -> str:
    """Say what most of the reviewed units need. well: how many go well; of: how many are decided."""
    if 2 * well > of:
        words = ngettext(
            "%(n)s of %(of)s reviewed unit is going well", "%(n)s of %(of)s reviewed units are going well", of
        )
        return filled_sentence(words, n=well, of=of)
    words = ngettext(
        "%(n)s of %(of)s reviewed unit needs help, a recheck or a change",
        "%(n)s of %(of)s reviewed units need help, a recheck or a change",
        of,
    )
    return filled_sentence(words, n=of - well, of=of)


def branches_finding(branches: Sequence[tuple[str, int, int]]) -> str:
    """Say which units are furthest back in a round; no one is named that others are equal to.

    branches: name, reviewed, of how many; the furthest back first.
    """
    shares = [Fraction(done, wanted) if wanted else Fraction(1) for _name, done, wanted in branches]
    least = min(shares)
    if least == 1:
        return _("Every unit below is reviewed")
    furthest = [branch for branch, share in zip(branches, shares, strict=True) if share == least]
    if len(furthest) == 1:
        name, done, wanted = furthest[0]
        words = _("%(unit)s is furthest back: %(n)s of %(of)s reviewed")
        if len(branches) == 1:
            words = _("%(unit)s: %(n)s of %(of)s reviewed")
        return filled_sentence(words, unit=name, n=done, of=wanted)
    if len(furthest) == len(branches):
        return _("All units below are equally far") if least else _("No unit below has a review decided yet")
    names = ", ".join(name for name, _done, _wanted in furthest[:NAMED])
    if len(furthest) > NAMED:
        return _("Several units are furthest back, each by the same share")
    return filled_sentence(_("Furthest back, by the same share: %(units)s"), units=names)


def _round(about: About, reviewed_round: ReviewedRound) -> Iterator[list[Slide]]:
    if reviewed_round.branches:
        title = branches_finding(reviewed_round.branches)
        shades = {"counted": _("Reviewed"), "unsigned": _("Not reviewed yet")}

        def bars(rows: Sequence[tuple[str, int, int]]) -> Bars:
            text = _("%(n)s of %(of)s")
            return Bars(
                tuple(
                    SlideBar(
                        "counted", name, filled_sentence(text, n=done, of=wanted), done, more=wanted - done
                    )
                    for name, done, wanted in rows
                ),
                shades,
            )

        yield table_slides(
            about,
            title,
            reviewed_round.branches,
            bars,
            _("Full: reviewed. Dotted: not reviewed yet."),
            page="round",
        )
    if reviewed_round.decided:
        title = decided_finding(reviewed_round.well, reviewed_round.n)
        body = slide_table(
            SlideColumn(_("Unit"), 0.36), SlideColumn(_("Decision"), 0.44), SlideColumn(_("Decided on"), 0.2)
        )
        rest = " · ".join(f"{label}: {grouped(n)}" for label, n in reviewed_round.decisions if n) + "."
        yield table_slides(
            about,
            title,
            Cut(reviewed_round.decided, reviewed_round.n),
            body,
            rest,
            page="round",
            under=_("Decisions"),
        )
    if reviewed_round.late:
        title = late_words(reviewed_round.late.total)
        body = slide_table(
            SlideColumn(_("Task"), 0.5), SlideColumn(_("Unit"), 0.3), SlideColumn(_("Due"), 0.2)
        )
        yield table_slides(about, title, reviewed_round.late, body, page="round", under=_("Late tasks"))
