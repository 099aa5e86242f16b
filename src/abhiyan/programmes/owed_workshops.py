"""What workshops ask of somebody today: a day in one tap; and how far those are whom they asked."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.core import clock
from abhiyan.core.words import named
from abhiyan.org.viewer import Viewer
from abhiyan.ui.numbers import grouped
from abhiyan.ui.owed import I_WAIT_FOR, Beside, Owed, Thing

from .models import Workshop
from .queries import workshops as found
from .rules import workshops as rules

SHOWN = 10


def owed(viewer: Viewer, *, at: datetime) -> Iterator[Thing]:
    """Workshops without a day, or whose day is here: one tap says it, and its page takes it back."""
    assert viewer.account_id is not None  # only who signed in has a Today
    for one in found.to_answer(viewer, limit=SHOWN):
        if thing := _asked(one, at=at):
            yield thing
    waiting = found.waiting_of(viewer.account_id, limit=SHOWN)
    on = {one.pk: clock.day_in(one.programme.zone, at) for one in waiting}
    counts = found.groups(waiting, on=min(on.values())) if waiting else {}
    for one in waiting:
        if (of := counts.get(one.pk)) and of.held < of.asked:
            title = ngettext(
                "%(n)s unit has no day for its workshop",
                "%(n)s units have no day for their workshop",
                of.silent,
            )
            rest = _("%(held)s of %(asked)s workshops held") % {
                "held": grouped(of.held),
                "asked": grouped(of.asked),
            }
            yield Beside(
                sheet=I_WAIT_FOR,
                title=title % {"n": grouped(of.silent)} if of.silent else rest,
                meta=f"{one.title}, {rest}" if of.silent else one.title,
                href=reverse("programmes:workshop", args=[one.public_id]),
            )


def _asked(one: Workshop, *, at: datetime) -> Owed | None:
    """A row of Today; none while the day to come is set and not here."""
    assert one.due_on is not None  # as found.to_answer finds them
    today = clock.day_in(one.programme.zone, at)
    tap = rules.day_to_tap(planned_on=one.planned_on, due_on=one.due_on, on=today)
    if tap is None and one.planned_on is not None:
        return None
    page = reverse("programmes:workshop", args=[one.public_id])
    act, day = tap or ("", one.due_on)
    words = {"hold": _("It was held on %(day)s"), "plan": _("Plan it for %(day)s")}
    return Owed(
        urgency=_urgency(one, today=today),
        title=_("Workshop: %(title)s") % {"title": one.title},
        meta=_("%(unit)s, by %(day)s")
        % {"unit": named(one.unit.names), "day": date_format(one.due_on, "j M Y")},
        href=reverse("programmes:workshop_act", args=[one.public_id, act]) if tap else page,
        act=words[act] % {"day": date_format(day, "j M")} if tap else _("Give the day"),
        icon="check",
        posts=tap is not None,
        also=[(_("Another day"), page)] if tap else [],
    )


def _urgency(one: Workshop, *, today: date) -> int:
    day = one.planned_on or one.due_on
    if day is None or day < today:
        return 0
    return 1 if day <= today + timedelta(days=1) else 2
