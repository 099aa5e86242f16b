"""The loop of staged imports, turned by `abhiyan jobs`. An earlier release has it by this name."""

from abhiyan.core.loops import Loop

from . import running

LOOPS = {
    "core.import_leftovers": Loop(running.sweep_imports, every_s=60, scoped=False),
}
