"""Joining, one's own membership, and the people of a unit."""
