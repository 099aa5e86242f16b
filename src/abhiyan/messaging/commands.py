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
    from abhiyan.imports.tables.writing import csv_chunks

    from . import registrations

    with system("exporting texts"):
        content_templates = registrations.unregistered() if is_lacking else registrations.content_templates()
        ids = registrations.template_ids()
    rows = (
        (
            content_template.code,
            content_template.language,
            content_template.dlt_class,
            content_template.text,
            content_template.variables,
            content_template.parts,
            "yes" if content_template.is_used else "no",
            content_template.key,
            ids.get(content_template.key, ""),
        )
        for content_template in content_templates
    )
    with click.open_file(str(file or "-"), "wb") as out:
        for chunk in csv_chunks(rows, HEADERS):
            out.write(chunk)
    click.echo(
        f"{len(content_templates)} texts, "
        f"{sum(content_template.key in ids for content_template in content_templates)} with an id.",
        err=True,
    )


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
        checked_ids = actions.check_ids(rows=rows)
    checked_ids.refused[:0] = refused
    _say(checked_ids)
    if not dry_run and checked_ids.taken and (yes or click.confirm("Take in these ids?", err=True)):
        _found, freed = actions.register_ids(
            rows=rows, by=Actor.system("texts on the console"), at=clock.now()
        )
        click.echo(f"Taken in. {freed} messages that waited go out now.", err=True)
    elif not dry_run and checked_ids.taken:
        raise click.Abort
    sys.exit(1 if checked_ids.refused else 0)


def _rows(file: Path) -> "tuple[list[IdRow], list[RefusedId]]":
    """The rows of a file, and those whose cells cannot be read."""
    from abhiyan.imports.tables import reading, reasons
    from abhiyan.imports.tables.layout import Field, Layout
    from abhiyan.imports.tables.sniffing import sniff

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
    id_rows: list[IdRow] = []
    refused: list[RefusedId] = []
    try:
        preview = sniff(file, layout, max_bytes=LARGEST)
        for problem in preview.problems:
            click.echo(f"  {problem}", err=True)
        for batch in reading.read_rows(file, layout, preview.mapping, source=preview.source):
            id_rows += [IdRow(row[0], row[1], row[2], row[3], row[4], row[5] or "") for row in batch.rows]
            for cell in batch.refused:
                spec = layout.field(cell.field)
                label = spec.en if spec else ""
                refused.append(RefusedId(cell.row, label, reasons.refusal_reason(cell.code, field=spec)))
    except reasons.TableRefused as wrong:
        raise click.ClickException(str(wrong)) from None
    return id_rows, refused


def _say(checked_ids: "CheckedIds") -> None:
    for n, what in (
        (len(checked_ids.taken), "ids are new"),
        (checked_ids.same, "stay as they are"),
        (checked_ids.blank, "texts have no id yet"),
        (len(checked_ids.refused), "rows are refused"),
    ):
        if n:
            click.echo(f"{n:>6} {what}", err=True)
    for refused_id in checked_ids.refused[:SHOWN]:
        click.echo(f"  row {refused_id.row}, {refused_id.field}: {refused_id.reason}", err=True)
    if len(checked_ids.refused) > SHOWN:
        click.echo(f"  … and {len(checked_ids.refused) - SHOWN} more", err=True)


COMMANDS: dict[str, click.Command] = {"texts export": export, "texts import": import_ids}
