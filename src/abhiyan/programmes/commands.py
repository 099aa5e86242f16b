"""`abhiyan recount`: do the counters say what the facts say?"""

import json
import sys

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

    found = actions.recount(at=clock.now(), mend=mend)
    if as_json:
        click.echo(
            json.dumps(
                {
                    "is_right": found.is_right,
                    "compared": found.compared,
                    "facts": sorted(facts.facts()),
                    "differences": [one.as_dict() for one in found.differences],
                    "orphans": found.orphans,
                    "mended": found.mended,
                }
            )
        )
    else:
        click.echo(
            f"{found.compared} counters compared with the facts of: {', '.join(sorted(facts.facts()))}"
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


COMMANDS = {"recount": recount}
