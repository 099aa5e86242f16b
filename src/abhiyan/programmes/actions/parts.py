"""A programme started in units below its own: each part with a window, numbers and in-charges of its own, one total."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, sql
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused
from abhiyan.core.scope import system
from abhiyan.core.words import name_in_language
from abhiyan.org import queries as org
from abhiyan.programmes.models import Measure, Programme
from abhiyan.programmes.rules import activities
from abhiyan.units import queries as units
from abhiyan.units.models import Hierarchy

from .holding import lock_programme
from .programmes import LONGEST_NAME, NotOpen, ScopeEmpty, check_within, make_programme, open_programme


class PartOfAPart(Refused, status=409):
    message = _("This drive is part of another. Start drives in units from the one above.")


class PartUnitsOutside(Refused, code="not_below"):
    message = _("Choose units below this programme's own, within where it runs. Outside: %(n)s.")


class StartedAlready(Refused, status=409):
    message = _("A drive beneath this one already runs in %(n)s of these units.")


def start_in_units(
    *,
    programme_id: int,
    unit_ids: Sequence[int],
    opens_on: date,
    closes_on: date,
    by: Actor,
    at: datetime,
) -> list[Programme]:
    """Start an open programme's parts: one open programme for each unit, owned by it and covering it.

    Each is named after the whole and its unit, and runs from opens_on to closes_on, within the days of the
    whole; its own people change its name, last day, targets, numbers and in-charges. The whole counts what its
    parts count. Needs `programmes.make` at the programme's owner. Refuses NotOpen, PartOfAPart, ScopeEmpty,
    PartUnitsOutside, StartedAlready, WindowOutside, and as make_programme does. All of them in one transaction.
    """
    with transaction.atomic():
        whole = lock_programme(programme_id=programme_id)
        org.require(by, "programmes.make", at=whole.owner_id)
        if whole.state != Programme.State.OPEN:
            raise NotOpen
        if whole.parent_id is not None:
            raise PartOfAPart
        chosen = sorted(set(unit_ids))
        if not chosen:
            raise ScopeEmpty(field="units")
        check_within(whole, opens_on, closes_on)
        _check_units(whole, chosen)
        made = []
        for unit_id in chosen:
            part = make_programme(
                template=_template(whole),
                names=part_names(whole, units.unit_by_id(unit_id).names),
                owner_id=unit_id,
                unit_ids=[unit_id],
                opens_on=opens_on,
                closes_on=closes_on,
                by=by,
                at=at,
                hierarchy=whole.hierarchy,
                zone=whole.zone,
                is_sample=whole.is_sample,
                parent=whole,
            )
            made.append(open_programme(programme_id=part.pk, by=by, at=at))
        whole.parts = [*whole.parts, *(part.pk for part in made)]
        whole.save(update_fields=["parts"])
        audit.record(
            by=by,
            at=at,
            act="programmes.start_in_units",
            subject=str(whole.public_id),
            unit_id=whole.owner_id,
            n=len(made),
        )
        return made


def part_names(whole: Programme, unit: dict[str, str]) -> dict[str, str]:
    """Return the names of the part in a unit: "Membership drive: Bihar"."""
    return {
        language: f"{name}: {name_in_language(unit, language)}"[:LONGEST_NAME]
        for language, name in whole.names.items()
    }


def _template(whole: Programme) -> str:
    """Return the template of the whole's kind with the same measures: else the kind's first."""
    offered = activities.activity_of(whole.kind).templates
    codes = set(Measure.objects.filter(programme=whole).values_list("code", flat=True))
    fits = [template for template in offered if {measure.code for measure in template.measures} == codes]
    return (fits or list(offered))[0].code


def _check_units(whole: Programme, chosen: Sequence[int]) -> None:
    """Refuse units that are not strictly below the owner and within the scope, and those with a part above or
    below."""
    with system("where the parts of a programme run"):
        outside, taken = sql.row(
            """select
              (select count(*) from unnest(%(units)s::bigint[]) u where u = %(owner)s or not exists (
                select from programmes_scope s join units_placement a on a.unit_id = s.unit_id and a.hierarchy = %(h)s
                join units_placement p on p.unit_id = u and p.hierarchy = %(h)s and p.lo >= a.lo and p.lo < a.hi
                where s.programme_id = %(whole)s)),
              (select count(*) from unnest(%(units)s::bigint[]) u where exists (
                select from programmes_programme g join units_placement a on a.unit_id = g.owner_id
                  and a.hierarchy = %(h)s
                join units_placement p on p.unit_id = u and p.hierarchy = %(h)s
                  and (p.lo >= a.lo and p.lo < a.hi or a.lo >= p.lo and a.lo < p.hi)
                where g.parent_id = %(whole)s and g.state = 'open'))""",
            {
                "units": list(chosen),
                "owner": whole.owner_id,
                "h": Hierarchy(whole.hierarchy),
                "whole": whole.pk,
            },
        )
    if outside:
        raise PartUnitsOutside(field="units", n=outside)
    if taken:
        raise StartedAlready(field="units", n=taken)
