"""Tables of correspondence: an old seat's parts in the new ones."""

from collections import defaultdict
from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from abhiyan.elections import reference
from abhiyan.elections.actions import correspondence as acts
from abhiyan.elections.actions.correspondence import SeatShare, WholeTable
from abhiyan.elections.models import Level
from abhiyan.elections.refusals import NotWhole
from abhiyan.imports.kinds import ImportKind, Option
from abhiyan.imports.work import Work

from . import naming
from .layouts import CORRESPONDENCE, REASONS

MAY_MISS = 0.001


def seat_level_choices() -> Sequence[tuple[str, str]]:
    return [(str(value), str(label)) for value, label in Level.choices]


def correspondence_table(work: Work) -> WholeTable:
    """Return the table that the options name."""
    options = work.options
    return WholeTable(options["level"], options["numbering_from"], options.get("numbering_to", ""))


def read_shares(work: Work) -> list[SeatShare]:
    """The pairs of a table; an old seat whose weights do not sum to 1 is refused with all its rows."""
    state_code = work.options.get("state") or None
    allowed = naming.states_allowed(work)
    pairs: list[SeatShare] = []
    seen: dict[tuple[tuple[str, int], tuple[str, int]], int] = {}
    for batch in work.rows():
        # Rows that the reader refused are checked too, so that all their faults show at once.
        for row, state_from, number_from, state_to, number_to, weight in (*batch.rows, *batch.faulty):
            old = reference.eci_code_of(state_from) if state_from else state_code
            new = reference.eci_code_of(state_to) if state_to else old
            if old is None and not work.is_refused(row, "state_from"):
                state_text = str(state_from or "")[:40]
                work.refuse(
                    row, "state_from", "state_unknown" if state_text else "state_missing", excerpt=state_text
                )
            if state_to and new is None:
                work.refuse(row, "state_to", "state_unknown", excerpt=str(state_to)[:40])
            if allowed is not None and not {old, new} - {None} <= allowed:
                work.refuse(row, "state_from", "state_outside", state=old or new)
            if not weight and not work.is_refused(row, "weight"):
                work.refuse(row, "weight", "weight_zero")
            if work.is_refused(row) or old is None or new is None:
                continue
            pair = SeatShare(row, old, number_from, new, number_to, weight)
            if (pair.old, pair.new) in seen:
                work.refuse(row, "number_to", "pair_doubled", first_row=seen[pair.old, pair.new])
                continue
            seen[pair.old, pair.new] = row
            pairs.append(pair)
    by_old: dict[tuple[str, int], list[SeatShare]] = defaultdict(list)
    for pair in pairs:
        by_old[pair.old].append(pair)
    if allowed is not None:
        _refuse_others(work, by_old, allowed)
    good: list[SeatShare] = []
    for (_state, number), seat_shares in by_old.items():
        total = sum(pair.weight for pair in seat_shares)
        if abs(total - 1) <= MAY_MISS:
            good += seat_shares
            continue
        for pair in seat_shares:
            work.refuse(pair.row, "weight", "weights_sum", number=number, sum=f"{total:.4f}")
    return good


def _refuse_others(
    work: Work, by_old: dict[tuple[str, int], list[SeatShare]], allowed: frozenset[str]
) -> None:
    """Keep what another state took over of an old seat: a state's table does not replace it."""
    for old, rows in acts.known_correspondence(correspondence_table(work), by_old).items():
        others = sorted({row.state_to for row in rows} - allowed)
        for pair in by_old.pop(old) if others else ():
            work.refuse(pair.row, "state_from", "state_outside", state=others[0])


def _tell(work: Work, pairs: Sequence[SeatShare]) -> None:
    naming.tell_outcomes(work, acts.look_at_pairs(table=correspondence_table(work), pairs=pairs))


def check(work: Work) -> None:
    """Check a table of correspondence and note what it would do."""
    _tell(work, read_shares(work))


def commit(work: Work) -> None:
    """Take it in, whole."""
    acts.hold_table(correspondence_table(work))
    pairs = read_shares(work)
    if work.refused_rows:
        raise NotWhole(rows=work.refused_rows)
    _tell(work, pairs)
    pages = acts.take_in_pairs(
        table=correspondence_table(work),
        brought=naming.brought_results(work),
        pairs=pairs,
        by=work.by,
        at=work.at,
    )
    for page in pages:
        work.keep(page)


CORRESPONDENCE_KIND = ImportKind(
    key="correspondence",
    title=_("Correspondence of constituencies"),
    explains=_("After new boundaries: which part of an old constituency each new one has taken over."),
    layout=CORRESPONDENCE,
    capability="results.import",
    outcomes=naming.OUTCOMES,
    options=(
        Option("level", _("Which constituencies"), seat_level_choices),
        Option("numbering_from", _("Name of the old numbering"), help=_("Such as “before 2022”.")),
        Option("numbering_to", _("Name of the new numbering"), required=False, help=_("Empty: today's.")),
        naming.STATE,
        naming.ORIGIN,
    ),
    reasons=REASONS,
    check=check,
    commit=commit,
    undo=naming.undoing(acts.take_back_pairs),
)
