"""Makes the image of deploy/Dockerfile without Docker: each instruction in a folder that debootstrap filled."""

import json
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
DOCKERFILE = ROOT / "deploy" / "Dockerfile"
MIRROR = "http://deb.debian.org/debian"
PATIENCE_S = 1_800


@dataclass(frozen=True)
class Instruction:
    """One line of a Dockerfile, with its continuations joined."""

    word: str
    rest: str

    @property
    def command(self) -> list[str]:
        """Return the words of the form `["a", "b"]`."""
        return [str(each) for each in json.loads(self.rest[self.rest.index("[") :])]


def instructions() -> list[Instruction]:
    """Read deploy/Dockerfile."""
    lines = [line for line in DOCKERFILE.read_text().splitlines() if not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [Instruction(*line.split(maxsplit=1)) for line in joined.splitlines() if line.strip()]


def instruction(word: str) -> Instruction:
    """Return the only instruction of this word."""
    (only,) = (each for each in instructions() if each.word == word)
    return only


@dataclass
class Image:
    """The folder of an image, and what ENV, USER and WORKDIR said so far."""

    root: Path
    wheel: Path
    environment: dict[str, str] = field(default_factory=dict)
    user: str = "root"
    folder: str = "/"

    def build(self) -> None:
        """Run the Dockerfile. An instruction that is not known here raises KeyError."""
        steps: dict[str, Callable[[str], object]] = {
            "FROM": self._from,
            "ENV": self._env,
            "RUN": lambda rest: self.run("/bin/sh", "-c", rest),
            "COPY": self._copy,
            "USER": self._user,
            "WORKDIR": self._workdir,
        }
        for each in instructions():
            if each.word not in (
                "VOLUME",
                "EXPOSE",
                "HEALTHCHECK",
                "ENTRYPOINT",
                "CMD",
            ):  # of a container that runs
                steps[each.word](each.rest)

    def _from(self, rest: str) -> None:
        """Fill the folder with the packages that Docker's `debian:…-slim` begins with."""
        assert rest == "debian:bookworm-slim", rest
        subprocess.run(
            ["debootstrap", "--variant=minbase", "bookworm", str(self.root), MIRROR],
            check=True,
            capture_output=True,
            timeout=PATIENCE_S,
        )
        shutil.copy("/etc/resolv.conf", self.root / "etc" / "resolv.conf")
        if (ours := os.environ.get("PIP_CERT")) and Path(
            ours
        ).exists():  # a mirror of PyPI with its own authority
            shutil.copy(ours, self.root / "etc" / "ours.crt")
            self.environment["PIP_CERT"] = "/etc/ours.crt"

    def _env(self, rest: str) -> None:
        self.environment |= dict(each.split("=", 1) for each in shlex.split(rest))

    def _copy(self, rest: str) -> None:
        *sources, to = rest.split()
        target = self.root / to.lstrip("/")
        target.mkdir(parents=True, exist_ok=True)
        for source in sources:
            # `make wheel` writes both into dist/.
            shutil.copy(self.wheel if source == "dist/*.whl" else ROOT / source.removeprefix("dist/"), target)

    def _user(self, rest: str) -> None:
        self.user = rest

    def _workdir(self, rest: str) -> None:
        self.folder = rest

    def command(self, *words: str) -> list[str]:
        """Return the command that runs words inside, as a container would: its own /proc and /dev, nothing left behind.

        The network is this machine's.
        """
        mounts = "mount -t proc proc {0}/proc && mount --rbind /dev {0}/dev".format(
            shlex.quote(str(self.root))
        )
        inside = [
            "chroot",
            f"--userspec={self.user}",
            str(self.root),
            "/usr/bin/env",
            "-C",
            self.folder,
            "-i",
        ]
        inside += [f"{name}={value}" for name, value in self.environment.items()]
        script = f"{mounts} && exec {shlex.join([*inside, *words])}"
        return ["unshare", "--mount", "--pid", "--fork", "--kill-child", "/bin/sh", "-c", script]

    def run(self, *words: str) -> str:
        """Run a command inside to its end, and return what it wrote."""
        done = subprocess.run(
            self.command(*words), capture_output=True, text=True, timeout=PATIENCE_S, check=False
        )
        assert done.returncode == 0, f"{shlex.join(words)}\n{done.stdout}\n{done.stderr}"
        return done.stdout
