"""Field days: a leader plans a day in the own area and marks it there; the booth president is asked."""

from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, clock, lot
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.core.words import local_person, name_in_language
from abhiyan.people import queries as people
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.actions import AskedItem, NewItem, item_key
from abhiyan.programmes.models import Item, Programme
from abhiyan.programmes.queries import programme_by_id
from abhiyan.stays import queries_days as queries
from abhiyan.stays.models import FieldDay
from abhiyan.stays.queries import president_phone
from abhiyan.stays.queries_days import DAYS, KIND
from abhiyan.stays.rules.days import judged_day
from abhiyan.stays.rules.stays import StayMark
from abhiyan.units import queries as units

from .marking import ANSWERS, MarkGiven

IN_AREA = 1  # the channel of the measure


class NoDaysThere(Refused):
    message = _("No programme of field days runs in this booth on that day.")


class DayPast(Refused):
    message = _("This day is past. Choose today or a later day.")


class NotOwnArea(Refused):
    message = _("This booth is not in your area on that day. Choose a booth of your own area.")


class DayMarked(Refused, status=409):
    message = _("You marked this day already. It stays as it is.")


class NotThatDay(Refused):
    message = _("You can mark this day only on %(day)s.")


class AreaLost(Refused, status=409):
    message = _("Your office did not reach this booth on that day, so the day can't be marked.")


class DaysClosed(Refused, status=409):
    message = _("This programme of field days is closed.")


def plan_day(*, day: date, unit_id: int, by: Actor, at: datetime) -> FieldDay:
    """Plan a day in a booth. A plan of the same day that is not marked moves there.

    The leader's office leads above the booth, or holds its seat, on that day. Refuses NoDaysThere, DayPast,
    NotOwnArea, DayMarked.
    """
    account = or_refuse(by.account_id)
    with system("a field day is planned"):
        area = queries.area_of(account, unit_id, on=day)
        if area is None:
            raise NotOwnArea(field="booth")
        programme = or_refuse(queries.programme_of(unit_id, on=day), NoDaysThere)
        if day < clock.day_in(programme.zone, at):
            raise DayPast(field="day")
        there = {"programme_id": programme.pk, "unit_id": unit_id, "area_id": area, "planned_at": at}
        fresh = {"id": lot.uuid(), "leader_id": account, "day": day, **there}
        row, is_new = FieldDay.objects.select_for_update().get_or_create(
            leader_id=account, day=day, defaults=fresh
        )
        if row.item_id is not None:
            raise DayMarked(field="day")
        if not is_new:
            FieldDay.objects.filter(pk=row.pk).update(**there)
            row.refresh_from_db()
        _record(row, "stays.plan_day", by=by, at=at)
    return row


def drop_day(*, day: UUID, by: Actor, at: datetime) -> None:
    """Drop a plan of one's own. Refuses NotFound, DayMarked."""
    with system("a field day is dropped"):
        row = _own(day, by)
        if row.item_id is not None:
            raise DayMarked
        _record(row, "stays.drop_day", by=by, at=at)
        row.delete()


def mark_day(*, day: UUID, mark_given: MarkGiven, by: Actor, at: datetime) -> FieldDay:
    """Mark one's own day: reported, and counted by its rule. The booth president is asked whether it was so.

    A day that is marked stays as it is (`FieldDay.is_known`). Refuses NotFound, DaysClosed, NotThatDay, AreaLost.
    """
    with system("a field day is marked"):
        row = _own(day, by)
        if row.item_id is not None:
            row.is_known = True
            return row
        programme = programme_by_id(row.programme_id)
        if programme.state != Programme.State.OPEN:
            raise DaysClosed
        made = at - mark_given.age
        if clock.day_in(programme.zone, made) != row.day:
            raise NotThatDay(day=date_format(row.day, "j F"))
        if queries.area_of(row.leader_id, row.unit_id, on=row.day) is None:
            raise AreaLost
        mark = StayMark(made, at, mark_given.point, mark_given.accuracy, mark_given.clock)
        verdict = judged_day(mark, queries.is_inside(row.leader_id, row.unit_id, mark, on=row.day))
        lat, lon = mark_given.point or (None, None)
        new = NewItem(
            item_key(KIND, row.leader_id, row.day),
            programme.pk,
            DAYS,
            IN_AREA,
            row.unit_id,
            row.day,
            by_id=row.leader_id,
            phone_id=president_phone(row.unit_id, on=row.day),
            at=made,
            device=by.device,
            lat=lat,
            lon=lon,
            accuracy=mark_given.accuracy,
            is_counted=verdict.flaw is None,
            is_signed=verdict.is_signed,
        )
        (item,) = programmes.report_items(new=[new], at=at)
        row.item_id, row.marked_at, row.flaw = item.pk, made, str(verdict.flaw or "")
        row.save(update_fields=["item_id", "marked_at", "flaw"])
        _record(row, "stays.mark_day", by=by, at=at)
        if verdict.flaw is None:
            _ask(row, item, at=at)
    return row


def _own(day: UUID, by: Actor) -> FieldDay:
    return or_refuse(
        FieldDay.objects.select_for_update().filter(pk=day, leader_id=or_refuse(by.account_id)).first()
    )


def _ask(row: FieldDay, item: Item, *, at: datetime) -> None:
    """Ask the booth president whether the leader was there."""
    to = settings.LANGUAGE_CODE
    leader = local_person(people.names_of_accounts([row.leader_id]).get(row.leader_id, ""), to)
    place = name_in_language(units.unit_by_id(row.unit_id).names, to)
    with translation.override(to):
        on = date_format(row.day, "j F")
        label = say("The field day of %(leader)s on %(day)s") % {"leader": leader, "day": on}
    blanks = {"leader": leader, "place": place, "day": on}
    programmes.ask_whether(
        asked_items=[AskedItem(item, "ask.visited", blanks, label, at + ANSWERS, to)], at=at
    )


def _record(row: FieldDay, act: str, *, by: Actor, at: datetime) -> None:
    facts = {"day": row.day.isoformat()}
    audit.record(by=by, at=at, act=act, subject=str(row.pk), unit_id=row.unit_id, facts=facts)
