"""The lists this room takes in by staged import."""

from . import earlier

KINDS_OF_LIST = (earlier.LIST,)
