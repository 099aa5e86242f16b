"""Reads by a few keys whose plan PostgreSQL keeps: to plan them takes several times longer than to run them.

Only for statements whose one plan is right whatever the values are, such as a unit by its id. A statement over a range
of positions is planned for the range it is given: a booth and the nation want different ways.
"""

from typing import Any

import psycopg
from django.db import connection
from django.db.backends.utils import CursorWrapper


def cursor() -> CursorWrapper:
    """A cursor of Django's connection that prepares what it executes, once per connection.

    Values reach the server beside the text: where it cannot tell a value's type by itself, the text must say it.
    """
    connection.ensure_connection()
    connection.connection.prepare_threshold = 0  # Django's own cursors never prepare, whatever it is
    made: Any = psycopg.Cursor(connection.connection)  # Django wraps whatever is a cursor
    return connection.make_debug_cursor(made) if connection.queries_logged else connection.make_cursor(made)
