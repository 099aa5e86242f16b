"""Results come to be, change and go again: whole contests, set-wise, with a journal for the undo."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any

from django.db import transaction

from abhiyan.core import audit, lot, sql
from abhiyan.core.actor import Actor
from abhiyan.elections import reference
from abhiyan.elections.models import (
    Candidacy,
    ClassRule,
    Contest,
    Election,
    Part,
    PartVotes,
    Plan,
    PlanSeat,
    ResultFile,
)
from abhiyan.elections.queries.loading import StoredCandidacy
from abhiyan.elections.refusals import LaterResultLists, PlansStand, SaidOfElection
from abhiyan.imports.models import StagedImport
from abhiyan.units import queries as units

from .dependents import made_from_election, refuse_made
from .parties import know_parties

AT_ONCE = 2_000  # rows written together
PAGE = 200  # contests on a page of the journal
LISTS = 5  # named in one refusal


@dataclass(frozen=True, slots=True)
class WantedElection:
    """The election a list is of, there already or to be made."""

    code: str
    kind: str
    year: int
    names: Mapping[str, str]
    is_sample: bool = False


@dataclass(frozen=True, slots=True)
class BroughtResults:
    """The import that brings a list, and its file."""

    import_id: int
    kind: str
    name: str
    sha256: str
    origin: str = ""


@dataclass(frozen=True, slots=True)
class NewCandidate:
    """One line of a result. votes: None where nobody voted."""

    row: int
    position: int
    name: str
    party: str
    party_name: str
    votes: int | None
    is_nota: bool

    @property
    def facts(self) -> tuple[Any, ...]:
        return (self.position, self.name, self.party, self.party_name, self.votes, self.is_nota)


@dataclass(slots=True)
class NewContest:
    """One seat's whole result, as a file says it. electors, reservation, unit_id: None, "" where it says nothing."""

    state: str
    number: int
    name: str
    reservation: str
    electors: int | None
    is_uncontested: bool
    numbering: str
    note: str
    unit_id: int | None
    row: int
    candidates: list[NewCandidate] = field(default_factory=list)


@dataclass(slots=True)
class TakenRows:
    """Count rows by outcome, and known candidates that the file lacks; `standing` lists candidates who must stay
    because results by segment refer to them."""

    new: int = 0
    changed: int = 0
    same: int = 0
    gone: int = 0
    standing: list[tuple[int, int]] = field(default_factory=list)  # (row of the contest, id of the candidacy)


@dataclass(slots=True)
class _HeldContest:
    """A contest as it stands, its candidates by what they are known by across files."""

    contest: Contest
    candidates: dict[tuple[str, str, int], StoredCandidacy]


def _keyed(rows: Iterable[Any]) -> dict[tuple[str, str, int], Any]:
    """Candidates by name, party and, of namesakes in one party, which by votes."""
    candidates: dict[tuple[str, str, int], Any] = {}
    for row in sorted(rows, key=lambda one: one.position):
        name, party = reference.comparable_name(row.name), row.party
        nth = 0
        while (name, party, nth) in candidates:
            nth += 1
        candidates[name, party, nth] = row
    return candidates


def _held(election: Election) -> dict[tuple[str, int], _HeldContest]:
    candidates: dict[int, list[StoredCandidacy]] = defaultdict(list)
    rows = Candidacy.objects.filter(contest__election=election).order_by("id")
    for row in rows.values_list(*StoredCandidacy._fields):
        candidacy = StoredCandidacy(*row)
        candidates[candidacy.contest_id].append(candidacy)
    return {
        (contest.state, contest.number): _HeldContest(contest, _keyed(candidates[contest.pk]))
        for contest in Contest.objects.filter(election=election)
    }


CONTEST_FACTS = ("name", "reservation", "electors", "is_uncontested", "numbering", "note", "unit_id")
CANDIDACY_FACTS = ("position", "name", "party", "party_name", "votes", "is_nota")


def _facts(one: StoredCandidacy) -> tuple[Any, ...]:
    return (one.position, one.name, one.party, one.party_name, one.votes, one.is_nota)


def _wanted(contest: NewContest, held: Contest | None) -> dict[str, Any]:
    """Return the facts a contest is to have. An empty cell says nothing: it takes nothing away."""
    facts = {name: getattr(contest, name) for name in CONTEST_FACTS}
    if held is not None:
        for name in ("name", "reservation", "electors", "unit_id"):
            facts[name] = facts[name] or getattr(held, name)
    return facts


def _differs(contest: NewContest, held_contest: _HeldContest) -> bool:
    facts = _wanted(contest, held_contest.contest)
    return any(getattr(held_contest.contest, name) != value for name, value in facts.items())


def look_at_results(
    *, election: Election | None, contests: Sequence[NewContest], is_refused: Callable[[int], bool]
) -> TakenRows:
    """Count what a list would do, without a change. election: None while there is none. is_refused: whether a row is
    not taken for a reason that concerns the file, not its seat."""
    taken = TakenRows()
    there = {} if election is None else _held(election)
    gone: dict[int, int] = {}  # candidacy -> the row of its contest
    for contest in contests:
        held_contest = there.get((contest.state, contest.number))
        if held_contest is None:
            taken.new += sum(not is_refused(candidate.row) for candidate in contest.candidates)
            continue
        of_seat = _differs(contest, held_contest)
        candidates = _keyed(contest.candidates)
        for key, row in candidates.items():
            before = held_contest.candidates.get(key)
            if is_refused(row.row):
                continue
            if before is None:
                taken.new += 1
            elif of_seat or row.facts != _facts(before):
                taken.changed += 1
            else:
                taken.same += 1
        gone |= {
            candidacy.pk: contest.row
            for key, candidacy in held_contest.candidates.items()
            if key not in candidates
        }
    taken.gone = len(gone)
    with_votes = PartVotes.objects.filter(candidacy_id__in=list(gone)).values_list("candidacy_id", flat=True)
    taken.standing = [(gone[pk], pk) for pk in sorted(with_votes.distinct())]
    return taken


def take_in_results(
    *,
    wanted: WantedElection,
    brought: BroughtResults,
    contests: Sequence[NewContest],
    by: Actor,
    at: datetime,
) -> tuple[Election, list[dict[str, Any]]]:
    """Take whole contests in; known and unchanged contests stay untouched, down to the file they name. Authority is the
    import's (`results.import`). Returns the election and the pages of the journal for `take_back_results`."""
    with transaction.atomic():
        lock_election(wanted.code)
        know_parties(by=by, at=at)
        election, made = election_to_be(wanted=wanted, import_id=brought.import_id, at=at)
        there = _held(election)
        pages: list[dict[str, Any]] = []
        changed: list[tuple[NewContest, _HeldContest]] = []
        fresh: list[NewContest] = []
        for contest in contests:
            held_contest = there.get((contest.state, contest.number))
            if held_contest is None:
                fresh.append(contest)
            elif _differs(contest, held_contest) or _candidates_differ(contest, held_contest):
                changed.append((contest, held_contest))
        if made or fresh or changed:
            note_file(brought, election, at)
        import_id = brought.import_id
        pages += [
            {"made": _make(election, fresh[first : first + PAGE], import_id)}
            for first in range(0, len(fresh), PAGE)
        ]
        pages += [
            {
                "changed": [
                    _change(new_contest, held, import_id)
                    for new_contest, held in changed[first : first + PAGE]
                ]
            }
            for first in range(0, len(changed), PAGE)
        ]
        audit.record(
            by=by,
            at=at,
            act="elections.results",
            subject=election.code,
            n=len(fresh) + len(changed),
            facts={"import": brought.import_id, "made": len(fresh), "changed": len(changed)},
        )
        return election, pages


def _candidates_differ(contest: NewContest, held_contest: _HeldContest) -> bool:
    new_candidates = _keyed(contest.candidates)
    return new_candidates.keys() != held_contest.candidates.keys() or any(
        row.facts != _facts(held_contest.candidates[key]) for key, row in new_candidates.items()
    )


def lock_election(code: str) -> Election | None:
    """The election of that code, if there is one; until the transaction ends no other list of it is taken in or undone.

    Every act that compares a list with what exists calls this first.
    """
    sql.wait_for(f"elections {code}")
    return Election.objects.select_for_update().filter(code=code).first()


def hold_of_import(import_id: int) -> None:
    """The same for the election an import brought something of."""
    code = ResultFile.objects.filter(import_id=import_id).values_list("election__code", flat=True).first()
    if code is not None:
        lock_election(code)


def election_to_be(*, wanted: WantedElection, import_id: int, at: datetime) -> tuple[Election, bool]:
    """The election of that code, made when there is none; and whether it was."""
    return Election.objects.get_or_create(
        code=wanted.code,
        defaults={
            "public_id": lot.uuid(),
            "kind": wanted.kind,
            "year": wanted.year,
            "names": dict(wanted.names),
            "is_sample": wanted.is_sample,
            "made_at": at,
            "import_id": import_id,
        },
    )


def note_file(brought: BroughtResults, election: Election | None, at: datetime) -> None:
    """Keep the name, digest and origin of a file that results came from."""
    ResultFile(
        import_id=brought.import_id,
        election=election,
        kind=brought.kind,
        name=brought.name,
        sha256=brought.sha256,
        origin=brought.origin,
        brought_at=at,
    ).save(force_insert=True)


def _new_candidacy(contest_id: int, candidate: NewCandidate, import_id: int) -> Candidacy:
    return Candidacy(
        contest_id=contest_id,
        import_id=import_id,
        row=candidate.row,
        **dict(zip(CANDIDACY_FACTS, candidate.facts, strict=True)),
    )


def _make(election: Election, contests: Sequence[NewContest], import_id: int) -> list[int]:
    made = Contest.objects.bulk_create(
        Contest(
            election=election,
            state=contest.state,
            number=contest.number,
            import_id=import_id,
            row=contest.row,
            **_wanted(contest, None),
        )
        for contest in contests
    )
    Candidacy.objects.bulk_create(
        (
            _new_candidacy(row.pk, candidate, import_id)
            for row, contest in zip(made, contests, strict=True)
            for candidate in contest.candidates
        ),
        batch_size=AT_ONCE,
    )
    return [row.pk for row in made]


def _change(contest: NewContest, held_contest: _HeldContest, import_id: int) -> dict[str, Any]:
    """Bring a contest to what the file says. Returns how it was."""
    row, candidates = held_contest.contest, _keyed(contest.candidates)
    wanted = _wanted(contest, row)
    # The unit is put back only where the list named another: a link made meanwhile stays.
    kept = [name for name in CONTEST_FACTS if name != "unit_id" or wanted[name] != row.unit_id]
    before: dict[str, Any] = {
        "id": row.pk,
        "facts": {name: getattr(row, name) for name in (*kept, "import_id", "row")},
        "made": [],
        "gone": [],
        "were": [],
    }
    for name, value in wanted.items():
        setattr(row, name, value)
    row.import_id, row.row = import_id, contest.row
    row.save()
    for key, one in held_contest.candidates.items():
        candidacies = Candidacy.objects.filter(pk=one.pk)
        was = {name: getattr(one, name) for name in (*CANDIDACY_FACTS, "import_id", "row")}
        if key not in candidates:
            before["gone"].append({"id": one.pk} | was)
            candidacies.delete()
        elif candidates[key].facts != _facts(one):
            before["were"].append([one.pk, was])
            facts = dict(zip(CANDIDACY_FACTS, candidates[key].facts, strict=True))
            candidacies.update(**facts, import_id=import_id, row=candidates[key].row)
    new = [
        _new_candidacy(row.pk, candidate, import_id)
        for key, candidate in candidates.items()
        if key not in held_contest.candidates
    ]
    before["made"] = [candidacy.pk for candidacy in Candidacy.objects.bulk_create(new)]
    return before


def take_back_results(*, import_id: int, pages: Iterable[Mapping[str, Any]], by: Actor, at: datetime) -> int:
    """Restore the election as it was before the list. Returns how many contests were made or changed by it.

    It refuses LaterResultLists where another list changed a contest of this one or refers to it, PlansStand,
    SaidOfElection.
    """
    journal = list(pages)
    made = [pk for page in journal for pk in page.get("made", ())]
    changed = [change for page in journal for change in page.get("changed", ())]
    with transaction.atomic():
        hold_of_import(import_id)
        _refuse_later(import_id, made, changed, by=by, at=at)
        for one in changed:
            _restore(one)
        Candidacy.objects.filter(contest_id__in=made).delete()
        Contest.objects.filter(pk__in=made).delete()
        drop_file(import_id, by=by, at=at)
        audit.record(
            by=by, at=at, act="elections.results_undone", subject=str(import_id), n=len(made) + len(changed)
        )
    return len(made) + len(changed)


def _refuse_later(
    import_id: int, made: Sequence[int], changed: Sequence[Mapping[str, Any]], *, by: Actor, at: datetime
) -> None:
    touched = [*made, *(change["id"] for change in changed)]
    new_candidacies = [pk for change in changed for pk in change["made"]]
    contests = Contest.objects.filter(pk__in=touched).exclude(import_id=import_id)
    parts = Part.objects.filter(contest_id__in=made)
    votes = PartVotes.objects.filter(candidacy_id__in=new_candidacies)
    where = [
        *contests.order_by("state", "number").values_list("name", flat=True)[:3],
        *parts.order_by("contest_id").values_list("contest__name", flat=True).distinct()[:3],
        *votes.values_list("candidacy__contest__name", flat=True).distinct()[:3],
    ]
    if where:
        later = (contests, parts, PartVotes.objects.filter(part__in=parts), votes)
        refuse_lists(
            where, *(rows.order_by().values_list("import_id", flat=True).distinct() for rows in later)
        )
    plans = PlanSeat.objects.filter(contest_id__in=touched).values("plan")
    refuse_made(PlansStand, Plan.objects.filter(pk__in=plans), ClassRule.objects.none(), by=by, at=at)


def refuse_lists(where: Iterable[str], *import_ids: Iterable[int]) -> None:
    """Refuse with LaterResultLists, which names the lists that rest on one, their ids for an undo, and the places."""
    files = ResultFile.objects.filter(import_id__in=set(chain(*import_ids))).order_by(
        "-brought_at", "-import_id"
    )
    ids = dict(
        StagedImport.objects.filter(pk__in=[result_file.pk for result_file in files]).values_list(
            "id", "public_id"
        )
    )
    lists = [
        f"{result_file.name} ({ids[result_file.pk]})" if result_file.pk in ids else result_file.name
        for result_file in files[:LISTS]
    ]
    raise LaterResultLists(lists=", ".join(lists), where=", ".join(dict.fromkeys(where)))


def _restore(was: Mapping[str, Any]) -> None:
    """A contest as it was. Candidates who went come back under their own ids: journals of earlier lists name them."""
    Contest.objects.filter(pk=was["id"]).update(**facts_to_restore(was["facts"]))
    Candidacy.objects.filter(pk__in=was["made"]).delete()
    for pk, facts in was["were"]:
        Candidacy.objects.filter(pk=pk).update(**facts)
    Candidacy.objects.bulk_create(Candidacy(contest_id=was["id"], **facts) for facts in was["gone"])


def facts_to_restore(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts to put back; a unit that is gone meanwhile is not."""
    facts_there = dict(facts)
    if facts_there.get("unit_id") and not units.names_of_units([facts_there["unit_id"]], language="en"):
        facts_there["unit_id"] = None
    return facts_there


def drop_file(import_id: int, *, by: Actor, at: datetime) -> None:
    """Forget a file, and the election it speaks of when nothing of it is left: whichever list goes last.

    Plans, alliances and the like are somebody's own work: they go first, by their own acts. Refuses PlansStand,
    SaidOfElection.
    """
    file = ResultFile.objects.select_related("election").filter(import_id=import_id).first()
    if file is None:
        return
    file.delete()
    election = file.election
    if (
        election is None
        or Contest.objects.filter(election=election).exists()
        or ResultFile.objects.filter(election=election).exists()
    ):
        return
    plans, rules = Plan.objects.filter(election=election), ClassRule.objects.filter(election=election)
    refuse_made(PlansStand, plans, rules, by=by, at=at)
    made_from = made_from_election(election, by=by, at=at)
    if made_from.n:
        raise SaidOfElection(seen=made_from.seen)
    election.delete()


def journal_pages(pages: Iterable[dict[str, Any]], size: int = 5_000) -> Iterator[dict[str, Any]]:
    """Pages of a journal, long lists of ids cut so that none is too large to be kept."""
    for page in pages:
        longest = max((len(value) for value in page.values() if isinstance(value, list)), default=0)
        if longest <= size:
            yield page
            continue
        for first in range(0, longest, size):
            yield {
                key: value[first : first + size] if isinstance(value, list) else value
                for key, value in page.items()
            }
