"""Outcomes of a try at a door that recount tells apart. The room of doors keeps the tries."""

UNWILLING = 1
