"""Files of results for tests, the real ones and small ones made by hand."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.core.tests.given import present
from abhiyan.elections import actions as results
from abhiyan.elections.reference import DATA
from abhiyan.imports import actions as imports
from abhiyan.imports import queries, running
from abhiyan.imports.kinds import kind_of_import
from abhiyan.imports.models import RefusedRow, StagedImport
from abhiyan.units.tests.make import AT, SYSTEM

HEADER = "year,state_eci,pc_no,pc_name,pc_type,position,candidate,party,votes,electors,note"
GOA = """\
2024,S05,1,North Goa,GEN,1,SHRIPAD YESSO NAIK,BJP,257326,580577,
2024,S05,1,North Goa,GEN,2,RAMAKANT KHALAP,INC,141311,580577,
2024,S05,1,North Goa,GEN,3,NOTA,NOTA,7000,580577,
2024,S05,2,South Goa,GEN,1,CAPTAIN VIRIATO FERNANDES,INC,217836,598767,
2024,S05,2,South Goa,GEN,2,PALLAVI DEMPO,BJP,204301,598767,
2024,S05,2,South Goa,GEN,3,NOTA,NOTA,6000,598767,
"""


def bring(
    path: Path,
    key: str = "results",
    *,
    unit_id: int | None = None,
    upto: str = "commit",
    by: Actor = SYSTEM,
    **options: Any,
) -> StagedImport:
    """Bring a list as the command line does: look, check, commit. options: election="LS2024", …"""
    with system("test"):
        public_id = imports.import_file(
            kind_key=key, path=path, by=by, at=AT, options=options, unit_id=unit_id
        )
        staged = StagedImport.objects.get(public_id=public_id)
    if staged.state == StagedImport.State.FAILED:
        return staged
    for done in ("check", "commit"):
        try:
            staged = step(staged, done, by=by)
        except imports.NothingToTake:  # every row is refused: it stays checked
            break
        if done == upto or staged.state == StagedImport.State.FAILED:
            break
    return staged


def step(staged: StagedImport, name: str, *, by: Actor = SYSTEM) -> StagedImport:
    """Ask for a step and run it at once."""
    with system("test"):
        imports.ask_import_step(public_id=staged.public_id, step=name, by=by, at=AT)
    running.run_import_step(staged.public_id, name, at=AT)
    with system("test"):
        return StagedImport.objects.get(pk=staged.pk)


def real(name: str, key: str = "results", **options: Any) -> StagedImport:
    """One of the packaged files, brought whole."""
    staged = bring(DATA / name, key, **options)
    assert staged.state == "done", (running.error_text(staged), refused(staged)[:20])
    return staged


def lok_sabha(year: int) -> StagedImport:
    return real(f"ls{year}_results.csv", election=f"LS{year}")


def assembly() -> StagedImport:
    return real("jk_assembly_2024_results.csv", election="JK2024")


def segments() -> StagedImport:
    return real("jk_ls2024_ac_segments.csv", "segments", election="LS2024", state="U08")


def the_state(folder: Path, unit_id: int) -> UUID:
    """Real results of Jammu and Kashmir, an alliance (its id is returned) and classes made from them."""
    header, *rows = (DATA / "ls2024_results.csv").read_text().splitlines(keepends=True)
    (folder / "ls2024.csv").write_text("".join([header, *(row for row in rows if ",U08," in row)]))
    assert bring(folder / "ls2024.csv", election="LS2024").state == "done"
    assembly()
    segments()
    said: dict[str, Any] = {"by": SYSTEM, "at": present()}
    with system("test"):
        results.sort_units(
            election="JK2024",
            unit_id=unit_id,
            rows=[{"class": "strong", "lead_at_least": 10}, {"class": "weak"}],
            party="BJP",
            **said,
        )
        results.join_parties(party="JKNC", was="JKPDP", **said)
        results.state_figure(
            election="LS2024",
            state="U08",
            number=2,
            party="BJP",
            share_pct=1.5,
            source="A newspaper",
            **said,
        )
        return results.make_alliance(
            election="LS2024",
            state="U08",
            names={"en": "Two parties", "hi": "दो दल"},
            lead="JKNC",
            parties=["INC"],
            **said,
        ).public_id


def refused(staged: StagedImport) -> list[tuple[int, str, str]]:
    """(row, field, code) of every refusal, in the order of the file."""
    with system("test"):
        found = RefusedRow.objects.filter(import_id=staged.pk).order_by("row", "id")
        return [(one.row, one.field, one.reason) for one in found]


def reasons(staged: StagedImport) -> list[str]:
    """The same as a person reads them."""
    with system("test"):
        return [queries.reason_text(kind_of_import(staged.kind), one) for one in queries.refused_rows(staged)]


def written(folder: Path, rows: str, *, header: str = HEADER, name: str = "results.csv") -> Path:
    path = folder / name
    path.write_text(f"{header}\n{rows}", encoding="utf-8")
    return path


def rows_of(
    seats: Mapping[int, Sequence[tuple[str, str, int]]], *, state: str = "S05", year: int = 2024
) -> str:
    """Rows of seats: number -> (candidate, party, votes), most votes first."""
    return "".join(
        f"{year},{state},{number},Seat {number},GEN,{place},{name},{party},{votes},,\n"
        for number, candidates in seats.items()
        for place, (name, party, votes) in enumerate(candidates, 1)
    )
