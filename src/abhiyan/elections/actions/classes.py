"""Classes: a unit sorts its segments and booths into strong, swing and weak by rules one can read."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit
from abhiyan.core.actor import Actor
from abhiyan.elections import queries
from abhiyan.elections.models import Alliance, ClassRule, Election, UnitClass
from abhiyan.elections.queries import grounds
from abhiyan.elections.refusals import (
    AllianceUnfit,
    NothingToSort,
    RulesRefused,
)
from abhiyan.elections.rules import classes as rules
from abhiyan.org import queries as org

from .inputs import election_of
from .parties import require_sides

AT_ONCE = 2_000  # rows written together
WHY = {
    "no_rules": _("there are no rules at all."),
    "unknown_class": _("choose strong, swing or weak."),
    "unknown_condition": _("it asks for something that is not known."),
    "not_a_number": _("a threshold is a number."),
    "outside": _("a threshold is from 0 to 100 per cent; a lead may be below 0."),
    "empty_band": _("“at least” must be lower than “below”."),
    "no_last": _("the last rule must have no conditions, so every unit gets a class."),
    "never_reached": _("an earlier rule already takes all its units."),
}


def sort_units(
    *,
    election: str,
    unit_id: int,
    rows: Sequence[Mapping[str, Any]],
    party: str,
    by: Actor,
    at: datetime,
    alliance: UUID | None = None,
) -> ClassRule:
    """Write the rules down and give every segment and booth below a unit its class by an election's result.

    rows: as rules.classes reads them. party: whose strength it is; with `alliance`, all its parties together. Classes
    given there before, by whatever rules, are replaced. Units without votes of their own have no class. It needs
    `plans.make` over the unit.
    Refuses UnknownElection, UnknownParty, AllianceUnfit, RulesRefused, NothingToSort.
    """
    org.require(by, "plans.make", at=unit_id)
    of = election_of(election)
    try:
        read = rules.read_class_rules(rows)
    except rules.RulesUnfit as unfit:
        raise RulesRefused(field="rules", why=WHY[unfit.code], row=unfit.row) from unfit
    require_sides(of, [(party, "party")])
    side = Alliance.objects.filter(election=of, public_id=alliance).first() if alliance else None
    state = grounds.state_of_unit(unit_id)
    if alliance and (side is None or side.state not in ("", state)):
        raise AllianceUnfit(field="alliance")
    with transaction.atomic():
        Election.objects.select_for_update().get(
            pk=of.pk
        )  # two who sort the same units come one after the other
        wanted = queries.units_with_figures(of, unit_id)
        ours = queries.OurSide(party, side, queries.alliances(of))
        figures = queries.figures_of_units(of, wanted, ours)
        if not figures:
            raise NothingToSort
        rule = ClassRule(
            election=of,
            unit_id=unit_id,
            party=party,
            alliance=side,
            rules=[dict(row) for row in rows],
            made_by=by.account_id,
            made_at=at,
        )
        rule.save(force_insert=True)
        made = []
        for unit_figures in figures.values():
            got = rules.class_of(
                read,
                rules.unit_vote_figures(
                    unit_figures.votes, unit_figures.best, unit_figures.polled, unit_figures.electors
                ),
            )
            if got is not None:
                made.append(
                    UnitClass(
                        unit_id=unit_figures.unit_id,
                        election=of,
                        code=got[0],
                        margin_pct=round(unit_figures.lead_pct, 4),
                        share_pct=round(unit_figures.share_pct, 4),
                        rule=rule,
                    )
                )
        UnitClass.objects.filter(election=of, unit_id__in=wanted).delete()
        UnitClass.objects.bulk_create(made, batch_size=AT_ONCE)
        audit.record(
            by=by,
            at=at,
            act="elections.sort_units",
            subject=of.code,
            unit_id=unit_id,
            n=len(made),
            facts={"party": party, "alliance": str(alliance or "")},
        )
    return rule
