"""A demo that its command makes and serves, for a test."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from abhiyan.core import embedded
from abhiyan.core.tests.ports import free_port
from abhiyan.core.tests.waits import until
from abhiyan.sample.run import READY
from abhiyan.site.tests.conftest import Installation

MINUTES = 15  # on a machine that does much else


@contextmanager
def demo_served(*options: str) -> Iterator[Installation]:
    """Make a demo as a newcomer does and serve it. options: of `abhiyan demo`."""
    folder = Path(tempfile.mkdtemp(prefix="abhiyan-", dir="/tmp"))
    folder.chmod(0o711)
    made = Installation(home=folder / "home", port=free_port())
    with (folder / "said").open("wb") as said:
        demo = made.start("demo", *options, stdout=said)
    try:

        def is_made() -> bool:
            assert demo.poll() is None, (folder / "said").read_text() + (folder / "log").read_text()
            return (made.home / READY).exists()

        until(is_made, wait_s=60 * MINUTES)
        assert "The demo serves on" in (folder / "said").read_text()
        yield made
        made.run("stop")
        demo.wait(60)
    finally:
        demo.kill()
        embedded.stop_database(made.home)
        shutil.rmtree(folder, ignore_errors=True)
