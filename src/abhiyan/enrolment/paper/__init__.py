"""Paper lists: rows of people who joined on a form, taken in by the same act as every other claim.

reading: rows of the file become rows of the act, in two processes, and go by COPY into an unlogged table.
staging: that table, and what its rows would come to. committing: the act over it, slice by slice.
lists: the kind of import.
"""
