"""A request comes in: typed by an agent, as a text that no word explains, as a call for help, by the form.

An open request of a phone takes its further messages: so five hundred in a minute are one request with a count. Only
the phone itself, or an account that may answer the request, adds to it (`_to_join`). Everybody else opens one beside.
The desk of the place where a member lives gets the requests of their phone; nobody outside learns which.
A text that only thanks or greets is kept without a time. The phone's next words, or an office, make it a request.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, clock, declared, limits, lot, news
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import Refused, TooMany
from abhiyan.core.scope import current, system
from abhiyan.helpdesk.fields import names_of_kind
from abhiyan.helpdesk.models import Ticket
from abhiyan.helpdesk.news import HelplineCalled
from abhiyan.helpdesk.rules import tickets as rules
from abhiyan.helpdesk.rules import wording
from abhiyan.messaging import actions as messaging
from abhiyan.org import queries as org
from abhiyan.people import phones
from abhiyan.people import queries as people
from abhiyan.people.actions.persons import lock_phones
from abhiyan.units import queries as units

from .lines import (
    TYPE,
    State,
    What,
    add_line,
    begin_request,
    close_question,
    is_heard,
    may_be_told,
    sealed_person,
)
from .routing import is_own, may_answer_ticket, send_to_desk


class NoPhone(Refused):
    message = _("Write a mobile number: ten digits.")


class PlaceElsewhere(org.NotYours):
    """Somebody types about a place outside their units."""

    message = _(
        "This place is outside your units. Choose one of yours, or give the caller the helpline's number."
    )


class PinUnknown(Refused):
    message = _("We don't know this PIN code. Check its six digits, or leave it empty.")


class NothingSaid(Refused):
    message = _("Write what you need.")


class TooLong(Refused):
    message = _("Write at most %(most)s letters.")


class IllnessSaid(Refused):
    message = _("This speaks of an illness. We keep nothing about health. Write only what the booth needs.")


@dataclass(frozen=True, slots=True)
class Opening:
    """One request as it came. texts: in the person's words, the oldest first. unit_id: what it is about.

    scheme: a code of rules.schemes, of what a worker raises; never of what a person says about themselves.
    """

    way: Ticket.Way
    phone: str = field(repr=False)
    texts: Sequence[str] = field(repr=False)
    unit_id: int
    language: str
    kind: str = Ticket.Kind.OTHER.value
    name: str = field(default="", repr=False)
    programme_id: int = 0
    scheme: str = ""


def type_ticket(*, opening: Opening, by: Actor, at: datetime) -> Ticket:
    """An agent types what somebody says on the phone. The person gets the number by SMS, within `TYPED_UNHEARD`.

    It needs helpdesk.type at the unit. Refuses PlaceElsewhere, NoPhone, NothingSaid, TooLong, TooMany.
    """
    request = _looked_at(opening)
    try:
        org.require(by, TYPE, at=request.unit_id)
    except org.NotYours:
        raise PlaceElsewhere(field="unit") from None
    limits.count_or_refuse(declared.HELP_TYPED, str(by.account_id or by.id), at=at)
    with system("a request is typed"):
        return _opened(request, is_proven=True, is_typed=True, by=by, at=at)


def add_need(*, opening: Opening, by: Actor, at: datetime) -> Ticket:
    """Open a request for what an office-bearer needs, as somebody who called them wrote it down. Their phone counts as
    proven: they accepted an office with it. It goes to a desk above their unit: they answer for their own.

    In the transaction of an act that asked who may. Refuses NothingSaid, TooLong, IllnessSaid.
    """
    request = _looked_at(opening)
    if any(wording.is_about_illness(text) for text in request.texts):
        raise IllnessSaid(field="need")
    with system("an office-bearer needs something"):
        return _opened(request, is_proven=True, is_typed=True, is_above=True, by=by, at=at)


def add_own(*, opening: Opening, by: Actor, at: datetime) -> Ticket:
    """A phone's own text or call. It gets a receipt with the number at once, at most two a day.

    opening: its phone is E.164; a call says nothing. Refuses TooMany where too many new requests come at once. In the
    transaction of what came.
    """
    with system("a text or call becomes a request"):
        row = _opened(_at_home(_cut(opening)), is_proven=True, is_typed=False, by=by, at=at)
        if opening.way == Ticket.Way.CALL:
            news.tell(HelplineCalled(row.phone_id, opening.phone, row.unit_id, at))
        return row


def keep_quiet(*, opening: Opening, by: Actor, at: datetime) -> Ticket | None:
    """A phone's own text that asks nothing: the desk sees it, and no time runs.

    It joins what the phone has open or done, and changes nothing there. No receipt goes out.

    Returns None, and keeps nothing, where too many come at once: nobody waits for an answer. In the transaction of what
    came.
    """
    with system("a text that asks nothing is kept"):
        request = _at_home(_cut(opening))
        lock_phones([_phone_id(request)])
        row = _to_join(request, is_proven=True, is_typed=False, by=by, at=at)
        if row is None:
            try:
                limits.count_or_refuse(declared.HELP_NEW, "quiet", at=at)
            except TooMany:
                return None
            row = _new(request, is_proven=True, is_stranger=False, is_above=False, by=by, at=at)
            row.state, row.due_at = State.QUIET, at
        else:
            row.n += len(request.texts)
        _add_said(row, request, is_call=False, by=by, at=at)
        return row


def add_call(*, opening: Opening, by: Actor, at: datetime) -> Ticket:
    """Somebody calls the helpline, and a caller of a call centre writes down what they say.

    opening: its unit is that of the centre. The request goes to the place of the phone's people only if that is inside
    the centre's unit: a caller writes nothing to desks elsewhere. In the transaction of an act that asked who may.
    Refuses NoPhone, NothingSaid, TooLong, TooMany.
    """
    request = _looked_at(opening)
    limits.count_or_refuse(declared.HELP_TYPED, str(by.account_id or by.id), at=at)
    with system("a call to the helpline is written down"):
        home = _at_home(request)
        request = home if units.stands_below(home.unit_id, request.unit_id) else request
        return _opened(request, is_proven=True, is_typed=True, by=by, at=at)


def add_without_phone(*, opening: Opening, by: Actor, at: datetime) -> Ticket:
    """Somebody says no who has no phone number for us, such as by a user name of WhatsApp. An office settles it.

    opening: without a phone; its name is what the provider calls the person. No limit holds it back. In the transaction
    of what came.
    """
    with system("a no without a phone number becomes a request"):
        request = replace(_cut(opening), kind=Ticket.Kind.MEMBERSHIP.value)
        return _opened(request, is_proven=True, is_typed=False, by=by, at=at)


def _cut(opening: Opening) -> Opening:
    """As much of each text as is kept; of one without words a sign that it came."""
    texts = [rules.plain_request_text(text)[: rules.LONGEST] or "…" for text in opening.texts]
    return replace(opening, texts=texts, name=rules.plain_request_text(opening.name)[:100])


def _at_home(opening: Opening) -> Opening:
    """A request at the place of the phone's own people, where it has any. In a system scope."""
    homes = people.units_of_phone(keyring().phone_id(opening.phone))
    return replace(opening, unit_id=homes[0]) if homes else opening


def add_web(*, opening: Opening, network: str, by: Actor, at: datetime) -> Ticket:
    """Somebody writes in the form on the web. Their own session's phone is proven; of another nobody knows whose it is:
    nothing is sent to it before an office answers, and the page says the same to everybody.

    Refuses NoPhone, NothingSaid, TooLong, TooMany.
    """
    request = _looked_at(opening)
    phone_id = keyring().phone_id(request.phone)
    is_proven = by.kind == "citizen" and current().phone == phone_id
    if not is_proven:
        limits.count_or_refuse(declared.HELP_NETWORK, network, at=at)
    with system("a request comes by the web"):
        return _opened(_at_home(request), is_proven=is_proven, is_typed=False, by=by, at=at)


def _looked_at(opening: Opening) -> Opening:
    phone = phones.parse(opening.phone)
    if phone is None:
        raise NoPhone(field="phone")
    texts = [words for text in opening.texts if (words := rules.plain_request_text(text))]
    if not texts:
        raise NothingSaid(field="said")
    if any(len(text) > rules.LONGEST for text in texts):
        raise TooLong(field="said", most=rules.LONGEST)
    return replace(opening, phone=phone, texts=texts, name=rules.plain_request_text(opening.name)[:100])


def _phone_id(opening: Opening) -> UUID:
    """The key of its requests: that of the phone, else of the name its provider gave. No name is the key of a phone."""
    return keyring().phone_id(opening.phone or f"@{opening.name}")


def _opened(
    opening: Opening,
    *,
    is_proven: bool,
    is_typed: bool,
    by: Actor,
    at: datetime,
    is_above: bool = False,
) -> Ticket:
    """A new ticket, or the one this joins. is_typed: an agent writes what somebody says. is_above: for a desk above."""
    lock_phones([_phone_id(opening)])
    row = _to_join(opening, is_proven=is_proven, is_typed=is_typed, by=by, at=at)
    is_new = row is None or row.state == State.QUIET
    if row is None or row.state == State.QUIET:
        if not is_typed and opening.phone:
            limits.count_or_refuse(declared.HELP_NEW, "proven" if is_proven else "unproven", at=at)
        is_given = bool(opening.phone) and (is_typed or not is_proven)  # by somebody else than the phone
        if row is None:
            is_stranger = is_given and not is_heard(_phone_id(opening))
            row = _new(opening, is_proven=is_proven, is_stranger=is_stranger, is_above=is_above, by=by, at=at)
        else:
            row.n += len(opening.texts)
            begin_request(row, at=at)
    else:
        row.n += len(opening.texts)
        if row.state == State.DONE:
            row.state, row.done_at, row.due_at = State.OPEN, None, rules.answer_due_at(row.kind, at)
            row.reopened += 1
            add_line(row, What.REOPENED, at=at)
            close_question(row, at=at)
    _add_said(row, opening, is_call=opening.way == Ticket.Way.CALL and not is_typed, by=by, at=at)
    if is_new:
        facts = {"kind": row.kind, "way": row.way}
        audit.record(
            by=by, at=at, act="helpdesk.open_ticket", subject=str(row.pk), unit_id=row.unit_id, facts=facts
        )
        if is_proven:
            _receipt(row, opening.phone, by=by, at=at)
    return row


def _add_said(row: Ticket, opening: Opening, *, is_call: bool, by: Actor, at: datetime) -> None:
    """Add what was said, as far as its lines are kept, and save the request."""
    room = rules.MOST_LINES - (row.n - len(opening.texts))
    for text in opening.texts[: max(room, 0)]:
        if is_call:
            add_line(row, What.CALLED, at=at)
        else:
            add_line(row, What.SAID, at=at, text=text, account_id=by.account_id)
    row.last_at = at
    row.save()


def _to_join(opening: Opening, *, is_proven: bool, is_typed: bool, by: Actor, at: datetime) -> Ticket | None:
    """The phone's request that this one joins.

    An account's typed words join only its own request, and what it may answer. Otherwise they would land in a request
    of another place, open it again and end its question. Nobody knows who sent a form whose phone is not proven. It
    joins only such forms that no office has answered.
    """
    open_ = Ticket.objects.select_for_update().filter(
        Q(state=State.OPEN, answered_at=None)
        | Q(is_proven=True, state__in=[State.OPEN, State.DONE, State.QUIET]),
        phone_id=_phone_id(opening),
        is_proven=is_proven,
        last_at__gt=at - rules.JOINED_WITHIN,
    )
    return next(
        (
            row
            for row in open_.order_by("-opened_at", "pk")
            if rules.is_joined(
                same_way=row.way == opening.way,
                same_about=(row.kind, row.scheme) == (opening.kind, opening.scheme),
                is_typed=is_typed,
            )
            and (not is_typed or is_own(row, by=by) or may_answer_ticket(row, by=by))
        ),
        None,
    )


def _new(
    opening: Opening, *, is_proven: bool, is_stranger: bool, is_above: bool, by: Actor, at: datetime
) -> Ticket:
    ident = lot.uuid()
    row = Ticket(
        id=ident,
        number=rules.request_number(ident),
        kind=opening.kind,
        kind_names=names_of_kind(opening.kind),
        way=opening.way,
        state=State.OPEN,
        programme_id=opening.programme_id,
        scheme=opening.scheme,
        unit_id=opening.unit_id,
        phone_id=_phone_id(opening),
        last4=opening.phone[-4:],
        is_proven=is_proven,
        is_stranger=is_stranger,
        language=opening.language,
        sealed=sealed_person(ident, phone=opening.phone, name=opening.name),
        n=len(opening.texts),
        opened_at=at,
        opened_by=by.account_id,
        last_at=at,
        due_at=rules.answer_due_at(opening.kind, at),
    )
    send_to_desk(row, on=clock.day_in(settings.TIME_ZONE, at), is_above=is_above)
    row.save(force_insert=True)
    return row


def _take_unheard(by: Actor, at: datetime) -> None:
    limits.count_or_refuse(declared.HELP_UNHEARD, str(by.account_id or by.id), at=at)


def _receipt(row: Ticket, phone: str, *, by: Actor, at: datetime) -> None:
    if not may_be_told(row):
        return
    try:
        limits.count_or_refuse(declared.HELP_RECEIPT, str(row.phone_id), at=at)
        if row.is_stranger:
            _take_unheard(by, at)
    except TooMany:
        return
    messaging.queue_message(
        template="ticket.opened",
        phone=phone,
        language=row.language,
        blanks={"number": row.number},
        key=f"helpdesk|{row.pk}|opened",
        unit_id=row.unit_id,
        programme_id=row.programme_id,
        at=at,
    )
