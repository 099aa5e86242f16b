"""The room gives `/metrics` its figures of sessions."""

from datetime import datetime

from abhiyan.core import sql
from abhiyan.core.metrics import MOST_COUNTED, DatabaseMetric

from .models import Session

_OPEN = """select count(*) filter (where not is_phone), count(*) filter (where is_phone)
 from (select starts_with(key, %s) as is_phone from people_session
 where ends_at > %s and ended_at is null and account_id is not null limit %s) s"""


def _open_sessions(at: datetime) -> dict[str, float]:
    browsers, phones = sql.row(_OPEN, [Session.OF_PHONE, at, MOST_COUNTED])
    return {"browser": float(browsers), "phone": float(phones)}


METRICS = {
    "sessions_open": DatabaseMetric(
        "Sessions of accounts that are signed in, at most 100,000", _open_sessions, "on"
    ),
}
