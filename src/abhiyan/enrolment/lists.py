"""The lists this room takes in by staged import."""

from . import earlier
from .paper.lists import LIST

KINDS_OF_LIST = (LIST, earlier.LIST)
