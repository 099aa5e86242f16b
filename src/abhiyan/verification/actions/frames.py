"""Frames: frozen, published with the name of a value nobody knows yet, and drawn once when it is known."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from itertools import chain
from typing import Any
from uuid import UUID

import numpy as np
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format

from abhiyan.core import audit, lot, sql
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import or_refuse
from abhiyan.core.scope import system
from abhiyan.org.actions.releases import close_release
from abhiyan.org.queries import require
from abhiyan.programmes.models import Programme
from abhiyan.programmes.queries.ledger import reported_below
from abhiyan.verification.models import Check, Draw, Estimate, Frame, Stratum, StratumPart
from abhiyan.verification.queries.frames import by_district, drawn_of, head_of, is_past_end, may_close
from abhiyan.verification.queries.items import ShadeItems, counted_now, without
from abhiyan.verification.queries.opening import frame_key, key_of_places
from abhiyan.verification.refusals import (
    ChecksOpen,
    DrawnAlready,
    EndPassed,
    EndTooEarly,
    FrameClosed,
    FrozenMeanwhile,
    NoItems,
    NotDrawn,
    NothingMore,
    NothingToDraw,
    PartOfWhole,
    PublicValueNotYet,
    SourceMissing,
    TooFewChecks,
    ValueKnown,
    ValueWrong,
)
from abhiyan.verification.rules import draws
from abhiyan.verification.rules.planning import FLOOR, split_checks
from abhiyan.verification.rules.topping import topped_up

from .assigning import finish_open
from .estimating import estimate_frame
from .parts import stratum_parts

PLAN = "verification.plan"
REDRAW = "frames.redraw"  # of org.rules.releases
_VALUE = re.compile(r"[0-9A-Za-z:+/=._-]{4,512}")  # a beacon's output, a lottery's number, dice in a row
LEAST = 4  # characters of a value


@dataclass(frozen=True, slots=True)
class FramePlan:
    """A planner asks this of a frame. checks: how many, over all; floor: of a district at least.

    floors: more checks for some districts (unit id), so that their mandals have grades.
    source: which public value decides the draw; due_at: when it will be known; ends_on: last day of checking.
    number: of the frame, as its planner saw it; None: the next number.
    """

    checks: int
    source: str
    due_at: datetime
    ends_on: date
    floor: int = FLOOR
    number: int | None = None
    floors: Mapping[int, int] = field(default_factory=dict)


def freeze_frame(*, programme: Programme, measure: int, plan: FramePlan, by: Actor, at: datetime) -> Frame:
    """Freeze what counts now and was in no earlier frame, and name the value that will decide the draw.

    Needs verification.plan over the programme's owner. Refuses NothingToCheck, PartOfWhole, NoItems, NothingToDraw,
    FrozenMeanwhile, TooFewChecks, SourceMissing, ValueKnown, EndTooEarly. Each item is in exactly one frame: what a
    slow transaction commits after this one, whatever instant it claims, is in the next. Locks: the measure, by name.
    """
    if plan.checks < 1:
        raise TooFewChecks(field="checks")
    refuse_value(source=plan.source, due_at=plan.due_at, ends_on=plan.ends_on, at=at)
    require(by, PLAN, at=programme.owner_id)
    if programme.parent_id is not None:  # its items are in frames of the whole: of two draws one could choose
        raise PartOfWhole
    with system("freezing a frame"):
        sql.wait_for(f"frames of {programme.pk}, {measure}")
        before = list(Frame.objects.filter(programme=programme, measure=measure).order_by("number"))
        if plan.number not in (None, len(before) + 1):  # sent twice, or by two at once
            raise FrozenMeanwhile
        earlier = [ids for one in before for ids in _opened(one)]
        cells = [without(cell, earlier) for cell in counted_now(programme, measure)]
        cells = [cell for cell in cells if len(cell.ids)]
        if not cells:
            raise NoItems(field="programme")
        public_id = lot.uuid()
        key = frame_key(public_id)
        above = _above({cell.unit_id for cell in cells}, programme.hierarchy)
        strata = _strata(cells, plan, public_id, above)
        if not any(stratum.drawn for stratum in strata):
            raise NothingToDraw(field="checks")
        frame = Frame(
            public_id=public_id,
            programme=programme,
            measure=measure,
            number=len(before) + 1,
            unit_id=programme.owner_id,
            frozen_at=at,
            ends_on=plan.ends_on,
            key_hash=sha256(key).hexdigest(),
        )
        draw = Draw(frame=frame, number=1, source=plan.source.strip(), named_at=at, due_at=plan.due_at)
        frame.hash = draws.hash_of(draws.write_frame_file(head_of(frame, draw, strata), _commitments(strata)))
        frame.save(force_insert=True)
        Draw.objects.bulk_create([draw])
        Stratum.objects.bulk_create([_within(stratum, frame) for stratum in strata], batch_size=500)
        parts = stratum_parts(cells, {stratum.key: stratum for stratum in strata}, programme.hierarchy)
        StratumPart.objects.bulk_create(parts, batch_size=1_000)
        _begin_estimates(frame, strata, parts, before, at)
        audit.record(
            by=by,
            at=at,
            act="verification.freeze_frame",
            subject=str(public_id),
            unit_id=frame.unit_id,
            n=sum(stratum.items for stratum in strata),
            facts={"hash": frame.hash, "source": draw.source},
        )
    return frame


def draw_frame(*, public_id: UUID, value: str, by: Actor, at: datetime) -> Frame:
    """Draw the checks of a frame with the public value, as it was published.

    Needs verification.plan. Refuses PublicValueNotYet, ValueWrong, DrawnAlready: a second draw would let somebody
    choose.
    """
    value = value.strip()
    with system("drawing the checks of a frame"):
        frame = or_refuse(Frame.objects.filter(public_id=public_id).first())
        require(by, PLAN, at=frame.unit_id)
        # Lock the request before the frame, in the order of the act that decides it.
        close_release(act=REDRAW, payload={"frame": str(public_id)}, by=by, at=at)
        frame = Frame.objects.select_for_update().get(pk=frame.pk)
        if frame.state != Frame.State.FROZEN:
            raise DrawnAlready
        draw = Draw.objects.get(frame=frame, void_at=None)
        if at < draw.due_at:
            raise PublicValueNotYet(
                field="value", due=date_format(timezone.localtime(draw.due_at), "j F Y, H:i")
            )
        is_one, value = _VALUE.fullmatch(value), draws.canonical(value)
        if not is_one or len(value) < LEAST:
            raise ValueWrong(field="value", least=LEAST)
        draw.value, draw.drawn_at = value, at
        draw.save(update_fields=["value", "drawn_at"])
        n = _make_checks(frame, draw, list(Stratum.objects.filter(frame=frame).order_by("key")), {})
        frame.state = Frame.State.DRAWN
        frame.save(update_fields=["state"])
        audit.record(
            by=by,
            at=at,
            act="verification.draw_frame",
            subject=str(public_id),
            unit_id=frame.unit_id,
            n=n,
            facts={"value": value},
        )
    return frame


def top_up_frame(*, public_id: UUID, checks: int, by: Actor, at: datetime) -> int:
    """Draw more of a frame, of the same order, until `checks` are drawn in all. Returns how many came to it.

    Needs verification.plan, until the planned end. By a number or a width chosen beforehand: nothing here looks at a
    result. Refuses NotDrawn, FrameClosed, EndPassed, NothingMore.
    """
    with system("drawing more checks of a frame"):
        frame = or_refuse(Frame.objects.select_for_update().filter(public_id=public_id).first())
        require(by, PLAN, at=frame.unit_id)
        _refuse_unless_drawn(frame)
        if is_past_end(frame, at):
            raise EndPassed
        strata = list(Stratum.objects.filter(frame=frame).order_by("key"))
        had = {stratum.key: stratum.drawn + stratum.more for stratum in strata}
        grown = topped_up(drawn_of(strata), checks)
        for one, drawn in zip(by_district(strata), chain(*grown.drawn), strict=True):
            one.more = drawn - one.drawn
        n = _make_checks(frame, Draw.objects.get(frame=frame, void_at=None), strata, had)
        if not n:
            raise NothingMore(field="checks")
        Stratum.objects.bulk_update(strata, ["more"], batch_size=500)
        estimate_frame(frame=frame, at=at)
        audit.record(
            by=by,
            at=at,
            act="verification.top_up_frame",
            subject=str(public_id),
            unit_id=frame.unit_id,
            n=n,
        )
    return n


def close_frame(*, public_id: UUID, by: Actor, at: datetime) -> Frame:
    """End the checks of a frame: what nobody finished is unresolved, its estimates stay, its key is published.

    People's own words are emptied. Needs verification.plan. Refuses NotDrawn, FrameClosed; ChecksOpen before
    the planned end while checks are open: else somebody could stop at the result they like.
    """
    with system("closing a frame"):
        frame = or_refuse(Frame.objects.select_for_update().filter(public_id=public_id).first())
        require(by, PLAN, at=frame.unit_id)
        _refuse_unless_drawn(frame)
        if not may_close(frame, at):
            raise ChecksOpen(day=date_format(frame.ends_on, "j F Y"))
        finish_open(frame_ids=[frame.pk], at=at)
        Check.objects.filter(frame=frame).update(said=None, planted=None)
        frame.state, frame.closed_at = Frame.State.CLOSED, at
        frame.key = frame_key(public_id).hex()
        frame.save(update_fields=["state", "closed_at", "key"])
        # From now on it is weighed what became of the items meanwhile.
        estimate_frame(frame=frame, at=at)
        audit.record(
            by=by, at=at, act="verification.close_frame", subject=str(public_id), unit_id=frame.unit_id
        )
    return frame


def refuse_value(*, source: str, due_at: datetime, ends_on: date, at: datetime) -> None:
    """Refuse a public value that cannot decide a draw: SourceMissing, ValueKnown, EndTooEarly."""
    if len(source.strip()) < 8:
        raise SourceMissing(field="source")
    if due_at <= at:
        raise ValueKnown(field="due_at")
    if ends_on <= due_at.date():
        raise EndTooEarly(field="ends_on")


def _refuse_unless_drawn(frame: Frame) -> None:
    if frame.state == Frame.State.FROZEN:
        raise NotDrawn
    if frame.state == Frame.State.CLOSED:
        raise FrameClosed


def _make_checks(frame: Frame, draw: Draw, strata: Sequence[Stratum], had: Mapping[str, int]) -> int:
    """Make a check for each item drawn, beyond those each stratum `had`; returns how many."""
    by_key, lines = {stratum.key: stratum for stratum in strata}, dict(_first_lines(strata))
    more = {stratum.key: stratum.more for stratum in strata}
    items = draws.draw_items(
        head_of(frame, draw, strata), _commitments(strata), draws.draw_seed(frame.hash, draw.value), more
    )
    new = [item for item in items if item.order > had.get(item.key, 0)]
    # One statement of five values, not one of thousands: five times as fast.
    sql.run(
        """
insert into verification_check (id, frame_id, stratum_id, "order", place, arm)
select id, %(frame)s, stratum, n, place, %(arm)s
  from unnest(%(ids)s::uuid[], %(strata)s::bigint[], %(orders)s::int[], %(places)s::int[]) t(id, stratum, n, place)""",
        {
            "frame": frame.pk,
            "arm": Check.Arm.RANDOM,
            "ids": [lot.uuid() for _ in new],
            "strata": [by_key[item.key].pk for item in new],
            "orders": [item.order for item in new],
            "places": [item.line - lines[item.key] for item in new],
        },
    )
    return len(new)


def _commitments(strata: Sequence[Stratum]) -> list[bytes]:
    return [bytes(stratum.commitments) for stratum in strata]


def _first_lines(strata: Sequence[Stratum]) -> Iterator[tuple[str, int]]:
    line = 2
    for stratum in strata:
        yield stratum.key, line
        line += stratum.items


def _within(stratum: Stratum, frame: Frame) -> Stratum:
    stratum.frame = frame
    return stratum


def _opened(frame: Frame) -> Iterator[np.ndarray[Any, Any]]:
    """Yield the ids of a frame, stratum by stratum."""
    key = frame_key(frame.public_id)
    for (joined,) in sql.rows("select commitments from verification_stratum where frame_id = %s", [frame.pk]):
        yield np.frombuffer(draws.open_commitments(bytes(joined), key), dtype=f"S{draws.SIZE}")


def _above(unit_ids: Iterable[int], hierarchy: int) -> dict[int, list[int]]:
    """Return each unit's path: the units above it and itself, from the top."""
    chains = sql.rows(
        """
select p.unit_id, array_agg(up.unit_id order by up.lo, up.hi desc) from units_placement p
  join units_placement up on up.hierarchy = p.hierarchy and up.lo <= p.lo and p.lo < up.hi
 where p.hierarchy = %s and p.lo is not null and p.unit_id = any(%s) group by 1""",
        [hierarchy, list(unit_ids)],
    )
    return dict(chains)


def _begin_estimates(
    frame: Frame,
    strata: Sequence[Stratum],
    parts: Sequence[StratumPart],
    before: Sequence[Frame],
    at: datetime,
) -> None:
    """Begin a row for each unit and shade, with what the unit had reported since the frame before."""
    in_tree = defaultdict(
        set, {frame.programme.hierarchy: {unit for stratum in strata for unit in stratum.above}}
    )
    for part in parts:
        in_tree[part.hierarchy].update(part.units)
    reported: dict[int, int] = {}
    for hierarchy, units in in_tree.items():
        reported |= reported_below(
            programme=frame.programme, measure=frame.measure, hierarchy=hierarchy, unit_ids=sorted(units)
        )
    earlier = dict(
        Estimate.objects.filter(frame__in=before, shade=Estimate.Shade.ENTERED)
        .values_list("unit_id")
        .annotate(n=models.Sum("reported"))
    )
    estimate_frame(frame=frame, at=at)
    rows = Estimate.objects.filter(frame=frame, shade=Estimate.Shade.ENTERED)
    for row in rows:
        row.reported = reported.get(row.unit_id, 0) - (earlier.get(row.unit_id) or 0)
    Estimate.objects.bulk_update(rows, ["reported"], batch_size=1_000)


def _strata(
    cells: Sequence[ShadeItems], plan: FramePlan, public_id: UUID, above: dict[int, list[int]]
) -> list[Stratum]:
    """Return the strata of a frame, by key."""
    key = frame_key(public_id)
    districts: dict[int, list[ShadeItems]] = {}
    for cell in cells:
        districts.setdefault(cell.unit_id, []).append(cell)
    floors = [max(plan.floor, plan.floors.get(unit_id, 0)) for unit_id in districts]
    wanted = split_checks(
        [[len(cell.ids) for cell in shade_items] for shade_items in districts.values()], plan.checks, floors
    )
    made = []
    for of, shares in zip(districts.values(), wanted, strict=True):
        for cell, drawn in zip(of, shares, strict=True):
            sealed = np.frombuffer(draws.committed(cell.ids.tobytes(), key), dtype=f"S{draws.SIZE}")
            rising = np.argsort(sealed)
            places = cell.places[rising].astype("<i8").tobytes()
            made.append(
                Stratum(
                    key=cell.key,
                    unit_id=cell.unit_id,
                    is_signed=cell.is_signed,
                    is_confirmed=cell.is_confirmed,
                    is_phoneless=cell.is_phoneless,
                    items=len(cell.ids),
                    drawn=drawn,
                    commitments=sealed[rising].tobytes(),
                    places=draws.hide_content(places, key_of_places(public_id, cell.key)),
                    above=above.get(cell.unit_id, [cell.unit_id]),
                )
            )
    return sorted(made, key=lambda stratum: stratum.key)
