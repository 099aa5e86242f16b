"""Paper forms: batches to print, photographs of the filled sheets, and lists of the people on them.

The act of enrolment takes in the rows of a list, as it takes every other claim.
reading: rows of the file become rows of the act, in two processes, and go by COPY into an unlogged table.
staging: that table, and what its rows would come to. committing: the act over it, slice by slice.
lists: the kind of import.
"""
