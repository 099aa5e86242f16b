"""Serving: one process per core, each with uvicorn over abhiyan.server.asgi and the connections of `protocol`."""

import asyncio
import logging
import os
import shutil
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event

from abhiyan.core import home, machine

from . import processes

BACKLOG = 2_048
MOST_WORKERS = 16
SWITCH_S = 0.001  # Python's turn between threads
TICK_S = 0.1  # uvicorn's own
GRACE_S = 20  # for requests under way when a worker is to end
NICE = ("nice", "-n", "5")  # of the jobs: somebody waits for a page; a list or a reply comes a moment later


def commands(
    *, host: str, port: int, workers: int | None = None, with_jobs: bool = False
) -> dict[str, list[str]]:
    """Return the command lines to supervise: the web workers, and the jobs where wanted."""
    abhiyan = [sys.executable, "-m", "abhiyan.site.cli"]
    web = [*abhiyan, "serve", "--here", "--host", host, "--port", str(port)]
    command_by_name = {f"web {n + 1}": web for n in range(workers or min(machine.cores(), MOST_WORKERS))}
    return command_by_name | ({"jobs": [*NICE, *abhiyan, "jobs"]} if with_jobs else {})


def supervise_server(
    *, host: str, port: int, stopping: Event, workers: int | None = None, with_jobs: bool = False
) -> int:
    """Serve, and run the jobs where wanted, until `stopping`; what dies is started again. Returns an exit code."""
    folder = metrics_folder()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return processes.supervise_commands(
        commands(host=host, port=port, workers=workers, with_jobs=with_jobs),
        stopping=stopping,
        environment={"ABHIYAN_PORT": str(port), "PROMETHEUS_MULTIPROC_DIR": str(folder)},
    )


def metrics_folder() -> Path:
    """Return the folder of the workers' counters, so that one of them can answer for all."""
    return home.home_folder() / "run" / "metrics"


def web(*, host: str, port: int, beat: Callable[[], None]) -> None:
    """Be one web worker until a signal. Workers share the port; the system spreads connections over them.

    beat: called each second by the loop that answers requests, so that its watcher sees when that hangs.
    """
    os.environ |= {
        "ABHIYAN_ROLE": "app",
        "ABHIYAN_PORT": str(port),
        "DJANGO_SETTINGS_MODULE": "abhiyan.site.settings",
    }
    # A page asks the database some thirty times and gets the interpreter back after each answer. At Python's 5 ms it
    # would wait most of its time for the thread that stores claims.
    sys.setswitchinterval(SWITCH_S)
    import uvicorn
    from django.db import connection

    from abhiyan.core import limits, metrics

    from . import asgi
    from .protocol import QUIET_S, SWEEP_S, HttpConnection, close_overdue_connections

    class Server(uvicorn.Server):
        async def on_tick(self, counter: int) -> bool:
            if counter % int(processes.BEAT_S / TICK_S) == 0:
                beat()
                metrics.note_pools({"pages": pages, "limits": limits.counting_pool()})
            if counter % int(SWEEP_S / TICK_S) == 0:
                close_overdue_connections(self.server_state.connections, asyncio.get_running_loop().time())
            return await super().on_tick(counter)

    pages = getattr(connection, "pool", None)  # of Django's backend, which no type knows
    HttpConnection.straight = asgi.straight()
    server = Server(
        uvicorn.Config(
            asgi.application,
            http=HttpConnection,
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
    # uvicorn finishes what is under way, then raises the signal that ended it once more, for the handler before it.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    if signal.getsignal(signal.SIGHUP) == signal.SIG_DFL:
        signal.signal(signal.SIGHUP, server.handle_exit)
    server.run(sockets=[_bound(host, port)])


def _bound(host: str, port: int) -> socket.socket:
    """Return a socket of this worker's own on the shared port. It listens once the worker is ready."""
    made = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    made.bind((host, port))
    return made
