"""The database of one bench, in the process that works on it."""

import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any


def work(name: str, parts: Mapping[str, Callable[..., Any]]) -> None:
    """Do the part that `_server.child` asks of this process, and print what it answers. Beside those of the bench:
    "prepare", "clean" and "drop" of its database; what they are handed are whole numbers."""
    part, *args = sys.argv[1:]
    if not ready(name, part):
        return
    import django

    from abhiyan.core import schema

    django.setup()
    if part == "prepare":
        schema.prepare_database(name)
        schema.migrate(verbosity=0)
    elif (told := ({"clean": vacuum} | dict(parts))[part](*map(int, args))) is not None:
        print(json.dumps(told))


def vacuum() -> None:
    """Every table is as autovacuum leaves it."""
    import psycopg

    from abhiyan.core import database

    with psycopg.connect(database.conninfo("owner"), autocommit=True) as owner:
        owner.execute("vacuum analyze")


def ready(name: str, part: str) -> bool:
    """The server runs and has its keys; before "prepare" and for "drop" the bench's own database goes. Return True if
    more steps follow: "drop" is the last one."""
    import psycopg

    from abhiyan.core import database, embedded, keys

    home = Path(os.environ["ABHIYAN_HOME"])
    if not keys.master_path().exists():
        keys.master_path().parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        keys.make_master(keys.master_path())
    if database.is_embedded():
        embedded.ensure_running(home)
    if part in ("prepare", "drop"):
        with psycopg.connect(database.conninfo(None, dbname="postgres"), autocommit=True) as admin:
            admin.execute(f"drop database if exists {name} with (force)")
    if part == "drop" and database.is_embedded():
        embedded.stop_database(home)
    return part != "drop"
