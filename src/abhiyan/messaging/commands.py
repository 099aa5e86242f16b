"""`abhiyan texts`: service texts as DLT registers them, out to the carriers' portal and back with their ids."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from .actions import CheckedIds, IdRow, RefusedId

HEADERS = ("code", "language", "class", "text", "variables", "parts", "used now", "hash", "id")
SHOWN = 20  # refused rows printed
LARGEST = 5_000_000  # bytes


@click.command("export")
@click.argument("file", required=False, type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.option("--lacking", "is_lacking", is_flag=True, help="Only texts that have no id and may be sent now.")
def export(*, file: Path | None, is_lacking: bool) -> None:
    """Write each service text as a CSV row, to register on the DLT portal: to FILE, else to the terminal.

    A text with optional parts is several rows. "used now" says which this server may send with the numbers it has.
    Fill in "id" and bring the file back with `abhiyan texts import` (docs/messages.md).
    """
    from abhiyan.core.scope import system
    from abhiyan.core.tables.writing import csv_chunks

    from . import registrations

    with system("exporting texts"):
        found = registrations.unregistered() if is_lacking else registrations.content_templates()
        ids = registrations.template_ids()
    rows = (
        (
            one.code,
            one.language,
            one.dlt_class,
            one.text,
            one.variables,
            one.parts,
            "yes" if one.is_used else "no",
            one.key,
            ids.get(one.key, ""),
        )
        for one in found
    )
    with click.open_file(str(file or "-"), "wb") as out:
        for chunk in csv_chunks(rows, HEADERS):
            out.write(chunk)
    click.echo(f"{len(found)} texts, {sum(one.key in ids for one in found)} with an id.", err=True)


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check only; nothing is changed.")
@click.option("--yes", is_flag=True, help="Do not ask before changing anything.")
def import_ids(*, file: Path, dry_run: bool, yes: bool) -> None:
    """Take in the DLT template ids of a FILE that `abhiyan texts export` wrote: CSV, or a workbook of it.

    Refused rows are left out and named with field and reason. Ends with 0 when done, 1 when a row was refused.
    """
    from abhiyan.core import clock
    from abhiyan.core.actor import Actor
    from abhiyan.core.scope import system

    from . import actions

    rows, refused = _rows(file)
    with system("checking ids of texts"):
        found = actions.check_ids(rows=rows)
    found.refused[:0] = refused
    _say(found)
    if not dry_run and found.taken and (yes or click.confirm("Take in these ids?", err=True)):
        _found, freed = actions.register_ids(
            rows=rows, by=Actor.system("texts on the console"), at=clock.now()
        )
        click.echo(f"Taken in. {freed} messages that waited go out now.", err=True)
    elif not dry_run and found.taken:
        raise click.Abort
    sys.exit(1 if found.refused else 0)


def _rows(file: Path) -> "tuple[list[IdRow], list[RefusedId]]":
    """The rows of a file, and those whose cells cannot be read."""
    from abhiyan.core.tables import reading, reasons
    from abhiyan.core.tables.layout import Field, Layout
    from abhiyan.core.tables.sniffing import sniff

    from .actions import IdRow, RefusedId

    layout = Layout(
        "registered_texts",
        (
            Field("code", "code", "कोड", required=True),
            Field("language", "language", "भाषा", required=True),
            Field("text", "text", "पाठ", required=True, max_length=5_000),
            Field("key", "hash", "हैश", required=True),
            Field("id", "id", "आईडी", also="template id, dlt template id, content template id, dlt te id"),
        ),
        personal=False,
    )
    found: list[IdRow] = []
    refused: list[RefusedId] = []
    try:
        preview = sniff(file, layout, max_bytes=LARGEST)
        for problem in preview.problems:
            click.echo(f"  {problem}", err=True)
        for batch in reading.rows(file, layout, preview.mapping, source=preview.source):
            found += [IdRow(row[0], row[1], row[2], row[3], row[4], row[5] or "") for row in batch.rows]
            for cell in batch.refused:
                spec = layout.field(cell.field)
                label = spec.en if spec else ""
                refused.append(RefusedId(cell.row, label, reasons.say(cell.code, field=spec)))
    except reasons.TableRefused as wrong:
        raise click.ClickException(str(wrong)) from None
    return found, refused


def _say(found: "CheckedIds") -> None:
    for n, what in (
        (len(found.taken), "ids are new"),
        (found.same, "stay as they are"),
        (found.blank, "texts have no id yet"),
        (len(found.refused), "rows are refused"),
    ):
        if n:
            click.echo(f"{n:>6} {what}", err=True)
    for one in found.refused[:SHOWN]:
        click.echo(f"  row {one.row}, {one.field}: {one.reason}", err=True)
    if len(found.refused) > SHOWN:
        click.echo(f"  … and {len(found.refused) - SHOWN} more", err=True)


COMMANDS: dict[str, click.Command] = {"texts export": export, "texts import": import_ids}
