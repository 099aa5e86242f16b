"""Tasks of the demo, in every state: given, answered and done as their people would."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from abhiyan.core import clock
from abhiyan.core.actor import Actor
from abhiyan.programmes import actions
from abhiyan.programmes.models import Programme
from abhiyan.programmes.queries import tasks as queries
from abhiyan.programmes.rules.tasks import Act

# Who gives it, whose office it is for, what, effort in minutes, given days ago, due in days, and what became of it.
GIVEN: tuple[tuple[str, str, str, int, int, int, tuple[tuple[Act, str], ...]], ...] = (
    ("state_president", "district_president", "मंडल बैठकों की तारीखें तय करें", 60, 1, 2, ()),
    ("district_president", "mandal_president", "हर बूथ पर एक घर-घर संपर्क करें", 180, 3, 1, ((Act.ACCEPT, ""),)),
    ("district_president", "mandal_in_charge", "पुराने सदस्यों की सूची देखें", 120, 6, -2, ()),
    ("mandal_president", "cluster_in_charge", "दस परिवारों से मिलें", 90, 5, 1, ((Act.DO, "बारह परिवार मिले"),)),
    (
        "cluster_in_charge",
        "booth_president",
        "बूथ समिति की बैठक करें",
        60,
        8,
        -3,
        ((Act.DO, ""), (Act.CONFIRM, "")),
    ),
    ("mandal_president", "booth_president", "पोस्टर लगवाएँ", 45, 4, 2, ((Act.DECLINE, "पोस्टर अभी नहीं पहुँचे"),)),
    ("booth_president", "booth_worker", "नए सदस्यों को बधाई दें", 30, 2, 1, ((Act.ACCEPT, ""),)),
    ("state_president", "district_in_charge", "पुरानी रिपोर्ट भेजें", 30, 7, 1, ((Act.WITHDRAW, ""),)),
)
SAMPLE = "(नमूना)"


def _evening(at: datetime) -> datetime:
    """Six in the evening of the same day."""
    zone = ZoneInfo("Asia/Kolkata")
    return datetime.combine(clock.day_in(zone.key, at), time(18), zone)


def give(
    programme: Programme, people: Mapping[str, tuple[Actor, int]], *, unit_id: int, at: datetime
) -> None:
    """Give them all, and one to every district president of a state by one act.

    people: office -> its person of the cast, and the unit (id) they hold it in. unit_id: of the state.
    """
    for giver, office, title, effort, ago, due, moves in GIVEN:
        asker, (holder, where) = people[giver][0], people[office]
        given_at = at - timedelta(days=ago)
        task = actions.ask_task(
            what=actions.What(
                title=f"{title} {SAMPLE}",
                due_at=_evening(at + timedelta(days=due)),
                effort_min=effort,
                programme_id=programme.pk,
            ),
            unit_id=where,
            office=office,
            account_id=holder.account_id,
            by=asker,
            at=given_at,
        )
        for hours, (act, note) in enumerate(moves, 1):
            by = holder if act in (Act.ACCEPT, Act.DECLINE, Act.DO) else asker
            actions.change_task(
                public_id=task.public_id, act=act, note=note, by=by, at=given_at + timedelta(hours=hours)
            )
    what = actions.What(
        title=f"इस हफ़्ते की रिपोर्ट देखें {SAMPLE}",
        due_at=_evening(at + timedelta(days=4)),
        programme_id=programme.pk,
    )
    president = people["state_president"][0]
    on = clock.day_in("Asia/Kolkata", at)
    n = queries.count_seats(unit_id=unit_id, hierarchy=1, office="district_president", on=on)
    actions.ask_tasks(
        what=what, unit_id=unit_id, hierarchy=1, office="district_president", expected=n, by=president, at=at
    )
