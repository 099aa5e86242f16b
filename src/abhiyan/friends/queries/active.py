"""Contributors who did something lately, by their own tasks done: numbers of a unit, and the items they count by."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.core import clock, sql
from abhiyan.enrolment.rules.measures import ACTIVE, LATELY
from abhiyan.enrolment.rules.rolls import CONTRIBUTORS
from abhiyan.programmes.models import Programme
from abhiyan.targets import queries as target_queries
from abhiyan.ui.numbers import grouped
from abhiyan.units import queries as units
from abhiyan.work.rules.tasks import TaskState

from .organisers import LIVING, NO_SAID

DONE, CONFIRMED = TaskState.DONE.value, TaskState.CONFIRMED.value
# Contributors m of today, and their tasks t. A task goes with its person and phone (task_phone).
_CONTRIBUTORS = f"""{LIVING}
 and m.roll_id in (select l.id from enrolment_roll l where l.code = '{CONTRIBUTORS.code}')"""
_THEIRS = f"t.phone_id = m.phone_id and t.person_id = m.person_id and t.state in ('{DONE}', '{CONFIRMED}')"


@dataclass(frozen=True, slots=True)
class ContributorWork:
    """The work of a contributor by their tasks. has_done: they say that one is done. is_active: a leader agrees."""

    membership: UUID
    programme_id: int
    unit_id: int
    phone_id: UUID
    has_done: bool
    is_active: bool


def contributor_work(person_ids: Sequence[UUID]) -> list[ContributorWork]:
    """Return what the tasks of contributors say of them now. In a system scope; one query."""
    return sql.each(
        ContributorWork,
        f"""select m.public_id, m.programme_id, m.unit_id, m.phone_id, count(t.id) > 0,
          coalesce(bool_or(t.state = '{CONFIRMED}'), false)
        from enrolment_membership m left join programmes_task t on {_THEIRS}
        where m.person_id = any(%(persons)s) and {_CONTRIBUTORS} group by m.id order by m.id""",
        {"persons": list(person_ids)},
    )


@dataclass(frozen=True, slots=True)
class ContributorsBelow(units.BoardUnit):
    """Numbers of the contributors in a unit. active: with a task of the last 30 days that a leader confirmed.

    waiting: others who say that they did one. target: of contributors who did a task; None without one.
    """

    contributors: int
    active: int
    waiting: int
    target: int | None

    @property
    def title(self) -> str:
        """Say how many contributors are active."""
        words = ngettext(
            "%(n)s of %(of)s contributor was active in the last 30 days",
            "%(n)s of %(of)s contributors were active in the last 30 days",
            self.contributors,
        )
        return words % {"n": grouped(self.active), "of": grouped(self.contributors)}

    @property
    def lines(self) -> list[tuple[str, str]]:
        """Return the same numbers with their words, for board and slide."""
        lines = [
            (_("Active in 30 days"), grouped(self.active)),
            (_("Done, not confirmed yet"), grouped(self.waiting)),
            (_("Contributors"), grouped(self.contributors)),
        ]
        return lines if self.target is None else [*lines, (_("Target"), grouped(self.target))]


# A target is read by itself: those of units below are no sum.
_COUNTED = f"""select c.lo, 1 as contributors, coalesce(w.is_active, false)::int as active,
  coalesce(not w.is_active, false)::int as waiting, 0 as target
from enrolment_membership m
join units_placement c on c.unit_id = m.unit_id and c.hierarchy = %(hierarchy)s and c.lo >= %(lo)s and c.lo < %(hi)s
left join lateral (select bool_or(t.state = '{CONFIRMED}') as is_active from programmes_task t
  where {_THEIRS} and (t.done_at at time zone %(zone)s)::date > %(since)s
    and (t.done_at at time zone %(zone)s)::date <= %(on)s) w on true
where m.programme_id = any(%(of)s) and {_CONTRIBUTORS} and not {NO_SAID}"""


def contributors_below(
    programme: Programme, unit_id: int, span: tuple[int, int], *, at: datetime
) -> tuple[ContributorsBelow, list[ContributorsBelow]]:
    """Return the numbers of a unit, and of each unit right below it. In a system scope; two queries.

    Board and slide read them here. Contributors who left, said no or were erased are not among them.
    """
    on = clock.day_in(programme.zone, at)
    values = {"of": programme.counted_ids, "zone": programme.zone, "since": on - LATELY, "on": on}
    values |= {"lo": span[0], "hi": span[1]}
    whole, below = units.unit_board(
        ContributorsBelow, _COUNTED, values, unit_id=unit_id, hierarchy=programme.hierarchy
    )
    ids = [unit_id, *(row.unit_id for row in below)]
    targets = target_queries.targets(programme=programme, units=ids, measure=ACTIVE)

    def aimed(row: ContributorsBelow) -> ContributorsBelow:
        target = targets.get(row.unit_id)
        return replace(row, target=target.n if target else None)

    return aimed(whole), [aimed(row) for row in below]
