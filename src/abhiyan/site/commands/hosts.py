"""`abhiyan hosts`."""

import click

from abhiyan.server import readiness


@click.command(short_help="List the hosts that serve.")
@click.pass_context
def hosts(ctx: click.Context) -> None:
    """List what serves this database: host, kind, version, address, last sign."""
    readiness.ready(ctx, "jobs")
    from abhiyan.core import hosts as listed

    processes = listed.host_processes_now()
    for process in processes:
        seen = "runs" if process.is_live else f"silent for {process.silent.total_seconds():.0f} s"
        click.echo(f"{process.name:20} {process.kind:6} {process.version:10} {process.address:28} {seen}")
    if not processes:
        click.echo("Nothing serves this database.")
