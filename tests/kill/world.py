"""Makes the world of `make kill` in an installation's own database, and prints what the clients need."""

import json
import os
import sys
from datetime import UTC, datetime, timedelta
from importlib import import_module, util
from uuid import uuid4

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "abhiyan.site.settings")
BOOTHS = 300


def main() -> None:
    """A state of 300 booths, a drive that is open, and a token."""
    import django

    django.setup()
    from abhiyan.core.actor import Actor
    from abhiyan.core.scope import system
    from abhiyan.enrolment.models import Drive, Roll
    from abhiyan.people.actions import ensure_sample_notice
    from abhiyan.programmes.models import Measure, Programme, ProgrammeUnit
    from abhiyan.units import actions as units
    from abhiyan.units.models import Unit

    # The release before keeps tokens in the room of enrolment.
    room = "intake" if util.find_spec("abhiyan.intake") else "enrolment"
    tokens = import_module(f"abhiyan.{room}.actions.tokens")

    # The release before runs this for `test_update`, and calls the act by its older name.
    place_units = getattr(units, "place_units" if hasattr(units, "place_units") else "place_many")
    at, by = datetime.now(UTC), Actor.system("make kill")
    kinds = {"IN": "nation", "S": "state", **{f"D{n}": "district" for n in range(6)}}
    kinds |= {f"B{n:03d}": "booth" for n in range(BOOTHS)}
    with system("make kill"):
        missing = [code for code in kinds if not Unit.objects.filter(code=code).exists()]
        ids = units.make_units(
            units=[units.NewUnit(code=code, kind=kinds[code], names={"en": code}) for code in missing],
            by=by,
            at=at,
        )
        for hierarchy in (1, 3):
            places: list[tuple[int, int | None]] = [(ids["IN"], None), (ids["S"], ids["IN"])]
            places += [(ids[f"D{n}"], ids["S"]) for n in range(6)]
            places += [(ids[f"B{n:03d}"], ids[f"D{n % 6}"]) for n in range(BOOTHS)]
            place_units(hierarchy=hierarchy, places=places, on=at.date() - timedelta(days=99), by=by, at=at)
        ensure_sample_notice(by=by, at=at)
        roll, _made = Roll.objects.get_or_create(
            code="primary", defaults={"names": {"en": "Primary members"}}
        )
        programme = Programme.objects.create(
            public_id=uuid4(),
            kind="drive",
            names={"en": "Kill"},
            state=Programme.State.OPEN,
            owner_id=ids["S"],
            opens_on=at.date() - timedelta(days=9),
            closes_on=at.date() + timedelta(days=9),
            made_at=at,
        )
        ProgrammeUnit.objects.create(programme=programme, unit_id=ids["S"])
        Measure.objects.create(programme=programme, number=1, code="enrolments", names={"en": "Enrolments"})
        Drive.objects.create(programme_id=programme.pk, roll=roll, join_slug="kill")
        made = tokens.make_token_at_console(
            programme_id=programme.pk, unit_id=ids["S"], name="Kill", by=by, at=at, days=1
        )
    sys.stdout.write(json.dumps({"token": made.secret, "sender": str(made.public_id)}) + "\n")


if __name__ == "__main__":
    main()
