"""Run what benches need beside themselves: a part of their own in a process of its own, a server, wrk."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
STARTS_WITHIN_S = 180  # on a machine that does much else; a quiet one takes five
SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "abhiyan.site.settings",
    "PYTHONPATH": os.pathsep.join(map(str, (ROOT / "src", ROOT, HERE))),
}


def child(file: str, part: str, *args: object, env: Mapping[str, str]) -> Any:
    """Run a part of a bench in a process of its own; what it prints last, as JSON."""
    done = subprocess.run(
        [sys.executable, file, part, *map(str, args)], env=dict(env), stdout=subprocess.PIPE, check=True
    )
    return json.loads(done.stdout.splitlines()[-1]) if done.stdout.strip() else None


def need_wrk(bench: str) -> None:
    if shutil.which("wrk") is None:
        raise SystemExit(f"bench {bench} needs wrk, the load generator: apt install wrk")


def wrk_command(script: str, address: str, *, connections: int, seconds: float) -> list[str]:
    """Two threads of wrk that send what a script of this folder says."""
    load = ["wrk", "-t2", f"-c{connections}", f"-d{round(seconds)}s", "--timeout", "20s"]
    return [*load, "-s", str(HERE / script), address]


class Served:
    """A server in a process group of its own, there once it answers anything at all. log: what it writes to."""

    def __init__(
        self, command: Sequence[str], *, port: int, env: Mapping[str, str], log: Path | None = None
    ) -> None:
        with log.open("wb") if log else nullcontext() as out:
            self.process = subprocess.Popen(
                command,
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        ends = time.monotonic() + STARTS_WITHIN_S
        while self.process.poll() is None and time.monotonic() < ends:
            if _answers(port):
                return
            time.sleep(0.2)
        self.stop()
        raise SystemExit(f"{' '.join(command)} does not answer on port {port}")

    def stop(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def _answers(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/claims", b"{}", timeout=5)
    except urllib.error.HTTPError:
        return True  # it refuses: it is there
    except OSError:
        return False
    return True
