"""Tells readings of people from other entries of the trail, names their kind, and says when a reader is odd.

An act is a reading by its name: `read_`, `reveal_`, `export_`, `print_` or `names_read` after the room. A new act of
such a name is one too.
"""

READS = r"\.(read_|reveal_|export_|print_|names_read)"
# Kind: a test in SQL. A reading of no kind is a list.
KINDS = {
    "number": "a.act ~ '\\.reveal_'",
    "file": "a.act ~ '\\.(export_|print_)'",
    "name": "a.act ~ '\\.names_read'",
    "person": "a.act ~ '\\.read_(person|photo|ticket|request|picture)$'",
}
FEWEST_ODD = 100  # readings in the days that are looked at
TIMES_ODD = 5  # as many as the others of the same office on average
MANY_NAMES = 100  # of office-bearers beyond the own line


def is_reading(column: str) -> str:
    """The condition in SQL."""
    return f"{column} ~ '{READS}'"
