"""What runs again and again: terms that are over, releases nobody decided."""

from abhiyan.core.loops import Loop

from . import actions

LOOPS = {
    "terms": Loop(actions.end_terms, every_s=20),
    "releases": Loop(actions.lapse_releases, every_s=60),
}
