"""Picking a place: by PIN code, by name, or down the tree step by step. Works without script; a script only fetches
the same fragment."""

from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from abhiyan.core.natural import natural
from abhiyan.core.refusals import NotFound
from abhiyan.core.words import active_language
from abhiyan.enrolment import actions
from abhiyan.enrolment.fields import AdultForm
from abhiyan.enrolment.forms import ELSEWHERE
from abhiyan.enrolment.queries import join as queries
from abhiyan.enrolment.queries.join import LinkedPlace, OpenDrive
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
    """The part below the question "where": choices found or opened, the chosen one, and the way down the tree."""

    where: str = ""
    under: str = ""
    chosen: units.UnitRow | None = None
    is_elsewhere: bool = False  # "not in this list"
    is_asked: bool = False  # something was looked for, so an answer is due
    choices: list[PlaceChoice] = field(default_factory=list)
    crumbs: list[tuple[str, str]] = field(default_factory=list)  # code, name
    left_out: int = 0
    is_of_pin: bool = False  # a PIN code led to the way down.
    is_unknown: bool = False  # the code that was sent is none of this drive.
    within: LinkedPlace | None = None  # the unit of the link that was opened: they join in it.
    is_outside: bool = False  # the code that was sent is no place in that unit.
    is_lost: bool = False  # nobody may join the drive in the unit of the link

    @property
    def says(self) -> str:
        """Say what the search found, as the heading above the choices."""
        blanks = {"where": self.where.replace("\x00", ""), "place": self.crumbs[-1][1] if self.crumbs else ""}
        if self.is_of_pin:
            return _("%(where)s is in %(place)s. Which place is it there?") % blanks
        if self.under:
            return _("Step by step")
        return (
            _("Which one is it?")
            if self.choices or not self.where
            else _("Nothing found for “%(where)s”") % blanks
        )

    @property
    def only(self) -> PlaceChoice | None:
        """Return the one place that was found."""
        return self.choices[0] if len(self.choices) == 1 and not self.under else None


def pick_place(drive: OpenDrive, data: QueryDict, *, language: str) -> PlacePicker:
    """Read the place's part of a form (where, unit, under, and the buttons find and open)."""
    picker = PlacePicker(where=data.get("where", "").strip()[:100])
    if "elsewhere" in data:  # the link's unit is left, and what was chosen in it
        return picker
    hierarchy = _bound(drive, picker, _code(data, "within"))
    wanted = _code(data, "unit")
    if wanted == ELSEWHERE:
        picker.is_elsewhere = True
    elif wanted:
        _choose(drive, picker, wanted, hierarchy)
    opened = data.get("open")
    under = (opened if opened is not None else data.get("under", "")).strip()[:64].replace("\x00", "")
    if opened is not None or (under and not data.get("find")):
        _descend(drive, picker, under, hierarchy, language)
    elif picker.where:
        picker.is_asked = True
        within = picker.within
        rows = queries.places(drive, picker.where, hierarchy=hierarchy, language=language, within=within)
        picker.choices = _choices(drive, rows, hierarchy, picker, language)
        if (
            not rows
            and not within
            and (district := queries.district_of_pin(drive, picker.where, hierarchy=hierarchy))
        ):
            _descend(drive, picker, district.code, hierarchy, language)
            picker.is_of_pin = True
    is_apart = picker.within is not None and picker.chosen == picker.within.row and not picker.within.is_home
    if (
        picker.chosen is not None
        and not is_apart
        and not any(place_choice.is_chosen for place_choice in picker.choices)
    ):
        picker.choices = [
            *_choices(drive, [picker.chosen], hierarchy, picker, language),
            *picker.choices,
        ]
    return picker


def _code(data: QueryDict, name: str) -> str:
    return data.get(name, "").strip()[:64].replace("\x00", "")


def _bound(drive: OpenDrive, picker: PlacePicker, code: str) -> int:
    """Keep the choice in the unit that a link named by its code. Return the tree people are led down."""
    hierarchy = queries.tree_for(drive)
    if not code:
        return hierarchy
    place = queries.linked_place(drive, code, hierarchy=hierarchy)
    picker.is_lost = place is None
    if place is None or place.is_whole:
        return hierarchy
    picker.within = place
    return place.hierarchy


def _choose(drive: OpenDrive, picker: PlacePicker, code: str, hierarchy: int) -> None:
    """Take the place of this code, if somebody may join for it, and if the link's unit holds it."""
    within = picker.within
    if within is not None and code == within.row.code and within.may_join:
        picker.chosen = within.row
        return
    chosen = _home(drive, code, hierarchy)
    picker.is_unknown = chosen is None
    picker.is_outside = bool(chosen and within and not units.stands_below(chosen.id, within.row.id))
    picker.chosen = None if picker.is_outside else chosen


def named_in_link(drive: OpenDrive, data: QueryDict, *, language: str) -> PlacePicker:
    """Return the unit that a shared link names: chosen, where it is a place to join for; else its places to
    choose from."""
    code = _code(data, "unit")
    query = QueryDict(mutable=True)
    if code:
        query["within"] = code
        first = PlacePicker()
        _bound(drive, first, code)
        if first.within is not None:
            is_chosen = first.within.is_home or not first.within.has_places
            query["unit" if is_chosen else "open"] = code
    return pick_place(drive, query, language=language)


def _descend(drive: OpenDrive, picker: PlacePicker, under: str, hierarchy: int, language: str) -> None:
    top = picker.within.row.id if picker.within else queries.top_of(drive, hierarchy)
    opened = _id_of(under) or top
    if not units.spans([opened], hierarchy):  # such as a mandal, which the district tree has not
        hierarchy = drive.programme.hierarchy
    path = units.path_of_unit(opened, hierarchy)
    start = next((n for n, row in enumerate(path) if row.id == top), None)
    if start is None:  # elsewhere: the way begins again
        path, start = units.path_of_unit(top, hierarchy), -1
    if not path:
        return
    at = path[-1]
    picker.under = at.code
    picker.is_asked = True
    page = units.children(at.id, hierarchy, language=language, limit=200)
    may_choose = {row.id for row in queries.units_to_join(drive, page.rows)}
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
    drive: OpenDrive, rows: list[units.UnitRow], hierarchy: int, picker: PlacePicker, language: str
) -> list[PlaceChoice]:
    ids = [row.id for row in rows]
    paths = units.paths_of_units(ids, hierarchy) if ids else {}
    if elsewhere := [place_id for place_id in ids if place_id not in paths]:
        paths |= units.paths_of_units(elsewhere, drive.programme.hierarchy)
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
    """Return the places above one, the nearest first. No word comes twice, and none of the name."""
    parts = dict.fromkeys(part.strip() for part in name.split(","))
    above = dict.fromkeys(part.strip() for name_above in reversed(path) for part in name_above.split(","))
    return ", ".join(part for part in above if part not in parts)


def _home(drive: OpenDrive, code: str, hierarchy: int) -> units.UnitRow | None:
    """Return a place by its code, if somebody may join for it."""
    unit_id = _id_of(code)
    rows = queries.units_to_join(drive, [units.row_of_unit(unit_id, hierarchy)]) if unit_id else []
    return rows[0] if rows else None


def _id_of(code: str) -> int | None:
    try:
        return units.unit(code).pk if code else None
    except NotFound:
        return None


def context(picker: PlacePicker) -> dict[str, Any]:
    return {"picker": picker, "elsewhere": ELSEWHERE}


def judge_place(form: AdultForm, picker: PlacePicker) -> None:
    """Refuse a typed place that was not chosen from what fits, or is elsewhere."""
    if "where" in form.errors:
        return  # what is wrong with the words themselves is said once
    if picker.is_unknown:
        form.add_error("where", actions.OutsideScope.message)
    elif picker.within and picked_unit(picker) is None:
        text = _("Choose a place in %(unit)s, where this link leads. If you live elsewhere, say so below.")
        form.add_error("where", text % {"unit": picker.within.row.name(active_language())})
    elif picker.is_lost and picked_unit(picker) is None and not picker.is_elsewhere:
        form.add_error("where", _("The place of this link is not part of this drive. Choose your own place."))
    elif picker.chosen is None and not picker.is_elsewhere and picker.where and picker.only is None:
        form.add_error(
            "where",
            _("Choose your place from the list below, or say that it is not there.")
            if picker.choices
            else _("No place found. Write it another way, or go on without it."),
        )


def picked_unit(picker: PlacePicker) -> int | None:
    """Return the unit that was chosen, or the only one that fits."""
    if picker.chosen is None and picker.only is not None and not picker.is_elsewhere:
        return queries.unit_id(picker.only.code)
    return picker.chosen.id if picker.chosen else None


def places_address(drive: OpenDrive) -> str:
    return reverse("intake:join_places", args=[drive.drive.join_slug])
