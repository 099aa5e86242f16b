"""Numbers of doors and call centres, read and worded once for Today, My doors, a dossier and slides."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.core import small_cells, sql
from abhiyan.programmes.models import Programme
from abhiyan.ui.numbers import grouped
from abhiyan.ui.recorded import WorkDone

from . import centres_below, queries
from .models import ContactTry


@dataclass(frozen=True, slots=True)
class SilentCentres:
    """The call centres of a unit, and how many of them are silent."""

    centres: int
    silent: int

    @property
    def words(self) -> str:
        """Say how many of the centres are silent."""
        words = ngettext(
            "%(silent)s of %(n)s call centre is silent since yesterday",
            "%(silent)s of %(n)s call centres are silent since yesterday",
            self.centres,
        )
        return words % {"silent": grouped(self.silent), "n": grouped(self.centres)}


def silence_in(programme: Programme, span: tuple[int, int], *, at: datetime) -> SilentCentres | None:
    """Return the call centres within [lo, hi), and the silent ones. None without a centre or a queue.

    In a system scope; one query.
    """
    silence = SilentCentres(*centres_below.silent_centres(programme, span, at=at))
    return silence if silence.centres else None


@dataclass(frozen=True, slots=True)
class CentresReviewed:
    """The call centres of a unit: their finding in a sentence, and all lines in words and numbers."""

    silence: str
    lines: Sequence[tuple[str, str]]


def called_in(
    programme: Programme, span: tuple[int, int], *, is_exact: bool, at: datetime
) -> CentresReviewed | None:
    """Return what the call centres within [lo, hi) do; None without a centre or a queue.

    is_exact: the reader sees exact figures there. Somebody else reads only of talks up to the last closed day, in
    whole tens. The rest is known only as of now, and would tell of one person. In a system scope.
    """
    silence = silence_in(programme, span, at=at)
    if silence is None:
        return None
    until = None if is_exact else small_cells.until(at, settings.TIME_ZONE)
    whole = centres_below.add_up_centres(centres_below.centres_below(programme, span, at=at))
    talks = small_cells.seen_count(centres_below.talks_below(programme, span, until=until), is_exact=is_exact)
    lines = [
        (_("Call centres"), grouped(whole.centres)),
        (_("Silent since yesterday"), grouped(whole.silent)),
        (_("Call centres at work now"), grouped(whole.at_work)),
        (_("Talks noted by call centres"), talks),
    ]
    if is_exact:
        lines += [
            (_("Talks noted today"), grouped(whole.reached)),
            (_("Promised call-backs that are open"), grouped(whole.promised)),
            (_("Late call-backs"), grouped(whole.late)),
        ]
    return CentresReviewed(silence.words, lines)


@dataclass(frozen=True, slots=True)
class DoorsMet:
    """The doors on a booth's lists, and how many of them are met. is_exact: the reader sees exact figures there."""

    met: int
    doors: int
    is_exact: bool

    @property
    def words(self) -> str:
        """Say how many doors are met, in whole tens to others. "" where there is no door."""
        if self.is_exact and not self.doors:
            return ""
        met, doors = (small_cells.seen_count(n, is_exact=self.is_exact) for n in (self.met, self.doors))
        return _("%(met)s of %(doors)s met") % {"met": met, "doors": doors}


def doors_met(programme: Programme, unit_id: int, *, is_exact: bool) -> DoorsMet:
    """Count the doors on the lists of a booth. In a system scope; one query."""
    return DoorsMet(*queries.met_of(programme, unit_id), is_exact)


def tries_made(account_id: int, *, since: datetime) -> Iterator[WorkDone]:
    """Yield at how many doors somebody was, and how many calls they made. In a system scope; one query."""
    ways = ContactTry.Way
    doors, calls = sql.row(
        """select count(*) filter (where way = any(%(doors)s) or is_visit), count(*) filter (where way = 'call')
        from contact_try where by_id = %(account)s and at >= %(since)s and undone_at is null""",
        {"account": account_id, "since": since, "doors": [ways.DOOR, ways.WALK]},
    )
    if doors:
        yield WorkDone(ngettext("at %(n)s door", "at %(n)s doors", doors) % {"n": grouped(doors)})
    if calls:
        yield WorkDone(ngettext("%(n)s call made", "%(n)s calls made", calls) % {"n": grouped(calls)})
