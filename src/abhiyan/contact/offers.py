"""Offer pages that gather what contact knows: work at centres, a unit's centres, and what came of tries."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from abhiyan.core.scope import system
from abhiyan.core.words import name_in_language
from abhiyan.forms.queries.heard import HeardIn, answers_in_words, forms_answered, heard_in, room_questions
from abhiyan.forms.rules.heard import HeardQuestion
from abhiyan.org.here import unit_address
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Viewer
from abhiyan.programmes.queries import running_of_kind
from abhiyan.ui.addresses import address_of
from abhiyan.ui.numbers import grouped
from abhiyan.ui.owed import Owed
from abhiyan.ui.reviewed import ReviewedPart, Subject
from abhiyan.ui.room_links import RoomLink
from abhiyan.units.queries import UnitRow

from . import centres, centres_below, numbers
from .centres import AGENT, SUPERVISOR
from .models import ContactTry
from .numbers import called_in, tries_made
from .rules.kinds import KIND

# The board counts nothing of an erased person, and only the no of somebody who said no.
_TRIES = """select t.unit_id, t.at, t.outcome as code from contact_try t left join contact_entry e on e.id = t.entry_id
  where t.undone_at is null and t.way in ({ways})
    and (e.id is null or e.why_out not in ('erased', 'opted_out') or e.why_out = 'opted_out' and t.outcome = 'never')"""
Way, Outcome = ContactTry.Way, ContactTry.Outcome
ANSWERS = [
    (outcome, label)
    for outcome, label in Outcome.choices
    if outcome not in (Outcome.TAKEN_BACK, Outcome.GONE)
]


def todo(viewer: Viewer, *, at: datetime) -> Iterator[Owed]:
    """Yield a row for each seat in a call centre."""
    for office in viewer.appointments if viewer.is_strong else ():
        if office.body_id is None or office.office not in (AGENT, SUPERVISOR):
            continue
        is_caller = office.office == AGENT
        is_urgent, title = _handed(viewer, at) if is_caller else _needed_in(office.body_id, at)
        yield Owed(
            urgency=0 if is_urgent else 1,
            title=title,
            meta=office.unit_name(),
            href=reverse("contact:calls") if is_caller else reverse("contact:centre", args=[office.body_id]),
            act=_("Open the calls") if is_caller else _("Open the centre"),
            icon="phone",
        )


def _handed(viewer: Viewer, at: datetime) -> tuple[bool, str]:
    """Return whether a supervisor gave call-backs to a caller, and the title of the row."""
    with system("call-backs that were handed to a caller"):
        n = len(centres.handed_to(viewer.account_id or 0, at=at))
    if not n:
        return False, _("Call the next people")
    words = ngettext(
        "Your supervisor gave you %(n)s call-back", "Your supervisor gave you %(n)s call-backs", n
    )
    return True, words % {"n": grouped(n)}


def _needed_in(body_id: int, at: datetime) -> tuple[bool, str]:
    """Return whether a centre needs its supervisor now, and the title of the row: help, late call-backs, silence."""
    with system("what a centre needs of its supervisor"):
        asking = sum(caller_now.help is not None for caller_now in centres.callers_of(body_id, at=at))
        late, is_silent = centres.late_in(body_id, at=at), centres_below.is_centre_silent(body_id, at=at)
    if asking:
        words = ngettext("%(n)s caller needs help", "%(n)s callers need help", asking)
        return True, words % {"n": grouped(asking)}
    if late:
        words = ngettext("%(n)s promised call-back is late", "%(n)s promised call-backs are late", late)
        return True, words % {"n": grouped(late)}
    if is_silent:
        return True, _("Your call centre is silent since yesterday")
    return False, _("Look after your call centre")


def unit_links(viewer: Viewer, unit: UnitRow, *, at: datetime) -> Iterator[RoomLink]:
    """Yield the call centres of programmes that call in a unit, for leaders who see its people."""
    if unit.lo is None or unit.hi is None:
        return
    if not viewer.sees_people_at(unit.lo) or not viewer.may_at(LEADS, unit.lo):
        return
    for programme in running_of_kind(KIND, at):
        with system("the call centres of a unit's page"):
            has_centres = numbers.silence_in(programme, (unit.lo, unit.hi), at=at) is not None
        if has_centres:
            yield RoomLink(
                _("Call centres: %(programme)s") % {"programme": name_in_language(programme.names)},
                unit_address(address_of("contact:calling", programme.public_id), unit.code),
                icon="phone",
            )


def dossier_parts(subject: Subject, *, at: datetime) -> Iterator[ReviewedPart]:
    """Yield the call centres of each programme that runs in a unit and has some there, and what the field heard.

    Nothing of an office-bearer.
    No query for a unit where no contact runs. Calls, promises and answers are rounded for who does not see the people.
    """
    if subject.account_id is not None or KIND not in subject.kinds:
        return
    with system("call centres in a dossier, numbers alone"):
        centres_there = [
            (programme, called_in(programme, (subject.lo, subject.hi), is_exact=subject.is_exact, at=at))
            for programme in running_of_kind(KIND, at)
            if programme.hierarchy == subject.hierarchy
        ]
        place = HeardIn(subject.lo, subject.hi, at, sees_all=subject.is_exact)
        answers = answers_in_words(heard_in(place, forms_answered(place), room_questions()))
    if answers:
        yield ReviewedPart(_("What the field heard"), answers)
    for programme, lines in centres_there:
        if lines is not None:
            yield ReviewedPart(
                _("Call centres: %(name)s") % {"name": name_in_language(programme.names)}, lines.lines
            )


def field_questions() -> Iterator[HeardQuestion]:
    """Yield the outcomes of doors and those of calls by call centres."""
    yield _question("door", gettext_lazy("Doors"), (Way.DOOR, Way.WALK))
    yield _question("call", gettext_lazy("Calls by call centres"), (Way.CALL,))


def _question(code: str, asked_at: Promise, ways: Sequence[str]) -> HeardQuestion:
    tries = _TRIES.format(ways=", ".join(f"'{way}'" for way in ways))
    return HeardQuestion(code, asked_at, gettext_lazy("What came of it"), ANSWERS, tries)


work_done = (
    tries_made  # the doors somebody went to, and their calls; the talks among them are items of programmes
)
