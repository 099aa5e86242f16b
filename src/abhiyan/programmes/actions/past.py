"""A programme that is over before we knew of it: for lists of what it had."""

from collections.abc import Collection
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, lot, news
from abhiyan.core.actor import Actor
from abhiyan.core.clock import day_in
from abhiyan.core.refusals import Refused
from abhiyan.org import queries as org
from abhiyan.programmes.models import Measure, Programme, ProgrammeUnit
from abhiyan.programmes.news import ProgrammeMade
from abhiyan.programmes.rules import activities

from .programmes import WindowReversed, clean_names


class NotPast(Refused):
    message = _("An earlier programme ended before today.")


def make_past(
    *,
    kind: str,
    name: str,
    owner_id: int,
    opens_on: date,
    closes_on: date,
    among: Collection[int],
    by: Actor,
    at: datetime,
) -> Programme:
    """Make a programme that is over, for lists of what it had; closed from the start.

    The same name finds it again, and its window grows to hold these days. among: ids of those made so; one that
    ran here and was closed is none, whatever its name. Needs `imports.totals` at the owner. Refuses
    NameMissing, NameTooLong, WindowReversed and NotPast.
    """
    names = clean_names({"en": name})
    template = activities.activity_of(kind).templates[0]
    with transaction.atomic():
        org.require(by, "imports.totals", at=owner_id)
        programme = (
            Programme.objects.select_for_update(of=("self",), no_key=True)
            .filter(pk__in=among, kind=kind, owner_id=owner_id, names__en=names["en"])
            .first()
        )
        if programme is not None:
            opens_on, closes_on = min(opens_on, programme.opens_on), max(closes_on, programme.closes_on)
        zone = programme.zone if programme else settings.TIME_ZONE
        if closes_on < opens_on:
            raise WindowReversed(field="closes_on")
        if closes_on >= day_in(zone, at):
            raise NotPast(field="closes_on")
        if programme is not None:
            programme.opens_on, programme.closes_on = opens_on, closes_on
            programme.save(update_fields=["opens_on", "closes_on"])
            return programme
        made = Programme.objects.create(
            public_id=lot.uuid(),
            kind=kind,
            names=names,
            owner_id=owner_id,
            zone=zone,
            opens_on=opens_on,
            closes_on=closes_on,
            made_at=at,
            made_by=by.account_id,
            state=Programme.State.CLOSED,
        )
        ProgrammeUnit.objects.create(programme=made, unit_id=owner_id)
        Measure.objects.bulk_create(
            Measure(
                programme=made,
                number=measure_template.number,
                code=measure_template.code,
                names=measure_template.names,
            )
            for measure_template in template.measures
        )
        audit.record(by=by, at=at, act="programmes.make_past", subject=str(made.public_id), unit_id=owner_id)
        news.tell(ProgrammeMade(made.pk, made.kind, template.code, by, at))
        return made
