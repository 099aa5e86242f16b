"""Offer Today what frames and checks ask of somebody, and a record the checks of a week."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.core.numbers import grouped
from abhiyan.core.scope import system
from abhiyan.core.words import day_words, name_in_language
from abhiyan.org.viewer import Viewer
from abhiyan.ui.owed import Beside, Owed

from . import todo_frames as frames
from .models import Check
from .queries import checks
from .queries.checks import checks_made
from .queries.lines import VERIFY


def todo(viewer: Viewer, *, at: datetime) -> Iterator[Owed | Beside]:
    """List a verifier's checks, and what frames wait for from their planners."""
    if viewer.may(frames.PLAN):
        yield from frames.owed_frame_work(viewer, at=at)
    if viewer.is_strong:
        yield from _flags(viewer, at=at)
    if viewer.account_id is not None and viewer.is_strong and viewer.may(VERIFY):
        yield from _checks(viewer.account_id, at=at)


def _checks(account_id: int, *, at: datetime) -> Iterator[Owed]:
    """List the checks a verifier has begun and may go on with now; else that checks wait for somebody."""
    with system("a verifier's own checks"):
        in_hand = [
            check_in_hand
            for check_in_hand in checks.in_hand(account_id, at=at)
            if check_in_hand.waits_until is None
        ]
        now = [
            check_in_hand
            for check_in_hand in in_hand
            if check_in_hand.check.visit_at is None or check_in_hand.check.said_at
        ]
        for one in in_hand:
            if one not in now and one.check.visit_at is not None:
                yield _visit(one.check, one.check.visit_at, at)
        if not now and not any(
            checks.are_free(account_id, is_visit=is_visit, at=at) for is_visit in (False, True)
        ):
            return
    n = len(now)
    yield Owed(
        urgency=1,
        title=ngettext("Finish %(n)s back-check", "Finish %(n)s back-checks", n) % {"n": grouped(n)}
        if n
        else _("Make a back-check"),
        meta=_("A draw decides whose, never in your own area"),
        href=reverse("verification:checks"),
        act=_("Go on") if n else _("Begin"),
        icon="backcheck",
    )


def _visit(check: Check, when: datetime, at: datetime) -> Owed:
    """Return a visit that was fixed, with its day and hour."""
    return Owed(
        urgency=1 if timezone.localdate(when) <= timezone.localdate(at) else 2,
        title=_("Visit for a back-check: %(when)s")
        % {"when": date_format(timezone.localtime(when), "j F, H:i")},
        meta=name_in_language(check.stratum.unit.names),
        href=reverse("verification:check", args=[check.pk]),
        act=_("Go on"),
        icon="backcheck",
        due_at=when,
    )


def _flags(viewer: Viewer, *, at: datetime) -> Iterator[Owed | Beside]:
    """List questions about one's own entries, and that one is closed.

    List answers that wait for a planner of checks.
    """
    from .queries import flags  # SciPy comes with it, and takes a second
    from .rules import findings

    if viewer.account_id is None or viewer.public_id is None:
        return
    with system("questions about entries, on Today"):
        flags_today = flags.for_today(
            viewer.account_id,
            viewer.public_id,
            plans=viewer.may(frames.PLAN),
            at=at,
            on=timezone.localdate(at),
        )
    for flag in flags_today.mine:
        if at < flag.asked_at + findings.EXPIRES:
            yield Owed(
                urgency=1,
                title=_("Answer a question about your entries"),
                meta=_("You have until %(day)s") % {"day": day_words(flag.asked_at + findings.ANSWERS)},
                href=reverse("verification:flag_mine", args=[flag.pk]),
                act=_("Answer"),
                icon="alert",
            )
    if flags_today.is_closed:
        yield Beside(
            sheet=_("Your entries"),
            title=_("The question about your entries is closed"),
            meta=_("Nothing of it is kept."),
        )
    if flags_today.waiting:
        yield from frames.owed_flags(flags_today.waiting, viewer)


work_done = checks_made
