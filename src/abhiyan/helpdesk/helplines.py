"""The numbers people call, of the programmes that run: one list for every page, kept by this process for half a minute.

A page about one programme shows its number; another the only one there is, or each with its programme.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from abhiyan.core import sql
from abhiyan.core.words import name_in_language

from .models import Helpline

KEPT_S = 30.0
SHOWN = 3  # numbers below a page that is about no single programme; the others are on the page of the form


@dataclass(frozen=True, slots=True)
class HelplineShown:
    """A programme that runs, and the number people call about it: that of the programme above it, where it has none of
    its own; "" while none is set. is_wide: the programme is the nation's or a state's."""

    programme_id: int
    public_id: str
    names: dict[str, str]
    number: str
    is_wide: bool = True

    @property
    def name(self) -> str:
        return name_in_language(self.names)


_RUNNING = """
select p.id, p.public_id::text, p.names, coalesce(h.number, g.number, ''), u.kind in ('nation', 'state')
from programmes_programme p join units_unit u on u.id = p.owner_id
left join helpdesk_helpline h on h.programme_id = p.id
left join helpdesk_helpline g on g.programme_id = p.parent_id
where p.state = 'open' order by p.parent_id nulls first, p.id limit 200"""

_kept: tuple[float, list[HelplineShown]] | None = None


def running_helplines() -> list[HelplineShown]:
    """Return the helplines of every programme that runs, higher ones first; one query in half a minute."""
    global _kept
    if _kept is None or time.monotonic() - _kept[0] > KEPT_S:
        _kept = time.monotonic(), sql.each(HelplineShown, _RUNNING)
    return _kept[1]


def cached_helplines() -> list[HelplineShown]:
    """Return what this process has read, however old: for pages that may ask the database nothing."""
    return _kept[1] if _kept else []


def forget_helplines() -> None:
    """Read them again: a number was set."""
    global _kept
    _kept = None


def of_programme(programme_id: int, among: Sequence[HelplineShown]) -> HelplineShown | None:
    """The line of a programme that runs."""
    return next((helpline for helpline in among if helpline.programme_id == programme_id), None)


def number_of_programme(programme_id: int) -> str:
    """The number people call about a programme that runs; "" while none is set."""
    line = of_programme(programme_id, running_helplines())
    return line.number if line else ""


def number_to_ask(programme_id: int) -> str:
    """The number that a message of a programme names for questions: its own, else the first of a wide programme."""
    wide = wide_helplines(running_helplines())
    return number_of_programme(programme_id) or (wide[0].number if wide else "")


def wide_helplines(among: Sequence[HelplineShown]) -> list[HelplineShown]:
    """One line of each number, for pages that are about no single programme; a programme above others speaks for those
    below that share its number.

    The number of a smaller unit is on its own pages only: a district may not put a number on everybody's sign-in page.
    """
    helplines: dict[str, HelplineShown] = {}
    for helpline in among:
        if helpline.number and helpline.is_wide:
            helplines.setdefault(helpline.number, helpline)
    return list(helplines.values())


def set_number(programme_id: int) -> str:
    """The number that was set for a programme itself; "" while there is none."""
    row = Helpline.objects.filter(pk=programme_id).first()
    return row.number if row else ""
