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
