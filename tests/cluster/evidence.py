"""Evidence beside the product while machines fail: markers in every database, and who ran which loop."""

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from operator import itemgetter

import psycopg

from .machines import DATABASES, Cluster

PAUSE_S = 0.2
_TABLES = """
create schema evidence;
create table evidence.marker (machine text, n int, primary key (machine, n));
create table evidence.turn (n bigserial primary key, loop text, backend text);
create function evidence.note_turn() returns trigger language plpgsql security definer as $$ begin
  insert into evidence.turn (loop, backend) select to_jsonb(new) ->> 'loop', pg_backend_pid() || ' ' || backend_start
    from pg_stat_activity where pid = pg_backend_pid();
  return null;
end $$;
create trigger evidence after insert or update on core_heartbeat for each row execute function evidence.note_turn();
"""


class Markers(threading.Thread):
    """Writes to one database machine directly, again and again, whatever that machine is at the time."""

    def __init__(self, cluster: Cluster, machine: str) -> None:
        super().__init__(name=f"markers {machine}", daemon=True)
        self.machine, self.conninfo = machine, cluster.administrator(machine)
        self.answered: set[int] = set()
        self.tried = 0
        self.ending = threading.Event()

    def run(self) -> None:
        while not self.ending.wait(PAUSE_S):
            self.tried += 1
            try:
                with psycopg.connect(self.conninfo, autocommit=True) as own:
                    own.execute("insert into evidence.marker values (%s, %s)", [self.machine, self.tried])
                self.answered.add(self.tried)
            except psycopg.Error:
                pass


class Evidence:
    """Everything that is kept beside; `check` compares it at the end."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.markers = {name: Markers(cluster, name) for name in DATABASES}

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Keep evidence meanwhile."""
        with psycopg.connect(self.cluster.administrator(), autocommit=True) as admin:
            admin.execute(_TABLES)
        for thread in self.markers.values():
            thread.start()
        try:
            yield
        finally:
            for thread in self.markers.values():
                thread.ending.set()
            for thread in self.markers.values():
                thread.join(60)

    def check(self) -> str:
        """No answered marker is missing, whichever machine answered; no two processes ran a loop by turns."""
        with psycopg.connect(self.cluster.administrator(), autocommit=True) as admin:
            stored: dict[str, set[int]] = defaultdict(set)
            for machine, n in admin.execute("select machine, n from evidence.marker").fetchall():
                stored[machine].add(n)
            turns = admin.execute("select loop, backend from evidence.turn order by loop, n").fetchall()
            admin.execute("drop trigger evidence on core_heartbeat; drop schema evidence cascade")
        for machine, thread in self.markers.items():
            assert not thread.is_alive(), f"a write to {machine} hangs"
            lost = thread.answered - stored[machine]
            assert not lost, f"{machine} answered and lost {sorted(lost)}"
        leads = 0
        for loop, rows in groupby(turns, key=itemgetter(0)):
            runs = [backend for backend, _rows in groupby(rows, key=itemgetter(1))]
            assert len(runs) == len(set(runs)), f"{loop} was run by two at once: {runs}"
            leads = max(leads, len(runs))
        answered = {name: len(thread.answered) for name, thread in self.markers.items()}
        tried = sum(thread.tried for thread in self.markers.values())
        return f"markers: {tried} sent, answered {answered}, none lost; {len(turns)} turns under {leads} leads in a row"
