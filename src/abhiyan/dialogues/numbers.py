"""Numbers of calls to booth presidents, read and worded once for a dossier, a record and slides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from abhiyan.core import clock, sql
from abhiyan.core.words import local_person
from abhiyan.programmes.models import Programme
from abhiyan.programmes.rules.items import CONFIRMED_ITEM
from abhiyan.ui.numbers import grouped
from abhiyan.ui.slides.said import Mention

from .grades import grades_in_words, grades_of_unit, months_of_grades
from .leaders import calling_leaders, leaders_in_words
from .words import TALK_WORDS


@dataclass(frozen=True, slots=True)
class CallNumbers:
    """Calls of the last days: how many were given to leaders, noted as talks, and confirmed by the presidents."""

    days: int
    n_given: int
    noted: int
    confirmed: int

    @property
    def title(self) -> str:
        return _("Calls to booth presidents, last %(days)s days") % {"days": self.days}

    @property
    def lines(self) -> list[tuple[str, str]]:
        """The president's word comes first."""
        talks = TALK_WORDS.sentence(seen=self.confirmed, reported=self.noted)
        return [(_("Talks"), talks), (_("Given to call"), grouped(self.n_given))]


_CALLS = f"""select count(*), count(*) filter (where d.outcome = 'talked'),
  count(*) filter (where {CONFIRMED_ITEM})
from dialogues_dialogue d left join programmes_item i on i.id = d.item_id where d.day >= %(since)s and """


def _since(days: int, at: datetime) -> date:
    return clock.day_in(settings.TIME_ZONE, at) - timedelta(days=days)


def calls_of(account_id: int, *, days: int, at: datetime) -> CallNumbers:
    """Count a leader's calls of the last days. In a scope that sees them; one query."""
    values = {"since": _since(days, at), "leader": account_id}
    return CallNumbers(days, *sql.row(f"{_CALLS} d.leader_id = %(leader)s", values))


def calls_in(span: tuple[int, int], *, days: int, at: datetime) -> CallNumbers:
    """Count the calls to booths within [lo, hi) in the last days. In a scope that sees them; one query."""
    inside = "d.unit_id in (select unit_id from units_placement where lo >= %(lo)s and lo < %(hi)s)"
    values = {"since": _since(days, at), "lo": span[0], "hi": span[1]}
    return CallNumbers(days, *sql.row(f"{_CALLS} {inside}", values))


SlideRows = tuple[str, Sequence[tuple[str, ...]]]  # the finding, and the rows behind it


def booths_graded(
    programme: Programme, unit_id: int, span: tuple[int, int], *, at: datetime
) -> SlideRows | None:
    """Return how the organisation is doing in the booths called; rows: all talks, then each month.

    A row has its name, the booths called, and how many work well, work in part and need help. None where no booth has
    a grade. The viewer sees the people there.
    """
    on = clock.day_in(programme.zone, at)
    whole = grades_of_unit(programme, unit_id, span, on=on)
    if whole is None:
        return None
    rows = [(_("Last talk with each booth"), whole.by_grade)]
    rows += [(month.title, month.by_grade) for month in months_of_grades(programme, span, on=on)]
    return grades_in_words(whole), [(name, *(grouped(n) for n in numbers)) for name, numbers in rows]


def leaders_called(programme: Programme, span: tuple[int, int], *, at: datetime) -> SlideRows | None:
    """Return how many leaders did not call on their last day; rows: these leaders, else every leader.

    A row has name, office, days due and days called. None where no leader had calls to make. The viewer sees the
    people there.
    """
    leaders = calling_leaders(programme, span, on=clock.day_in(programme.zone, at))
    if not leaders:
        return None
    rows = [
        (
            Mention(local_person(leader.name), "holder", str(leader.account_id)),
            leader.office_held,
            grouped(leader.due),
            grouped(leader.called),
        )
        for leader in [row for row in leaders if not row.has_called] or leaders
    ]
    return leaders_in_words(leaders), rows
