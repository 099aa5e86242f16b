"""The product's settings in processes that a test starts: it is the test's instant there."""

import os
from datetime import datetime
from pathlib import Path

from abhiyan.core import clock
from abhiyan.core.tests.given import AT
from abhiyan.site.settings import *  # noqa: F403  # all of them

_file = Path(os.environ[AT])
clock.give(lambda: datetime.fromisoformat(_file.read_text()))
