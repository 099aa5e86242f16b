"""Committees, wings, departments and call centres of a unit."""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, clock, sql
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import NotFound, Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.org import queries
from abhiyan.org.models import Appointment, Body, BodyKind
from abhiyan.org.queries import NotYours, require
from abhiyan.units import queries as units

from .appointments import OPEN, UnitNotPlaced, end_appointment

LONGEST_NAME, LONGEST_DUTY = 100, 300
MOST_MEMBERS, MOST_BODIES = 200, 60  # of one body; of one unit


class BodyNameMissing(Refused):
    message = _("Write the name in English at least, with at most 100 letters.")


class BodyNameTaken(Refused, status=409):
    message = _("This unit already has a committee, wing or department of this name. Choose another name.")


class BodyKindUnfit(Refused, code="unknown_kind"):
    message = _("Choose a kind that this unit can have.")


class MembersUnfit(Refused):
    message = _("Write how many members it has, from %(least)s to %(most)s.")


class DutyTooLong(Refused):
    message = _("Write its responsibility in at most %(most)s letters.")


class TooManyBodies(Refused):
    message = _("A unit can have at most %(most)s committees, wings and departments. Dissolve one first.")


def make_body(
    *,
    unit_id: int,
    kind: str,
    names: Mapping[str, str],
    by: Actor,
    at: datetime,
    seats: int = 1,
    duty: str = "",
) -> Body:
    """Set up a body in a unit. names: language -> name, English among them.

    kind: a standard one, or the code of an own one. seats: of members; an own kind has its number. duty: its work.

    Holders of org.bodies there may do it. Refuses BodyKindUnfit, BodyNameMissing, BodyNameTaken, MembersUnfit,
    DutyTooLong, TooManyBodies, UnitNotPlaced in a closed unit.
    """
    require(by, "org.bodies", at=unit_id)
    with system("setting up a body"):
        sql.wait_for(f"org.bodies {unit_id}")
        if units.unit_by_id(unit_id).closed_on is not None:
            raise UnitNotPlaced(field="unit")
        made = Body(unit_id=unit_id, kind=kind, own_kind=_own_kind(kind, unit_id), made_at=at)
        _say(made, names=names, seats=seats, duty=duty)
        if Body.objects.filter(unit_id=unit_id, ended_on=None).count() >= MOST_BODIES:
            raise TooManyBodies(most=MOST_BODIES)
        made.save()
        audit.record(
            by=by, at=at, act="org.make_body", subject=str(made.pk), unit_id=unit_id, facts={"kind": kind}
        )
    return made


def _own_kind(kind: str, unit_id: int) -> BodyKind | None:
    """The own kind of body with this code that a unit may have now; None of a standard one. Refuses BodyKindUnfit."""
    if kind in Body.Kind.values:
        return None
    kinds = {own_kind.code: own_kind for own_kind in queries.kinds_to_make(unit_id)}
    return or_refuse(kinds.get(kind), BodyKindUnfit(field="kind"))


def make_bodies(
    *, kind: str, names: Mapping[int, Mapping[str, str]], seats: int, by: Actor, at: datetime
) -> dict[int, int]:
    """Set up one body in each of many units in a few statements. names: of each by its unit (id). Ids by unit.

    The system's alone. Refuses NotYours, BodyKindUnfit, BodyNameMissing.
    """
    if by.kind != "system":
        raise NotYours
    if kind not in Body.Kind.values:
        raise BodyKindUnfit(field="kind")
    if not all(name_texts.get("en") for name_texts in names.values()):
        raise BodyNameMissing(field="name")
    with system("setting up bodies"), transaction.atomic():
        made = Body.objects.bulk_create(
            Body(unit_id=unit_id, kind=kind, names=dict(body_names), seats=seats, made_at=at)
            for unit_id, body_names in names.items()
        )
        audit.record(by=by, at=at, act="org.make_bodies", n=len(made), facts={"kind": kind})
    return {body.unit_id: body.pk for body in made}


def change_body(
    *, body_id: int, names: Mapping[str, str], seats: int, duty: str, by: Actor, at: datetime
) -> Body:
    """Rename a body, or change its number of members or what it is there for. It needs and refuses what `make_body`
    does.

    Refuses MembersUnfit also where more members sit in it.
    """
    with system("changing a body"):
        body = _open(body_id, by)
        sql.wait_for(f"org.bodies {body.unit_id}")
        _say(body, names=names, seats=seats, duty=duty)
        body.save(update_fields=["names", "seats", "duty"])
        audit.record(by=by, at=at, act="org.change_body", subject=str(body_id), unit_id=body.unit_id)
    return body


def _say(body: Body, *, names: Mapping[str, str], seats: int, duty: str) -> None:
    """Set what a body is called, how many members it has, and its duty."""
    kept = {language: " ".join(name.split()) for language, name in names.items() if name.strip()}
    if not kept.get("en") or any(len(name) > LONGEST_NAME for name in kept.values()):
        raise BodyNameMissing(field="name")
    others = Body.objects.filter(unit_id=body.unit_id, ended_on=None).exclude(pk=body.pk)
    taken = {name.casefold() for other in others for name in other.names.values()}
    if any(name.casefold() in taken for name in kept.values()):
        raise BodyNameTaken(field="name")
    if body.own_kind is not None:
        seats = body.own_kind.others
    sitting = Appointment.objects.filter(body=body, office__seats__gt=1, state__in=OPEN) if body.pk else None
    least = max(1, sitting.count() if sitting is not None else 0)
    if body.own_kind is None and not least <= seats <= MOST_MEMBERS:
        raise MembersUnfit(field="seats", least=least, most=MOST_MEMBERS)
    if len(duty.strip()) > LONGEST_DUTY:
        raise DutyTooLong(field="duty", most=LONGEST_DUTY)
    body.names, body.seats, body.duty = kept, seats, " ".join(duty.split())


def _open(body_id: int, by: Actor) -> Body:
    """A body that is not dissolved, locked; after asking whether they may set up bodies there."""
    bodies = Body.objects.filter(id=body_id, ended_on=None)
    require(by, "org.bodies", at=or_refuse(bodies.first(), NotFound(field="body")).unit_id)
    return or_refuse(bodies.select_for_update().first(), NotFound(field="body"))


def end_body(*, body_id: int, reason: str, by: Actor, at: datetime) -> int:
    """Dissolve a body today; every appointment in it ends. Returns how many. It needs org.bodies there."""
    with system("dissolving a body"):
        body = _open(body_id, by)
        ended_ids = list(
            Appointment.objects.filter(body_id=body_id)
            .exclude(state=Appointment.State.ENDED)
            .order_by("id")
            .values_list("public_id", flat=True)
        )
        for public_id in ended_ids:
            end_appointment(
                public_id=public_id, reason=reason, by=Actor.system("its body was dissolved"), at=at
            )
        body.ended_on = clock.day_in(settings.TIME_ZONE, at)
        body.save(update_fields=["ended_on"])
        audit.record(
            by=by, at=at, act="org.end_body", subject=str(body_id), unit_id=body.unit_id, n=len(ended_ids)
        )
    return len(ended_ids)
