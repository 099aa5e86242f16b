"""People in charge of the demo's programmes: one for each unit, and the leaders of all mandals of one district."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from abhiyan.core import lot
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import or_refuse
from abhiyan.programmes import actions as programmes
from abhiyan.programmes import queries
from abhiyan.programmes.models import Programme
from abhiyan.units import queries as units
from abhiyan.units.models import Hierarchy, Kind

from .data_files import sample_words

AGO = 28  # days; everybody of the sample holds their office since
DECLINES = 4  # the number of who says no


def name_in_charges(made: Programme, homes: Mapping[int, Actor], by: Actor, at: datetime) -> None:
    """Name one person for each unit (id) by one act. Most have said yes, one no, and each sixth waits."""
    namings = [programmes.Naming(unit_id, who.account_id) for unit_id, who in homes.items()]
    programmes.name_many(programme_id=made.pk, namings=namings, together=lot.uuid(), by=by, at=at)
    _answer(made, homes.items(), 6, at)


def name_mandal_leaders(
    made: Programme, district: int, holders: Iterable[tuple[int, Actor]], president: Actor, at: datetime
) -> None:
    """Name the leaders of all mandals of a district by one act. Most have said yes, one no, and each third waits."""
    programmes.name_leaders(programme_id=made.pk, unit_id=district, kind=Kind.MANDAL, by=president, at=at)
    mandals = set(units.of_kind_below(district, Hierarchy.ORGANISATIONAL, Kind.MANDAL))
    _answer(made, [(unit_id, who) for unit_id, who in holders if unit_id in mandals], 3, at)


def _answer(made: Programme, named: Iterable[tuple[int, Actor]], waits: int, at: datetime) -> None:
    """Have a person named for a unit say yes. One of so many (`waits`) says nothing, and number `DECLINES` no."""
    charges = (
        (charge, who)
        for unit_id, who in named
        for charge in queries.open_charges(or_refuse(who.account_id))
        if (charge.programme_id, charge.unit_id) == (made.pk, unit_id)
    )
    for number, (charge, who) in enumerate(charges):
        if number == DECLINES or number % waits:
            programmes.answer_charge(
                in_charge_id=charge.pk,
                accepts=number != DECLINES,
                reason=sample_words().drives.declines if number == DECLINES else "",
                by=who,
                at=at,
            )
