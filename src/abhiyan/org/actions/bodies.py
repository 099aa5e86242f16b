"""Committees, wings and departments attached to a unit."""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, clock
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import NotFound, Refused, needed
from abhiyan.core.scope import system
from abhiyan.org.models import Appointment, Body
from abhiyan.org.queries import require
from abhiyan.units import queries as units

from .appointments import end_appointment

LONGEST_NAME = 100


class BodyNameMissing(Refused):
    message = _("Write the name in English at least, with at most 100 letters.")


class UnknownKind(Refused):
    message = _("Choose a committee, a wing or a department.")


def make_body(
    *, unit_id: int, kind: str, names: Mapping[str, str], by: Actor, at: datetime, seats: int = 1
) -> Body:
    """Set up a body in a unit. names: language -> name, English among them. Who may: holders of org.bodies there."""
    require(by, "org.bodies", at=unit_id)
    if kind not in Body.Kind.values:
        raise UnknownKind(field="kind")
    kept = {language: " ".join(name.split()) for language, name in names.items() if name.strip()}
    if not kept.get("en") or any(len(name) > LONGEST_NAME for name in kept.values()):
        raise BodyNameMissing(field="name")
    with system("setting up a body"):
        units.unit_by_id(unit_id)
        made = Body.objects.create(unit_id=unit_id, kind=kind, names=kept, seats=max(1, seats))
        audit.record(
            by=by, at=at, act="org.make_body", subject=str(made.pk), unit_id=unit_id, facts={"kind": kind}
        )
    return made


def end_body(*, body_id: int, reason: str, by: Actor, at: datetime) -> int:
    """Dissolve a body today; every appointment in it ends. How many. Who may: holders of org.bodies there."""
    with system("dissolving a body"):
        body = needed(
            Body.objects.select_for_update().filter(id=body_id, ended_on=None).first(), NotFound(field="body")
        )
        require(by, "org.bodies", at=body.unit_id)
        held = list(
            Appointment.objects.filter(body_id=body_id)
            .exclude(state=Appointment.State.ENDED)
            .order_by("id")
            .values_list("public_id", flat=True)
        )
        for public_id in held:
            end_appointment(
                public_id=public_id, reason=reason, by=Actor.system("its body was dissolved"), at=at
            )
        body.ended_on = clock.day_in(settings.TIME_ZONE, at)
        body.save(update_fields=["ended_on"])
        audit.record(
            by=by, at=at, act="org.end_body", subject=str(body_id), unit_id=body.unit_id, n=len(held)
        )
    return len(held)
