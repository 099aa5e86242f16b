"""These rules follow from a meeting's days, without the database."""
