"""What everybody may read of a programme whose owner opened its page: frames, draws and estimates, and no person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from abhiyan.core.clock import day_in
from abhiyan.core.refusals import NotFound, needed
from abhiyan.core.scope import system
from abhiyan.programmes.models import Programme
from abhiyan.programmes.queries import SaidTrue, said_true
from abhiyan.programmes.rules.estimated import Estimated
from abhiyan.verification.models import Estimate, Frame, PublicPage

from .frames import Published, estimates_at, frames_of, is_past_end, published
from .told import told

KEPT_FOR = timedelta(seconds=30)
_kept: dict[int, tuple[datetime, "list[PublicFrame]"]] = {}  # of pages that are open


@dataclass(frozen=True, slots=True)
class PublicFrame:
    """One frame. own: of the programme's owner, by shade; told: the same for sentences; below: the headline of each
    unit right below, widest least gap first."""

    published: Published
    own: Mapping[int, Estimate]
    told: Estimated
    below: list[Estimate]
    is_past_end: bool

    @property
    def said(self) -> SaidTrue:
        """The sentences about it, in the language of whoever reads: a page is kept for readers of every language."""
        return said_true(self.told)

    @property
    def intervals(self) -> int:
        """How many intervals of districts or states are shown beside each other."""
        return sum(one.rate is not None for one in self.below)


def is_public(programme: Programme) -> bool:
    """Whether a programme's page is open."""
    return PublicPage.objects.filter(programme=programme, closed_at=None).exists()


def public_page(public_id: UUID, *, at: datetime) -> tuple[Programme, list[PublicFrame]]:
    """A programme whose page is open, and its frames, the newest first. Refuses NotFound.

    One query while somebody else looked in the last half minute.
    """
    with system("a public page"):
        found = PublicPage.objects.select_related("programme__owner").filter(closed_at=None)
        page = found.filter(programme__public_id=public_id).first()
        if page is None:
            raise NotFound
        until, frames = _kept.get(page.pk, (at, []))
        if until <= at:
            frames = [_shown(one, at) for one in frames_of(page.programme).order_by("measure", "-number")]
            _kept[page.pk] = (at + KEPT_FOR, frames)
    return page.programme, frames


def public_frame(public_id: UUID, frame_id: UUID) -> Frame:
    """A frame of a programme whose page is open, or NotFound. In a scope that sees it."""
    frame = needed(
        Frame.objects.select_related("programme__owner")
        .filter(public_id=frame_id, programme__public_id=public_id)
        .first()
    )
    if not is_public(frame.programme):
        raise NotFound
    return frame


def _shown(frame: Frame, at: datetime) -> PublicFrame:
    found = estimates_at(frame, frame.unit_id)
    below = [one for one in found if one.unit_id != frame.unit_id and one.shade == Estimate.Shade.ENTERED]
    own = {one.shade: one for one in found if one.unit_id == frame.unit_id}
    return PublicFrame(
        published(frame),
        own,
        told(frame, frame.unit.code, own, on=day_in(frame.programme.zone, at)),
        sorted(below, key=lambda one: (one.high is None, one.high or 0, one.unit.code)),
        is_past_end(frame, at),
    )
