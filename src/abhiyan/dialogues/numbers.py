"""Numbers of calls to booth presidents, read and worded once for a dossier and a record."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from abhiyan.core import clock, sql
from abhiyan.programmes.rules.items import CONFIRMED_ITEM
from abhiyan.ui.numbers import grouped

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
