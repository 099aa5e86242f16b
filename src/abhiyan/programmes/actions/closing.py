"""When units close: their items, who is in charge there, and the programmes that cover them by name."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from abhiyan.core import news
from abhiyan.core.clock import day_in
from abhiyan.core.scope import system
from abhiyan.org import queries as org
from abhiyan.programmes.models import InCharge, Programme, ProgrammeUnit
from abhiyan.programmes.news import ScopeChanged
from abhiyan.programmes.queries.kinds import in_play
from abhiyan.units import actions as units
from abhiyan.units import queries as unit_queries
from abhiyan.units.news import UnitsClosing, UnitsOpening
from abhiyan.units.rules.hanging import Answer, Thing

from .charges import end_charges, yours
from .items import bring_items_back, move_items

SCOPE, CHARGES = "programmes.scope", "programmes.charges"
ITEMS = "programmes.items"
KEPT_AT_ONCE = 5_000  # ids of items kept together for an opening
_LIVE = "join programmes_programme p on p.id = h.programme_id and p.state <> 'closed'"
OWNED = Thing(
    key="programmes.owned",
    title=_("Programmes that this unit runs"),
    query="select owner_id, count(*) from programmes_programme where owner_id = any(%(units)s)"
    " and state <> 'closed' group by 1",
)
THINGS = (
    OWNED,
    Thing(
        key=SCOPE,
        title=_("Programmes that name this unit (those of other offices stay)"),
        query=f"select h.unit_id, count(*) from programmes_scope h {_LIVE} where h.unit_id = any(%(units)s) group by 1",
        answers=(Answer.GOES, Answer.STAYS),
        capability="programmes.run",
    ),
    Thing(
        key=CHARGES,
        title=_("People in charge of programmes"),
        query=f"select h.unit_id, count(*) from programmes_in_charge h {_LIVE} where h.unit_id = any(%(units)s)"
        " and h.ended_at is null group by 1",
        answers=(Answer.GOES, Answer.ENDS, Answer.STAYS),
        capability="programmes.run",
    ),
    Thing(
        key=ITEMS,
        title=_("Entries of running programmes: stays, conversations and the like"),
        query=f"select h.unit_id, count(*) from programmes_item h {_LIVE} where h.unit_id = any(%(units)s) group by 1",
        answers=(Answer.GOES, Answer.STAYS),
        capability="programmes.run",
        is_people=True,
    ),
)


def settle_programmes_at_closing(*, closing: UnitsClosing) -> None:
    """Do with charges, scopes and items of units about to close what was answered.

    It needs the thing's capability at the unit and at its successors. A thing that `by` may not change at the unit
    stays, such as the scope of another's programme. Refuses NotYours of a successor.
    """
    with system("units close"):
        _extend_scopes(closing)
        _hand_over_charges(closing)
        _hand_over_items(closing)


def _require(closing: UnitsClosing, capability: str, unit_ids: Iterable[int]) -> None:
    wanted = set(unit_ids)
    if wanted - yours(capability, wanted, by=closing.by, at=closing.at):
        raise org.NotYours(capability=capability)


def _extend_scopes(closing: UnitsClosing) -> None:
    """Put successors in the place of units that a programme covers by name, where it does not cover them already."""
    going = closing.going(SCOPE, to_one=False)
    rows = ProgrammeUnit.objects.filter(unit_id__in=going).exclude(programme__state=Programme.State.CLOSED)
    wanted = set(rows.values_list("programme__owner_id", flat=True))
    owners = yours("programmes.run", wanted, by=closing.by, at=closing.at)
    added = []
    for row in rows.select_related("programme").order_by("programme_id", "unit_id"):
        programme, to = row.programme, going[row.unit_id]
        if programme.owner_id not in owners:
            continue
        _require(closing, "programmes.run", [row.unit_id, *to])
        covered = in_play(programme.pk, programme.hierarchy, to, on=day_in(programme.zone, closing.at))
        added += [
            ProgrammeUnit(programme=programme, unit_id=unit_id) for unit_id in to if unit_id not in covered
        ]
    made = ProgrammeUnit.objects.bulk_create(added, ignore_conflicts=True)
    if made:
        _tell_scopes((programme_unit.programme_id for programme_unit in made), at=closing.at)
        pairs = [[programme_unit.programme_id, programme_unit.unit_id] for programme_unit in made]
        units.keep_closing_fact(closing_id=closing.closing_id, what=SCOPE, facts=pairs)


def _tell_scopes(programme_ids: Iterable[int], *, at: datetime) -> None:
    """Tell the rooms above which programmes cover other units now, in the order in which programmes are held."""
    for programme_id in sorted(set(programme_ids)):
        news.tell(ScopeChanged(programme_id, at))


def _hand_over_charges(closing: UnitsClosing) -> None:
    """Put the same person in charge of the successor, with their answer, unless they are already."""
    going, ending = closing.going(CHARGES), set(closing.ending(CHARGES))
    charges = InCharge.objects.filter(unit_id__in=going.keys() | ending, ended_at=None)
    rows = list(charges.exclude(programme__state=Programme.State.CLOSED).order_by("programme_id", "pk"))
    for number in sorted({row.programme_id for row in rows}):
        programme = Programme.objects.get(pk=number)
        on = day_in(programme.zone, closing.at)
        theirs = [row for row in rows if row.programme_id == number]
        wanted = sorted({going[row.unit_id][0] for row in theirs if row.unit_id in going})
        units_in_play = in_play(number, programme.hierarchy, wanted, on=on)
        ended = [row for row in theirs if row.unit_id in ending or going[row.unit_id][0] in units_in_play]
        goers = {row: going[row.unit_id][0] for row in ended if row.unit_id not in ending}
        _require(closing, "programmes.run", [*(row.unit_id for row in ended), *goers.values()])
        there = InCharge.objects.filter(programme=programme, unit_id__in=wanted, ended_at=None)
        charge_keys = set(there.values_list("unit_id", "account_id"))
        named = {
            (to, row.account_id): InCharge(
                programme=programme,
                unit_id=to,
                account_id=row.account_id,
                role=row.role,
                named_at=closing.at,
                named_by=closing.by.account_id,
                told_at=row.told_at,
                state=row.state,
                answered_at=row.answered_at,
            )
            for row, to in goers.items()
            if (to, row.account_id) not in charge_keys
        }
        end_charges(InCharge.objects.filter(pk__in=[row.pk for row in ended]), at=closing.at)
        made = InCharge.objects.bulk_create(named.values())
        facts = {"ended": [row.pk for row in ended], "named": [in_charge.pk for in_charge in made]}
        units.keep_closing_fact(closing_id=closing.closing_id, what=CHARGES, facts=facts)


def _hand_over_items(closing: UnitsClosing) -> None:
    """Hand items to a single successor, after the scopes that cover it."""
    for unit_id, (to,) in sorted(closing.going(ITEMS).items()):
        moved = move_items(from_unit=unit_id, to_unit=to, at=closing.at)
        if moved:
            _require(closing, "programmes.run", [unit_id, to])
        for n in range(0, len(moved), KEPT_AT_ONCE):
            ids = [str(item_id) for item_id in moved[n : n + KEPT_AT_ONCE]]
            units.keep_closing_fact(
                closing_id=closing.closing_id, what=ITEMS, facts={"unit": unit_id, "to": to, "items": ids}
            )


def restore_from_closing(*, opening: UnitsOpening) -> None:
    """Restore what hung on units that are open again, but for what was changed since."""
    with system("units open again"):
        _restore(opening)


def _restore(opening: UnitsOpening) -> None:
    for pairs in unit_queries.kept_of_closing(closing_id=opening.closing_id, what=SCOPE):
        for programme_id, unit_id in pairs:
            rows = ProgrammeUnit.objects.filter(programme_id=programme_id, unit_id=unit_id)
            rows.exclude(programme__state=Programme.State.CLOSED).delete()
        _tell_scopes((programme_id for programme_id, _unit in pairs), at=opening.at)
    for facts in unit_queries.kept_of_closing(closing_id=opening.closing_id, what=ITEMS):
        bring_items_back(
            ids=map(UUID, facts["items"]), from_unit=facts["to"], to_unit=facts["unit"], at=opening.at
        )
    for facts in unit_queries.kept_of_closing(closing_id=opening.closing_id, what=CHARGES):
        named = InCharge.objects.filter(pk__in=facts["named"])
        end_charges(named.filter(ended_at=None), at=opening.at)
        if opening.is_undo:
            named.delete()
        for row in InCharge.objects.filter(pk__in=facts["ended"]).order_by("pk"):
            again = InCharge.objects.filter(
                programme=row.programme_id, unit=row.unit_id, account_id=row.account_id, ended_at=None
            )
            if not again.exists():
                InCharge.objects.filter(pk=row.pk).update(ended_at=None)
