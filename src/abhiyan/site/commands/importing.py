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
    from abhiyan.core.models import StagedImport

SHOWN = 20  # refused rows printed


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
    as_json: bool,
) -> None:
    """Import a list of a KIND from a CSV or spreadsheet FILE.

    KIND is one of units, pins, paper, results, segments, correspondence, totals, in_charges; without arguments they
    are listed with what each asks for.

    The file is checked whole first and the counts per outcome shown; then it is imported in one go. Refused rows
    are left out and named with the reasons. Ends with 0 when done, 1 when nothing was taken in (refused, failed, or
    every row refused), 2 when called wrongly.
    """
    from abhiyan.core import clock
    from abhiyan.core.actor import Actor
    from abhiyan.core.imports import actions, queries, registered
    from abhiyan.core.models import StagedImport
    from abhiyan.core.scope import system
    from abhiyan.units import queries as units

    by = Actor.system("import on the server's console")
    if undo_id is not None:
        staged = _run(undo_id, "undo", by=by, quiet=as_json)
        _say(staged, as_json=as_json, is_undo=True)
        sys.exit(0 if staged.state == StagedImport.State.UNDONE else 1)
    if kind is None:
        for known in registered():
            click.echo(f"{known.key:<10} {known.title}: {known.explains}")
            for option in known.options:
                click.echo(f"{'':<10}   -o {option.key}=…  {option.title}")
        return
    if file is None:
        raise click.UsageError("Which FILE?")
    with system("import on the console"):
        public_id = actions.bring(
            kind_key=kind,
            path=file,
            options=dict(_pair(one) for one in options),
            unit_id=None if unit is None else units.unit(unit).pk,
            by=by,
            at=clock.now(),
        )
        if sheet is not None:
            actions.look(public_id=public_id, at=clock.now(), by=by, sheet=sheet)
        _choose_columns(public_id, columns, by=by)
        staged = queries.import_for(public_id)
    if staged.state != StagedImport.State.FAILED:
        try:
            staged = _run(public_id, "check", by=by, quiet=as_json)
        except actions.NotReady as lacking:  # columns that nothing was found for
            with system("import on the console"):
                actions.discard(public_id=public_id, by=by, at=clock.now())
            raise click.ClickException(f"{lacking}\nSay which column it is: --column FIELD=COLUMN") from None
    is_unsound = (
        staged.state != StagedImport.State.CHECKED
        or queries.is_all_refused(staged)
        or (strict and staged.counts.get("refused", 0))
    )
    if is_unsound or dry_run:
        _say(staged, as_json=as_json)
        with system("import on the console"):
            actions.discard(public_id=public_id, by=by, at=clock.now())
        sys.exit(1 if is_unsound else 0)
    if not yes:
        _say(staged, as_json=False)
        if not click.confirm("Import these rows?", err=True):
            with system("import on the console"):
                actions.discard(public_id=public_id, by=by, at=clock.now())
            raise click.Abort
    staged = _run(public_id, "commit", by=by, quiet=as_json)
    _say(staged, as_json=as_json)
    is_done = staged.state == StagedImport.State.DONE and not queries.is_all_refused(staged)
    sys.exit(0 if is_done else 1)


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        raise click.UsageError(f"{text!r} is not KEY=VALUE.")
    return key.strip(), value.strip()


def _choose_columns(public_id: UUID, columns: tuple[str, ...], *, by: Any) -> None:
    from abhiyan.core.imports import actions, queries

    staged = queries.import_for(public_id)
    preview = queries.preview_of(staged)
    if not columns or preview is None:
        return
    mapping = dict(staged.mapping)
    for one in columns:
        field, wanted = _pair(one)
        if not wanted:
            mapping.pop(field, None)
            continue
        found = [
            c.index
            for c in preview.columns
            if wanted.upper() == c.letter or wanted.lower() == c.header.lower()
        ]
        if len(found) != 1:
            raise click.UsageError(f"There is no single column {wanted!r}.")
        mapping[field] = found[0]
    problems = actions.set_mapping(public_id=public_id, mapping=mapping, by=by)
    for problem in problems:
        if problem.blocking:
            raise click.ClickException(str(problem))


def _run(public_id: UUID, step: str, *, by: Any, quiet: bool) -> "StagedImport":
    from abhiyan.core import clock
    from abhiyan.core.imports import actions, queries, running
    from abhiyan.core.scope import system

    with system("import on the console"):
        actions.ask(public_id=public_id, step=step, by=by, at=clock.now())
    label = {"check": "Checking", "commit": "Importing", "undo": "Undoing"}[step]
    if quiet or not sys.stderr.isatty():
        running.run(public_id, step, at=clock.now())
    else:
        with click.progressbar(length=100, label=label, file=sys.stderr) as bar:
            running.run(public_id, step, at=clock.now(), tell=lambda pct: bar.update(pct - bar.pos))
            bar.update(100 - bar.pos)
    with system("import on the console"):
        return queries.import_for(public_id)


def _say(staged: "StagedImport", *, as_json: bool, is_undo: bool = False) -> None:
    from abhiyan.core.imports import kind, queries, running
    from abhiyan.core.scope import system

    of_kind = kind(staged.kind)
    with system("import on the console"):
        rows = [
            {
                "row": row.row,
                "field": row.field,
                "code": row.reason,
                "reason": queries.reason_text(of_kind, row),
            }
            for row in queries.refused_rows(staged)[: 1000 if as_json else SHOWN]
        ]
    error = running.error_text(staged)
    counts = staged.undone if is_undo else staged.counts
    if as_json:
        found = {
            "import": str(staged.public_id),
            "kind": staged.kind,
            "state": str(staged.state),
            "counts": counts,
            "taken_in": queries.taken(staged) if staged.state == staged.State.DONE else 0,
            "discarded": staged.discarded,
            "dropped_columns": staged.dropped,
            "error": error,
            "refused": rows,
        }
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    for code, outcome in of_kind.outcomes.items():
        if counts.get(code):
            click.echo(f"{counts[code]:>10,}  {outcome.title}")
    for code, label in (("refused", "Refused"), ("skipped", "Blank or repeated header")):
        if counts.get(code):
            click.echo(f"{counts[code]:>10,}  {label}")
    for code, n in staged.discarded.items():
        click.echo(f"{n:>10,}  {of_kind.discarded.get(code, code)}")
    for text in queries.told(staged) if not is_undo else []:
        click.echo(f"{'':>10}  {text}")
    if not is_undo:
        for row in rows:
            click.echo(f"    row {row['row']}: {row['reason']}", err=True)
        if counts.get("refused", 0) > len(rows):
            click.echo(
                f"    … and {counts['refused'] - len(rows):,} more rows (--json lists 1,000)", err=True
            )
    if error:
        click.echo(f"{'Not undone' if is_undo else staged.state}: {error}", err=True)
    elif not is_undo and queries.is_all_refused(staged):
        click.echo(
            "Nothing was taken in: every row is refused. Correct them and bring the list again.", err=True
        )
    elif not is_undo:
        click.echo(f"{staged.state} (import {staged.public_id})", err=True)


COMMANDS: dict[str, click.Command] = {"import": import_list}
