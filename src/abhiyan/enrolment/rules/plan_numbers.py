"""A friends plan in one sentence, and the places where its numbers contradict each other. Pure.

Such as: "65 constituencies, 3,25,000 friends in all, 5,000 friends in each segment, 750 certificates in each segment".
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from abhiyan.core.numbers import grouped


@dataclass(frozen=True, slots=True)
class PlannedFriends:
    """The numbers of a plan. constituencies, segments: as the programme covers them. friends: in all. each: friends in
    each segment. certificates: in each segment. None: the plan does not say it."""

    constituencies: int
    segments: int
    friends: int | None = None
    each: int | None = None
    certificates: int | None = None


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


def sentence(plan: PlannedFriends) -> str:
    """The plan in one sentence; what it does not say is left out."""
    n = {name: grouped(getattr(plan, name) or 0) for name in plan.__slots__}
    said = [
        ngettext("%(n)s constituency", "%(n)s constituencies", plan.constituencies)
        % {"n": n["constituencies"]},
        ngettext("%(n)s segment", "%(n)s segments", plan.segments) % {"n": n["segments"]},
        None if plan.friends is None else _("%(n)s friends in all") % {"n": n["friends"]},
        None if plan.each is None else _("%(n)s friends in each segment") % {"n": n["each"]},
        None
        if plan.certificates is None
        else _("%(n)s certificates in each segment") % {"n": n["certificates"]},
    ]
    return ", ".join(str(one) for one in said if one is not None)


def contradictions(plan: PlannedFriends) -> Iterator[tuple[Promise, dict[str, str]]]:
    """Find where the numbers of a plan cannot all be true: a sentence, and what fills it.

    A number that is lacking contradicts nothing. Nor does a plan of no segments: then there is nothing to multiply.
    """
    if not plan.segments:
        return
    given = {name: grouped(getattr(plan, name) or 0) for name in plan.__slots__}
    friends, each, certificates = plan.friends, plan.each, plan.certificates
    if friends is not None and each is not None and each * plan.segments != friends:
        makes, needs = grouped(each * plan.segments), grouped(-(-friends // plan.segments))
        yield _PRODUCT, given | {"makes": makes, "needs": needs}
        if each * plan.constituencies == friends:
            yield _CONSTITUENCY, given
    if certificates is not None and each is not None and certificates > each:
        yield _CERTIFICATES, given
    if certificates is not None and friends is not None and certificates * plan.segments > friends:
        yield _FEW, given | {"makes": grouped(certificates * plan.segments)}
