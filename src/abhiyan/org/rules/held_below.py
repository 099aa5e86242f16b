"""From what size on a unit's vacancies are read from a count made beforehand."""

from datetime import timedelta

WIDE = 5_000  # childless units below; of fewer a page counts the appointments themselves
TRUSTED = timedelta(
    minutes=30
)  # an older count is not shown: the loop stands still, and the page counts itself
