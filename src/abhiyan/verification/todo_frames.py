"""List what frames ask of planners of draws."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.core.clock import day_in
from abhiyan.core.scope import system
from abhiyan.core.words import active_language, day_words, name_in_language
from abhiyan.org.viewer import Viewer
from abhiyan.ui.numbers import grouped
from abhiyan.ui.owed import I_WAIT_FOR, Beside, Owed
from abhiyan.units import queries as units

from .models import Draw, Flag, Frame
from .queries.frames import districts_with_open_checks, draws_of, is_past_end, open_frames
from .queries.lines import verifiers_for

PLAN = "verification.plan"
NAMED = 5  # districts, in one row


def owed_frame_work(viewer: Viewer, *, at: datetime) -> Iterator[Owed | Beside]:
    """Yield a value that is due, frames to close, districts nobody may check."""
    for frame in open_frames():
        lo = units.spans([frame.unit_id], 1).get(frame.unit_id)
        if lo is not None and viewer.may_at(PLAN, lo[0]):
            yield from _of_frame(frame, at=at)


def owed_flags(flags: Sequence[Flag], viewer: Viewer) -> Iterator[Owed]:
    """List flags that wait for a planner of checks: proven, answered, or without an answer in time.

    found: of any place.
    """
    owners = units.spans({flag.programme.owner_id for flag in flags}, 1)
    mine = [
        flag
        for flag in flags
        if (at := owners.get(flag.programme.owner_id)) is not None and viewer.may_at(PLAN, at[0])
    ]
    proven = [flag for flag in mine if flag.is_judged]
    answered = [flag for flag in mine if flag.step == Flag.Step.ANSWERED]
    silent = [flag for flag in mine if flag.step == Flag.Step.ASKED]
    n = len(proven)
    yield from _flags(
        proven,
        ngettext("Propose %(n)s finding, or drop it", "Propose %(n)s findings, or drop them", n),
        _("Fresh checks prove something"),
    )
    n = len(answered)
    yield from _flags(
        answered,
        ngettext("Read %(n)s answer of a worker", "Read %(n)s answers of workers", n),
        _("About entries that look odd"),
    )
    n = len(silent)
    yield from _flags(
        silent,
        ngettext("%(n)s worker gave no answer in time", "%(n)s workers gave no answer in time", n),
        _("Fresh checks of their entries can begin"),
    )


def _flags(some: Sequence[Flag], title: str, meta: str) -> Iterator[Owed]:
    if some:
        yield Owed(
            urgency=1,
            title=title % {"n": grouped(len(some))},
            meta=meta,
            href=reverse("verification:workers", args=[some[0].programme.public_id]),
            act=_("Look"),
            icon="check",
        )


def _of_frame(frame: Frame, *, at: datetime) -> Iterator[Owed | Beside]:
    name = _("Round of checks %(number)s of %(programme)s") % {
        "number": frame.number,
        "programme": name_in_language(frame.programme.names),
    }
    if frame.state == Frame.State.FROZEN:
        yield _of_value(frame, draws_of(frame)[-1], name, at=at)
        return
    if is_past_end(frame, at):
        yield Owed(
            urgency=1,
            title=_("Close this round of checks"),
            meta=_("%(frame)s: the last day of checking is over.") % {"frame": name},
            href=reverse("verification:frame_close", args=[frame.public_id]),
            act=_("Close"),
            icon="check",
        )
        return
    with system("where nobody may check"):
        params = {"since": frame.programme.opens_on, "day": day_in(settings.TIME_ZONE, at)}
        n_by_district = verifiers_for(districts_with_open_checks(frame), **params)
        lacking = [unit_id for unit_id, n in n_by_district.items() if not n]
    if lacking:
        names = sorted(units.names_of_units(lacking, language=active_language()).values())
        yield Owed(
            urgency=2,
            title=ngettext(
                "%(n)s district has nobody who may check",
                "%(n)s districts have nobody who may check",
                len(lacking),
            )
            % {"n": grouped(len(lacking))},
            meta=f"{name}: {', '.join(names[:NAMED])}{'…' if len(names) > NAMED else ''}",
            href=reverse("org:appoint") + "?office=verifier",
            act=_("Appoint"),
            icon="alert",
            key=f"verifiers-{frame.pk}",
        )


def _of_value(frame: Frame, draw: Draw, name: str, *, at: datetime) -> Owed | Beside:
    if at < draw.due_at:
        return Beside(
            sheet=I_WAIT_FOR,
            title=_("The public value for %(frame)s") % {"frame": name},
            meta=draw.source,
            href=reverse("verification:frame", args=[frame.public_id]),
            until=draw.due_at,
        )
    return Owed(
        urgency=1,
        title=_("Draw the checks"),
        meta=_("%(frame)s: %(source)s was due on %(due)s.")
        % {"frame": name, "source": draw.source, "due": day_words(draw.due_at)},
        href=reverse("verification:frame", args=[frame.public_id]),
        act=_("Look"),
        icon="check",
    )
