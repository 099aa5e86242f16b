"""Workshops: who would be asked for one, how far those who were asked are, and what Today says of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Case, IntegerField, Q, QuerySet, When

from abhiyan.core import sql
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import needed
from abhiyan.org import queries as org
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Viewer
from abhiyan.programmes.models import Programme, Workshop
from abhiyan.programmes.rules.tasks import OPEN, State
from abhiyan.units import queries as units

from .splits import IN_PLAY
from .tasks import ACTIVE


@dataclass(frozen=True, slots=True)
class Seat:
    """A unit to be asked, with who holds the office there; none where it is vacant."""

    unit_id: int
    account_id: int | None
    office_id: int


def seats_to_ask(programme: Programme, *, unit_id: int, office: str, on: date, limit: int) -> list[Seat]:
    """The units below one that should have this office and are in a programme's scope, in the order of the tree."""
    lo, hi = units.span(unit_id, programme.hierarchy)
    return [
        Seat(*row)
        for row in sql.rows(
            f"""select p.unit_id, s.account_id, o.id
            from units_placement p join units_unit u on u.id = p.unit_id
            join org_office o on o.code = %(office)s and u.kind = any(o.expected_in)
            left join lateral (select ap.account_id from org_appointment ap
              where ap.unit_id = p.unit_id and ap.office_id = o.id and {ACTIVE}
              order by ap.starts_on, ap.id limit 1) s on true
            where p.hierarchy = %(h)s and p.valid_to is null and p.lo > %(lo)s and p.lo < %(hi)s and {IN_PLAY}
            order by p.lo limit %(limit)s""",
            {
                "office": office,
                "on": on,
                "h": programme.hierarchy,
                "lo": lo,
                "hi": hi,
                "programme": programme.pk,
                "limit": limit,
            },
        )
    ]


def offices_to_ask(programme: Programme, *, unit_id: int, at: datetime) -> list[org.Below]:
    """The offices below a unit that lead, with how many units should have each."""
    leading = {one.code for one in org.offices_used() if LEADS in one.capabilities}
    return [
        one
        for one in org.ask_vacancies_below(unit_id, programme.hierarchy, at=at)()
        if one.expected and one.office in leading and not one.is_of_officers
    ]


def workshop_for(public_id: UUID) -> Workshop:
    """One workshop in the viewer's sight, or NotFound."""
    found = Workshop.objects.select_related("unit", "programme", "above__unit", "task")
    return needed(found.filter(public_id=public_id, withdrawn_at=None).first())


def may_say(by: Actor, one: Workshop) -> bool:
    """Whether the actor may give a workshop its day: they have its task, or lead its unit."""
    if one.task is not None and by.account_id is not None and one.task.account_id == by.account_id:
        return True
    try:
        org.require(by, LEADS, at=one.unit_id)
    except org.NotYours:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Groups:
    """How many were asked, and how far they are. behind: past a day. vacant, declined: of the silent."""

    asked: int = 0
    held: int = 0
    planned: int = 0
    silent: int = 0
    behind: int = 0
    vacant: int = 0
    declined: int = 0
    attended: int = 0


def groups(of: Iterable[Workshop], *, on: date) -> dict[int, Groups]:
    """By id of those who asked: how far they are whom each asked, as far as in sight. One query."""
    rows = sql.rows(
        """select w.above_id, count(*), count(*) filter (where w.held_on is not null),
          count(*) filter (where w.held_on is null and w.planned_on is not null),
          count(*) filter (where w.held_on is null and w.planned_on is null),
          count(*) filter (where w.held_on is null and (w.planned_on < %(on)s or w.due_on < %(on)s)),
          count(*) filter (where w.held_on is null and w.planned_on is null and w.task_id is null),
          count(*) filter (where w.held_on is null and w.planned_on is null and t.state = 'declined'),
          coalesce(sum(w.attended), 0)
        from programmes_workshop w left join programmes_task t on t.id = w.task_id
        where w.above_id = any(%(of)s::bigint[]) and w.withdrawn_at is null group by 1""",
        {"on": on, "of": [one.pk for one in of]},
    )
    return {above: Groups(*counts) for above, *counts in rows}


_SILENT = Q(held_on=None, planned_on=None)
_PLANNED = Q(held_on=None, planned_on__isnull=False)


def shown(which: str, *, on: date) -> Q:
    """Those of one group of `Groups`; "": all."""
    return {
        "silent": _SILENT,
        "vacant": _SILENT & Q(task=None),
        "behind": Q(held_on=None) & (Q(planned_on__lt=on) | Q(due_on__lt=on)),
        "planned": _PLANNED,
        "held": Q(held_on__isnull=False),
    }.get(which, Q())


def asked_by(above: Workshop) -> QuerySet[Workshop]:
    """Those asked by one workshop. order: the silent 0, the planned 1, those held 2."""
    order = Case(When(_SILENT, then=0), When(_PLANNED, then=1), default=2, output_field=IntegerField())
    found = Workshop.objects.filter(above=above, withdrawn_at=None)
    return found.select_related("unit", "task", "task__office").annotate(order=order)


def last_withdrawn(above: Workshop) -> Workshop | None:
    """One of those whose asking was withdrawn last."""
    gone = Workshop.objects.filter(above=above, withdrawn_at__isnull=False)
    return gone.order_by("-withdrawn_at", "pk").first()


def to_remind(above: Workshop, *, on: date) -> QuerySet[Workshop]:
    """Who gets a reminder: no day given, or one that went by. Not who declined: the board has their reason."""
    late = Q(held_on=None) & (Q(planned_on=None) | Q(planned_on__lt=on))
    return asked_by(above).filter(late).exclude(task__state=State.DECLINED)


def reminders(above: Workshop, *, on: date) -> int:
    """How many offices a reminder goes to. A vacant one gets none."""
    return to_remind(above, on=on).filter(task__account_id__isnull=False).count()


def workshops_of(programme: Programme) -> QuerySet[Workshop]:
    """The workshops of a programme that nobody above asked for, or that asked below themselves; as far as in sight."""
    own = Workshop.objects.filter(programme=programme, withdrawn_at=None)
    return own.filter(Q(above=None) | Q(asks_until__isnull=False)).select_related("unit", "programme")


def to_answer(viewer: Viewer, *, limit: int) -> list[Workshop]:
    """Workshops the viewer may give a day today: of their task, and of the unit they lead; the most urgent first."""
    mine = Q(task__account_id=viewer.account_id, task__state__in=OPEN)
    if viewer.home is not None and viewer.may_at(LEADS, viewer.home.lo):
        mine |= Q(unit_id=viewer.home.unit_id) & (Q(task=None) | Q(task__state__in=OPEN))
    found = Workshop.objects.filter(mine, held_on=None, withdrawn_at=None, due_on__isnull=False)
    return list(found.select_related("unit", "programme").order_by("due_on", "pk")[:limit])


def waiting_of(account_id: int, *, limit: int) -> list[Workshop]:
    """The workshops for which somebody asked those below, newest first."""
    found = Workshop.objects.filter(asked_by=account_id, withdrawn_at=None, asks_until__isnull=False)
    return list(found.select_related("programme", "unit").order_by("-pk")[:limit])


@dataclass(frozen=True, slots=True)
class OfUnit:
    """Workshops of a unit: asked of it, without a day and past it; and asked by it of units below, and of these without
    a day."""

    silent: int
    late: int
    asked: int
    asked_silent: int


def of_unit(unit_id: int, *, on: date) -> OfUnit:
    """Count the workshops that a unit owes, and those that units below owe to it.

    In a scope that sees them; one query.
    """
    row = sql.row(
        """select count(*) filter (where is_own and planned_on is null),
          count(*) filter (where is_own and coalesce(planned_on, due_on) < %(on)s),
          count(*) filter (where is_below), count(*) filter (where is_below and held_on is null and planned_on is null)
        from (select w.*, w.unit_id = %(unit)s and w.due_on is not null and w.held_on is null as is_own,
            coalesce(a.unit_id = %(unit)s and a.withdrawn_at is null, false) as is_below
          from programmes_workshop w left join programmes_workshop a on a.id = w.above_id
          where w.withdrawn_at is null) found""",
        {"on": on, "unit": unit_id},
    )
    return OfUnit(*row)
