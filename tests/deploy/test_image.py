"""The image: each step of deploy/Dockerfile runs in a fresh Debian, and what comes of it serves."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from abhiyan.core.tests.ports import free_port
from abhiyan.core.tests.waits import PATIENCE_S, until

from .image import ROOT, Image, instruction
from .tools import tool

pytestmark = [pytest.mark.machine, pytest.mark.slow]


@pytest.fixture(scope="module")
def image() -> Iterator[Image]:
    if os.geteuid() != 0:
        pytest.skip("only root makes a root folder")
    tool("debootstrap", "debootstrap")
    folder = Path(tempfile.mkdtemp(prefix="abhiyan-image-", dir="/tmp"))
    folder.chmod(0o711)
    try:
        words = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
        subprocess.run(words, cwd=ROOT, check=True, capture_output=True)
        (wheel,) = folder.glob("*.whl")
        made = Image(folder / "root", wheel)
        made.build()
        yield made
    finally:
        shutil.rmtree(
            folder, ignore_errors=True
        )  # what was mounted there was mounted for its own processes only


def test_the_image_has_nothing_that_only_the_build_needs(image: Image) -> None:
    assert not (image.root / "tmp" / "abhiyan").exists()
    assert not list((image.root / "var" / "lib" / "apt" / "lists").glob("*Packages*"))
    assert "dev" not in image.run(*instruction("ENTRYPOINT").command, "--version").split()


def test_the_image_inits_as_its_user_serves_and_is_healthy(image: Image) -> None:
    """With the embedded database, which needs nothing beside the image."""
    entry = instruction("ENTRYPOINT").command
    image.run(*entry, "init", "--no-account")
    key = image.root / "srv" / "abhiyan" / "keys" / "master.key"
    assert key.stat().st_uid == 10_001 and key.stat().st_mode & 0o077 == 0
    port = free_port()
    image.environment["ABHIYAN_PORT"] = str(port)
    serving = subprocess.Popen(image.command(*entry, *instruction("CMD").command, "--with-jobs"))
    asks = [each.replace(":8000/", f":{port}/") for each in instruction("HEALTHCHECK").command]
    assert asks != instruction("HEALTHCHECK").command

    def is_healthy() -> bool:
        assert serving.poll() is None
        return subprocess.run(image.command(*asks), capture_output=True, check=False).returncode == 0

    try:
        until(is_healthy)
    finally:
        serving.kill()  # all that runs inside ends with it; unshare passes no gentler signal on
        serving.wait(PATIENCE_S)
