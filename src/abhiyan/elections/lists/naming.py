"""Find the election of a list: by its options, or else by its code."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from django.utils.translation import get_language, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from abhiyan.core.letters import plain_digits
from abhiyan.core.numbers import grouped
from abhiyan.elections import reference
from abhiyan.elections.actions.results import BroughtResults, NewContest, TakenRows, WantedElection
from abhiyan.elections.models import Contest, Election, ElectionKind
from abhiyan.elections.queries.wholeness import whole_of
from abhiyan.elections.refusals import (
    ElectionDiffers,
    ElectionUnclear,
    NoNumberColumn,
    NoStateColumn,
)
from abhiyan.imports.kinds import Option, RowOutcome
from abhiyan.imports.work import Work
from abhiyan.units import queries as units

_BY = "(?:[-_]?(BY)[-_A-Z0-9]{0,10})?"  # of a by-election; behind it may stand which: JK2025-BY2
_LOK_SABHA = re.compile(r"LS[-_]?(\d{4})" + _BY)
_STATE = re.compile(r"([A-Z]{2}|[SU]\d\d)[-_]?(\d{4})" + _BY)


class NamedElection(NamedTuple):
    """The election a list is of; the state of rows that name none; how seats are numbered, when the list says so."""

    wanted: WantedElection
    state: str | None
    numbering: str | None
    is_partial: bool
    corrects_numbers: bool = False

    @property
    def is_by(self) -> bool:
        return ElectionKind(self.wanted.kind).is_by

    @property
    def level(self) -> str:
        return ElectionKind(self.wanted.kind).level


def election_state_choices() -> Sequence[tuple[str, str]]:
    language = (get_language() or "en")[:2]
    states_named = [
        (state.eci, reference.reference_state_name(state.eci, language))
        for state in reference.reference_states().values()
    ]
    return [("", "—"), *sorted(states_named, key=lambda pair: pair[1])]


def election_kind_choices() -> Sequence[tuple[str, str]]:
    return [("", "—"), *((str(value), str(label)) for value, label in ElectionKind.choices)]


def yes_or_no() -> Sequence[tuple[str, str]]:
    return [("", str(_("No"))), ("yes", str(_("Yes")))]


ELECTION = Option(
    "election",
    _("Code of the election"),
    help=_("Such as LS2024 for the Lok Sabha, JK2024 for an assembly, JK2025-BY for a by-election."),
)
KIND = Option(
    "kind",
    _("What was elected"),
    election_kind_choices,
    required=False,
    help=_("Only if the code does not show it."),
)
YEAR = Option("year", _("Year of the election"), required=False, help=_("Only if the code does not show it."))
NAME = Option("name", _("Name in English"), required=False)
NAME_HI = Option("name_hi", _("Name in Hindi"), required=False)
STATE = Option(
    "state",
    pgettext_lazy("kind of unit", "State"),
    election_state_choices,
    required=False,
    help=_("For rows without a state."),
)
NUMBERING = Option(
    "numbering",
    _("Numbering of the constituencies"),
    required=False,
    help=_(
        "Needed only if it is neither today's numbering nor a known one. We find known ones "
        "by state and year."
    ),
)
ORIGIN = Option("origin", _("Where the file comes from"), required=False)
PARTIAL = Option(
    "partial",
    _("Take only what is whole"),
    yes_or_no,
    required=False,
    help=_("Yes: leave out constituencies with refused or missing rows, and take the rest."),
)
CORRECT = Option(
    "correct_numbers",
    _("Correct the numbers of constituencies"),
    yes_or_no,
    required=False,
    help=_(
        "Yes: where all numbers of a state are off by the same amount, the names say so, and we correct them."
    ),
)
SAMPLE = Option("sample", _("The figures are a sample"), yes_or_no, required=False)


def election_options_fit(said: Mapping[str, str]) -> None:
    """Refuses ElectionUnclear, ElectionDiffers: as `election_named_in_options`, before there is a step."""
    election_of_options(said)


def election_named_in_options(work: Work) -> NamedElection:
    """Return what the options say. Refuses ElectionUnclear, ElectionDiffers."""
    return election_of_options(work.options)


def election_of_options(said: Mapping[str, str]) -> NamedElection:
    code = said.get("election", "").strip().upper().replace(" ", "")
    code = plain_digits(code)
    there = Election.objects.filter(code=code).first()
    kind, year, state = (
        said.get("kind", ""),
        plain_digits(said.get("year", "").strip()),
        said.get("state", "") or None,
    )
    if match := _LOK_SABHA.fullmatch(code):
        kind = kind or (ElectionKind.PARLIAMENT_BY if match[2] else ElectionKind.PARLIAMENT)
        year = year or match[1]
    elif (match := _STATE.fullmatch(code)) and (eci := reference.eci_code_of(match[1])):
        kind = kind or (ElectionKind.ASSEMBLY_BY if match[3] else ElectionKind.ASSEMBLY)
        year, state = year or match[2], state or eci
    if there is not None:
        kind, year = kind or there.kind, year or str(there.year)
    if not code or not kind or not (year.isascii() and year.isdecimal() and 1900 <= int(year) <= 2200):
        raise ElectionUnclear(field="election")
    if there is not None and (there.kind, there.year) != (kind, int(year)):
        raise ElectionDiffers(
            field="election", election=code, known=f"{there.get_kind_display()} {there.year}"
        )
    names = _names(kind, int(year), state)
    names |= {"en": said["name"]} if said.get("name") else {}
    names |= {"hi": said["name_hi"]} if said.get("name_hi") else {}
    wanted = WantedElection(
        code=code, kind=kind, year=int(year), names=names, is_sample=said.get("sample") == "yes"
    )
    return NamedElection(
        wanted,
        state,
        said.get("numbering") or None,
        said.get("partial") == "yes",
        said.get("correct_numbers") == "yes",
    )


def _names(kind: str, year: int, state: str | None) -> dict[str, str]:
    if kind == ElectionKind.PARLIAMENT:
        return {"en": f"Lok Sabha {year}", "hi": f"लोकसभा {year}"}
    if kind == ElectionKind.PARLIAMENT_BY:
        return {"en": f"Lok Sabha by-election {year}", "hi": f"लोकसभा उपचुनाव {year}"}
    if kind == ElectionKind.ASSEMBLY_BY:
        where = {
            language: f"{reference.reference_state_name(state, language)} " if state else ""
            for language in ("en", "hi")
        }
        return {
            "en": f"{where['en']}assembly by-election {year}",
            "hi": f"{where['hi']}विधानसभा उपचुनाव {year}",
        }
    if state is None:
        return {"en": f"Assemblies {year}", "hi": f"विधानसभाएँ {year}"}
    return {
        "en": f"{reference.reference_state_name(state, 'en')} assembly {year}",
        "hi": f"{reference.reference_state_name(state, 'hi')} विधानसभा {year}",
    }


def require_columns(work: Work, of: NamedElection, *numbers: str) -> None:
    """Refuse with NoNumberColumn, where the file lacks all of some columns, or NoStateColumn, where nothing gives the
    state. Else every row would fail for the same reason."""
    if not any(key in work.mapping for key in numbers):
        raise NoNumberColumn(field=numbers[0], column=numbers[0])
    if of.state is None and "state" not in work.mapping:
        raise NoStateColumn(field="state")


def states_allowed(work: Work) -> frozenset[str] | None:
    """States whose results a list may bring: that of the unit it is for. None: every state (the nation's list)."""
    if work.unit_id is None:
        return None
    above = [
        row
        for hierarchy in units.hierarchies_of(work.unit_id)
        for row in units.path_of_unit(work.unit_id, hierarchy)
    ]
    unit = next((row for row in above if row.id == work.unit_id), None)
    if unit is not None and unit.kind == "nation":
        return None
    return frozenset(eci for row in above if row.kind == "state" and (eci := reference.eci_code_of(row.code)))


OUTCOMES = {
    "new": RowOutcome(_("New"), "ok"),
    "changed": RowOutcome(_("Changed"), "warn"),
    "same": RowOutcome(_("Unchanged")),
    "gone": RowOutcome(_("Already here, but no longer in the file"), "warn"),
    "held": RowOutcome(_("Correct, but not taken while other rows are refused"), "warn"),
}


def undoing(take_back: Callable[..., int]) -> Callable[[Work], None]:
    """The undo of a kind of list: `take_back` makes everything as it was before the list, by its journal."""

    def undo(work: Work) -> None:
        work.count("new", take_back(import_id=work.id, pages=list(work.kept()), by=work.by, at=work.at))

    return undo


def tell_outcomes(work: Work, taken: TakenRows, *, is_partial: bool = False) -> None:
    """Count what becomes of the rows: nothing new, as long as a refused one holds up the whole."""
    is_held = work.refused_rows > 0 and not is_partial
    outcomes = {"new": taken.new, "changed": taken.changed, "same": taken.same, "gone": taken.gone}
    if is_held:
        outcomes = {"held": taken.new + taken.changed, "same": taken.same}
    for outcome, n in outcomes.items():
        if n:
            work.count(outcome, n)


def note_seats(work: Work, of: NamedElection, contests: Iterable[NewContest]) -> None:
    """Note how many of their states' seats are known with these; where there is a numbering of that year."""
    present: dict[tuple[str, str], set[int]] = defaultdict(set)
    for contest in contests:
        present[contest.state, contest.numbering].add(contest.number)
    there = Contest.objects.filter(
        election__code=of.wanted.code, state__in={state for state, _label in present}
    )
    for state, label, number in there.values_list("state", "numbering", "number"):
        present[state, label].add(number)
    counts = {seat: len(numbers) for seat, numbers in present.items()}
    wholes = [
        whole_of(
            of.wanted.kind, of.wanted.year, {seat: n for seat, n in counts.items() if seat[0] == state}, state
        )
        for state in {state for state, _label in counts}
    ]
    known_of = [whole.of for whole in wholes if whole.of is not None]
    if wholes and len(known_of) == len(wholes):
        work.note_whole("seats", sum(whole.seats for whole in wholes))
        work.note_whole("seats_of", sum(known_of))


def result_list_words(whole: Mapping[str, int]) -> list[str]:
    """Return sentences on how to correct the numbers of a list of results, and on constituencies that it leaves out."""
    sentences = [text for key, n in whole.items() if (text := _renumbered(key.split(" ", 2), n))]
    if any(key.startswith("move ") for key in whole):
        sentences.append(
            str(
                _(
                    "We can correct these numbers: bring the list again and choose “Correct the numbers of"
                    " constituencies”; on the console add -o correct_numbers=yes."
                )
            )
        )
    if n := whole.get("nota_left_out", 0):
        text = ngettext(
            "In %(n)s constituency one place is missing in the column of positions. Perhaps NOTA was left out. Leave"
            " the column out: choose “not in the file” for it; on the console add -c position=",
            "In %(n)s constituencies one place is missing in the column of positions. Perhaps NOTA was left out. Leave"
            " the column out: choose “not in the file” for it; on the console add -c position=",
            n,
        )
        sentences.append(text % {"n": grouped(n)})
    if n := whole.get("corrected", 0):
        text = ngettext(
            "The number of %(n)s constituency was corrected by its name.",
            "The numbers of %(n)s constituencies were corrected by their names.",
            n,
        )
        sentences.append(text % {"n": grouped(n)})
    if n := whole.get("unlike", 0):
        text = ngettext(
            "%(n)s constituency has a name unlike the one known for its number. The number was used; check it.",
            "%(n)s constituencies have names unlike those known for their numbers. The numbers were used; check them.",
            n,
        )
        sentences.append(text % {"n": grouped(n)})
    n, n_total = whole.get("seats", 0), whole.get("seats_of", 0)
    if n < n_total:
        left = _("%(n)s of %(of)s constituencies; %(left)s left out. The election is shown as incomplete.")
        sentences.append(str(left) % {"n": grouped(n), "of": grouped(n_total), "left": grouped(n_total - n)})
    return sentences


def _renumbered(key: Sequence[str], n: int) -> str:
    """Return what Fitting noted of a state, as a sentence."""
    if key[0] == "numbered":
        _kind, state, label = key
        text = _("The file numbers %(state)s as %(numbering)s, not as in the year of the election.")
        return str(text) % {"state": state_said(state), "numbering": label or _("today")}
    if key[0] != "move":
        return ""
    _kind, state, right = key
    if n == 0:
        text = _("%(state)s: that year these were constituencies of %(right)s, with the same numbers.")
    elif state == right:
        text = _("%(state)s: that year's numbers are the file's numbers %(up)s.")
    else:
        text = _(
            "%(state)s: that year these were constituencies of %(right)s, with the file's numbers %(up)s."
        )
    facts = {
        "state": state_said(state),
        "right": state_said(right),
        "up": f"{'+' if n > 0 else '−'} {abs(n)}",
    }
    return str(text) % facts


def state_said(eci: str) -> str:
    """A state in the active language, with its code."""
    return f"{reference.reference_state_name(eci, (get_language() or 'en')[:2])} ({eci})"


SAID = {"state": state_said, "right_state": state_said}


def brought_results(work: Work) -> BroughtResults:
    """The import and its file, as every figure will name them."""
    from abhiyan.imports.models import StagedImport

    name = StagedImport.objects.values_list("file_name", flat=True).get(pk=work.id)
    return BroughtResults(
        import_id=work.id,
        kind=work.kind.key,
        name=name,
        sha256=work.file_sha256,
        origin=work.options.get("origin", ""),
    )
