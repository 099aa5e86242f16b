"""The organisation edits its list of kinds of requests: it adds some, closes some and opens them again."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, lot, sql
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import NotFound, Refused
from abhiyan.core.scope import system
from abhiyan.helpdesk.fields import request_kinds
from abhiyan.helpdesk.models import RequestKind
from abhiyan.helpdesk.rules.tickets import plain
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
    """Add a kind of request, in two languages. An office that runs programmes at the top may. It keeps its names.

    Refuses NotYours, KindTwice, TooManyKinds.
    """
    org.require(by, RUN, at=org.top_unit())
    names = {"en": plain(english), "hi": plain(hindi)}
    with system("a kind of request is added"):
        sql.wait_for("kinds of requests")
        listed = request_kinds()
        in_use = {name.casefold() for kind in listed for name in kind.every_name}
        if in_use & {name.casefold() for name in names.values()}:
            raise KindTwice(field="english")
        if sum(kind.closed_at is None for kind in listed) >= MOST_KINDS:
            raise TooManyKinds(field="english", most=MOST_KINDS)
        row = RequestKind.objects.create(
            code=f"own-{lot.token(6).lower()}", names=names, made_at=at, made_by=by.account_id
        )
        audit.record(by=by, at=at, act="helpdesk.add_kind", subject=row.code)
    return row


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
        row, _is_new = RequestKind.objects.get_or_create(
            code=code, defaults={"made_at": at, "made_by": by.account_id}
        )
        row.closed_at = (row.closed_at or at) if is_closed else None
        row.save(update_fields=["closed_at"])
        audit.record(
            by=by, at=at, act="helpdesk.close_kind", subject=code, facts={"is_closed": str(is_closed)}
        )
