"""Programmes that cover one unit below a unit alone: whose they are, and the target there."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from abhiyan.core import sql
from abhiyan.core.numbers import grouped
from abhiyan.core.words import name_in_language


@dataclass(frozen=True, slots=True)
class Belonging:
    """The one unit that a programme covers, with its target of the first measure."""

    code: str
    names: dict[str, str]
    target: int | None

    @property
    def said(self) -> str:
        """Say in a sentence whose it is."""
        if not self.target:
            return _("This programme belongs to %(unit)s.") % {"unit": name_in_language(self.names)}
        return _("This programme belongs to %(unit)s. Its target there is %(n)s.") % {
            "unit": name_in_language(self.names),
            "n": grouped(self.target),
        }


def belonging(programme_ids: Iterable[int], span: tuple[int, int], hierarchy: int) -> dict[int, Belonging]:
    """Return by programme the one unit it covers, where that is below the positions' own unit. One query."""
    rows = sql.rows(
        """select s.programme_id, u.code, u.names, t.n
        from programmes_scope s join units_unit u on u.id = s.unit_id
        join units_placement p on p.unit_id = u.id and p.hierarchy = %(hierarchy)s and p.lo > %(lo)s and p.lo < %(hi)s
        left join programmes_target t on t.programme_id = s.programme_id and t.unit_id = s.unit_id and t.measure = 1
          and t.replaced_at is null
        where s.programme_id = any(%(programmes)s::bigint[])
          and not exists (select from programmes_scope o where o.programme_id = s.programme_id and o.id <> s.id)""",
        {"programmes": list(programme_ids), "lo": span[0], "hi": span[1], "hierarchy": hierarchy},
    )
    return {programme: Belonging(code, names, target) for programme, code, names, target in rows}
