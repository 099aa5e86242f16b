"""The wheel, as others get it: installed beside nothing but the locked packages, it runs without its checkout."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from abhiyan.core import embedded
from abhiyan.core.tests.ports import free_port
from abhiyan.core.tests.waits import PATIENCE_S, until

pytestmark = pytest.mark.machine

ROOT = Path(__file__).resolve().parent.parent
# Prints how many modules there are, and each that cannot be imported.
IMPORTS_ALL = """
import importlib, os, pkgutil
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "abhiyan.site.settings")
os.environ["ABHIYAN_ROLE"] = "app"
import django
django.setup()
import abhiyan
names = [module.name for module in pkgutil.walk_packages(abhiyan.__path__, "abhiyan.")]
print(len(names))
for name in names:
    try:
        importlib.import_module(name)
    except Exception as error:
        print(f"{name}:{type(error).__name__}:{error}".replace(" ", "_"))
"""


@dataclass(frozen=True)
class Elsewhere:
    """An environment with the wheel and what it needs, and a data folder; commands run at the root of the disk."""

    folder: Path
    wheel: Path
    port: int

    @property
    def packages(self) -> Path:
        (found,) = self.folder.glob("env/lib/python3.*/site-packages")
        return found

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": os.defpath,
            "HOME": str(self.folder),
            "ABHIYAN_HOME": str(self.folder / "home"),
            "ABHIYAN_PORT": str(self.port),
        }

    def run(self, program: str, *arguments: str) -> str:
        done = subprocess.run(
            [str(self.folder / "env" / "bin" / program), *arguments],
            env=self.environment,
            cwd="/",
            capture_output=True,
            text=True,
            timeout=5 * PATIENCE_S,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def get(self, path: str) -> str:
        """A page, as a browser that speaks Hindi gets it."""
        asked = urllib.request.Request(
            f"http://localhost:{self.port}{path}", headers={"Accept-Language": "hi"}
        )
        with urllib.request.urlopen(asked, timeout=PATIENCE_S) as answer:
            return str(answer.read().decode())


def locked() -> Iterator[metadata.Distribution]:
    """Yield what requirements.lock names for this machine, as it is installed here."""
    for line in (ROOT / "requirements.lock").read_text().splitlines():
        if re.match(r"[\w.-]+(\[.*\])?==", line):
            wanted = Requirement(line.rstrip(" \\"))
            if wanted.marker is None or wanted.marker.evaluate():
                yield metadata.distribution(wanted.name)


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Elsewhere]:
    folder = Path(tempfile.mkdtemp(prefix="abhiyan-", dir="/tmp"))
    folder.chmod(0o711)  # the database's user passes through
    try:
        build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
        subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
        (wheel,) = folder.glob("*.whl")
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder / "env")], check=True)
        made = Elsewhere(folder, wheel, free_port())
        pip = [sys.executable, "-m", "pip", "--python", str(folder / "env" / "bin" / "python"), "install"]
        options = ["-q", "--no-deps", "--no-index", "--no-compile"]
        subprocess.run([*pip, *options, str(wheel)], cwd=folder, check=True)
        for distribution in locked():
            for top in {file.parts[0] for file in distribution.files or []} - {".."}:
                if not (made.packages / top).exists():
                    (made.packages / top).symlink_to(Path(str(distribution.locate_file(top))))
        made.run("abhiyan", "init", "--no-account")
        (folder / "home" / "postgres.local.conf").write_text("fsync = off\n")
        yield made
    finally:
        embedded.stop_database(folder / "home")
        shutil.rmtree(folder, ignore_errors=True)


def test_every_module_of_the_wheel_can_be_imported_without_the_checkout(elsewhere: Elsewhere) -> None:
    """The tests' packages are absent too, so a module that wants one of them fails."""
    said = elsewhere.run("python", "-c", IMPORTS_ALL).split()
    assert int(said[0]) > 1000
    assert said[1:] == []


def test_an_environment_without_the_checkout_inits_serves_and_speaks_hindi(elsewhere: Elsewhere) -> None:
    where = elsewhere.run("python", "-c", "import abhiyan, sys; print(abhiyan.__file__, *sys.path)").split()
    assert where[0] == str(elsewhere.packages / "abhiyan" / "__init__.py")
    assert not [path for path in where if Path(path).is_relative_to(ROOT)]
    serving = subprocess.Popen(
        [str(elsewhere.folder / "env" / "bin" / "abhiyan"), "serve", "--with-jobs"],
        env=elsewhere.environment,
        cwd="/",
        stdout=subprocess.DEVNULL,
    )
    try:

        def is_healthy() -> bool:
            assert serving.poll() is None
            try:
                return '"ok"' in elsewhere.get("/healthz")
            except OSError:
                return False

        until(is_healthy)
        page = elsewhere.get("/")
        assert 'lang="hi"' in page and "साइन इन करें" in page
        for asset in ("core.css", "fonts.css", "look.js"):
            (address,) = re.findall(rf'(?:href|src)="(/static/[^"]*/{asset})"', page)
            assert elsewhere.get(address) == (ROOT / f"src/abhiyan/ui/static/ui/built/{asset}").read_text()
    finally:
        elsewhere.run("abhiyan", "stop")
        serving.wait(PATIENCE_S)
