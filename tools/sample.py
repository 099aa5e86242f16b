"""Makes the small demo of a checkout in ABHIYAN_HOME, for the readers that `tools/sides` runs, and ends it again."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module, util
from typing import Any

AT, CLAIMS = "2026-11-21T12:00+05:30", "3000"


def module_of(*names: str) -> Any:
    """Return the first of these modules that a checkout has: an older one may have it by another name."""
    for name in names[:-1]:
        if util.find_spec(name.rpartition(".")[0]) and util.find_spec(name):
            return import_module(name)
    return import_module(names[-1])


def part_of(module: Any, *names: str) -> Any:
    """Return the first of these parts that a module has, for the same reason."""
    return next(getattr(module, name) for name in names if hasattr(module, name))


@contextmanager
def made(seed: str, *, role: str, at: str = AT) -> Iterator[None]:
    """Make the demo as `abhiyan demo` does, without serving it. Django is set up for a role of the database.

    at: the instant that everything is made for, in ISO 8601; "" is now.
    """
    processes = module_of("abhiyan.server.processes", "abhiyan.site.processes")

    os.environ |= {
        "ABHIYAN_SMS": "file",
        "ABHIYAN_ORGANISATION": "जन संगठन (नमूना)",
        "DJANGO_SETTINGS_MODULE": "abhiyan.site.settings",
    }
    with processes.database_in_use():
        _make(seed, at)
        os.environ |= {"ABHIYAN_ROLE": role, "ABHIYAN_POOL": "0"}
        import django

        django.setup()
        yield


def _make(seed: str, at: str) -> None:
    from abhiyan.core import home, keys

    languages = module_of("abhiyan.pages.languages", "abhiyan.site.languages")
    run = module_of("abhiyan.sample.run", "abhiyan.site.demo.run")

    folder = part_of(home, "home_folder", "path")()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / run.MARK).touch()
    keys.make_master(keys.master_path(), text=keys.demo_master(seed))
    part_of(languages, "add_language", "add")(languages.SHIPPED["ur"])
    given = {"ABHIYAN_WATCHED_BY": str(os.getpid())}
    making = [
        sys.executable,
        "-m",
        run.__name__.replace(".run", ".making"),
        seed,
        CLAIMS,
        *filter(None, [at]),
    ]
    subprocess.run(making, env=os.environ | given, stdout=sys.stderr, check=True)


def offices() -> dict[str, tuple[str, str]]:
    """The demo's people by the code of their office: the account, and the code of its unit. In the system's scope."""
    from abhiyan.org.models import Appointment
    from abhiyan.people.models import Account

    people = {each.pk: str(each.public_id) for each in Account.objects.filter(is_demo=True)}
    held = Appointment.objects.filter(account_id__in=people).select_related("office", "unit").order_by("-pk")
    return {each.office.code: (people[each.account_id], each.unit.code) for each in held}
