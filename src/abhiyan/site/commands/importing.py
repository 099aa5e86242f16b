"""Commands that need every room.

`abhiyan import KIND FILE`: any kind of list from the server's console, by the same acts as the pages.
"""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

if TYPE_CHECKING:
    from abhiyan.imports.kinds import ImportKind
    from abhiyan.imports.models import StagedImport

SHOWN = 20  # refused rows, differences and imports printed
SHOWN_AS_JSON = 1_000


@click.command("import")
@click.argument("kind", required=False)
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
)
@click.option("--option", "-o", "options", multiple=True, metavar="KEY=VALUE", help="What the kind asks for.")
@click.option(
    "--column",
    "-c",
    "columns",
    multiple=True,
    metavar="FIELD=COLUMN",
    help="Which column (A, B, … or its name).",
)
@click.option("--unit", metavar="CODE", help="Unit whose list it is; rows must stand below it.")
@click.option("--sheet", help="Which sheet of a workbook.")
@click.option("--dry-run", is_flag=True, help="Check only; nothing is changed.")
@click.option("--strict", is_flag=True, help="Change nothing when a single row is refused.")
@click.option("--yes", is_flag=True, help="Do not ask before changing anything.")
@click.option("--undo", "undo_id", type=click.UUID, metavar="ID", help="Undo an import instead.")
@click.option("--list", "is_list", is_flag=True, help="List what was brought, newest first, with the ids.")
@click.option(
    "--refused",
    "refused_to",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    metavar="CSV",
    help="Write every refused row with its reason to this file.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def import_list(
    kind: str | None,
    file: Path | None,
    options: tuple[str, ...],
    columns: tuple[str, ...],
    unit: str | None,
    sheet: str | None,
    dry_run: bool,
    strict: bool,
    yes: bool,
    undo_id: UUID | None,
    is_list: bool,
    refused_to: Path | None,
    as_json: bool,
) -> None:
    """Import a list of a KIND from a CSV or spreadsheet FILE.

    KIND is one of units, pins, paper, results, segments, correspondence, totals, in_charges,
    appointments, earlier_members, stays, contact; without arguments they are listed with what each asks for.

    The file is checked whole first; the counts per outcome and what would differ are shown; then it is imported in
    one go. Refused rows are left out and named with the reasons. Ends with 0 when done, 1 when nothing was taken in
    (refused, failed, or every row refused), 2 when called wrongly.
    """
    from abhiyan.core import clock
    from abhiyan.core.actor import Actor
    from abhiyan.core.scope import system
    from abhiyan.imports import actions, queries
    from abhiyan.imports.kinds import registered
    from abhiyan.imports.models import StagedImport

    by = Actor.system("import on the server's console")
    if is_list:
        _list(as_json=as_json)
        return
    if undo_id is not None:
        sys.exit(_undo(undo_id, by=by, as_json=as_json))
    if kind is None:
        for import_kind in registered():
            click.echo(f"{import_kind.key:<10} {import_kind.title}: {import_kind.explains}")
            for option in import_kind.options:
                click.echo(f"{'':<10}   -o {option.key}=…  {option.title}")
        return
    chosen = dict(_pair(one) for one in options)
    _called_rightly(kind, chosen)
    if file is None:
        raise click.UsageError("Which FILE?")
    with system("import on the console"):
        try:
            public_id = actions.import_file(
                kind_key=kind, path=file, options=chosen, unit_id=_unit(unit), by=by, at=clock.now()
            )
        except actions.BadOption as refused:
            raise click.UsageError(f"-o {refused.field}=…: {refused}") from None
        if sheet is not None:
            actions.look_at_file(public_id=public_id, at=clock.now(), by=by, sheet=sheet)
        _choose_columns(public_id, columns, by=by)
        staged = queries.import_for(public_id)
    if staged.state != StagedImport.State.FAILED:
        try:
            staged = _run(public_id, "check", by=by, quiet=as_json)
        except actions.NotReady as lacking:  # columns that nothing was found for
            with system("import on the console"):
                actions.discard_import(public_id=public_id, by=by, at=clock.now())
            raise click.ClickException(f"{lacking}\nSay which column it is: --column FIELD=COLUMN") from None
    is_unsound = (
        staged.state != StagedImport.State.CHECKED
        or queries.is_all_refused(staged)
        or (strict and staged.counts.get("refused", 0))
    )
    if refused_to is not None:
        _write_refused(staged, refused_to)
    if is_unsound or dry_run:
        _say(staged, as_json=as_json)
        with system("import on the console"):
            actions.discard_import(public_id=public_id, by=by, at=clock.now())
        sys.exit(1 if is_unsound else 0)
    if not yes:
        _say(staged, as_json=False)
        sure = queries.act_to_confirm(staged)
        if not (
            click.confirm("Import these rows?", err=True)
            and (not sure or click.confirm(f"{sure}?", err=True))
        ):
            with system("import on the console"):
                actions.discard_import(public_id=public_id, by=by, at=clock.now())
            raise click.Abort
    staged = _run(public_id, "commit", by=by, quiet=as_json)
    _say(staged, as_json=as_json, has_said_differences=not yes)
    is_done = staged.state == StagedImport.State.DONE and not queries.is_all_refused(staged)
    sys.exit(0 if is_done else 1)


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        raise click.UsageError(f"{text!r} is not KEY=VALUE.")
    return key.strip(), value.strip()


def _called_rightly(kind_key: str, options: dict[str, str]) -> None:
    from abhiyan.imports.kinds import UnknownListKind, kind_of_import, registered

    try:
        option_keys = [option.key for option in kind_of_import(kind_key).options]
    except UnknownListKind as refused:
        kinds = ", ".join(import_kind.key for import_kind in registered())
        raise click.UsageError(f"{refused} KIND is one of {kinds}.") from None
    for key in options:
        if key not in option_keys:
            raise click.UsageError(
                f"{kind_key} has no option {key!r}; it has {', '.join(option_keys) or 'none'}."
            )


def _unit(code: str | None) -> int | None:
    from abhiyan.core.refusals import NotFound
    from abhiyan.units import queries as units

    try:
        return None if code is None else units.unit(code).pk
    except NotFound:
        raise click.UsageError(f"There is no unit with the code {code}.") from None


def _list(*, as_json: bool) -> None:
    """List the imports that were not discarded, newest first: `--undo` takes its id from it."""
    from abhiyan.core.scope import system
    from abhiyan.imports import queries
    from abhiyan.imports.models import StagedImport

    with system("import on the console"):
        rows = queries.imports().exclude(state=StagedImport.State.DISCARDED).order_by("-created_at", "-id")
        staged_imports = list(rows[: (SHOWN_AS_JSON if as_json else SHOWN) + 1])
    if as_json:
        list_facts = [
            {
                "import": str(staged_import.public_id),
                "kind": staged_import.kind,
                "state": str(staged_import.state),
                "file": staged_import.file_name,
                "brought": staged_import.created_at.isoformat(),
                "taken_in": queries.count_taken_rows(staged_import)
                if staged_import.state == StagedImport.State.DONE
                else 0,
            }
            for staged_import in staged_imports[:SHOWN_AS_JSON]
        ]
        click.echo(json.dumps(list_facts, ensure_ascii=False, indent=1))
        return
    for one in staged_imports[:SHOWN]:
        brought = f"{one.created_at:%Y-%m-%d %H:%M} UTC"
        click.echo(f"{one.public_id}  {brought}  {one.kind:<14}  {one.state:<10}  {one.file_name}")
    if len(staged_imports) > SHOWN:
        click.echo(f"… and older ones (--json lists {SHOWN_AS_JSON:,})", err=True)
    if not staged_imports:
        click.echo("Nothing was brought yet.", err=True)


def _undo(public_id: UUID, *, by: Any, as_json: bool) -> int:
    """Returns the exit code."""
    from abhiyan.core.refusals import NotFound
    from abhiyan.imports import actions
    from abhiyan.imports.models import StagedImport

    try:
        staged = _run(public_id, "undo", by=by, quiet=as_json)
    except NotFound:
        raise click.ClickException(
            f"There is no import {public_id}; `abhiyan import --list` lists them."
        ) from None
    except actions.ImportMovedOn:
        raise click.ClickException(
            f"The import {public_id} is not done, or undone already, so there is nothing to undo: "
            "`abhiyan import --list` says how it stands."
        ) from None
    _say(staged, as_json=as_json, is_undo=True)
    return 0 if staged.state == StagedImport.State.UNDONE else 1


def _choose_columns(public_id: UUID, columns: tuple[str, ...], *, by: Any) -> None:
    from abhiyan.imports import actions, queries

    staged = queries.import_for(public_id)
    preview = queries.preview_of(staged)
    if not columns or preview is None:
        return
    mapping = dict(staged.mapping)
    for column in columns:
        field, wanted = _pair(column)
        if not wanted:
            mapping.pop(field, None)
            continue
        numbers = [
            c.index
            for c in preview.columns
            if wanted.upper() == c.letter or wanted.lower() == c.header.lower()
        ]
        if len(numbers) != 1:
            raise click.UsageError(f"There is no single column {wanted!r}.")
        mapping[field] = numbers[0]
    problems = actions.set_mapping(public_id=public_id, mapping=mapping, by=by)
    for problem in problems:
        if problem.blocking:
            raise click.ClickException(str(problem))


def _run(public_id: UUID, step: str, *, by: Any, quiet: bool) -> "StagedImport":
    from abhiyan.core import clock
    from abhiyan.core.scope import system
    from abhiyan.imports import actions, queries, running

    with system("import on the console"):
        actions.ask_import_step(public_id=public_id, step=step, by=by, at=clock.now())
    label = {"check": "Checking", "commit": "Importing", "undo": "Undoing"}[step]
    if quiet or not sys.stderr.isatty():
        running.run_import_step(public_id, step, at=clock.now())
    else:
        with click.progressbar(length=100, label=label, file=sys.stderr) as bar:
            running.run_import_step(
                public_id, step, at=clock.now(), tell=lambda pct: bar.update(pct - bar.pos)
            )
            bar.update(100 - bar.pos)
    with system("import on the console"):
        return queries.import_for(public_id)


def _say(
    staged: "StagedImport", *, as_json: bool, is_undo: bool = False, has_said_differences: bool = False
) -> None:
    from abhiyan.core.scope import system
    from abhiyan.imports import queries, running
    from abhiyan.imports.kinds import kind_of_import

    of_kind = kind_of_import(staged.kind)
    with system("import on the console"):
        rows = [
            {
                "row": row.row,
                "field": row.field,
                "code": row.reason,
                "reason": queries.reason_text(of_kind, row),
            }
            for row in queries.causes_first(staged)[: SHOWN_AS_JSON if as_json else SHOWN]
        ]
    error = running.error_text(staged)
    preview = queries.preview_of(staged)
    remarks = [str(problem) for problem in preview.problems if not problem.blocking] if preview else []
    counts = staged.undone if is_undo else staged.counts
    if as_json:
        facts = {
            "import": str(staged.public_id),
            "kind": staged.kind,
            "state": str(staged.state),
            "counts": counts,
            "taken_in": queries.count_taken_rows(staged) if staged.state == staged.State.DONE else 0,
            "discarded": staged.discarded,
            "dropped_columns": staged.dropped,
            "remarks": remarks + _notes(staged) + queries.notes_on_list(staged),
            "error": error,
            "refused": rows,
            "differences": _differences(staged),
            "lacking": [unit.code for unit in queries.lacking_rows(staged, 0, SHOWN_AS_JSON)],
        }
        click.echo(json.dumps(facts, ensure_ascii=False, indent=1))
        return
    if error:
        click.echo(f"{'Not undone' if is_undo else staged.state}: {error}", err=True)
        if not is_undo:
            for text in queries.notes_on_list(staged):
                click.echo(f"    {text}", err=True)
            _say_refused(staged, rows)
        return
    if is_undo:
        click.echo(f"Undone: {staged.file_name} ({of_kind.title}), import {staged.public_id}")
        click.echo(f"{sum(counts.values()):>10,}  taken back, of what the import came to:")
    for code, outcome in of_kind.outcomes.items():
        if n := staged.counts.get(code):
            is_done = staged.state != staged.State.CHECKED
            click.echo(f"{n:>10,}  {outcome.said(is_done=is_done)}")
    if is_undo:
        return
    for code, label in (("refused", "Refused"), ("skipped", "Blank, repeated header or total")):
        if counts.get(code):
            click.echo(f"{counts[code]:>10,}  {label}")
    for code, n in staged.discarded.items():
        click.echo(f"{n:>10,}  {of_kind.discarded.get(code, code)}")
    for text in remarks + _notes(staged) + queries.notes_on_list(staged):
        click.echo(f"{'':>10}  {text}")
    if not has_said_differences:
        _say_differences(staged)
        if lacking := queries.lacking_rows(staged, 0, SHOWN + 1):
            more = ", …" if len(lacking) > SHOWN else ""
            click.echo(f"    not in the list: {', '.join(unit.code for unit in lacking[:SHOWN])}{more}")
    _say_refused(staged, rows)
    if queries.is_all_refused(staged):
        click.echo(
            "Nothing was taken in: every row is refused. Correct them and bring the list again.", err=True
        )
    else:
        click.echo(f"{staged.state} (import {staged.public_id})", err=True)


def _say_refused(staged: "StagedImport", rows: list[dict[str, Any]]) -> None:
    """Print the first refused rows, each with its field and reason, and how many there are besides."""
    from abhiyan.imports.kinds import kind_of_import

    of_kind = kind_of_import(staged.kind)
    for row in rows:
        spec = of_kind.layout.field(str(row["field"]))
        field = f", {spec.label('en')}" if spec else ""
        click.echo(f"    row {row['row']}{field}: {row['reason']}", err=True)
    more = staged.counts.get("refused", 0) - len({row["row"] for row in rows})
    if more > 0:
        click.echo(
            f"    … and {more:,} more rows (--refused FILE.csv writes all, --json lists {SHOWN_AS_JSON:,})",
            err=True,
        )


def _write_refused(staged: "StagedImport", path: Path) -> None:
    """Write every refused row with its field and reason, as a text that spreadsheets open."""
    from abhiyan.core.scope import system
    from abhiyan.imports import queries
    from abhiyan.imports.kinds import kind_of_import
    from abhiyan.imports.tables.writing import csv_chunks

    of_kind = kind_of_import(staged.kind)
    with system("import on the console"):
        lines = [
            (row.row, _label(of_kind, row.field), queries.reason_text(of_kind, row))
            for row in queries.refused_rows(staged).iterator(chunk_size=2_000)
        ]
        path.write_bytes(b"".join(csv_chunks(lines, ("row", "field", "reason"))))


def _label(of_kind: "ImportKind", key: str) -> str:
    spec = of_kind.layout.field(key)
    return spec.label("en") if spec else ""


def _notes(staged: "StagedImport") -> list[str]:
    """Say what was mended in cells while they were read, column by column."""
    from abhiyan.imports.kinds import kind_of_import
    from abhiyan.imports.tables.reasons import NOTES

    notes = []
    for key, n in staged.notes.items():
        field, _slash, note = key.partition("/")
        if field and (spec := kind_of_import(staged.kind).layout.field(field)):
            notes.append(f"{spec.label('en')}: {NOTES.get(note, note)} ({n:,})")
    return notes


def _differences(staged: "StagedImport") -> list[dict[str, Any]]:
    """List what the import changes, or has changed, of what exists, field by field."""
    from abhiyan.core.scope import system
    from abhiyan.imports.kinds import kind_of_import

    of_kind = kind_of_import(staged.kind)
    if of_kind.differences is None:
        return []
    with system("import on the console"):
        row_differences = of_kind.differences(staged.id, 0, SHOWN_AS_JSON)
    labels = {spec.key: spec.label("en") for spec in of_kind.layout.fields}
    return [
        {
            "row": row_difference.row,
            "subject": row_difference.subject,
            "field": labels.get(row_difference.field, row_difference.field),
            "old": row_difference.old,
            "new": row_difference.new,
        }
        for row_difference in row_differences
    ]


def _say_differences(staged: "StagedImport") -> None:
    differences = _differences(staged)
    for difference in differences[:SHOWN]:
        old, new = (difference[side] or "nothing" for side in ("old", "new"))
        click.echo(
            f"    row {difference['row']}: {difference['subject']}: {difference['field']}: {old} → {new}"
        )
    if len(differences) > SHOWN:
        more = f"{len(differences) - SHOWN:,}{' or' if len(differences) == SHOWN_AS_JSON else ''} more"
        click.echo(f"    … and {more} (--json lists {SHOWN_AS_JSON:,}, the import's page all)")


COMMANDS: dict[str, click.Command] = {"import": import_list}
