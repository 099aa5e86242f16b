"""`abhiyan draw`: repeat a draw from its published file, on any machine, without a database."""

import json
import sys
from contextlib import suppress
from pathlib import Path

import click


@click.command()
@click.option(
    "--replay",
    "given",
    nargs=2,
    required=True,
    metavar="FILE VALUE",
    help="The published frame, and the public value as it was published.",
)
@click.option(
    "--more",
    "more_file",
    metavar="FILE",
    default="",
    help="The file of later checks, published beside the frame's if there were any.",
)
@click.option(
    "--key", default="", help="The frame's key, published when the draw closes: shows the items' numbers."
)
@click.option("--hash", "wanted", default="", help="The published hash: another file is refused.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for a program to read.")
def draw(*, given: tuple[str, str], more_file: str, key: str, wanted: str, as_json: bool) -> None:
    """Repeat a draw of back-checks from its published FILE and public VALUE.

    Prints the hash of the file, which must be the published one, and the lines that were drawn. It needs no
    installation: no keys, no database. docs/truth.md says what it proves.
    """
    from hashlib import sha256

    from .rules import draws

    path, value = given[0], draws.canonical(given[1])
    try:
        content = Path(path).read_bytes()
        head, commitments = draws.read_frame_file(content)
        file_hash = sha256(content).hexdigest()
        if wanted and wanted.strip().lower() != file_hash:
            raise draws.NotAFrame(f"this is not the published frame, its hash is {file_hash}")
        path = more_file or path
        more = draws.read_more(Path(path).read_bytes(), file_hash, head) if more_file else {}
    except (OSError, draws.NotAFrame) as wrong:
        raise click.ClickException(f"{path}: {wrong}") from None
    opens = b""
    if key:
        with suppress(ValueError):
            opens = bytes.fromhex(key)
        if sha256(opens).hexdigest() != head.key_hash:
            raise click.BadParameter("this is not the key whose hash is in the file", param_hint="--key")
    drawn = draws.draw_items(head, commitments, draws.draw_seed(file_hash, value), more)
    lines = [
        {"line": item.line, "stratum": item.key, "order": item.order, "commitment": item.commitment.hex()}
        | ({"item": draws.open_commitments(item.commitment, opens).hex()} if opens else {})
        for item in drawn
    ]
    if as_json:
        json.dump({"hash": file_hash, "value": value, "drawn": lines}, sys.stdout)
        click.echo()
        return
    click.echo(f"File hash: {file_hash}")
    click.echo(f"Value: {value} (named with the file: {head.value})")
    for line in lines:
        click.echo("  ".join(str(cell) for cell in line.values()))


draw.abhiyan_role = ""  # type: ignore[attr-defined] # the command line reads it: no keys, no database
COMMANDS = {"draw": draw}
