"""`abhiyan roles`: the SQL with which somebody else makes the roles of the database."""

import click

from abhiyan.server import readiness

from .beginning import make_key, refuse_lost_key


@click.command(short_help="Print the SQL that makes the database and its roles.")
def roles() -> None:
    """Print the SQL that makes the database and its five roles on a server of your own.

    An administrator of that server runs it once: `abhiyan roles > roles.sql`. Then no command needs their account. It
    holds no passwords, only what the server compares them with. These follow from the master key, which is made here
    where there is none.
    """
    from abhiyan.core import database, keys
    from abhiyan.core import roles as wanted

    if database.is_embedded():
        raise click.UsageError("DATABASE_URL names no server. The embedded database makes its roles itself.")
    if not keys.master_path().exists():
        refuse_lost_key()
        make_key(say=lambda text: click.echo(text, err=True))
        click.echo(
            "  If the server holds a database of yours already, stop here: it needs its own key.", err=True
        )
    readiness.need_keys()
    click.echo(wanted.script(database.database_name()), nl=False)
