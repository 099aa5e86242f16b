"""Votes by segment, booth and special station come to be, change and go again, set-wise, with a journal."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from abhiyan.core import audit
from abhiyan.core.actor import Actor
from abhiyan.elections.models import Election, Part, PartVotes

from . import results


@dataclass(frozen=True, slots=True)
class NewPart:
    """A part of a contest as a file says it, with votes by candidacy id: {id: (votes, row)}."""

    contest_id: int
    kind: str
    number: str
    name: str
    electors: int | None
    unit_id: int | None
    votes: Mapping[int, tuple[int, int]]


def _parts_held(contest_ids: Sequence[int]) -> dict[tuple[int, str, str], tuple[Part, dict[int, PartVotes]]]:
    votes: dict[int, dict[int, PartVotes]] = defaultdict(dict)
    for part_votes in PartVotes.objects.filter(part__contest_id__in=contest_ids):
        votes[part_votes.part_id][part_votes.candidacy_id] = part_votes
    return {
        (part.contest_id, part.kind, part.number): (part, votes[part.pk])
        for part in Part.objects.filter(contest_id__in=contest_ids)
    }


def look_at_parts(*, parts: Sequence[NewPart]) -> results.TakenRows:
    """Count what a list of results by part would do: new, changed and unchanged rows."""
    taken = results.TakenRows()
    parts_held = _parts_held(sorted({part.contest_id for part in parts}))
    for part in parts:
        _row, votes = parts_held.get((part.contest_id, part.kind, part.number), (None, {}))
        for candidacy_id, (n, _line) in part.votes.items():
            before = votes.get(candidacy_id)
            if before is None:
                taken.new += 1
            elif before.votes != n:
                taken.changed += 1
            else:
                taken.same += 1
    return taken


def take_in_parts(
    *, election: Election, brought: results.BroughtResults, parts: Sequence[NewPart], by: Actor, at: datetime
) -> list[dict[str, Any]]:
    """Take votes by segment, booth and special station in. Returns the pages of the journal."""
    with transaction.atomic():
        results.lock_election(election.code)
        page = _write(parts, brought.import_id)
        if page["parts"] or page["votes"] or page["were"] or page["facts"]:
            results.note_file(brought, election, at)
        audit.record(
            by=by,
            at=at,
            act="elections.parts",
            subject=election.code,
            n=len(page["votes"]) + len(page["were"]),
            facts={"import": brought.import_id},
        )
        return [page]


def _write(parts: Sequence[NewPart], import_id: int) -> dict[str, Any]:
    """Make and change what differs; the page of the journal that takes it back."""
    parts_held = _parts_held(sorted({part.contest_id for part in parts}))
    page: dict[str, Any] = {"parts": [], "facts": [], "votes": [], "were": []}
    made: list[tuple[Part, NewPart]] = []
    new_votes: list[PartVotes] = []
    for part in parts:
        row, votes = parts_held.get((part.contest_id, part.kind, part.number), (None, {}))
        if row is None:
            made.append((_new_part(part, import_id), part))
            continue
        if facts := _change_facts(row, part, import_id):
            page["facts"].append(facts)
        for candidacy_id, (n, line) in part.votes.items():
            before = votes.get(candidacy_id)
            if before is None:
                new_votes.append(_new_votes(row.pk, candidacy_id, n, line, import_id))
            elif before.votes != n:
                page["were"].append([before.pk, before.votes, before.import_id, before.row])
                before.votes, before.import_id, before.row = n, import_id, line
                before.save()
    rows = Part.objects.bulk_create((row for row, _part in made), batch_size=results.AT_ONCE)
    page["parts"] = [row.pk for row in rows]
    new_votes += [
        _new_votes(row.pk, candidacy_id, n, line, import_id)
        for row, (_unsaved, part) in zip(rows, made, strict=True)
        for candidacy_id, (n, line) in part.votes.items()
    ]
    page["votes"] = [
        part_votes.pk for part_votes in PartVotes.objects.bulk_create(new_votes, batch_size=results.AT_ONCE)
    ]
    return page


def _change_facts(row: Part, part: NewPart, import_id: int) -> dict[str, Any]:
    """Give a part the facts of the list; what they were, or nothing where they are the same."""
    electors = part.electors if part.electors is not None else row.electors
    unit_id = part.unit_id or row.unit_id
    if (row.name, row.electors, row.unit_id) == (part.name, electors, unit_id):
        return {}
    # The unit is put back only where the list named another: a link made meanwhile stays.
    kept = ("name", "electors", "import_id", *(("unit_id",) if unit_id != row.unit_id else ()))
    were = {"id": row.pk} | {name: getattr(row, name) for name in kept}
    row.name, row.electors, row.unit_id, row.import_id = part.name, electors, unit_id, import_id
    row.save()
    return were


def _new_part(part: NewPart, import_id: int) -> Part:
    return Part(
        contest_id=part.contest_id,
        kind=part.kind,
        number=part.number,
        name=part.name,
        electors=part.electors,
        unit_id=part.unit_id,
        import_id=import_id,
    )


def _new_votes(part_id: int, candidacy_id: int, n: int, row: int, import_id: int) -> PartVotes:
    return PartVotes(part_id=part_id, candidacy_id=candidacy_id, votes=n, row=row, import_id=import_id)


def take_back_parts(*, import_id: int, pages: Iterable[Mapping[str, Any]], by: Actor, at: datetime) -> int:
    """As it was before the list. Returns how many rows it had brought.

    Refuses LaterResultLists where another list changed a part or its votes, or brought more of them.
    """
    n = 0
    with transaction.atomic():
        results.hold_of_import(import_id)
        for page in pages:
            _refuse_later(import_id, page)
            for pk, votes, before_id, row in page["were"]:
                PartVotes.objects.filter(pk=pk).update(votes=votes, import_id=before_id, row=row)
            PartVotes.objects.filter(pk__in=page["votes"]).delete()
            Part.objects.filter(pk__in=page["parts"]).delete()
            for part_facts in page["facts"]:
                facts = {name: value for name, value in part_facts.items() if name != "id"}
                Part.objects.filter(pk=part_facts["id"]).update(**results.facts_to_restore(facts))
            n += len(page["votes"]) + len(page["were"])
        results.drop_file(import_id, by=by, at=at)
        audit.record(by=by, at=at, act="elections.parts_undone", subject=str(import_id), n=n)
    return n


def _refuse_later(import_id: int, page: Mapping[str, Any]) -> None:
    part_votes = PartVotes.objects.filter(
        pk__in=[*page["votes"], *(old_votes[0] for old_votes in page["were"])]
    )
    added = PartVotes.objects.filter(part_id__in=page["parts"])
    parts = Part.objects.filter(pk__in=[*page["parts"], *(part_facts["id"] for part_facts in page["facts"])])
    later, changed = (part_votes | added).exclude(import_id=import_id), parts.exclude(import_id=import_id)
    where = [
        *later.order_by("part_id").values_list("part__name", flat=True).distinct()[:3],
        *changed.order_by("pk").values_list("name", flat=True)[:3],
    ]
    if where:
        results.refuse_lists(
            where, *(rows.values_list("import_id", flat=True).distinct() for rows in (later, changed))
        )
