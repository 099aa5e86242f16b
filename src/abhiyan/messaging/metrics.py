"""The room gives `/metrics` its figures of messages."""

from datetime import datetime

from abhiyan.core import counters, sql
from abhiyan.core.metrics import MOST_COUNTED, DatabaseMetric
from abhiyan.polls import queries as polls

from . import queries
from . import registrations as reads
from .actions.sending import MESSAGES, State

_WAITING = """select count(*) from (select from messaging_message
 where state in ('queued', 'leased') and due_at <= %s limit %s) m"""
_HELD = """select reason, count(*) from (select reason from messaging_message
 where state = 'held' limit %s) m group by reason order by reason"""


def _gone(_at: datetime) -> dict[str, float]:
    counted = counters.read_counters(MESSAGES)
    return {state: float(counted.get(state, 0)) for state in (State.SENT.value, State.FAILED.value)}


def _waiting(at: datetime) -> float:
    return float(sql.count(_WAITING, [at, MOST_COUNTED]))


def _held(_at: datetime) -> dict[str, float]:
    return {reason: float(n) for reason, n in sql.rows(_HELD, [MOST_COUNTED])}


METRICS = {
    "messages": DatabaseMetric(
        "Messages that a gateway took, or that failed for good", _gone, "state", is_counter=True
    ),
    "messages_waiting": DatabaseMetric("Messages that are due and have not left, at most 100,000", _waiting),
    "messages_held": DatabaseMetric("Messages that wait for somebody, at most 100,000", _held, "reason"),
    "messages_oldest_due_seconds": DatabaseMetric(
        "Seconds since the longest waiting message was due", lambda at: queries.oldest_due_s(at=at)
    ),
    "messages_gateway_away": DatabaseMetric(
        "Lanes whose gateway does not answer, codes and others: 0 to 2",
        lambda _at: float(len(queries.outages())),
    ),
    "texts_without_dlt_id": DatabaseMetric(
        "Texts without a template id on DLT", lambda _at: float(len(reads.unregistered()))
    ),
    "states_without_poll_entry": DatabaseMetric(
        "States for which the calendar says nothing: bulk messages wait there",
        lambda at: float(len(polls.states_without_entry(at=at))),
    ),
}
