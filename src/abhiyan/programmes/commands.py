"""`abhiyan recount`: do the counters say what the facts say? `abhiyan figures`: the figures for analysts."""

import json
import sys
from pathlib import Path

import click


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for a program to read.")
@click.option("--mend", is_flag=True, help="Put right what differs. Work goes on meanwhile.")
def recount(*, as_json: bool, mend: bool) -> None:
    """Count the facts again and compare with every counter, at every node, in every hierarchy.

    Exit code 0: no difference and no orphans. 1: there are some (also when --mend has put them right).
    """
    from abhiyan.core import clock

    from . import actions, facts

    found = actions.recount_facts(at=clock.now(), mend=mend)
    if as_json:
        click.echo(
            json.dumps(
                {
                    "is_right": found.is_right,
                    "compared": found.compared,
                    "facts": sorted(facts.facts_by_kind()),
                    "differences": [ledger_difference.as_dict() for ledger_difference in found.differences],
                    "orphans": found.orphans,
                    "mended": found.mended,
                }
            )
        )
    else:
        click.echo(
            f"{found.compared} counters compared with the facts of: {', '.join(sorted(facts.facts_by_kind()))}"
        )
        for one in found.differences[:20]:
            click.echo(
                f"  {one.where}: unit {one.unit_id}, programme {one.programme_id}, measure {one.measure},"
                f" {one.day}, channel {one.channel}, rung {one.rung}: facts {one.wanted}, ledger {one.found}"
            )
        if len(found.differences) > 20:
            click.echo(f"  … and {len(found.differences) - 20} more (--json lists all)")
        for name, n in found.orphans.items():
            if n:
                click.echo(f"  orphans: {n} {name}")
        mended = " Put right." if found.mended else ""
        click.echo("No difference." if found.is_right else f"{len(found.differences)} differences.{mended}")
    if not found.is_right:
        sys.exit(1)


@click.command("figures")
@click.option(
    "--to",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The file to write, such as figures.parquet. It must not exist yet.",
)
def write_figures(*, file: Path) -> None:
    """Write the figures of all programmes for analysts: by unit, week, measure and rung, as Parquet.

    Figures are those of the last closed day, rounded to 10, as people outside a unit see them. Fewer than 10 are left
    out. The file names nobody. Nothing is written during an emergency stop. docs/figures.md explains the columns.
    """
    from abhiyan.core import clock
    from abhiyan.imports.tables.parquet import parquet_chunks, require_parquet
    from abhiyan.people import actions as people

    from . import queries

    require_parquet()
    at, n = clock.now(), 0
    with file.open("xb") as written:
        try:
            with queries.as_outsider():
                people.refuse_while_stopped()
                rows = queries.figures_of_all(at=at)
                for piece in parquet_chunks(rows, queries.FIGURE_COLUMNS, about=queries.about_figures(at)):
                    written.write(piece)
                    n += len(piece)
        except BaseException:
            file.unlink()
            raise
    click.echo(f"Written: {file}, {n:,} bytes. docs/figures.md explains its columns.")


COMMANDS = {"recount": recount, "figures": write_figures}
