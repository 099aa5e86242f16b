"""When units close: the entries of lists there, tries and calls there, and the unit's own lists and call queues."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from abhiyan.contact.models import BasisDocument, CallQueue, CallTurn, ContactEntry, ContactList, ContactTry
from abhiyan.contact.rules.kinds import BY_LIST, KIND, LISTED
from abhiyan.core import clock, sql
from abhiyan.core.scope import system
from abhiyan.org import queries as org
from abhiyan.programmes.actions import post_changes
from abhiyan.programmes.queries import is_in_play, open_programmes_of
from abhiyan.programmes.rules.ladder import REPORTED, TallyChange
from abhiyan.units import actions as units
from abhiyan.units import queries as unit_queries
from abhiyan.units.news import UnitsClosing, UnitsOpening
from abhiyan.units.rules.hanging import Answer, Thing

from .lists import RUN

AT_ONCE = 5_000  # ids kept together for an opening
ENTRIES = Thing(
    key="contact.entries",
    title=_("Contact lists, their people and doors, and call queues"),
    query="select x.unit_id, sum(x.n)::bigint from ("
    "select e.unit_id, count(*) as n from contact_list l join contact_entry e on e.list_id = l.id"
    " and e.unit_id = any(%(units)s) where l.state <> 'ended' group by 1"
    " union all select l.unit_id, count(*) from contact_list l where l.unit_id = any(%(units)s)"
    " and l.state <> 'ended' group by 1"
    " union all select q.unit_id, count(*) from contact_call_queue q where q.unit_id = any(%(units)s) group by 1"
    ") x group by 1",
    answers=(Answer.GOES, Answer.STAYS),
    capability=RUN,
    is_people=True,
)
_ENTRY, _TRY, _LIST, _QUEUE, _TURN = "entry", "try", "list", "queue", "turn"


def move_closing_lists(*, closing: UnitsClosing) -> None:
    """Move what lists have at units about to close to their single successor, if that was the answer.

    Entries, tries and calls there go with it, and so do the unit's own lists and call queues.

    Those of programmes that are not open or do not cover the successor stay. It needs programmes.run at the unit and
    its successor.
    """
    with system("units close"):
        for unit_id, (to,) in sorted(closing.going(ENTRIES.key).items()):
            running = _running(to, at=closing.at)
            entries = ContactEntry.objects.filter(unit_id=unit_id, list__programme_id__in=running)
            entries = entries.exclude(list__state=ContactList.State.ENDED).order_by("pk")
            ids_by_table = {
                _ENTRY: _ids(entries.select_for_update(of=("self",))),
                _TRY: _ids(ContactTry.objects.filter(unit_id=unit_id, programme_id__in=running)),
                _LIST: _ids(ContactList.objects.filter(unit_id=unit_id, programme_id__in=running)),
                _QUEUE: _ids(CallQueue.objects.filter(unit_id=unit_id, programme_id__in=running)),
                _TURN: _ids(CallTurn.objects.filter(unit_id=unit_id, queue__programme_id__in=running)),
            }
            if any(ids_by_table.values()):
                for place_id in (unit_id, to):
                    org.require(closing.by, RUN, at=place_id)
            for kind, ids in ids_by_table.items():
                _move(kind, ids, unit_id, to, at=closing.at)
                for n in range(0, len(ids), AT_ONCE):
                    facts = {"kind": kind, "unit": unit_id, "to": to, "ids": ids[n : n + AT_ONCE]}
                    units.keep_closing_fact(closing_id=closing.closing_id, what=ENTRIES.key, facts=facts)


def bring_lists_back(*, opening: UnitsOpening) -> None:
    """Units are open again: what was moved comes back, unless it has moved further."""
    with system("units open again"):
        for facts in unit_queries.kept_of_closing(closing_id=opening.closing_id, what=ENTRIES.key):
            _move(facts["kind"], facts["ids"], facts["to"], facts["unit"], at=opening.at)


def _running(unit_id: int, *, at: datetime) -> list[int]:
    """Open programmes of contact that cover a unit."""
    return [
        programme.pk
        for programme in open_programmes_of(KIND)
        if is_in_play(programme, unit_id, on=clock.day_in(programme.zone, at))
    ]


def _ids(rows: QuerySet[Any]) -> list[int | str]:
    """Their keys, as JSON keeps them."""
    return [key if isinstance(key, int) else str(key) for key in rows.values_list("pk", flat=True)]


# Imported people are reported at the unit of their row until they are items.
_REPORTED = """select l.programme_id, l.day, count(*)::int from contact_entry e join contact_list l on l.id = e.list_id
 where e.id = any(%s) and e.unit_id = %s and e.is_person and e.item_id is null and l.day is not null group by 1, 2"""


def _move(kind: str, ids: Sequence[int | str], unit_id: int, to: int, *, at: datetime) -> None:
    if kind == _ENTRY:
        changes = [
            TallyChange(programme, LISTED, BY_LIST, unit, day, REPORTED, sign * n)
            for programme, day, n in sql.rows(_REPORTED, [list(ids), unit_id])
            for unit, sign in ((unit_id, -1), (to, 1))
        ]
        ContactEntry.objects.filter(pk__in=ids, unit_id=unit_id).update(unit_id=to)
        post_changes(deltas=changes, at=at)
    elif kind == _TRY:
        ContactTry.objects.filter(pk__in=ids, unit_id=unit_id).update(unit_id=to)
    elif kind == _QUEUE:
        CallQueue.objects.filter(pk__in=ids, unit_id=unit_id).update(unit_id=to)
    elif kind == _TURN:
        CallTurn.objects.filter(pk__in=ids, unit_id=unit_id).update(unit_id=to)
    else:
        ContactList.objects.filter(pk__in=ids, unit_id=unit_id).update(unit_id=to)
        BasisDocument.objects.filter(contact_list_id__in=ids, unit_id=unit_id).update(unit_id=to)
