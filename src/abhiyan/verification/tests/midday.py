"""The product's settings in a zone where it is about one in the afternoon, so that people may be called."""

from datetime import UTC, datetime

from abhiyan.site.settings import *  # noqa: F403  # all of them, but the zone

TIME_ZONE = f"Etc/GMT{datetime.now(UTC).hour - 13:+d}"  # its signs are the other way round
