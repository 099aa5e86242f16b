"""The stay reports of each programme, as a source of the board of what the field heard."""

from collections.abc import Iterator

from abhiyan.forms.rules.heard import HeardSource
from abhiyan.org.viewer import Viewer
from abhiyan.programmes.queries import programmes_for

from .numbers import stays_source
from .queries import KIND

MOST_RUNS = 50  # programmes to choose from, the newest first


def heard_sources(viewer: Viewer) -> Iterator[HeardSource]:
    """Yield the stay reports of each programme in a viewer's sight."""
    for programme in programmes_for(viewer).filter(kind=KIND)[:MOST_RUNS]:
        yield stays_source(programme)
