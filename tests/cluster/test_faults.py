"""`make cluster-test`: nothing that was answered is lost, nothing is doubled, whatever fails in a cluster.

32 clients enrol at two web hosts while database machines die, freeze, lose their watcher or change places, and while a
web host dies. Each fault comes twice, in an order of chance (ABHIYAN_CLUSTER_SEED). Nobody helps but by starting a dead
machine again. Afterwards everything is counted. Waits are for states; silences are printed and hold nobody to them.
"""

import asyncio
import json
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable

import pytest

from kill.clients import Clients
from kill.counting import settled, stored_counts
from kill.world import BOOTHS

from .evidence import Evidence
from .machines import DATABASES, PATIENCE_S, WEB, Cluster, send

pytestmark = pytest.mark.cluster

CLIENTS = 32
TIMES = int(os.environ.get("ABHIYAN_CLUSTER_TIMES", "2"))
SEED = int(os.environ.get("ABHIYAN_CLUSTER_SEED", "0")) or random.SystemRandom().randrange(1, 10**9)
FROZEN_S, AWAY_S = 30.0, 15.0
ANSWERS = 20  # so many new people show that claims are taken again


class Faults:
    """Each method does one thing to the cluster and returns when the cluster is whole again."""

    def __init__(self, cluster: Cluster, clients: Clients, evidence: Evidence) -> None:
        self.cluster, self.clients, self.evidence = cluster, clients, evidence
        self.chance = random.Random(SEED)
        self.lists = 0
        self.kinds: dict[str, Callable[[], None]] = {
            "the primary's postmaster is killed": self.postmaster_dies,
            "the primary's machine dies": self.machine_dies,
            "the primary's machine is frozen for 30 s": self.machine_freezes,
            "only Patroni is frozen on the primary": self.patroni_freezes,
            "PostgreSQL of a standby is killed": self.standby_dies,
            "a standby's machine dies": self.standby_machine_dies,
            "both standbys are away for 15 s": self.standbys_away,
            "planned switchover": self.switchover,
            "a web host dies": self.web_host_dies,
            "the object store is away for 15 s": self.store_away,
        }

    # Of the primary

    def postmaster_dies(self) -> None:
        old = self.cluster.wait_whole()
        pid = self.cluster.postmaster(old)
        assert pid is not None
        send([pid], signal.SIGKILL)
        self.await_other_primary(old)

    def machine_dies(self) -> None:
        old = self.cluster.wait_whole()
        send(self.cluster.machine(old), signal.SIGKILL)
        self.await_other_primary(old)
        self.await_answers()
        self.cluster.tool("start", old)

    def machine_freezes(self) -> None:
        old = self.cluster.wait_whole()
        frozen = self.cluster.machine(old)
        thaws = time.monotonic() + FROZEN_S
        send(frozen, signal.SIGSTOP)
        try:
            self.await_other_primary(old)
            self.await_answers()
            self.cluster.wait(lambda: time.monotonic() > thaws)
        finally:
            send(frozen, signal.SIGCONT)

    def patroni_freezes(self) -> None:
        """Two primaries stand meanwhile. No write that begins at the old one then may be answered."""
        old = self.cluster.wait_whole()
        frozen = self.cluster.processes_of(f"{old}.patroni")
        send(frozen, signal.SIGSTOP)
        try:
            self.await_other_primary(old)
            new = str(self.cluster.primary(old))
            self.cluster.wait(lambda: self.cluster.takes_writes(new))
            assert self.cluster.takes_writes(old), "there is one primary only"
            late, other = self.evidence.markers[old], self.evidence.markers[new]
            begun, seen = late.tried, len(other.answered)
            self.cluster.wait(lambda: len(other.answered) >= seen + ANSWERS)
            answered = [n for n in list(late.answered) if n > begun]
            assert answered == [], "the old primary answered a write beside the new one"
        finally:
            send(frozen, signal.SIGCONT)

    def switchover(self) -> None:
        old = self.cluster.wait_whole()
        to = self.chance.choice([name for name in DATABASES if name != old])
        self.cluster.patronictl("switchover", "abhiyan", "--leader", old, "--candidate", to, "--force")
        self.cluster.wait(lambda: self.cluster.primary() == to)

    # Of standbys

    def standbys(self) -> list[str]:
        """Return the standbys, in an order of chance."""
        leads = self.cluster.wait_whole()
        found = [name for name in DATABASES if name != leads]
        self.chance.shuffle(found)
        return found

    def standby_dies(self) -> None:
        name = self.standbys()[0]
        pid = self.cluster.postmaster(name)
        assert pid is not None
        send([pid], signal.SIGKILL)
        self.cluster.wait(lambda: self.cluster.postmaster(name) not in (None, pid))

    def standby_machine_dies(self) -> None:
        name = self.standbys()[0]
        send(self.cluster.machine(name), signal.SIGKILL)
        self.await_answers()
        self.cluster.tool("start", name)

    def standbys_away(self) -> None:
        """Nothing is answered while a commit has nobody to wait for, and /healthz says so."""
        frozen = [pid for name in self.standbys() for pid in self.cluster.postgresql(name)]
        back = time.monotonic() + AWAY_S
        send(frozen, signal.SIGSTOP)
        try:
            self.cluster.wait(lambda: self.cluster.health("web1") == "failing")
            before = len(self.clients.record.receipts)
            self.cluster.wait(lambda: time.monotonic() > back)
            assert len(self.clients.record.receipts) == before, "answered without a standby"
        finally:
            send(frozen, signal.SIGCONT)

    # Of web hosts

    def web_host_dies(self) -> None:
        self.cluster.wait_whole()
        name = self.chance.choice(list(WEB))
        (other,) = set(WEB) - {name}
        send(self.cluster.machine(name), signal.SIGKILL)
        self.await_answers()
        self.cluster.wait(lambda: self.cluster.health(other) == "ok")
        self.cluster.tool("start", name)

    def store_away(self) -> None:
        """Claims need no store. A list is refused meanwhile, and taken afterwards."""
        self.cluster.wait_whole()
        host = self.chance.choice(list(WEB))
        self.lists += 1
        path = self.cluster.folder / f"units-{self.lists}.csv"
        path.write_text(f"Code,Kind,Name in English,Organisational parent\nNEW{self.lists},booth,New,D0\n")
        words = ("import", "units", str(path), "--yes")
        frozen = self.cluster.machine("s3")
        back = time.monotonic() + AWAY_S
        send(frozen, signal.SIGSTOP)
        try:
            self.await_answers()
            self.cluster.abhiyan(*words, code=1, host=host)
            self.cluster.wait(lambda: time.monotonic() > back)
        finally:
            send(frozen, signal.SIGCONT)
        self.cluster.abhiyan(*words, host=host)

    # Waiting

    def await_other_primary(self, old: str) -> None:
        self.cluster.wait(lambda: self.cluster.primary(old) is not None)

    def await_answers(self) -> None:
        """Wait until new people were enrolled since now."""
        before = len(self.clients.record.receipts)
        self.cluster.wait(lambda: len(self.clients.record.receipts) >= before + ANSWERS)

    def play(self) -> dict[str, list[float]]:
        """Do every fault, in an order of chance. Returns the longest silence after each."""
        silences: dict[str, list[float]] = {}
        plan = [kind for kind in self.kinds for _ in range(TIMES)]
        self.chance.shuffle(plan)
        for kind in plan:
            self.await_answers()
            self.clients.record.begin_silence()
            began = time.monotonic()
            self.kinds[kind]()
            self.await_answers()
            silence_s = self.clients.record.longest_silence_s
            self.cluster.wait_whole()
            self.cluster.wait(lambda: all(self.cluster.health(host) == "ok" for host in WEB))
            silences.setdefault(kind, []).append(silence_s)
            print(
                f"{kind}: {silence_s:.1f} s of silence, whole after {time.monotonic() - began:.0f} s",
                flush=True,
            )
        return silences


async def enrolled_through(faults: Faults) -> dict[str, list[float]]:
    """Enrol while the faults are played."""
    clients = faults.clients
    enrolling = asyncio.create_task(clients.run(CLIENTS))
    playing = asyncio.create_task(asyncio.to_thread(faults.play))
    try:
        await asyncio.wait([enrolling, playing], return_when=asyncio.FIRST_COMPLETED)
        silences = await playing
        clients.finish()
        await asyncio.wait_for(enrolling, PATIENCE_S)
    finally:
        clients.finish()
        enrolling.cancel()
    return silences


def test_nothing_answered_is_lost_whatever_fails(cluster: Cluster) -> None:
    print(f"\nseed {SEED} (ABHIYAN_CLUSTER_SEED)", flush=True)
    world = cluster.world()
    clients = Clients(8000, world["token"], BOOTHS, seed=SEED, hosts=list(WEB.values()))
    evidence = Evidence(cluster)
    faults = Faults(cluster, clients, evidence)
    with evidence.kept():
        silences = asyncio.run(enrolled_through(faults))
    record = clients.record
    print(f"sent {len(record.sent)}, acknowledged {len(record.receipts)}; {dict(record.seen)}")
    assert record.wrong == []
    assert Counter({kind: len(each) for kind, each in silences.items()}) == Counter(
        dict.fromkeys(faults.kinds, TIMES)
    )
    print(evidence.check())
    administrator = cluster.administrator()
    print(settled(administrator))
    print(stored_counts(administrator, world["sender"], list(record.sent.values()), record.receipts))
    recounted = json.loads(cluster.abhiyan("recount", "--json"))
    assert recounted["is_right"] and recounted["compared"] > 0, recounted
    print(f"recount: {recounted['compared']} tallies compared, no differences, no orphans")
    print(cluster.abhiyan("doctor", "--audit"))
    print("| fault | seconds |\n|---|---|")
    for kind in faults.kinds:
        print(f"| {kind} | {'; '.join(f'{each:.1f}' for each in silences[kind])} |")
