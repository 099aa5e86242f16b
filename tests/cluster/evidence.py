"""Evidence beside the product while machines fail: markers in every database, and who ran which loop."""

import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from abhiyan.core import loops

from .machines import DATABASES, Cluster

PAUSE_S = 0.2
_TABLES = """
create schema evidence;
create table evidence.marker (machine text, n int, primary key (machine, n));
create table evidence.turn (
  n bigserial primary key, loop text, host text, error text, own bigint[], others bigint[]);
create function evidence.note_turn() returns trigger language plpgsql security definer as $$ begin
  insert into evidence.turn (loop, host, error, own, others)
    select to_jsonb(new) ->> 'loop', to_jsonb(new) ->> 'host', to_jsonb(new) ->> 'error',
      coalesce(array_agg(objid::bigint) filter (where pid = pg_backend_pid()), '{}'),
      coalesce(array_agg(objid::bigint) filter (where pid <> pg_backend_pid()), '{}')
    from pg_locks where locktype = 'advisory' and granted and mode = 'ExclusiveLock'
    and classid = {lock_class} and objsubid = 2;
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
            admin.execute(_TABLES.replace("{lock_class}", str(loops.LOOP_LOCKS)).encode())
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
        """No answered marker is missing, and no host began a turn while another one had the loop's lock.

        A host that loses the lock during a turn tells of this one turn later, and begins no other. Each turn has a lock
        of its own, so turns never overlap (`core.tests.test_loops`).
        """
        with psycopg.connect(self.cluster.administrator(), autocommit=True) as admin:
            stored: dict[str, set[int]] = defaultdict(set)
            for machine, n in admin.execute("select machine, n from evidence.marker").fetchall():
                stored[machine].add(n)
            turns = admin.execute(
                "select loop, host, own, others from evidence.turn where error = '' order by n"
            ).fetchall()
            admin.execute("drop trigger evidence on core_heartbeat; drop schema evidence cascade")
        for machine, thread in self.markers.items():
            assert not thread.is_alive(), f"a write to {machine} hangs"
            lost = thread.answered - stored[machine]
            assert not lost, f"{machine} answered and lost {sorted(lost)}"
        alone = {
            name: loops.lock_key(name) for name, loop in loops.loops_by_name().items() if not loop.everywhere
        }
        done = [
            (name, host, alone[name] in own, alone[name] in others)
            for name, host, own, others in turns
            if name in alone
        ]
        last: dict[tuple[str, str], bool] = {}  # whether the host had the lock at its last turn of that loop
        late, twice = 0, Counter[str]()
        for name, host, has_lock, another_has in done:
            if another_has and not has_lock:
                late += 1
                twice[name] += not last.get((name, host), False)
            last[name, host] = has_lock
        left = sum(not has_lock and not another_has for _name, _host, has_lock, another_has in done)
        assert done and not +twice, f"turned again while another host had the lock: {twice}"
        answered = {name: len(thread.answered) for name, thread in self.markers.items()}
        tried = sum(thread.tried for thread in self.markers.values())
        return (
            f"markers: {tried} sent, answered {answered}, none lost; {len(done)} turns of loops;"
            f" {late + left} were told without their lock, {late} of them when another host had it"
        )
