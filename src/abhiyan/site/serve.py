"""Serving: granian's workers over abhiyan.site.asgi, each a process of its own."""

import logging
import multiprocessing
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event

from abhiyan.core import home

from . import processes

BACKLOG = 2_048
MOST_WORKERS = 16


def cores() -> int:
    """Cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def port() -> int:
    return int(os.environ.get("ABHIYAN_PORT", "8000"))


def commands(
    *, host: str, port: int, workers: int | None = None, with_jobs: bool = False
) -> dict[str, list[str]]:
    """The command lines to supervise: the web workers, and the jobs where wanted."""
    abhiyan = [sys.executable, "-m", "abhiyan.site.cli"]
    web = [*abhiyan, "serve", "--here", "--host", host, "--port", str(port)]
    if workers:
        web += ["--workers", str(workers)]
    return {"web": web} | ({"jobs": [*abhiyan, "jobs"]} if with_jobs else {})


def supervise(
    *,
    host: str,
    port: int,
    stopping: Event,
    workers: int | None = None,
    with_jobs: bool = False,
    each_watch: Callable[[], None] | None = None,
) -> int:
    """Serve, and run the jobs where wanted, until `stopping`; what dies is started again. Returns an exit code."""
    return processes.supervise(
        commands(host=host, port=port, workers=workers, with_jobs=with_jobs),
        stopping=stopping,
        environment={"ABHIYAN_PORT": str(port)},
        each_watch=each_watch,
    )


def metrics_folder() -> Path:
    """Where the workers keep their counters, so that one of them can answer for all."""
    return home.path() / "run" / "metrics"


def web(*, host: str, port: int, workers: int | None = None) -> None:
    """Run the web workers in this process until a signal: the child that `supervise` starts."""
    folder = metrics_folder()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ |= {
        "PROMETHEUS_MULTIPROC_DIR": str(folder),
        "ABHIYAN_ROLE": "app",
        "ABHIYAN_PORT": str(port),
        "ABHIYAN_WEB_MAIN": str(os.getpid()),  # a worker whose parent this is ends with it
        "DJANGO_SETTINGS_MODULE": "abhiyan.site.settings",
    }
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces, Loops
    from granian.http import HTTP1Settings
    from granian.log import LogLevels

    multiprocessing.set_start_method("spawn", force=True)
    server = Granian(
        "abhiyan.site.asgi:application",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=workers or min(cores(), MOST_WORKERS),
        loop=Loops.uvloop,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=15_000, keep_alive=True),
        websockets=False,
        backlog=BACKLOG,
        backpressure=BACKLOG,
        log_access=False,
        log_level=LogLevels.warning,
        log_dictconfig=_logging(),
        respawn_failed_workers=True,
        respawn_interval=0.1,
        workers_kill_timeout=20,
    )
    logging.captureWarnings(capture=True)
    server.serve()


def _logging() -> dict[str, object]:
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "abhiyan.core.logs.JsonFormatter"}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
        "loggers": {"_granian": {"handlers": ["console"], "level": "WARNING", "propagate": False}},
    }
