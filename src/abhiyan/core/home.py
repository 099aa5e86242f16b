"""The data folder of this installation."""

from pathlib import Path

from . import environment


def home_folder() -> Path:
    """ABHIYAN_HOME, else /var/lib/abhiyan for root and ~/.local/share/abhiyan for everybody else. Not created."""
    return environment.HOME()


def uploads_folder() -> Path:
    """Return where uploads lie while they are worked on: ABHIYAN_FILES, else files/ in the data folder. Not created."""
    return environment.FILES()


def journal() -> Path:
    """The folder of this host's journal of noes. Not created."""
    return home_folder() / "journal"
