"""Outcomes of visits and calls, for the board of what the field heard."""

from collections.abc import Iterator, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from abhiyan.forms.rules.heard import HeardQuestion

from .models import ContactTry

# It counts nothing of an erased person, and only the no of somebody who said no.
_ROWS = """select t.unit_id, t.at, t.outcome as code from contact_try t left join contact_entry e on e.id = t.entry_id
  where t.undone_at is null and t.way in ({ways})
    and (e.id is null or e.why_out not in ('erased', 'opted_out') or e.why_out = 'opted_out' and t.outcome = 'never')"""
Way, Outcome = ContactTry.Way, ContactTry.Outcome
ANSWERS = [
    (outcome, label)
    for outcome, label in Outcome.choices
    if outcome not in (Outcome.TAKEN_BACK, Outcome.GONE)
]


def heard() -> Iterator[HeardQuestion]:
    """Yield the outcomes of doors and those of calls by call centres."""
    yield _question("door", _("Doors"), (Way.DOOR, Way.WALK))
    yield _question("call", _("Calls by call centres"), (Way.CALL,))


def _question(code: str, asked_at: Promise, ways: Sequence[str]) -> HeardQuestion:
    rows = _ROWS.format(ways=", ".join(f"'{way}'" for way in ways))
    return HeardQuestion(code, asked_at, _("What came of it"), ANSWERS, rows)
