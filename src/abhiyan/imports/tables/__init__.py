"""Reading and writing lists: the half of the staged import that touches files.

`sniff` understands a file, `split` cuts it for worker processes, `rows` reads it, `say` explains what was refused.
Submodules are imported by name; nothing here needs Django set up.
"""
