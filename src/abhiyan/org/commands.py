"""`abhiyan officers`: the data officers at the top, who approve what others ask. `abhiyan emergency`: the stop."""

import click

LOST_PROOF = click.option(
    "--lost-proof",
    "is_proof_lost",
    is_flag=True,
    help="Their second proof is lost: take it away, end their sessions; the link sets up a new one.",
)
PROOF_GONE = "Their second proofs and sessions are gone; after the link they set up a new proof."


def name_officer(name: str, phone: str, *, language: str, is_proof_lost: bool = False) -> None:
    """Name a data officer of the top, or make one a new link, and say how they sign in."""
    from django.conf import settings

    from abhiyan.core import clock
    from abhiyan.core.actor import Actor

    from . import actions

    named = actions.name_data_officer(
        name=name,
        phone=phone,
        language=language,
        is_proof_lost=is_proof_lost,
        by=Actor.system("console"),
        at=clock.now(),
    )
    if is_proof_lost:
        click.echo(PROOF_GONE)
    when = "" if named.is_seated else " as soon as there are units"
    click.echo(f"{named.name} is a data officer{when}. They sign in with this link, once, within an hour:")
    click.echo(f"  {settings.ORIGIN}{named.link}")


def tell_lack(program: str) -> None:
    """Warn where there are fewer data officers than it takes."""
    from abhiyan.core.scope import system

    from . import queries

    with system("counting data officers"):
        n = len(queries.officers_of_top())
    if n < queries.WANTED:
        click.echo(
            f"Data officers at the top: {n}; {queries.WANTED} are needed. Until then perhaps nobody can approve "
            f"exports, tokens and resets. Name them with: {program} officers name NAME PHONE"
        )


@click.command("name")
@click.argument("name")
@click.argument("phone")
@click.option("--language", type=click.Choice(["hi", "en"]), help="Theirs; when not given, their browser's.")
@LOST_PROOF
def name_(*, name: str, phone: str, language: str | None, is_proof_lost: bool) -> None:
    """Name a data officer at the top of the tree. Prints a link that signs them in once, within an hour.

    Name two people who lead nothing: they approve or refuse exports, tokens, resets and messages to many. They see what
    is asked and why, not the people. Before there are units they wait for the first. Name them again for a new link,
    which ends the older one; with --lost-proof if they lost their second proof.
    """
    name_officer(name, phone, language=language or "", is_proof_lost=is_proof_lost)
    tell_lack("abhiyan")


@click.command("end")
@click.argument("phone")
@click.option("--reason", required=True, help="Why it ends, for the trail.")
def end(*, phone: str, reason: str) -> None:
    """End the office of a data officer at the top of the tree."""
    from abhiyan.core import clock
    from abhiyan.core.actor import Actor

    from . import actions

    actions.end_officer(phone=phone, reason=reason, by=Actor.system("console"), at=clock.now())
    click.echo("Ended.")
    tell_lack("abhiyan")


@click.command("list")
def list_officers() -> None:
    """List the data officers at the top of the tree."""
    from abhiyan.core.scope import system

    from . import queries

    with system("listing data officers"):
        officers = queries.officers_of_top()
    for officer in officers.values():
        click.echo(
            f"{officer.name}  •••• {officer.last4}{'  waits for the first units' if officer.is_awaited else ''}"
        )
    tell_lack("abhiyan")


@click.command("begin")
@click.option("--reason", required=True, help="Why; everybody who is refused reads it.")
def emergency_begin(*, reason: str) -> None:
    """Stop every download, every shown number and every bulk message, at once.

    Joining, codes, STOP and the helpline go on. It ends on the page Emergency stop, by two people.
    """
    from abhiyan.core import clock
    from abhiyan.core.actor import Actor

    from . import actions

    actions.stop_data(reason=reason, by=Actor.system("console"), at=clock.now())
    click.echo("Downloads, shown numbers and bulk messages are stopped.")
    click.echo("Two people end it on the page Emergency stop: one asks, a data officer of the top approves.")
    tell_lack("abhiyan")


@click.command("show")
def emergency_show() -> None:
    """Say whether downloads, shown numbers and bulk messages are stopped, since when and why."""
    from abhiyan.core.scope import system
    from abhiyan.people import queries as people

    with system("showing the emergency stop"):
        stop = people.emergency_stop()
    if stop is None:
        click.echo("Nothing is stopped.")
    else:
        click.echo(f"Stopped since {stop.began_at:%Y-%m-%d %H:%M %Z}. Reason: {stop.reason}")


COMMANDS = {
    "emergency": click.Group("emergency", help="Stop downloads, shown numbers and bulk messages."),
    "emergency begin": emergency_begin,
    "emergency show": emergency_show,
    "officers": click.Group("officers", help="Name, end and list the data officers at the top of the tree."),
    "officers name": name_,
    "officers end": end,
    "officers list": list_officers,
}
