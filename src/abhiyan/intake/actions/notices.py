"""The notice people read before they join: published in versions, for the whole organisation."""

import ipaddress
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused
from abhiyan.core.scope import system
from abhiyan.enrolment.actions.setting_up import renew_notices
from abhiyan.enrolment.rules.rolls import MEMBERS
from abhiyan.intake.queries.notices import NOT_OVER, drives_that_wait
from abhiyan.org import queries as org
from abhiyan.people import actions as people
from abhiyan.people import queries as known
from abhiyan.people.rules.notices import NoticeText, does_name
from abhiyan.units import queries as units
from abhiyan.units.models import Kind

PUBLISH = "notices.publish"
LEVELS = (Kind.NATION, Kind.STATE)


class AddressLocal(Refused):
    """A notice sends people to their member page: at an address of the server itself nobody else finds it."""

    message = _(
        "The notice is not published. This website is set to %(origin)s, which opens only on "
        "the server. People could not reach the member page. On the server, set "
        "ABHIYAN_ORIGIN to the address people type (https://…), restart it, and publish "
        "again."
    )


class NotNamed(Refused):
    """A notice has the name of this organisation as its pages show it, in one language or more."""

    message = _(
        "The notice does not name this organisation. Write “%(organisation)s” into it, in one language or more. If "
        "that name is wrong, ABHIYAN_ORGANISATION must be set right on the server first."
    )


def publish(
    *,
    texts: Mapping[str, NoticeText],
    after: int,
    unit_id: int,
    by: Actor,
    at: datetime,
    code: str = MEMBERS.notice,
) -> int:
    """Publish the next version, in every language at once. Its number.

    Drives that are there keep theirs. A drive whose notice is another organisation's takes the new one: joining waits
    there until it does.

    unit_id: the nation or state whose office publishes it. after: the version it was written from, 0 for none. code:
    the notice of one roll.
    Needs `notices.publish` there. Refuses NotYours, NoticeIncomplete, NoticeRenewed; outside the demo
    AddressLocal; NotNamed.
    """
    _may(by, unit_id)
    if is_address_local():
        raise AddressLocal(origin=settings.ORIGIN)
    if is_nameless(texts):
        raise NotNamed(organisation=settings.ORGANISATION)
    version = people.publish_notice(code=code, texts=texts, by=by, at=at, after=after)
    with system("drives with another organisation's notice"):
        waited = [
            waiting_drive.programme_id for waiting_drive in drives_that_wait(states=NOT_OVER, notice=code)
        ]
        if waited:
            renew_notices(programme_ids=waited, version=version)
            audit.record(
                by=by,
                at=at,
                act="enrolment.renew_notices",
                subject=code,
                n=len(waited),
                facts={"version": version},
            )
    return version


def is_nameless(texts: Mapping[str, NoticeText]) -> bool:
    """Return True if no language of a notice names this organisation."""
    return bool(settings.ORGANISATION) and not does_name(texts.values(), settings.ORGANISATION)


def add_notice_audio(
    *,
    version: int,
    language: str,
    data: bytes,
    unit_id: int,
    by: Actor,
    at: datetime,
    code: str = MEMBERS.notice,
) -> None:
    """Add the notice read aloud in a language of a version. Needs what publishing needs.

    Refuses as people.add_audio.
    """
    _may(by, unit_id)
    people.add_audio(code=code, version=version, language=language, data=data, by=by, at=at)


def end_notice_audio(
    *,
    version: int,
    language: str,
    unit_id: int,
    by: Actor,
    at: datetime,
    code: str = MEMBERS.notice,
) -> None:
    """Take a recording of the notice away. Needs what publishing needs. Refuses NotFound."""
    _may(by, unit_id)
    people.end_audio(code=code, version=version, language=language, by=by, at=at)


def _may(by: Actor, unit_id: int) -> None:
    if units.unit_by_id(unit_id).kind not in LEVELS:
        raise org.NotYours(capability=PUBLISH)
    org.require(by, PUBLISH, at=unit_id)


def is_address_local() -> bool:
    """Return True if ABHIYAN_ORIGIN is still an address only the server itself opens. The demo may be."""
    return not settings.DEMO and leads_here(settings.ORIGIN)


def leads_here(address: str) -> bool:
    """Return True if an address means the machine it is opened on."""
    host = ""
    try:
        host = urlsplit(address).hostname or "localhost"
        ip = ipaddress.ip_address(host)
    except ValueError:  # a name, or no address at all
        return host == "localhost" or host.endswith(".localhost")
    return ip.is_loopback or ip.is_unspecified


def is_lacking() -> bool:
    """Return whether no notice of members was ever published: people read one before they join."""
    return not known.versions_of_notice(MEMBERS.notice)
