"""The demo goes on: a claim every second or so while somebody looks. `python -m abhiyan.sample.trickle SEED`."""

import os
import random
import signal
import sys
import threading
import time

from abhiyan.intake import actions as intake
from abhiyan.server import processes

RESTS_AFTER_S = 60


def main(seed: str) -> None:
    """Send a claim, wait, again, until told to end. It rests once nobody has opened a page for a minute."""
    processes.die_with(os.environ.pop("ABHIYAN_WATCHED_BY"), signal.SIGTERM)
    os.environ["ABHIYAN_ROLE"] = "jobs"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "abhiyan.site.settings")
    import django

    django.setup()
    from abhiyan.core import clock, samples
    from abhiyan.core import home as folder
    from abhiyan.core.actor import Actor
    from abhiyan.core.scope import system
    from abhiyan.enrolment import actions as enrolment
    from abhiyan.intake.actions import tokens

    from . import history, people, tree
    from .claims import (
        TRUTH,
        claim_of_event,
        home_of_worker,
        running_drive,
        sample_workers,
        token_in_force,
        worker_accounts,
    )
    from .truth import SampleTruth

    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stopping.set())
    rows = tree.tree_rows(seed)
    booths = [row for row in rows if row.kind == "booth"]
    named = sample_workers(seed, rows)
    with system("demo"):
        whose = worker_accounts(named)
    rng = random.Random()  # noqa: S311  # sample data, new each time it runs
    crowd = people.sample_people(f"trickle {rng.random()}", first=20_000_000 + rng.randrange(10_000_000))
    by = Actor.system("demo")
    programme_id = running_drive(clock.now())
    if programme_id is None:  # the drive is over: nothing comes in any more
        stopping.wait()
        return
    while not stopping.wait(rng.uniform(0.5, 3.0)):
        if time.time() - samples.looked_at() > RESTS_AFTER_S:
            continue
        person, home, at = next(crowd), rng.choice(booths), clock.now()
        kind = rng.choices(list(history.SHARES.ways), list(history.SHARES.ways.values()))[0]
        token = token_in_force(programme_id, at)
        if token is None and kind == history.API:
            continue
        worker = home_of_worker(home.organisational_parent) if kind in (history.API, history.PAPER) else ""
        event = history.Event(
            kind,
            f"t{at.timestamp():.3f}",
            at,
            person.phone,
            "" if kind == history.CALL else person.name_hi,
            None if kind == history.CALL else person.birth_year,
            home.code,
            worker,
        )
        claim = claim_of_event(event, token, named)
        try:
            (answer,) = intake.enrol_batch(programme_id=programme_id, claims=[claim], by=by, at=at)
            with (folder.home_folder() / TRUTH).open("a", newline="") as file:
                SampleTruth(file, whose).tell(event, claim, answer)
            if token is not None and kind == history.API:
                tokens.note_token_used(public_id=token, by=by, at=at)
        except enrolment.TryAgain:
            stopping.wait(5)


if __name__ == "__main__":
    main(sys.argv[1])
