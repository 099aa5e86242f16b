"""The lists this room takes in by staged import."""

from .paper.lists import LIST

KINDS_OF_LIST = (LIST,)
