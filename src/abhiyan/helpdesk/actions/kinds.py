"""The organisation edits its list of kinds of requests: it adds, renames and closes some, and opens them again."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, lot, sql
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import NotFound, Refused
from abhiyan.core.scope import system
from abhiyan.helpdesk.fields import request_kinds
from abhiyan.helpdesk.models import RequestKind, Ticket
from abhiyan.helpdesk.rules.tickets import plain_request_text
from abhiyan.org import queries as org

RUN = "programmes.run"
MOST_KINDS, LONGEST_KIND = 40, 60


class KindTwice(Refused, status=409):
    message = _("This kind is on the list already. Open it again, or choose another name.")


class TooManyKinds(Refused, status=409):
    message = _("At most %(most)s kinds are open. Close one first.")


class KindNeeded(Refused, status=409):
    message = _("This kind stays open: calls and texts come in under it.")


def add_kind(*, english: str, hindi: str, by: Actor, at: datetime) -> RequestKind:
    """Add a kind of request, in two languages. An office that runs programmes at the top may.

    Refuses NotYours, KindTwice, TooManyKinds.
    """
    org.require(by, RUN, at=org.top_unit())
    with system("a kind of request is added"):
        names, listed = _free_names(english, hindi), request_kinds()
        if sum(kind.closed_at is None for kind in listed) >= MOST_KINDS:
            raise TooManyKinds(field="english", most=MOST_KINDS)
        row = RequestKind.objects.create(
            code=f"own-{lot.random_token(6).lower()}", names=names, **_made(by, at)
        )
        audit.record(by=by, at=at, act="helpdesk.add_kind", subject=row.code)
    return row


def rename_kind(*, code: str, english: str, hindi: str, by: Actor, at: datetime) -> None:
    """Give a kind other names. Every request that has it shows them, also of before. The same office may.

    Refuses NotYours, NotFound, KindTwice.
    """
    org.require(by, RUN, at=org.top_unit())
    with system("a kind of request is renamed"):
        names = _free_names(english, hindi, but=code)
        if code not in {kind.code for kind in request_kinds()}:
            raise NotFound
        RequestKind.objects.update_or_create(
            code=code, defaults={"names": names}, create_defaults={"names": names, **_made(by, at)}
        )
        Ticket.objects.filter(kind=code).update(kind_names=names)
        audit.record(by=by, at=at, act="helpdesk.rename_kind", subject=code)


def _free_names(english: str, hindi: str, *, but: str = "") -> dict[str, str]:
    """Return the names of a kind by language, which no other kind has. Refuses KindTwice. Locks the list."""
    sql.wait_for("kinds of requests")
    names = {"en": plain_request_text(english), "hi": plain_request_text(hindi)}
    in_use = {
        name.casefold() for kind in request_kinds() if kind.code != but for name in kind.every_name.values()
    }
    if in_use & {name.casefold() for name in names.values()}:
        raise KindTwice(field="english")
    return names


def _made(by: Actor, at: datetime) -> dict[str, Any]:
    return {"made_at": at, "made_by": by.account_id}


def close_kind(*, code: str, is_closed: bool, by: Actor, at: datetime) -> None:
    """Offer a kind no more for new requests, or again. Requests that have it keep it. The same office may.

    Refuses NotYours, NotFound, KindNeeded.
    """
    org.require(by, RUN, at=org.top_unit())
    with system("a kind of request is closed, or opened again"):
        kind = next((kind for kind in request_kinds() if kind.code == code), None)
        if kind is None:
            raise NotFound
        if is_closed and not kind.may_close:
            raise KindNeeded
        row, _is_new = RequestKind.objects.get_or_create(code=code, defaults=_made(by, at))
        row.closed_at = (row.closed_at or at) if is_closed else None
        row.save(update_fields=["closed_at"])
        audit.record(
            by=by, at=at, act="helpdesk.close_kind", subject=code, facts={"is_closed": str(is_closed)}
        )
