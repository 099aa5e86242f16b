"""The work of one call centre in 30 days: length of calls, waiting, who was reached at which hour, and quality."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from abhiyan.core import clock, sql
from abhiyan.core.ages import age_words
from abhiyan.core.small_cells import STEP, hides_each
from abhiyan.core.titles import title_sql
from abhiyan.core.words import active_language
from abhiyan.programmes.models import Programme
from abhiyan.programmes.rules.concluded import concluded_items
from abhiyan.programmes.rules.items import CONFIRMED_ITEM

from . import queries
from .rules.kinds import CALLED

DAYS = 30


@dataclass(frozen=True, slots=True)
class Spread:
    """Seconds of some calls: their number, the median, and what nine of ten do not exceed; None without a call."""

    n: int
    median_s: float | None
    most_s: float | None

    @property
    def median(self) -> str:
        return "" if self.median_s is None else age_words(self.median_s)

    @property
    def most(self) -> str:
        return "" if self.most_s is None else age_words(self.most_s)


@dataclass(frozen=True, slots=True)
class HourReached:
    """Calls that began in an hour of the day, and talks noted in them."""

    hour: int
    calls: int
    reached: int

    @property
    def words(self) -> str:
        """The hour as people read it."""
        return f"{self.hour}:00–{self.hour + 1}:00"

    @property
    def reached_pct(self) -> int | None:
        """Talks in 100 calls; None of fewer than ten calls."""
        return self.reached * 100 // self.calls if self.calls >= STEP else None


@dataclass(frozen=True, slots=True)
class QueueWaiting:
    """A queue of a centre: its calls and talks there, and who waits in it now. since: the one who waits longest."""

    title: str
    calls: int
    reached: int
    waiting: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Agreed:
    """Talks that somebody looked at: how many, and how many of them were so."""

    n: int
    agreed: int


@dataclass(frozen=True, slots=True)
class CentreWork:
    """Figures of a centre. talked: of the provider's line. turn: from the ring to the outcome. waited: of the people.

    answered: talks whose person said yes or no a day later. checked: by random back-checks; None: too few.
    """

    calls: int
    reached: int
    talked: Spread
    turn: Spread
    waited: Spread
    hours: Sequence[HourReached]
    queues: Sequence[QueueWaiting]
    answered: Agreed
    checked: Agreed | None

    @property
    def spreads(self) -> list[tuple[str, Spread]]:
        """The lengths that were recorded, by a word of the page."""
        named = (("talked", self.talked), ("turn", self.turn), ("waited", self.waited))
        return [(name, spread) for name, spread in named if spread.n]


_TURNS = """from contact_call_turn t where t.body_id = %(body)s and t.outcome = any(%(outcomes)s)
  and t.begun_at >= %(since)s
  and t.queue_id in (select q.id from contact_call_queue q where q.programme_id = %(programme)s)"""


def _spread(seconds: str, when: str) -> str:
    percentile = f"percentile_cont(%s) within group (order by {seconds}) filter (where {when})"
    return f"(count(*) filter (where {when}))::int, {percentile % 0.5}, {percentile % 0.9}"


_LENGTHS = f"""select count(*)::int, (count(*) filter (where t.outcome = any(%(talks)s)))::int,
  {_spread("t.talked_s", "t.talked_s > 0")},
  {_spread("extract(epoch from t.ended_at - t.rung_at)", "t.ended_at > t.rung_at")},
  {_spread("greatest(extract(epoch from t.rung_at - t.wanted_at), 0)", "t.rung_at > t.wanted_at - interval '1 day'")}
 {_TURNS}"""
_HOURS = f"""select extract(hour from t.begun_at at time zone %(zone)s)::int, count(*)::int,
  (count(*) filter (where t.outcome = any(%(talks)s)))::int {_TURNS} group by 1 order by 1"""
# Queues of the unit of the centre or above it. People wait once their list is approved, or from their own wish.
_QUEUES = f"""select {title_sql("q")}, d.calls, d.reached, w.n, w.since from contact_call_queue q
 cross join lateral (select count(*)::int as calls,
    (count(*) filter (where t.outcome = any(%(talks)s)))::int as reached {_TURNS} and t.queue_id = q.id) d
 cross join lateral (select count(*)::int as n,
    min(coalesce(e.wanted_at, e.again_at, l.approved_at, l.made_at)) as since
    from contact_list l join contact_entry e on e.list_id = l.id and e.state in ('ready', 'later')
      and e.phone_id is not null and (e.again_at is null or e.again_at <= %(at)s)
      and (e.next_day is null or e.next_day <= %(on)s)
    where l.id = any(q.list_ids) and l.state = 'approved' and l.last_day >= %(on)s) w
 where q.programme_id = %(programme)s and exists (select from org_body b
    join units_placement c on c.unit_id = b.unit_id join units_placement p on p.unit_id = q.unit_id
      and p.hierarchy = c.hierarchy and c.lo >= p.lo and c.lo < p.hi where b.id = %(body)s)
 order by q.priority, q.id"""
# Talks of the centre that the ladder has: i. Their persons are asked a day later.
_TALKS = """from contact_call_turn t join contact_try a on a.turn_id = t.id and a.undone_at is null
  join programmes_item i on i.id = a.item_id where t.body_id = %(body)s
  and t.queue_id in (select q.id from contact_call_queue q where q.programme_id = %(programme)s)"""
_ANSWERED = f"""select (count(*) filter (where {CONFIRMED_ITEM} or i.why = 'denied'))::int,
  (count(*) filter (where {CONFIRMED_ITEM}))::int {_TALKS} and t.begun_at >= %(since)s"""
_CHECKED = f"select i.public_id, t.agent_id {_TALKS} and i.public_id = any(%(items)s)"


def work_of_centre(programme: Programme, body_id: int, *, at: datetime) -> CentreWork:
    """Return how a centre worked for a programme in the last 30 days, and who waits now. In a system scope.

    Back-checks are of closed frames and of the whole programme, in sums alone. They stay out below ten checks or five
    callers: fewer would tell of one person.
    """
    on = clock.day_in(programme.zone, at)
    values: dict[str, Any] = {
        "programme": programme.pk,
        "body": body_id,
        "language": active_language(),
        "zone": programme.zone,
        "at": at,
        "on": on,
        "since": at - timedelta(days=DAYS),
        "talks": [talk.value for talk in queries.TALKS],
        "outcomes": list(queries.CALL_OUTCOMES),
    }
    calls, reached, *spreads = sql.row(_LENGTHS, values)
    talked, turn, waited = (Spread(*spreads[start : start + 3]) for start in (0, 3, 6))
    return CentreWork(
        calls,
        reached,
        talked,
        turn,
        waited,
        sql.each(HourReached, _HOURS, values),
        sql.each(QueueWaiting, _QUEUES, values),
        Agreed(*sql.row(_ANSWERED, values)),
        _checked(programme, values),
    )


def _checked(programme: Programme, values: dict[str, Any]) -> Agreed | None:
    found_genuine = concluded_items(programme.pk, CALLED)
    if not found_genuine:
        return None
    talks = sql.rows(_CHECKED, values | {"items": list(found_genuine)})
    if not hides_each(people=len({caller for _item, caller in talks}), answers=len(talks)):
        return None
    return Agreed(len(talks), sum(found_genuine[item] for item, _caller in talks))
