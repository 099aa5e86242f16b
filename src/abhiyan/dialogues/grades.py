"""The organisation in the booths called, as leaders graded it in their talks: by unit, and month by month.

A booth counts once, with its last talk of the days that are asked for. A talk gives no grade once its president denied
it, or had everything erased. A grade is about a booth, never about a person.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as say
from django.utils.translation import ngettext

from abhiyan.core import sql
from abhiyan.core.numbers import grouped
from abhiyan.core.scope import system
from abhiyan.programmes.models import Programme
from abhiyan.programmes.queries import covers_part
from abhiyan.units import queries as units

from .queries import BOOTHS, BOOTHS_EVER, values_on
from .rules.grades import GRADES, HELP, PART, WELL


class GradeCounts:
    """The numbers of booths by grade."""

    __slots__ = ()
    well: int
    part: int
    help: int

    @property
    def called(self) -> int:
        return self.well + self.part + self.help

    @property
    def by_grade(self) -> tuple[int, ...]:
        """The booths called, and how many of them work well, work in part and need help."""
        return self.called, self.well, self.part, self.help

    @property
    def well_pct(self) -> int | None:
        return self.well * 100 // self.called if self.called else None


@dataclass(frozen=True, slots=True)
class BoothGrades(GradeCounts, units.BoardUnit):
    """The booths called in a unit, by the grade of their organisation."""

    well: int
    part: int
    help: int


@dataclass(frozen=True, slots=True)
class MonthOfGrades(GradeCounts):
    """The booths called in a month, by the last grade of that month. first: its first day."""

    first: date
    well: int
    part: int
    help: int

    @property
    def title(self) -> str:
        return date_format(self.first, "F Y")


# A talk that gives a grade: `d`, with what is counted of it.
_TALKS = """dialogues_dialogue d join programmes_item i on i.id = d.item_id and i.ended_at is null
    and i.phone_id is not null
  where d.programme_id = %(programme)s and d.organisation is not null"""
_EACH = ", ".join(
    f"(g.organisation = {grade})::int as {name}"
    for name, grade in (("well", WELL), ("part", PART), ("help", HELP))
)
_SUMS = ", ".join(
    f"count(*) filter (where g.organisation = {grade})::int as {name}"
    for name, grade in (("well", WELL), ("part", PART), ("help", HELP))
)
_GRADED = """{booths}, g as (select distinct on (d.unit_id) d.unit_id, d.organisation from {talks}
    and (%(month)s::date is null or date_trunc('month', d.day) = %(month)s) order by d.unit_id, d.day desc)
select b.lo, {each} from booth b join g on g.unit_id = b.unit_id"""
_GRADED_TODAY, _GRADED_THEN = (
    _GRADED.format(booths=booths, talks=_TALKS, each=_EACH) for booths in (BOOTHS, BOOTHS_EVER)
)
_MONTHS = f"""{BOOTHS_EVER}, g as (select distinct on (d.unit_id, date_trunc('month', d.day))
    date_trunc('month', d.day)::date as month, d.organisation
  from {_TALKS} and d.unit_id in (select unit_id from booth) order by d.unit_id, date_trunc('month', d.day), d.day desc)
select g.month, {_SUMS} from g group by 1 order by 1 desc"""


def _values(programme: Programme, span: tuple[int, int], on: date) -> dict[str, Any]:
    return values_on(programme, min(on, programme.closes_on)) | {"lo": span[0], "hi": span[1]}


def grades(
    programme: Programme, unit_id: int, span: tuple[int, int], *, on: date, month: date | None = None
) -> tuple[BoothGrades, list[BoothGrades]]:
    """Return the grades of a unit's booths, and of each unit right below it. The viewer sees people there; one query.

    month: the first day of the month whose talks count, also in booths that closed since; None: every talk counts, in
    the booths of today.
    """
    values = _values(programme, span, on) | {"month": month}
    with system("how booths are doing, for who sees the people there"):
        graded = _GRADED_TODAY if month is None else _GRADED_THEN
        return units.unit_board(BoothGrades, graded, values, unit_id=unit_id, hierarchy=programme.hierarchy)


def months_of_grades(programme: Programme, span: tuple[int, int], *, on: date) -> list[MonthOfGrades]:
    """Return the grades of each month with a talk, the last one first. The viewer sees people there; one query."""
    with system("how booths are doing, for who sees the people there"):
        return sql.each(MonthOfGrades, _MONTHS, _values(programme, span, on))


def grades_in_words(graded: BoothGrades) -> str:
    """Say in how many of the booths called the organisation works well; of one booth alone, how it works."""
    if graded.called == 1 and not graded.has_children:
        code = next(
            grade for grade, n in ((WELL, graded.well), (PART, graded.part), (HELP, graded.help)) if n
        )
        return say("Organisation in the booth: %(grade)s") % {"grade": str(GRADES[code]).lower()}
    words = ngettext(
        "The organisation works well in %(n)s of %(of)s booth called.",
        "The organisation works well in %(n)s of %(of)s booths called.",
        graded.called,
    )
    return words % {"n": grouped(graded.well), "of": grouped(graded.called)}


def grades_of_unit(
    programme: Programme, unit_id: int, span: tuple[int, int], *, on: date
) -> BoothGrades | None:
    """Return the grades of a unit's booths over all talks. None where no booth has one, or nothing runs there."""
    if not covers_part(programme, span):
        return None
    whole, _below = grades(programme, unit_id, span, on=on)
    return whole if whole.called else None
