"""A friends plan in one sentence, and the places where its numbers contradict each other. Pure.

Such as: "65 constituencies, 3,25,000 friends in all, 5,000 friends in each segment, 750 certificates in each segment".
*Check a plan* reckons the same sentence by the same function (`elections.rules.arithmetic.checked`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from math import ceil

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from abhiyan.core.numbers import grouped
from abhiyan.elections.rules.arithmetic import PlanCheck, TypedPlan, TypedTerm, checked


@dataclass(frozen=True, slots=True)
class PlannedFriends:
    """The numbers of a plan. constituencies, segments: of the tree, as the programme covers them. known: the
    constituencies with segments in the tree. friends: in all. each: friends in each segment. certificates: in each
    segment. parts: segments of a constituency on average, as somebody types it. None: the plan does not say it."""

    constituencies: int
    known: int
    segments: int
    friends: int | None = None
    each: int | None = None
    certificates: int | None = None
    parts: Decimal | None = None

    @property
    def knows_segments(self) -> bool:
        """Return whether the tree has the segments of each constituency, so that their number is no average."""
        return bool(self.segments) and self.known == self.constituencies

    @property
    def asks_average(self) -> bool:
        """Return whether the number of segments is unknown; then nothing is multiplied by it."""
        return not self.knows_segments and (self.parts is None or not self.constituencies)

    @property
    def all_segments(self) -> str:
        """Return the number of segments, in words: exact, or as the average gives it."""
        if self.knows_segments or self.parts is None:
            return grouped(self.segments)
        return _("about %(n)s") % {"n": grouped(self.constituencies * self.parts)}

    def in_segments(self, each: int, total: int) -> PlanCheck:
        """Check "so many in each segment make this total". Its last reading is the one by segments."""
        units = self.segments if self.knows_segments else self.constituencies
        typed = TypedPlan((TypedTerm(Decimal(units)), TypedTerm(Decimal(each))), TypedTerm(Decimal(total)))
        return checked(typed, None if self.knows_segments else self.parts)


_UNKNOWN = _(
    "Segments are known in %(known)s of %(constituencies)s constituencies. Type how many a constituency has on average."
    " Then we compare the numbers of each segment."
)
_PRODUCT = _(
    "%(each)s friends in each of %(segments)s segments make %(makes)s, and not %(friends)s. To reach %(friends)s, each "
    "segment needs %(needs)s."
)
_CONSTITUENCY = _(
    "%(each)s friends in each of %(constituencies)s constituencies make %(friends)s: the number may be meant for "
    "constituencies."
)
_CERTIFICATES = _(
    "%(certificates)s certificates are more than the %(each)s friends of a segment. Only friends get one."
)
_FEW = _(
    "%(certificates)s certificates in each of %(segments)s segments make %(makes)s, more than the %(friends)s friends."
)


def plan_sentence(plan: PlannedFriends) -> str:
    """Say the plan in one sentence; what it does not say is left out."""
    n = {name: grouped(getattr(plan, name) or 0) for name in plan.__slots__}
    parts = ngettext("%(n)s segment", "%(n)s segments", plan.segments) % {"n": plan.all_segments}
    if plan.asks_average and plan.constituencies:
        parts = _("segments known in %(known)s of them") % n
    words = [
        ngettext("%(n)s constituency", "%(n)s constituencies", plan.constituencies)
        % {"n": n["constituencies"]},
        parts,
        None if plan.friends is None else _("%(n)s friends in all") % {"n": n["friends"]},
        None if plan.each is None else _("%(n)s friends in each segment") % {"n": n["each"]},
        None
        if plan.certificates is None
        else _("%(n)s certificates in each segment") % {"n": n["certificates"]},
    ]
    return ", ".join(str(text) for text in words if text is not None)


def plan_contradictions(plan: PlannedFriends) -> Iterator[tuple[Promise, dict[str, str]]]:
    """Find where the numbers of a plan cannot all be true: a sentence, and what fills it.

    A number that is lacking contradicts nothing. If the tree lacks segments and nobody says how many there are, the
    plan asks for their average. It does not multiply by the few that are known.
    """
    words = {name: grouped(getattr(plan, name) or 0) for name in plan.__slots__}
    words |= {"segments": plan.all_segments}
    friends, n_each, certificates = plan.friends, plan.each, plan.certificates
    if not plan.segments and not plan.constituencies:
        return
    if plan.asks_average and (n_each is not None or certificates is not None):
        yield _UNKNOWN, words
    is_wrong = plan.asks_average
    if friends is not None and n_each is not None and not plan.asks_average:
        check = plan.in_segments(n_each, friends)
        reading, needed = check.readings[-1], check.needed_part or check.needed_level
        if is_wrong := not reading.fits:
            needs = "0" if needed is None else grouped(ceil(needed))
            yield _PRODUCT, words | {"makes": grouped(reading.product), "needs": needs}
    if is_wrong and friends is not None and n_each is not None and n_each * plan.constituencies == friends:
        yield _CONSTITUENCY, words
    if certificates is not None and n_each is not None and certificates > n_each:
        yield _CERTIFICATES, words
    if certificates is not None and friends is not None and not plan.asks_average:
        reading = plan.in_segments(certificates, friends).readings[-1]
        if not reading.fits and reading.difference > 0:
            yield _FEW, words | {"makes": grouped(reading.product)}
