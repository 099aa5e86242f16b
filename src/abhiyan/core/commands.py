"""`abhiyan audit`: the trail as a file that verifies outside the product."""

import os
from pathlib import Path

import click


@click.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export_audit(*, file: Path) -> None:
    """Write the sealed audit trail to FILE, as JSON lines. FILE must not exist yet.

    deploy/verify_audit.py checks it by Python alone, against the daily heads that left this host.
    """
    from . import audit_export, audit_seals, clock
    from .scope import system

    def private(name: str, flags: int) -> int:
        return os.open(name, flags, 0o600)

    with system("exporting the audit"), open(file, "xb", opener=private) as written:  # its opener
        written.writelines(audit_export.exported_lines(clock.now()))
        n = audit_seals.count_unsealed()
    click.echo(f"Written: {file}. Entries that wait for their seal and are not in it: {n}.")
    click.echo("Check it with: python3 deploy/verify_audit.py FILE HEADS")


COMMANDS = {"audit": click.Group("audit", help="The audit trail."), "audit export": export_audit}
