"""Staged imports: one engine for every list. Upload, look, map, check, commit in a job, undo.

The bytes somebody sent are on disk only sealed, and only until the import is over (store). The meaning of a list is its
room's business: a room names its ImportKinds (`lists.KINDS_OF_LIST`) and is handed a Work (work) for each step. Jobs
run the steps (running); people and the command line ask for them (actions).
"""
