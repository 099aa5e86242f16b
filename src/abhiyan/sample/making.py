"""Making the demo's data, in a process of its own, which may be killed.

`python -m abhiyan.sample.making SEED CLAIMS [INSTANT]`. The file `GROUND` appears once the demo can be served.
"""

import os
import signal
import sys
import time
from datetime import datetime

import click

from abhiyan.server import processes, readiness

from .run import GROUND

BEHIND = 5  # once it is served, readers of pages go first


def main(seed: str, claims: str, at: str = "") -> None:
    """Make the database and all that is in it as of an instant (ISO 8601; "" is now), saying how far it is.

    claims: how many claims the drive has. Ends with cli's exit codes.
    """
    processes.die_with(os.environ.pop("ABHIYAN_WATCHED_BY"), signal.SIGKILL)
    try:
        _make(seed, int(claims), at)
    except Exception as error:
        if (error_told := readiness.readable_error(error)) is None:
            raise
        error_told.show()
        sys.exit(error_told.exit_code)


def _make(seed: str, claims: int, at: str) -> None:
    begun = time.monotonic()

    def say(text: str) -> None:
        click.echo(f"[{time.monotonic() - begun:5.1f} s] {text}")

    os.environ["ABHIYAN_ROLE"] = "owner"
    os.environ["ABHIYAN_POOL"] = "0"
    from abhiyan.core import schema

    say("making the database")
    schema.prepare_database()
    import django

    django.setup()
    schema.migrate(verbosity=0)
    with schema.working_as("jobs"):
        from abhiyan.core import clock, home

        from .build import build_demo

        def serve() -> None:
            (home.home_folder() / GROUND).touch()
            os.nice(BEHIND)

        instant = datetime.fromisoformat(at) if at else clock.now()
        build_demo(seed, at=instant, claims=claims, say=say, serve=serve)
    say("everything is made")


if __name__ == "__main__":
    main(*sys.argv[1:])
