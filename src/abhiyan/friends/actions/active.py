"""A contributor counts as active once a leader confirms a task of theirs."""

from datetime import datetime
from itertools import groupby

from abhiyan.core.clock import day_in
from abhiyan.core.scope import system
from abhiyan.enrolment.news import ContributorLeft
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.enrolment.rules.measures import ACTIVE
from abhiyan.friends.queries.active import ContributorWork, contributor_work
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.actions import NewItem, count_items, end_items, report_items, resume_items
from abhiyan.programmes.models import Item
from abhiyan.programmes.queries import item_key, runs_now
from abhiyan.work.news import HelperTasksMoved


def heed_helper_tasks(*, event: HelperTasksMoved) -> None:
    """Post what contributors did: reported with their own tap, counted once a leader confirmed it.

    Each contributor is one item of the programme they joined. It ends if a leader opens the only such task again.
    """
    with system("tasks of contributors"):
        work = sorted(contributor_work(event.person_ids), key=lambda row: row.programme_id)
        for programme_id, rows in groupby(work, key=lambda row: row.programme_id):
            _post(programme_id, list(rows), at=event.at)


def _post(programme_id: int, work: list[ContributorWork], *, at: datetime) -> None:
    programme = programmes.programme_by_id(programme_id)
    measures = {measure.number for measure in programmes.measures([programme])[programme_id]}
    if ACTIVE not in measures or not runs_now(programme, at):
        return
    by_key = {item_key(programme.kind, programme_id, ACTIVE, row.membership): row for row in work}
    reported = programmes.items_by_id(by_key)
    day = day_in(programme.zone, at)
    new = [
        NewItem(key, programme_id, ACTIVE, Channel.TASK, row.unit_id, day, phone_id=row.phone_id, at=at)
        for key, row in by_key.items()
        if row.has_done and key not in reported
    ]
    report_items(new=new, at=at)
    active = [key for key, row in by_key.items() if row.is_active]
    for why in (Item.Why.UNDONE, Item.Why.LEFT):
        resume_items(ids=active, why=why, at=at)
    count_items(ids=active, at=at)
    undone = [key for key, item in reported.items() if item.passes and not by_key[key].is_active]
    end_items(ids=undone, why=Item.Why.UNDONE, at=at)


def end_active(*, left: ContributorLeft) -> None:
    """Count a contributor who left, or was erased, as active no more. In a system scope."""
    programme = programmes.programme_by_id(left.programme_id)
    key = item_key(programme.kind, programme.pk, ACTIVE, left.membership)
    end_items(ids=[key], why=Item.Why.LEFT, at=left.at)
