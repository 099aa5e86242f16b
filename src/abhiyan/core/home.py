"""The data folder of this installation."""

import os
from pathlib import Path


def path() -> Path:
    """ABHIYAN_HOME, else /var/lib/abhiyan for root and ~/.local/share/abhiyan for everybody else. Not created."""
    named = os.environ.get("ABHIYAN_HOME")
    if named:
        return Path(named).resolve()
    if os.geteuid() == 0:
        return Path("/var/lib/abhiyan")
    return Path.home() / ".local" / "share" / "abhiyan"


def files() -> Path:
    """Where uploads lie while they are worked on: ABHIYAN_FILES, else files/ in the data folder. Not created."""
    named = os.environ.get("ABHIYAN_FILES")
    return Path(named).resolve() if named else path() / "files"
