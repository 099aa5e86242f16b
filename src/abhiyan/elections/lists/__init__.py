"""The lists this room takes in by staged import: results, results by part, tables of correspondence."""

from .correspondence import CORRESPONDENCE_KIND
from .results import RESULTS_KIND
from .segments import SEGMENTS_KIND

KINDS_OF_LIST = (RESULTS_KIND, SEGMENTS_KIND, CORRESPONDENCE_KIND)
