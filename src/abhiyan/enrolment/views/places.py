"""Picking a place: by PIN code, by name, or down the tree step by step. Works without script; a script only fetches
the same fragment."""

from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from abhiyan.core.natural import natural
from abhiyan.core.refusals import NotFound
from abhiyan.enrolment.forms import ELSEWHERE
from abhiyan.enrolment.queries import join as queries
from abhiyan.enrolment.queries.join import OpenDrive
from abhiyan.units import queries as units
from abhiyan.units.models import Kind


@dataclass(frozen=True, slots=True)
class PlaceChoice:
    """One place to choose, or to look into."""

    code: str
    name: str
    kind: str
    above: str
    may_choose: bool
    may_open: bool
    is_chosen: bool


@dataclass(slots=True)
class PlacePicker:
    """What stands below the question "where": choices found or opened, the one chosen, and the way down the tree."""

    where: str = ""
    under: str = ""
    chosen: units.UnitRow | None = None
    is_elsewhere: bool = False  # "not in this list"
    is_asked: bool = False  # something was looked for, so an answer is due
    choices: list[PlaceChoice] = field(default_factory=list)
    crumbs: list[tuple[str, str]] = field(default_factory=list)  # code, name
    left_out: int = 0
    is_of_pin: bool = False  # a PIN code led to the way down
    is_unknown: bool = False  # the code that was sent is none of this drive

    @property
    def says(self) -> str:
        """The heading above the choices says what the search found."""
        said = {"where": self.where.replace("\x00", ""), "place": self.crumbs[-1][1] if self.crumbs else ""}
        if self.is_of_pin:
            return _("%(where)s is in %(place)s. Which place is it there?") % said
        if self.under:
            return _("Step by step")
        return _("Which one is it?") if self.choices else _("Nothing found for “%(where)s”") % said

    @property
    def only(self) -> PlaceChoice | None:
        """The one place that was found."""
        return self.choices[0] if len(self.choices) == 1 and not self.under else None


def pick(found: OpenDrive, data: QueryDict, *, language: str) -> PlacePicker:
    """Read the place's part of a form (where, unit, under, and the buttons find and open)."""
    picker = PlacePicker(where=data.get("where", "").strip()[:100])
    hierarchy = queries.tree_for(found)
    wanted = data.get("unit", "").strip()[:64].replace("\x00", "")
    if wanted == ELSEWHERE:
        picker.is_elsewhere = True
    elif wanted:
        picker.chosen = _home(found, wanted, hierarchy)
        picker.is_unknown = picker.chosen is None
    opened = data.get("open")
    under = (opened if opened is not None else data.get("under", "")).strip()[:64].replace("\x00", "")
    if opened is not None or (under and not data.get("find")):
        _descend(found, picker, under, hierarchy, language)
    elif picker.where:
        picker.is_asked = True
        rows = queries.places(found, picker.where, hierarchy=hierarchy, language=language)
        picker.choices = _choices(found, rows, hierarchy, picker, language)
        if not rows and (district := queries.district_of_pin(found, picker.where, hierarchy=hierarchy)):
            _descend(found, picker, district.code, hierarchy, language)
            picker.is_of_pin = True
    if picker.chosen is not None and not any(one.is_chosen for one in picker.choices):
        picker.choices = [
            *_choices(found, [picker.chosen], hierarchy, picker, language),
            *picker.choices,
        ]
    return picker


def named_in_link(found: OpenDrive, data: QueryDict, *, language: str) -> PlacePicker:
    """The place a shared link names, already chosen; nothing where nobody may join for it."""
    code = data.get("unit", "").strip()[:64].replace("\x00", "")
    if not code:
        return PlacePicker()
    hierarchy = queries.tree_for(found)
    picker = PlacePicker(chosen=_home(found, code, hierarchy))
    if picker.chosen is not None:
        picker.choices = _choices(found, [picker.chosen], hierarchy, picker, language)
    return picker


def _descend(found: OpenDrive, picker: PlacePicker, under: str, hierarchy: int, language: str) -> None:
    top = queries.top_of(found, hierarchy)
    opened = _id_of(under) or top
    if not units.spans([opened], hierarchy):  # such as a mandal, which the district tree has not
        hierarchy = found.programme.hierarchy
    path = units.path(opened, hierarchy)
    start = next((n for n, row in enumerate(path) if row.id == top), None)
    if start is None:  # elsewhere: the way begins anew
        path, start = units.path(top, hierarchy), -1
    if not path:
        return
    at = path[-1]
    picker.under = at.code
    picker.is_asked = True
    page = units.children(at.id, hierarchy, language=language, limit=200)
    may_choose = {row.id for row in queries.taken(found, page.rows)}
    picker.crumbs = [(row.code, row.name(language)) for row in path[start:]]
    picker.left_out = max(0, page.total - len(page.rows))
    chosen = picker.chosen.id if picker.chosen else None
    picker.choices = [
        PlaceChoice(
            code=row.code,
            name=row.name(language),
            kind=str(Kind(row.kind).label),
            above="",
            may_choose=row.id in may_choose,
            may_open=row.has_children,
            is_chosen=row.id == chosen,
        )
        for row in sorted(page.rows, key=lambda row: natural(row.name(language)))
        if row.id in may_choose or row.has_children
    ]


def _choices(
    found: OpenDrive, rows: list[units.UnitRow], hierarchy: int, picker: PlacePicker, language: str
) -> list[PlaceChoice]:
    ids = [row.id for row in rows]
    paths = units.paths(ids, hierarchy) if ids else {}
    if elsewhere := [each for each in ids if each not in paths]:
        paths |= units.paths(elsewhere, found.programme.hierarchy)
    chosen = picker.chosen.id if picker.chosen else None
    return [
        PlaceChoice(
            code=row.code,
            name=row.name(language),
            kind=str(Kind(row.kind).label),
            above=_above(row.name(language), [above.name(language) for above in paths.get(row.id, [])[2:-1]]),
            may_choose=True,
            may_open=row.kind not in queries.SMALLEST,
            is_chosen=row.id == chosen,
        )
        for row in rows
    ]


def _above(name: str, path: list[str]) -> str:
    """The places above one, the nearest first. No word comes twice, and none of the name."""
    said = dict.fromkeys(part.strip() for part in name.split(","))
    above = dict.fromkeys(part.strip() for each in reversed(path) for part in each.split(","))
    return ", ".join(part for part in above if part not in said)


def _home(found: OpenDrive, code: str, hierarchy: int) -> units.UnitRow | None:
    """A place by its code, if somebody may join for it."""
    unit_id = _id_of(code)
    rows = queries.taken(found, [units.standing(unit_id, hierarchy)]) if unit_id else []
    return rows[0] if rows else None


def _id_of(code: str) -> int | None:
    try:
        return units.unit(code).pk if code else None
    except NotFound:
        return None


def context(picker: PlacePicker) -> dict[str, Any]:
    return {"picker": picker, "elsewhere": ELSEWHERE}
