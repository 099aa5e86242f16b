"""Making the demo's data, in a process of its own, which may be killed: `python -m abhiyan.site.demo.making SEED`."""

import os
import signal
import sys
import time

import click

from abhiyan.site import cli, processes


def main(seed: str) -> None:
    """Make the database and all that is in it, saying how far it is. Ends with cli's exit codes."""
    processes.die_with(os.environ.pop("ABHIYAN_WATCHED_BY"), signal.SIGKILL)
    try:
        _make(seed)
    except Exception as error:
        if (told := cli.told(error)) is None:
            raise
        told.show()
        sys.exit(told.exit_code)


def _make(seed: str) -> None:
    begun = time.monotonic()

    def say(text: str) -> None:
        click.echo(f"[{time.monotonic() - begun:5.1f} s] {text}")

    os.environ["ABHIYAN_ROLE"] = "owner"
    os.environ["ABHIYAN_POOL"] = "0"
    from abhiyan.core import schema

    say("making the database")
    schema.prepare()
    import django

    django.setup()
    schema.migrate(verbosity=0)
    with schema.working_as("jobs"):
        from abhiyan.core import clock

        from .build import build

        build(seed, at=clock.now(), say=say)


if __name__ == "__main__":
    main(sys.argv[1])
