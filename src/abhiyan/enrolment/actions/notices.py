"""The notice people read before they join: published in versions, for the whole organisation."""

from collections.abc import Mapping
from datetime import datetime

from abhiyan.core.actor import Actor
from abhiyan.org import queries as org
from abhiyan.people import actions as people
from abhiyan.people import queries as known
from abhiyan.people.rules.notices import NoticeText
from abhiyan.units import queries as units
from abhiyan.units.models import Kind

from .setting_up import NOTICE

PUBLISH = "notices.publish"
LEVELS = (Kind.NATION, Kind.STATE)


def publish(*, texts: Mapping[str, NoticeText], after: int, unit_id: int, by: Actor, at: datetime) -> int:
    """Publish the next version, in every language at once. Its number. Drives that are there keep theirs.

    unit_id: the nation or state whose office publishes it. after: the version it was written from, 0 for none.
    Who may: `notices.publish` there. Refuses NotYours, NoticeIncomplete, NoticeRenewed.
    """
    if units.unit_by_id(unit_id).kind not in LEVELS:
        raise org.NotYours(capability=PUBLISH)
    org.require(by, PUBLISH, at=unit_id)
    return people.publish_notice(code=NOTICE, texts=texts, by=by, at=at, after=after)


def is_lacking() -> bool:
    """Whether none was ever published: nobody may join before they can read one."""
    return not known.versions_of_notice(NOTICE)
