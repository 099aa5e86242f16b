"""Contributors by skill and place, page by page along an index; and what one of them said they can do."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from abhiyan.core import sql
from abhiyan.core.rows import MarkedRows
from abhiyan.core.scope import system
from abhiyan.core.words import active_language
from abhiyan.forms.models import FormVersion
from abhiyan.forms.queries import ready_version
from abhiyan.friends.models import ContributorSkill
from abhiyan.units import queries as units

FORM = "skills"  # the ready form; its questions:
SKILLS, HOURS = "skills", "hours"
AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class FoundContributor:
    """A contributor who said what they can do. lo: the position of their unit."""

    lo: int
    public_id: UUID
    name: str
    person_id: UUID
    phone_id: UUID
    unit_id: int
    hours: int
    can: Sequence[str]
    place: str = ""


# It walks the units of a place in their order (placement_position), and each unit's rows by skill_in_unit.
_FOUND = """select pl.lo, m.public_id, p.name, m.person_id, m.phone_id, m.unit_id, s.hours,
  array(select c.skill from enrolment_skill c where c.membership = s.membership and c.skill <> '' order by 1)
 from units_placement pl
 cross join lateral (select s.membership, s.hours from enrolment_skill s where s.skill = %(skill)s
   and s.unit_id = pl.unit_id and s.hours >= %(hours)s and (pl.lo > %(after_lo)s or s.membership > %(after)s)
   order by s.membership offset 0) s
 join enrolment_membership m on m.public_id = s.membership and m.ended_on is null and m.merged_into is null
 join people_person p on p.id = m.person_id and p.left_at is null
 where pl.lo >= %(lo)s and pl.lo < %(hi)s and pl.valid_to is null
 order by pl.lo, s.membership limit %(most)s"""
_NONE = UUID(int=0)


class ContributorRows(MarkedRows[FoundContributor]):
    """Contributors of a place who have a skill and so many hours a week, unit by unit. In the viewer's scope."""

    kinds = (int, UUID)

    def __init__(self, span: tuple[int, int], *, skill: str, hours: int) -> None:
        self._values = {"lo": span[0], "hi": span[1], "skill": skill, "hours": hours}

    def mark(self, row: FoundContributor) -> Sequence[object]:
        """Return the unit's position, then the person."""
        return row.lo, str(row.public_id)

    def statement(self, mark: Sequence[Any] | None, most: int) -> tuple[str, dict[str, Any]]:
        """Return the query of a page, with its parameters."""
        after = {"after_lo": -1, "after": _NONE}
        if mark is not None:
            after = {"after_lo": mark[0], "after": mark[1]}
            after["lo"] = max(self._values["lo"], mark[0])
        return _FOUND, self._values | after | {"most": most}

    def after(self, mark: Sequence[Any] | None, most: int) -> list[FoundContributor]:
        """Return the next contributors behind a mark."""
        return sql.each(FoundContributor, *self.statement(mark, most))

    def each(self) -> Iterator[FoundContributor]:
        """Yield every contributor in the order of the list."""
        mark: Sequence[Any] | None = None
        while rows := self.after(mark, AT_ONCE):
            yield from rows
            mark = rows[-1].lo, rows[-1].public_id


def contributors_with_places(some: Sequence[FoundContributor]) -> list[FoundContributor]:
    """Return the contributors with the names of their units."""
    names = units.names_of_units({contributor.unit_id for contributor in some}, language=active_language())
    return [replace(contributor, place=names.get(contributor.unit_id, "")) for contributor in some]


def chosen_contributors(public_ids: Sequence[UUID]) -> list[FoundContributor]:
    """Return contributors by their public ids, those in the viewer's sight, in their order."""
    rows = sql.each(
        FoundContributor,
        """select 0, m.public_id, p.name, m.person_id, m.phone_id, m.unit_id, s.hours, array[]::text[]
        from enrolment_skill s join enrolment_membership m on m.public_id = s.membership
         and m.ended_on is null and m.merged_into is null
        join people_person p on p.id = m.person_id and p.left_at is null
        where s.membership = any(%(ids)s) and s.skill = '' order by s.membership""",
        {"ids": list(public_ids)},
    )
    return contributors_with_places(rows)


def skill_form(unit_id: int) -> FormVersion:
    """Return the questions about skills and hours that contributors of a unit are asked."""
    with system("the questions to contributors"):
        return ready_version(unit_id, FORM)


def skill_words(version: FormVersion) -> dict[str, dict[str, str]]:
    """Return the choices of each question in the reader's words, by their codes."""
    return {
        question.key: dict(question.options) for question in version.asked if question.key in (SKILLS, HOURS)
    }


def own_skills(membership: UUID) -> dict[str, Any]:
    """Return the skills and hours of a contributor, as the form holds them; empty before they say any."""
    with system("what a contributor said"):
        hours_by_skill = dict(
            ContributorSkill.objects.filter(membership=membership).values_list("skill", "hours")
        )
    if not hours_by_skill:
        return {}
    return {SKILLS: sorted(skill for skill in hours_by_skill if skill), HOURS: str(hours_by_skill[""])}
