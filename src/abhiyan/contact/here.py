"""A dossier and slides take from here what the call centres of a unit do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from abhiyan.core import small_cells
from abhiyan.programmes.models import Programme
from abhiyan.ui.numbers import grouped

from . import centres_below


@dataclass(frozen=True, slots=True)
class CentresReviewed:
    """The call centres of a unit: how many, how many of them silent, and all lines in words and numbers."""

    centres: int
    silent: int
    lines: Sequence[tuple[str, str]]


def called_in(
    programme: Programme, span: tuple[int, int], *, is_exact: bool, at: datetime
) -> CentresReviewed | None:
    """Return what the call centres within [lo, hi) do; None without a centre or a queue.

    is_exact: the reader sees the people there. Somebody else reads only of talks up to the last closed day, in
    whole tens. The rest is known only as of now, and would tell of one person. In a system scope.
    """
    if not centres_below.silent_centres(programme, span, at=at)[0]:
        return None
    whole = centres_below.whole(centres_below.centres_below(programme, span, at=at))

    until = None if is_exact else small_cells.until(at, settings.TIME_ZONE)
    talks = small_cells.seen(centres_below.talks_below(programme, span, until=until), is_exact=is_exact)
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
    return CentresReviewed(whole.centres, whole.silent, lines)
