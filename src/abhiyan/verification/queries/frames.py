"""Frames and draws, as pages show them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from uuid import UUID

from django.conf import settings
from django.db.models import F, OuterRef, QuerySet, Subquery, Sum

from abhiyan.core.clock import day_in
from abhiyan.core.refusals import or_refuse
from abhiyan.core.scope import system
from abhiyan.org.viewer import Viewer
from abhiyan.programmes.models import Programme
from abhiyan.units import queries as units
from abhiyan.verification.models import Check, Draw, Estimate, Frame, Stratum
from abhiyan.verification.rules import draws
from abhiyan.verification.rules.planning import Size
from abhiyan.verification.rules.topping import DrawnSizes

ESTIMATED = (Check.Arm.RANDOM, Check.Arm.VISIT)  # nothing else makes an estimate
MOST = 1_000  # units right below another, on one page


def frames_of(programme: Programme) -> QuerySet[Frame]:
    """Return the frames of a programme in the viewer's sight."""
    return Frame.objects.filter(programme=programme).select_related("programme", "unit")


def frames_listed(programme: Programme) -> QuerySet[Frame]:
    """Return the same with what the list shows: entries, checks answered, the real share, its interval, and the
    widest least gap with its unit."""
    rows = Estimate.objects.filter(frame=OuterRef("pk"), shade=Estimate.Shade.ENTERED)
    estimates = rows.filter(unit=OuterRef("unit"))
    below = rows.exclude(unit=OuterRef("unit")).exclude(high=None).order_by("high", "unit__code")
    return frames_of(programme).annotate(
        entered=Subquery(estimates.values("items")),
        answered=Subquery(estimates.annotate(n=F("genuine") + F("not_genuine")).values("n")),
        real=Subquery(estimates.values("rate")),
        low=Subquery(estimates.values("low")),
        high=Subquery(estimates.values("high")),
        gap_high=Subquery(below.values("high")[:1]),
        gap_names=Subquery(below.values("unit__names")[:1]),
    )


def frame_days(frame: Frame) -> tuple[date | None, date]:
    """Return the day the frame before was frozen (None: it is the first), and the day this one was."""
    before = Frame.objects.filter(
        programme=frame.programme_id, measure=frame.measure, number=frame.number - 1
    )
    at = before.values_list("frozen_at", flat=True).first()
    return at and day_in(settings.TIME_ZONE, at), day_in(settings.TIME_ZONE, frame.frozen_at)


def open_frames() -> list[Frame]:
    """Return the frames in the viewer's sight that are not closed, the oldest first."""
    frames = Frame.objects.exclude(state=Frame.State.CLOSED).select_related("programme")
    return list(frames.order_by("frozen_at", "pk"))


def districts_with_open_checks(frame: Frame) -> list[int]:
    """Return the districts of a frame in which a check is not finished and nobody has it."""
    with system("districts with open checks"):
        waiting = Check.objects.filter(frame=frame, outcome="", verifier_id=None)
        return list(waiting.order_by().values_list("stratum__unit_id", flat=True).distinct())


def frame_for(viewer: Viewer, public_id: UUID) -> Frame:
    """Return one frame in the viewer's sight, or NotFound."""
    assert viewer is not None
    return or_refuse(
        Frame.objects.select_related("programme", "programme__owner", "unit")
        .filter(public_id=public_id)
        .first()
    )


def draws_of(frame: Frame) -> list[Draw]:
    """Return every draw of a frame, the one in force last."""
    return list(Draw.objects.filter(frame=frame).order_by("number"))


def file_of(frame: Frame) -> Iterator[bytes]:
    """Yield the published file, piece by piece. In a scope that sees all of it."""
    draw = Draw.objects.filter(frame=frame).order_by("number").first()
    assert draw is not None
    strata = list(Stratum.objects.filter(frame=frame).order_by("key"))
    return draws.write_frame_file(
        head_of(frame, draw, strata), [bytes(stratum.commitments) for stratum in strata]
    )


def head_of(frame: Frame, draw: Draw, strata: Sequence[Stratum]) -> draws.Head:
    """Return the first line of a frame's file."""
    return draws.Head(
        frame=str(frame.public_id),
        measure=f"{frame.programme.public_id}/{frame.measure}/{frame.number}",
        frozen_at=frame.frozen_at.astimezone(UTC).isoformat(timespec="seconds"),
        value=draw.source,
        key_hash=frame.key_hash,
        parts=tuple(draws.DrawnStratum(stratum.key, stratum.items, stratum.drawn) for stratum in strata),
    )


def more_of(frame: Frame) -> str:
    """Return the file that says how many were drawn later. In a scope that sees all of it."""
    return draws.written_more(
        frame.hash, dict(Stratum.objects.filter(frame=frame).values_list("key", "more"))
    )


def by_district(strata: Iterable[Stratum]) -> list[Stratum]:
    """Return strata with those of a district beside each other."""
    return sorted(strata, key=lambda stratum: (stratum.unit_id, stratum.key))


def drawn_of(strata: Iterable[Stratum]) -> DrawnSizes:
    """Return the items and draws of these strata, in the order of `by_district`."""
    districts = [list(of) for _, of in groupby(by_district(strata), key=lambda stratum: stratum.unit_id)]
    return DrawnSizes(
        tuple(tuple(Size(stratum.items, stratum.is_signed) for stratum in of) for of in districts),
        tuple(tuple(stratum.drawn + stratum.more for stratum in of) for of in districts),
    )


def name_of_file(frame: Frame) -> str:
    """Return the name of the published file."""
    return f"frame-{frame.number}-{frame.hash[:12]}.txt"


def name_of_more(frame: Frame) -> str:
    """Return the name of the file of later checks."""
    return f"more-{frame.number}-{frame.hash[:12]}.json"


@dataclass(frozen=True, slots=True)
class Published:
    """Everything people need to repeat a frame's draw. draws: the one in force last; checks: drawn by the plan.

    more: how many were drawn later.
    """

    frame: Frame
    draws: list[Draw]
    checks: int
    more: int

    @property
    def command(self) -> str:
        """Return the command that repeats it, once it is drawn."""
        value = self.draws[-1].value
        if not value:
            return ""
        parts = ["abhiyan draw --replay", name_of_file(self.frame), value, "--hash", self.frame.hash]
        parts += ["--more", name_of_more(self.frame)] if self.more else []
        parts += ["--key", self.frame.key] if self.frame.key else []
        return " ".join(parts)


def published(frame: Frame) -> Published:
    """Return what is published of a frame. Past the viewer's scope: numbers of checks of the whole."""
    with system("what is published of a frame"):
        n = Stratum.objects.filter(frame=frame).aggregate(checks=Sum("drawn"), more=Sum("more"))
        return Published(frame, draws_of(frame), n["checks"] or 0, n["more"] or 0)


def may_close(frame: Frame, at: datetime) -> bool:
    """Return True if a frame may be closed: its planned end is over, or every check of its estimate is finished."""
    if is_past_end(frame, at):
        return True
    with system("whether checks are open"):
        return not Check.objects.filter(frame=frame, outcome="", arm__in=ESTIMATED).exists()


def is_past_end(frame: Frame, at: datetime) -> bool:
    """Return True if the last day of checking is over in the programme's zone."""
    return day_in(frame.programme.zone, at) > frame.ends_on


def estimates_at(frame: Frame, unit_id: int) -> list[Estimate]:
    """Return the estimates of a unit and of those right below it, with and without a sign, as far as seen.

    Units below the districts have a grade and no estimate: they are left out.
    """
    below = [unit.id for unit in units.children(unit_id, frame.programme.hierarchy, limit=MOST).rows]
    return list(
        Estimate.objects.filter(frame=frame, unit_id__in=[unit_id, *below], grade="")
        .select_related("unit")
        .order_by("unit_id", "shade")
    )
