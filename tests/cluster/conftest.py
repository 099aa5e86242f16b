"""One cluster for all tests of a run."""

import time
from collections.abc import Iterator

import pytest

from .machines import Cluster


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """Make a cluster, which takes a minute, and end it."""
    cluster = Cluster()
    try:
        began = time.monotonic()
        cluster.tool("start")
        print(f"\nthe cluster stands in {cluster.folder} after {time.monotonic() - began:.0f} s", flush=True)
        yield cluster
    finally:
        cluster.end()
