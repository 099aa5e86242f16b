"""Own figures of half of the demo's mandals. Most say about what was entered; some say far more. Samples."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from abhiyan.core.actor import Actor
from abhiyan.core.samples import SampleGround
from abhiyan.core.scope import system
from abhiyan.enrolment.rules.measures import ENROLMENTS
from abhiyan.programmes import actions
from abhiyan.programmes.models import Programme
from abhiyan.programmes.queries import programme_by_id
from abhiyan.programmes.queries.ledger import reported_below

from .data_files import sample_shares
from .frames import FROZEN

OFFICE = "mandal_president"
MUCH = 6  # one unit in so many says far too much
SHARES = sample_shares().own_figures


@dataclass
class Sayings:
    """The figures of the days between two frames. The president of a unit types its figure the day after."""

    ground: SampleGround
    _since: date = field(init=False)  # the first day nobody has given a figure of
    _before: Mapping[int, int] = field(default_factory=dict)  # reported until then, by unit (id)

    def after(self, number: int, until: datetime) -> None:
        """Type figures after a day on which a frame was frozen. number: of the day, from 1; until: its end."""
        if number not in FROZEN:
            return
        leaders = self.leaders()
        with system("demo"):
            drive = programme_by_id(self.ground.programme_id)
            reported = reported_below(
                programme=drive, measure=ENROLMENTS, hierarchy=drive.hierarchy, unit_ids=list(leaders)
            )
        for at, (unit_id, leader) in enumerate(leaders.items() if self._before else ()):
            new = reported.get(unit_id, 0) - self._before.get(unit_id, 0)
            rng = random.Random(f"said {self.ground.seed} {number} {at}")  # noqa: S311  # sample data
            figure = round(new * rng.uniform(*(SHARES.honest if at % MUCH else SHARES.too_much)))
            self._type(drive, unit_id, figure, leader, until)
        self._since, self._before = until.date(), reported

    def leaders(self) -> dict[int, Actor]:
        """Return who gives a figure, by unit (id): about half of them."""
        codes = {unit_id: code for code, unit_id in self.ground.ids.items()}
        actors = self.ground.holders[OFFICE]
        return {unit_id: actors[unit_id] for unit_id in sorted(actors, key=codes.__getitem__)[::2]}

    def _type(self, drive: Programme, unit_id: int, n: int, leader: Actor, until: datetime) -> None:
        actions.type_figure(
            programme=drive,
            measure=ENROLMENTS,
            unit_id=unit_id,
            begins_on=self._since,
            ends_on=until.date() - timedelta(days=1),
            n=n,
            by=leader,
            at=until + timedelta(hours=10),
        )
