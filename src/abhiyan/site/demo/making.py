"""Making the demo's data, in a process of its own, which may be killed.

`python -m abhiyan.site.demo.making SEED [INSTANT]`.
"""

import os
import signal
import sys
import time
from datetime import datetime

import click

from abhiyan.site import processes, readiness


def main(seed: str, at: str = "") -> None:
    """Make the database and all that is in it as of an instant (ISO 8601; "" is now), saying how far it is.

    Ends with cli's exit codes.
    """
    processes.die_with(os.environ.pop("ABHIYAN_WATCHED_BY"), signal.SIGKILL)
    try:
        _make(seed, at)
    except Exception as error:
        if (told := readiness.told(error)) is None:
            raise
        told.show()
        sys.exit(told.exit_code)


def _make(seed: str, at: str) -> None:
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

        build(seed, at=datetime.fromisoformat(at) if at else clock.now(), say=say)


if __name__ == "__main__":
    main(*sys.argv[1:])
