"""Read what everybody may see of a programme with an open page: frames, draws and estimates, and no person."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from abhiyan.core.clock import day_in
from abhiyan.core.refusals import NotFound, or_refuse
from abhiyan.core.scope import system
from abhiyan.core.small_cells import count_in_words, shown_count
from abhiyan.programmes.models import Programme
from abhiyan.programmes.queries import Truth, ladder_from_outside, truth_of
from abhiyan.programmes.rules.estimated import Estimated
from abhiyan.units.models import Unit
from abhiyan.verification.models import Estimate, Frame, PublicPage

from .beside import speaking_frames
from .frames import Published, estimates_at, frames_of, is_past_end, published
from .told import estimated_of_unit, since_of

KEPT_FOR = timedelta(seconds=30)
_kept: dict[int, tuple[datetime, "list[PublicFrame]"]] = {}  # of pages that are open


@dataclass(frozen=True, slots=True)
class PublicFrame:
    """One frame, with counts in whole tens. told: what it says of the programme's owner; entries: of the ladder on the
    last closed day; below: each unit right below, widest least gap first."""

    published: Published
    told: Estimated
    entries: int | None
    below: list["PublicUnit"]
    is_past_end: bool

    @property
    def truth(self) -> Truth:
        """Return the words about it in the reader's language: a page is kept for readers of every language."""
        return truth_of(self.told, entries=self.entries, is_rounded=True)

    @property
    def items(self) -> str:
        """Return the number of entries in the frame."""
        return count_in_words(shown_count(self.told.entered.items))

    @property
    def intervals(self) -> int:
        """Count the intervals of districts or states that are shown beside each other."""
        return sum(public_unit.truth.real is not None for public_unit in self.below)


@dataclass(frozen=True, slots=True)
class PublicUnit:
    """One unit below the owner in a frame, with counts in whole tens."""

    unit: Unit
    told: Estimated

    @property
    def truth(self) -> Truth:
        """Return the words about it."""
        return truth_of(self.told, is_rounded=True)

    @property
    def items(self) -> str:
        """Return the number of entries in the frame."""
        return count_in_words(shown_count(self.told.entered.items))

    @property
    def finished(self) -> str:
        """Return the number of checks answered."""
        return count_in_words(shown_count(self.told.entered.finished))

    @property
    def not_told(self) -> str:
        """Return the number of checks refused or not reached."""
        return count_in_words(shown_count(self.told.entered.not_told))


def is_public(programme: Programme) -> bool:
    """Return True if a programme's page is open."""
    return PublicPage.objects.filter(programme=programme, closed_at=None).exists()


def public_page(public_id: UUID, *, at: datetime) -> tuple[Programme, list[PublicFrame]]:
    """Return a programme whose page is open, and its frames, the newest first. Refuses NotFound.

    One query while somebody else looked in the last half minute.
    """
    with system("a public page"):
        public_pages = PublicPage.objects.select_related("programme__owner").filter(closed_at=None)
        page = public_pages.filter(programme__public_id=public_id).first()
        if page is None:
            raise NotFound
        until, frames = _kept.get(page.pk, (at, []))
        if until <= at:
            frames = [_shown(frame, at) for frame in _in_order(page.programme)]
            _kept[page.pk] = (at + KEPT_FOR, frames)
    return page.programme, frames


def public_frame(public_id: UUID, frame_id: UUID) -> Frame:
    """Return a frame of a programme whose page is open, or NotFound. In a scope that sees it."""
    frame = or_refuse(
        Frame.objects.select_related("programme__owner")
        .filter(public_id=frame_id, programme__public_id=public_id)
        .first()
    )
    if not is_public(frame.programme):
        raise NotFound
    return frame


def _in_order(programme: Programme) -> list[Frame]:
    """Return the frames of a programme: of each measure first the one for the owner's sentence, then the newest
    closed."""
    speaks = set(speaking_frames([programme.pk], programme.owner_id).values())
    frames = list(frames_of(programme))
    frames.sort(
        key=lambda frame: (
            frame.measure,
            frame not in speaks,
            frame.state != Frame.State.CLOSED,
            -frame.number,
        )
    )
    return frames


def _shown(frame: Frame, at: datetime) -> PublicFrame:
    estimates, on, since = (
        estimates_at(frame, frame.unit_id),
        day_in(frame.programme.zone, at),
        since_of(frame),
    )
    own = {estimate.shade: estimate for estimate in estimates if estimate.unit_id == frame.unit_id}
    below = [
        estimate
        for estimate in estimates
        if estimate.unit_id != frame.unit_id and estimate.shade == Estimate.Shade.ENTERED
    ]
    below.sort(key=lambda estimate: (estimate.high is None, estimate.high or 0, estimate.unit.code))
    return PublicFrame(
        published(frame),
        estimated_of_unit(frame, frame.unit.code, own, since=since, on=on),
        ladder_from_outside(
            unit_id=frame.unit_id,
            hierarchy=frame.programme.hierarchy,
            programme=frame.programme,
            measure=frame.measure,
            at=at,
        ).entries,
        [
            PublicUnit(
                estimate.unit,
                estimated_of_unit(frame, estimate.unit.code, {estimate.shade: estimate}, since=since, on=on),
            )
            for estimate in below
        ],
        is_past_end(frame, at),
    )
