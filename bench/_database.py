"""The database of one bench, in the process that works on it."""

import os
from pathlib import Path


def ready(name: str, part: str) -> bool:
    """The server runs and has its keys; before "prepare" and for "drop" the bench's own database goes. Whether there
    is more to do: after "drop" there is not."""
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
        embedded.stop(home)
    return part != "drop"
