"""Addresses of the product, filled with things of one district, and what came of asking them."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpResponse
from django.urls import get_resolver, reverse

from abhiyan.core import clock
from abhiyan.core.imports import actions as imports
from abhiyan.core.scope import system
from abhiyan.org import actions as org
from abhiyan.people.models import Session
from abhiyan.programmes import actions as programmes

from .cast import SYSTEM, Cast

FOREIGN_CROWD = 1236  # with the one by name: 1,237 joined in the other district
SECRETS = re.compile(
    r"Planted|Rasool|9797654389|97976\W54389|(?<![\w-])4389(?![\w-])|(?<![\w.-])1[,.\u202f]?237(?![\w-])"
)


@dataclass(frozen=True)
class Things:
    """What fills the addresses, of one district."""

    unit: str
    member: UUID
    appointment: UUID
    release: UUID
    download: UUID
    staged: UUID
    programme: UUID
    draft: UUID
    held: UUID
    session: UUID


def things(cast: Cast, role: str, district: str, booth: str, member: UUID) -> Things:
    at, unit = clock.now(), cast.world.units[district]
    by = cast.actor(role)
    with cast.as_(role):
        releases = [
            org.ask_release(
                act="people.export", unit_id=unit.pk, reason=f"for {district}", payload={}, by=by, at=at
            ).public_id
            for _n in range(2)
        ]
        staged = imports.begin(
            kind_key="paper",
            file_name=f"{district}.csv",
            file_bytes=100,
            options={"drive": str(cast.world.programme.public_id)},
            unit_id=unit.pk,
            by=by,
            at=at,
        ).public_id
    with system("test"):
        made = [
            programmes.make_programme(
                template="membership_drive",
                names={"en": f"Drive of {district}", "hi": f"अभियान {district}"},
                owner_id=unit.pk,
                unit_ids=[unit.pk],
                opens_on=at.date() + timedelta(days=3),
                closes_on=at.date() + timedelta(days=30),
                by=SYSTEM,
                at=at,
            )
            for _n in range(2)
        ]
        programmes.open_programme(programme_id=made[0].pk, by=SYSTEM, at=at)
        session = Session.objects.filter(account_id=cast.accounts[role].pk).first()
    return Things(
        unit=district,
        member=member,
        appointment=cast.appointments[role],
        release=releases[0],
        download=releases[1],
        staged=staged,
        programme=made[0].public_id,
        draft=made[1].public_id,
        held=uuid4(),
        session=session.public_id if session else uuid4(),
    )


def address(name: str, of: Things, **more: Any) -> str:
    """The address of a name, filled with what a curious user would fill in; more: instead of that."""
    room, _colon, page = name.partition(":")
    fillings: dict[str, Any] = {
        "code": of.unit,
        "slug": "winter",
        "link": "abcdefghijkl",
        "sealed": "abcdefghijkl",
        "secret": "not-a-secret",
        "key": "paper",
        "ending": "csv",
        "step": "who" if name == "programmes:draft" else "check",
        "in_charge": 1,
        "version": uuid4(),
        "token": uuid4(),
        "number": 1,
        "state": "U08",
        "release": of.release,
        "public_id": {
            "enrolment:people_download": of.download,
            "enrolment": of.member,
            "org:decide_release": of.release,
            "org:reset_factors": of.release,
            "org": of.appointment,
            "imports": of.staged,
            "people": of.session,
            "messaging": of.held,
            "elections": uuid4(),
            "programmes:draft": of.draft,
            "programmes:open": of.draft,
            "programmes:discard": of.draft,
            "programmes": of.programme,
        },
    }
    wanted = parameters()[name]
    ids = fillings["public_id"]
    kind = "programmes" if page.startswith("drive") else room
    fillings["public_id"] = ids.get(name, ids.get(kind))
    fillings |= more
    path = reverse(name, kwargs={each: fillings[each] for each in wanted})
    if page in ("people", "appointments", "appoint", "targets", "drive_funnel"):
        path += f"?unit={of.unit}" + ("&office=booth_president" if page == "appoint" else "")
    return path


def parameters() -> dict[str, list[str]]:
    """Of each URL name, the names of what fills its address."""
    found: dict[str, list[str]] = {}

    def walk(resolver: Any, room: str) -> None:
        for each in resolver.url_patterns:
            if hasattr(each, "url_patterns"):
                walk(each, each.namespace or room)
            else:
                found[f"{room}:{each.name}" if room else each.name] = list(each.pattern.converters)

    walk(get_resolver(), "")
    return found


def outcome(answer: HttpResponse) -> str:
    status = answer.status_code
    if status >= 500:
        return "!"
    if status == 302:
        where = answer["Location"]
        return "s" if re.match(r"/(sign-in/|me/(code/)?(\?|$)|join/[a-z]+/(\?|$))", where) else "o"
    return {200: "o", 204: "s", 403: "n", 404: "g", 405: "m", 422: "u", 400: "u"}.get(status, f"?{status}")


def body(answer: Any) -> str:
    content = b"".join(answer) if answer.streaming else answer.content
    return str(content.decode("utf-8", "replace"))
