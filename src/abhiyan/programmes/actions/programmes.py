"""Programmes: made from a template, changed while a draft, opened, run by in-charges, closed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, lot, news, sql
from abhiyan.core.actor import Actor
from abhiyan.core.clock import day_in
from abhiyan.core.refusals import Refused
from abhiyan.core.scope import system
from abhiyan.core.words import name_in_language
from abhiyan.org import queries as org
from abhiyan.programmes.models import Measure, Programme, ProgrammeUnit, UnitTotal
from abhiyan.programmes.news import (
    ProgrammeDiscarded,
    ProgrammeMade,
    ProgrammeOpened,
    ScopeChanged,
)
from abhiyan.programmes.refusals import UnknownEarlier, UnknownPlaces
from abhiyan.programmes.rules import activities
from abhiyan.programmes.rules.places import place_rule_choices
from abhiyan.programmes.rules.windows import LONGEST_DAYS, length_days
from abhiyan.units import queries as units
from abhiyan.units.models import Hierarchy

from .holding import lock_programme
from .trees import resize

LONGEST_NAME = 120


class UnknownTemplate(Refused):
    message = _("Choose one of the templates.")


class NameMissing(Refused):
    message = _("Give the programme a name in at least one language.")


class NameTooLong(Refused):
    message = _("A name has at most %(longest)s characters.")


class WindowReversed(Refused):
    message = _("The last day cannot be before the first.")


class WindowTooLong(Refused):
    message = _("A programme runs for at most three years.")


class WindowOver(Refused):
    message = _("The last day is already past.")


class WindowOutside(Refused):
    """A drive beneath another runs within its days."""

    message = _("The whole drive runs from %(first)s to %(last)s. Its parts run within these days.")


class ScopeEmpty(Refused):
    message = _("Choose at least one unit in which the programme runs.")


class ScopeOutside(Refused):
    message = _("A programme runs in its owner's own unit and below. Chosen units outside: %(n)s.")


class ScopeOverlaps(Refused):
    message = _("One chosen unit lies inside another. Choose the upper one only.")


class ScopeTwice(Refused):
    message = _("%(name)s is in the list twice. Name each unit once.")


class NotADraft(Refused, status=409):
    message = _("Only a draft can be changed like this. An open programme can get a new name or a later end.")


class NotOpen(Refused, status=409):
    message = _("The programme is not open.")


def make_programme(
    *,
    template: str,
    names: Mapping[str, str],
    owner_id: int,
    unit_ids: Sequence[int],
    opens_on: date,
    closes_on: date,
    by: Actor,
    at: datetime,
    hierarchy: int = Hierarchy.ORGANISATIONAL,
    zone: str = "",
    is_sample: bool = False,
    parent: Programme | None = None,
) -> Programme:
    """Make a draft from a template, with its measures. Before it opens, only people who may run it see it.

    owner_id, unit_ids: units; the programme covers everything below unit_ids, which are the owner or below it.
    opens_on, closes_on: first and last day in `zone`. parent: the programme it is a part of. It needs `programmes.make`
    at the owner. Refuses, each with its field: UnknownTemplate, NameMissing, NameTooLong, WindowReversed,
    WindowTooLong, WindowOver, ScopeEmpty, ScopeTwice, ScopeOutside, ScopeOverlaps.
    """
    offered = activities.programme_templates()
    if template not in offered:
        raise UnknownTemplate(field="template")
    activity, chosen = offered[template]
    zone = zone or settings.TIME_ZONE
    clean = clean_names(names)
    _check_window(opens_on, closes_on, today=day_in(zone, at))
    with transaction.atomic():
        org.require(by, "programmes.make", at=owner_id)
        _check_scope(owner_id, unit_ids, hierarchy)
        made = Programme.objects.create(
            public_id=lot.uuid(),
            kind=activity.kind,
            names=clean,
            owner_id=owner_id,
            hierarchy=hierarchy,
            zone=zone,
            opens_on=opens_on,
            closes_on=closes_on,
            made_at=at,
            made_by=by.account_id,
            is_sample=is_sample,
            parent=parent,
        )
        ProgrammeUnit.objects.bulk_create(
            ProgrammeUnit(programme=made, unit_id=unit_id) for unit_id in sorted(set(unit_ids))
        )
        Measure.objects.bulk_create(
            Measure(
                programme=made,
                number=measure_template.number,
                code=measure_template.code,
                names=measure_template.names,
            )
            for measure_template in chosen.measures
        )
        _tell(made, "programmes.make", by=by, at=at, facts={"template": template})
        news.tell(ProgrammeMade(made.pk, made.kind, template, by, at))
        return made


def change_programme(
    *,
    programme_id: int,
    by: Actor,
    at: datetime,
    names: Mapping[str, str] | None = None,
    opens_on: date | None = None,
    closes_on: date | None = None,
    unit_ids: Sequence[int] | None = None,
    places: str | None = None,
    earlier: str | None = None,
    body: int | None = None,
) -> Programme:
    """Change what is given. A draft may change in everything; an open programme not in its first day, units, places.

    places: a key of `rules.places.PLACE_RULES` of its tree.

    earlier: label of the totals of an earlier drive it is shown beside; empty for none. body: id of a body of the
    owner that runs it, such as a wing; 0 for none.

    It needs `programmes.run` at the owner (for one's own draft `programmes.make`). Refuses as `make_programme`,
    NotADraft, UnknownEarlier and UnknownPlaces; NotFound for a body of another unit.
    """
    with transaction.atomic():
        programme = lock_programme(programme_id=programme_id)
        require_run(programme=programme, by=by)
        if earlier and earlier != programme.earlier and not _is_label(earlier):
            raise UnknownEarlier(field="earlier")
        is_draft = programme.state == Programme.State.DRAFT
        if programme.state == Programme.State.CLOSED or (
            not is_draft and (opens_on is not None or unit_ids is not None or places is not None)
        ):
            raise NotADraft
        if names is not None:
            programme.names = clean_names(names)
        if opens_on is not None or closes_on is not None:
            programme.opens_on = opens_on or programme.opens_on
            programme.closes_on = closes_on or programme.closes_on
            _check_window(programme.opens_on, programme.closes_on, today=day_in(programme.zone, at))
            _check_parts(programme)
        if unit_ids is not None:
            _check_scope(programme.owner_id, unit_ids, programme.hierarchy)
            ProgrammeUnit.objects.filter(programme=programme).delete()
            ProgrammeUnit.objects.bulk_create(
                ProgrammeUnit(programme=programme, unit_id=unit_id) for unit_id in sorted(set(unit_ids))
            )
            news.tell(ScopeChanged(programme.pk, at))
        if places is not None:
            if places not in dict(place_rule_choices(programme.hierarchy)):
                raise UnknownPlaces(field="places")
            programme.places = places
        if earlier is not None:
            programme.earlier = earlier
        if body is not None:
            programme.body = org.body_at(body, programme.owner_id) if body else None
        programme.save(update_fields=["names", "opens_on", "closes_on", "places", "earlier", "body"])
        _tell(programme, "programmes.change", by=by, at=at)
        return programme


def open_programme(*, programme_id: int, by: Actor, at: datetime) -> Programme:
    """Open a draft: from its first day on, facts may be posted. Needs `programmes.make` at the owner.

    Refuses NotADraft, WindowOver, ScopeEmpty. Sees to it that large nodes have their totals stored.
    """
    with transaction.atomic():
        programme = lock_programme(programme_id=programme_id)
        org.require(by, "programmes.make", at=programme.owner_id)
        if programme.state != Programme.State.DRAFT:
            raise NotADraft
        if programme.closes_on < day_in(programme.zone, at):
            raise WindowOver(field="closes_on")
        if not ProgrammeUnit.objects.filter(programme=programme).exists():
            raise ScopeEmpty(field="units")
        for hierarchy in Hierarchy.values:
            resize(hierarchy=hierarchy)
        programme.state = Programme.State.OPEN
        programme.save(update_fields=["state"])
        _tell(programme, "programmes.open", by=by, at=at)
        news.tell(ProgrammeOpened(programme.pk, programme.kind, by, at))
        return programme


def close_programme(*, programme_id: int, by: Actor, at: datetime) -> Programme:
    """Close an open programme before or after its last day, and those beneath it with it. Its figures stay.

    Needs `programmes.run`.
    """
    with transaction.atomic():
        programme = lock_programme(programme_id=programme_id)
        require_run(programme=programme, by=by)
        if programme.state != Programme.State.OPEN:
            raise NotOpen
        for one in (programme, *(lock_programme(programme_id=part) for part in sorted(programme.parts))):
            if one.state == Programme.State.OPEN:
                one.state = Programme.State.CLOSED
                one.save(update_fields=["state"])
                _tell(one, "programmes.close", by=by, at=at)
        return programme


def discard_programme_draft(*, programme_id: int, by: Actor, at: datetime) -> None:
    """Throw a draft away. Needs `programmes.make` at the owner. Refuses NotADraft."""
    with transaction.atomic():
        programme = lock_programme(programme_id=programme_id)
        org.require(by, "programmes.make", at=programme.owner_id)
        if programme.state != Programme.State.DRAFT:
            raise NotADraft
        _tell(programme, "programmes.discard", by=by, at=at)
        news.tell(ProgrammeDiscarded(programme.pk, programme.kind, by, at))
        programme.delete()


def require_run(*, programme: Programme, by: Actor) -> None:
    """Refuse (NotYours) everybody who may not change or close the programme; its form is shown to nobody else."""
    is_own_draft = programme.state == Programme.State.DRAFT and programme.made_by == by.account_id
    org.require(by, "programmes.make" if is_own_draft else "programmes.run", at=programme.owner_id)


def _is_label(label: str) -> bool:
    """Return True if a list of totals has this name. Names of lists are no counts, so everybody may ask."""
    with system("what earlier totals there are"):
        return UnitTotal.objects.filter(label=label).exists()


def clean_names(names: Mapping[str, str]) -> dict[str, str]:
    """Tidy a programme's names, with an English one to fall back on. Refuses NameMissing, NameTooLong."""
    clean = {language: " ".join(name.split()) for language, name in names.items() if name.strip()}
    if not clean:
        raise NameMissing(field="names")
    for name in clean.values():
        if len(name) > LONGEST_NAME:
            raise NameTooLong(field="names", longest=LONGEST_NAME)
    clean.setdefault("en", next(iter(clean.values())))  # every name has an English one to fall back on
    return clean


def _check_window(opens_on: date, closes_on: date, *, today: date) -> None:
    if closes_on < opens_on:
        raise WindowReversed(field="closes_on")
    if length_days(opens_on, closes_on) > LONGEST_DAYS:
        raise WindowTooLong(field="closes_on")
    if closes_on < today:
        raise WindowOver(field="closes_on")


def _check_parts(programme: Programme) -> None:
    """Refuse a part that runs outside the days of the whole."""
    if programme.parent is not None:
        check_within(programme.parent, programme.opens_on, programme.closes_on)
    for part in Programme.objects.filter(pk__in=programme.parts, state=Programme.State.OPEN):
        check_within(programme, part.opens_on, part.closes_on)


def check_within(whole: Programme, opens_on: date, closes_on: date) -> None:
    """Refuse (WindowOutside) days outside those of the programme above."""
    if opens_on < whole.opens_on:
        raise WindowOutside(field="opens_on", first=whole.opens_on, last=whole.closes_on)
    if closes_on > whole.closes_on:
        raise WindowOutside(field="closes_on", first=whole.opens_on, last=whole.closes_on)


def _check_scope(owner_id: int, unit_ids: Sequence[int], hierarchy: int) -> None:
    if not unit_ids:
        raise ScopeEmpty(field="units")
    twice = next((unit_id for unit_id, n in Counter(unit_ids).items() if n > 1), None)
    if twice is not None:
        raise ScopeTwice(field="units", name=name_in_language(units.unit_by_id(twice).names))
    with system("where a programme runs"):
        outside, overlaps = sql.row(
            "select (select count(*) from unnest(%(units)s::bigint[]) u where not exists ("
            "   select from units_placement o, units_placement p where o.unit_id = %(owner)s and o.hierarchy = %(h)s"
            "   and p.unit_id = u and p.hierarchy = %(h)s and p.lo >= o.lo and p.lo < o.hi)),"
            " exists (select from units_placement a, units_placement b"
            "   where a.unit_id = any(%(units)s) and b.unit_id = any(%(units)s) and a.unit_id <> b.unit_id"
            "   and a.hierarchy = %(h)s and b.lo > a.lo and b.lo < a.hi)",
            {"units": list(unit_ids), "owner": owner_id, "h": hierarchy},
        )
    if outside:
        raise ScopeOutside(field="units", n=outside)
    if overlaps:
        raise ScopeOverlaps(field="units")


def _tell(
    programme: Programme,
    act: str,
    *,
    by: Actor,
    at: datetime,
    unit_id: int | None = None,
    facts: dict[str, object] | None = None,
) -> None:
    audit.record(
        by=by,
        at=at,
        act=act,
        subject=str(programme.public_id),
        unit_id=unit_id or programme.owner_id,
        facts=facts,
    )
