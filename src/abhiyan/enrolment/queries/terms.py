"""Joins by an id that follows from another row: a membership's (m) terms (e), a claim's (c) first call (w).

Row-level security uses an index only for a condition without functions of other tables. So a lateral subquery works out
the id first; `offset 0` keeps the planner from putting the function back. Without it each row reads the whole table.
"""

TERM = "encode(set_byte(set_byte(uuid_send(m.id), 14, m.term >> 8), 15, m.term & 255), 'hex')::uuid"


def join_of_id(expression: str, name: str) -> str:
    """Return a join that gives an id as name.id."""
    return f"cross join lateral (select {expression} as id offset 0) {name}"


LATEST = f"{join_of_id(TERM, 'latest')} join enrolment_enrolment e on e.id = latest.id"  # the membership's latest term
LATEST_IF_ANY = f"{join_of_id(TERM, 'latest')} left join enrolment_enrolment e on e.id = latest.id"


def last_id(membership: str) -> str:
    """Return a join that gives the highest id of a membership's terms, as last.id. membership: the column of its id."""
    bits = f"set_byte(set_byte(uuid_send({membership}), 14, 255), 15, 255)"
    return join_of_id(f"encode({bits}, 'hex')::uuid", "last")


def first_call(programme: str = "c.programme_id") -> str:
    """Return a left join of the first call that a claim's phone made in a programme."""
    bits = f"substring(uuid_send(c.phone_id) for 12) || int4send({programme})"
    join = join_of_id(f"encode({bits}, 'hex')::uuid", "called")
    return f"{join} left join enrolment_waiting w on w.id = called.id and w.claim_id = c.id"
