"""What follows from a meeting's days, without the database."""
