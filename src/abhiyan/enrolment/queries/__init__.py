"""Read enrolment: a drive, its callers, its members, and people who join; and what recount compares."""
