"""Numbers of stays and field days, read and worded once for Today, a dossier, a record and preparation."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby, islice

from django.conf import settings
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.core import clock, small_cells, sql
from abhiyan.core.cut import Cut
from abhiyan.core.words import name_in_language
from abhiyan.forms.queries.heard import HeardAnswer, HeardIn, copies_of, heard_in
from abhiyan.forms.rules.heard import HeardSource
from abhiyan.opinions.queries import HeardQuote, quotes_up
from abhiyan.org.viewer import Viewer
from abhiyan.programmes.models import Programme
from abhiyan.programmes.rules.items import CONFIRMED_ITEM, COUNTED_ITEM, WAITING_ITEM
from abhiyan.programmes.rules.ladder import Ladder
from abhiyan.ui.ladder import LadderShown
from abhiyan.ui.numbers import grouped

from . import queries, queries_days
from .words import DAY_WORDS, STATES, STAY_WORDS

DAYS = 90  # of a record
MOST_ANSWERS = 6  # to one question, on slides and paper
_STAYS = "select t.id::text from stays_stay t where t.programme_id = %(of_programme)s"


@dataclass(frozen=True, slots=True)
class PlaceNumbers:
    """The places of a unit: how many there are in each of STATES. is_exact: the reader sees exact figures there."""

    by_state: dict[str, int]
    is_exact: bool = True

    @property
    def total(self) -> int:
        return sum(self.by_state.values())

    @property
    def empty(self) -> int:
        return self.by_state["empty"]

    @property
    def empty_words(self) -> str:
        """Say how many places have no worker."""
        words = ngettext("%(n)s place has no worker", "%(n)s places have no worker", self.empty)
        return words % {"n": grouped(self.empty)}

    @property
    def lines(self) -> list[tuple[str | Promise, str]]:
        """The states in words, each with its number. A reader who does not see the people gets whole tens."""
        return [
            (STATES[state][0], small_cells.seen_count(n, is_exact=self.is_exact))
            for state, n in self.by_state.items()
        ]


def places_in(
    programme: Programme, span: tuple[int, int], *, at: datetime, is_exact: bool = True
) -> PlaceNumbers:
    """Count the places within [lo, hi) by state. In a system scope; one query.

    is_exact: False reads the last closed day, for who does not see the people there.
    """
    if is_exact:
        return PlaceNumbers(queries.states_in(programme, span, at=at))
    until = small_cells.until(at, settings.TIME_ZONE)
    return PlaceNumbers(queries.states_before(programme, span, at=at, until=until), is_exact=False)


@dataclass(frozen=True, slots=True)
class StayNumbers:
    """The stays of a worker in the last days. arrived: as reported."""

    assigned: int
    arrived: int
    counted: int
    waiting: int
    confirmed: int

    @property
    def title(self) -> str:
        return _("Village stays, last %(days)s days") % {"days": DAYS}

    @property
    def lines(self) -> list[tuple[str, str]]:
        stays = STAY_WORDS.sentence(
            seen=self.counted, waiting=self.waiting, confirmed=self.confirmed, reported=self.arrived
        )
        return [(_("Stays"), stays), (_("Assigned"), grouped(self.assigned))]


def stays_in_words(counted: Ladder | LadderShown) -> str:
    """Say how many stays of a unit are confirmed, counted and reported."""
    return STAY_WORDS.sentence(
        seen=counted.counted,
        waiting=counted.unsigned or 0,
        confirmed=counted.confirmed,
        reported=counted.reported,
    )


@dataclass(frozen=True, slots=True)
class StaysHeard:
    """The answers of stay reports in a unit and below, and the quotes that came up to it."""

    answers: list[HeardAnswer]
    quotes: Cut[HeardQuote] = field(default_factory=Cut)

    @property
    def rows(self) -> list[tuple[str, str, str]]:
        """Say the answers given most to each question: question, answer, how many. A number has its sum."""
        rows: list[tuple[str, str, str]] = []
        for _question, answers in groupby(self.answers, key=lambda answer: (answer.form, answer.key)):
            rows += [_row(answer) for answer in islice(answers, MOST_ANSWERS)]
        return rows


def _row(answer: HeardAnswer) -> tuple[str, str, str]:
    if answer.summed is None:
        return answer.question, answer.answer, grouped(answer.n)
    reports = _("%(n)s reports") % {"n": grouped(answer.n)}
    return answer.question, _("In all"), f"{grouped(round(answer.summed))} ({reports})"


def stays_source(programme: Programme) -> HeardSource:
    """The stay reports of a programme as a source of answers."""
    label = f"{name_in_language(programme.names)} · {queries.programme_days(programme)}"
    return HeardSource(
        source_code(programme), label, queries.REPORT_OF, _STAYS, {"of_programme": programme.pk}
    )


def source_code(programme: Programme) -> str:
    """The code of this source in addresses."""
    return f"{queries.KIND}-{programme.public_id}"


def heard_title(programme: Programme) -> str:
    """Name what the workers of a programme heard, for links and headings."""
    return _("What workers heard: %(programme)s") % {"programme": name_in_language(programme.names)}


def reports_in(
    programme: Programme, span: tuple[int, int], *, at: datetime, is_exact: bool
) -> list[HeardAnswer]:
    """Count the answers of stay reports within [lo, hi). In a system scope; three queries."""
    place = HeardIn(*span, at, sees_all=is_exact, source=stays_source(programme))
    return heard_in(place, copies_of(queries.REPORT_FORM))


def heard_at_stays(
    programme: Programme, unit_id: int, span: tuple[int, int], viewer: Viewer, *, at: datetime, decides: bool
) -> StaysHeard | None:
    """Return what stay reports of a unit say, as a viewer may read it; None where they say nothing.

    decides: the viewer reads the quotes at the unit's desk. In a system scope; at most four queries.
    """
    place = HeardIn.seen_by(viewer, span, at=at, source=stays_source(programme))
    answers = heard_in(place, copies_of(queries.REPORT_FORM))
    quotes: Cut[HeardQuote] = quotes_up(unit_id, place) if decides and answers else Cut()
    return StaysHeard(answers, quotes) if answers else None


def _since(at: datetime) -> date:
    return clock.day_in(settings.TIME_ZONE, at) - timedelta(days=DAYS)


def stays_of(account_id: int, *, at: datetime) -> StayNumbers:
    """Count a worker's stays in programmes that ended in the last days or later. In a system scope; one query."""
    row = sql.row(
        f"""select count(*) filter (where t.ended_at is null), count(*) filter (where t.item_id is not null),
          count(*) filter (where {COUNTED_ITEM}), count(*) filter (where {WAITING_ITEM}),
          count(*) filter (where {CONFIRMED_ITEM})
        from stays_stay t join programmes_programme g on g.id = t.programme_id and g.closes_on >= %(since)s
        left join programmes_item i on i.id = t.item_id where t.worker_id = %(worker)s""",
        {"since": _since(at), "worker": account_id},
    )
    return StayNumbers(*row)


def days_by_month(account_id: int, *, at: datetime) -> list[tuple[str, str]]:
    """Say how many field days somebody marked in each of the last months, by rung. In a system scope; one query."""
    return [
        (
            date_format(month.month, "F Y"),
            DAY_WORDS.sentence(
                seen=month.counted, waiting=month.waiting, confirmed=month.confirmed, reported=month.marked
            ),
        )
        for month in queries_days.months_of(account_id, since=_since(at).replace(day=1))
    ]
