"""Programs of the system that the tests of deploy/ call."""

import os
import shutil

import pytest


def tool(name: str, package: str) -> str:
    """Return the path of a program. Without it the test is left out; where CI is set, it fails."""
    if found := shutil.which(name, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin"):
        return found
    said = f"{name} is absent: apt-get install {package}"
    if os.environ.get("CI") == "true":
        pytest.fail(said)
    pytest.skip(said)
