"""The instant that it is in a test, and the seed of what is drawn in it."""

import os
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

from django.middleware import csrf

from abhiyan.core import clock, lot

NOW = datetime(2026, 11, 25, 6, 30, tzinfo=UTC)  # Wednesday, twelve o'clock in Kolkata.
SETTINGS = "abhiyan.site.tests.settings"  # of processes that a test starts: it is the same instant there.
CASES = Path(__file__).parent / "data"  # files as users of other tools reported them.
AT = "ABHIYAN_TEST_AT"  # the file they read it from.


def time(at: datetime) -> None:
    """Let it be an instant in this process and in processes that a test starts or has started."""
    clock.give(lambda: at)
    file = Path(os.environ["ABHIYAN_TEST_HOME"], f"time{os.environ.get('PYTEST_XDIST_WORKER', '')}")
    new = file.with_suffix(".new")
    new.write_text(at.isoformat())
    new.replace(file)
    os.environ |= {"DJANGO_SETTINGS_MODULE": SETTINGS, AT: str(file)}


def pass_a_moment() -> None:
    """Let a second pass, where time is given: what comes next is later than what came before."""
    if AT in os.environ:
        time(clock.now() + timedelta(seconds=1))


def running_time() -> None:
    """Let time run, here and in processes that are started: for tests whose processes live by the clock."""
    clock.give(None)
    os.environ["DJANGO_SETTINGS_MODULE"] = "abhiyan.site.settings"
    os.environ.pop(AT, None)


def draws(name: str) -> None:
    """Draw from now on what was drawn in the last test of this name. This goes for the tokens in pages, too."""
    lot.source = random.Random(name)
    tokens = random.Random(f"{name} tokens")
    csrf._get_new_csrf_string = lambda: "".join(  # Django offers no other way
        tokens.choices(csrf.CSRF_ALLOWED_CHARS, k=csrf.CSRF_SECRET_LENGTH)
    )


def present() -> datetime:
    """The instant it is: for worlds that are made both where time is given and where it runs. Tests say `NOW`."""
    return clock.now()


def passing() -> Callable[[], datetime]:
    """A clock that goes on from the instant it is: for what waits until something is due."""
    begun_at, begun_s = clock.now(), monotonic()
    return lambda: begun_at + timedelta(seconds=monotonic() - begun_s)
