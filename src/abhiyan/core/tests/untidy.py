"""A database that clears up behind somebody for as long as a test looks."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

SLOWLY = (
    "autovacuum_vacuum_threshold = 1, autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1"
)


@contextmanager
def clearing_up(administrator: str) -> Iterator[None]:
    """Autovacuum has to do in this database, and takes long over it."""
    with psycopg.connect(administrator, autocommit=True) as admin:
        admin.execute("alter system set autovacuum_naptime = 1")
        admin.execute("select pg_reload_conf()")
        try:
            admin.execute(f"create table untidy with ({SLOWLY}) as select from generate_series(1, 20000)")
            admin.execute("delete from untidy")
            yield
        finally:
            admin.execute("alter system reset autovacuum_naptime")
            admin.execute("select pg_reload_conf()")
            admin.execute("drop table untidy")
