"""Serving: one process per core, each with uvicorn over abhiyan.site.asgi and the connections of `protocol`."""

import asyncio
import logging
import math
import os
import shutil
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

from abhiyan.core import database, embedded, home, machine

from . import processes

BACKLOG = 2_048
MOST_WORKERS = 16
SWITCH_S = 0.001  # Python's turn between threads
TICK_S = 0.1  # uvicorn's own
GRACE_S = 20  # for requests under way when a worker is to end


def commands(
    *, host: str, port: int, workers: int | None = None, with_jobs: bool = False, desk: int | None = None
) -> dict[str, list[str]]:
    """The command lines to supervise: the web workers, and the jobs where wanted.

    desk: port of one more worker, to which the proxy sends the offices; the others, and what they ask of the embedded
    database, run when it does not.
    """
    abhiyan = [sys.executable, "-m", "abhiyan.site.cli"]
    web = [*abhiyan, "serve", "--here", "--host", host, "--port", str(port)]
    behind = ["--behind"] if desk else []
    found = {f"web {n + 1}": [*web, *behind] for n in range(workers or min(machine.cores(), MOST_WORKERS))}
    found |= {"desk": [*web, "--desk", str(desk)]} if desk else {}
    return found | ({"jobs": [*abhiyan, "jobs", *behind]} if with_jobs else {})


def supervise(
    *,
    host: str,
    port: int,
    stopping: Event,
    workers: int | None = None,
    with_jobs: bool = False,
    desk: int | None = None,
    each_watch: Callable[[], None] | None = None,
) -> int:
    """Serve, and run the jobs where wanted, until `stopping`; what dies is started again. Returns an exit code."""
    folder = metrics_folder()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    breath = machine.Breath()

    def watch() -> None:
        if desk:
            breath.look()
            if database.is_embedded():
                embedded.tidy_last(home.path(), nice=machine.BEHIND, back=True)
        if each_watch:
            each_watch()

    try:
        return processes.supervise(
            commands(host=host, port=port, workers=workers, with_jobs=with_jobs, desk=desk),
            stopping=stopping,
            environment={"ABHIYAN_PORT": str(port), "PROMETHEUS_MULTIPROC_DIR": str(folder)},
            each_watch=watch,
        )
    finally:
        breath.end()
        machine.forget_group()


def metrics_folder() -> Path:
    """Where the workers keep their counters, so that one of them can answer for all."""
    return home.path() / "run" / "metrics"


def web(*, host: str, port: int, desk: int | None = None, behind: bool = False) -> None:
    """Be one web worker until a signal. Workers share the port; the system spreads connections over them.

    desk: listen here instead; port stays the one that links name. behind: let that worker go first.
    """
    os.environ |= {
        "ABHIYAN_ROLE": "app",
        "ABHIYAN_PORT": str(port),
        "DJANGO_SETTINGS_MODULE": "abhiyan.site.settings",
    }
    # A page asks the database some thirty times and gets the interpreter back after each answer: at Python's 5 ms it
    # would wait most of its time for the thread that stores claims. A crowd's worker gets more done with fewer turns.
    if not behind:
        sys.setswitchinterval(SWITCH_S)
    import uvicorn

    from . import asgi
    from .protocol import QUIET_S, SWEEP_S, Connection, sweep

    class Server(uvicorn.Server):
        next_tick = math.inf

        async def on_tick(self, counter: int) -> bool:
            at = asyncio.get_running_loop().time()
            asgi.django.keep_in_time(at - self.next_tick)
            self.next_tick = at + TICK_S
            if counter % int(SWEEP_S / TICK_S) == 0:
                sweep(self.server_state.connections, at)
            return await super().on_tick(counter)

    if behind:
        asgi.django.be_for_the_crowd()
        _go_behind()  # once all is loaded: on a full machine a killed worker would be long in coming back
    Connection.straight = asgi.straight()
    server = Server(
        uvicorn.Config(
            asgi.application,
            http=Connection,
            ws="none",
            loop="uvloop",
            lifespan="on",
            backlog=BACKLOG,
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=int(QUIET_S),
            timeout_graceful_shutdown=GRACE_S,
        )
    )
    logging.getLogger("uvicorn").setLevel(logging.ERROR)
    logging.captureWarnings(capture=True)
    # uvicorn finishes what is under way, then raises what it was ended by once more, for whoever was there before.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    if signal.getsignal(signal.SIGHUP) == signal.SIG_DFL:
        signal.signal(signal.SIGHUP, server.handle_exit)
    server.run(sockets=[_bound(host, desk or port)])


def _go_behind() -> None:
    """Let the offices' worker go first, here and in the database."""
    from django.db import connections

    if machine.stand_back(os.getpid()):
        os.nice(machine.CROWD)
    else:
        machine.run_last()
        machine.run_apart()
    used: Any = connections["default"]  # Django's types do not know of pools
    used.close()
    used.close_pool()  # its threads, and what they connected, would run as before


def _bound(host: str, port: int) -> socket.socket:
    """A socket of this worker's own on the shared port. It listens once the worker is ready."""
    made = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    made.bind((host, port))
    return made
