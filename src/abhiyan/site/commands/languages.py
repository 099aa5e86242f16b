"""`abhiyan language`: one file for each language the public may read besides Hindi and English."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from abhiyan.pages.languages import LanguageFile

FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.group()
def language() -> None:
    """Languages the public reads besides Hindi and English: notice, messages and their pages, one file each.

    Begin with `abhiyan language new ta > ta.toml`, write the translation, look it over with `check`, then `add` it
    (docs/languages.md).
    """


@language.command("list")
def list_languages() -> None:
    """List the languages offered here, and those whose file comes with Abhiyan."""
    from abhiyan.core import languages
    from abhiyan.pages.languages import SHIPPED

    for code, name in languages.public_languages().items():
        one = languages.added_languages().get(code)
        reviewed = (
            f"reviewed by {one.reviewed_by} on {one.reviewed_on}"
            if one and one.is_reviewed
            else "not reviewed"
        )
        click.echo(f"{code:4}{name}{f'  {reviewed}' if one else ''}")
    for code, path in SHIPPED.items():
        click.echo(f"{code:4}comes with Abhiyan, not reviewed: {path}")


@language.command()
@FILE
def check(*, file: Path) -> None:
    """Look a language's file through: what keeps it from being taken, and what it lacks. Changes nothing.

    Exit code 1 when it would be refused.
    """
    from abhiyan.pages import languages

    language_file = _looked(lambda: languages.read_language_file(file))
    click.echo(f"{file} can be added: {language_file.language.name} ({language_file.language.code}).")


@language.command()
@FILE
def add(*, file: Path) -> None:
    """Offer a language to the public, or a new version of its file. A file with a mistake is refused whole."""
    from abhiyan.core import languages as kept
    from abhiyan.pages import languages

    language_file = _looked(lambda: languages.add_language(file))
    click.echo(
        f"{language_file.language.name} ({language_file.language.code}) is added: "
        f"{kept.languages_folder() / language_file.language.code}"
    )
    click.echo(
        "Now run `abhiyan migrate`, which publishes its messages, and start the server and jobs again."
    )
    click.echo("Then publish the notice in it: Programmes → Notice.")


@language.command()
@click.argument("code")
def new(*, code: str) -> None:
    """Print a file to fill in, with what each text says in English and Hindi.

    CODE is the language's: as, bn, brx, doi, gu, kn, kok, ks, mai, ml, mni, mr, ne, or, pa, sa, sat, sd, ta, te, ur.
    """
    from abhiyan.core.languages import SCHEDULE
    from abhiyan.pages.languages import empty

    if code not in SCHEDULE:
        raise click.BadParameter(f"write one of {', '.join(SCHEDULE)}.")
    click.echo(empty.empty_language_file(code), nl=False)


def _looked(act: "Callable[[], LanguageFile]") -> "LanguageFile":
    """Look a file through, and say its remarks; one that is refused ends the command."""
    from abhiyan.pages.languages import Wrong

    try:
        language_file = act()
    except Wrong as wrong:
        click.echo("This file is not taken; nothing has changed:", err=True)
        for line in wrong.lines:
            click.echo(f"  {line}", err=True)
        sys.exit(1)
    for line in language_file.remarks:
        click.echo(f"  {line}")
    return language_file
