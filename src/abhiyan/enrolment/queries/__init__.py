"""Reads of enrolment: of a drive, its callers, its members, and of whoever joins; and what recount compares."""
