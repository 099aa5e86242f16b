"""Our own numbers: what a call to each means, and how its provider proves itself."""

from collections.abc import Sequence
from datetime import datetime
from ipaddress import ip_network

from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, lot, sql
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.numbers import whole_number
from abhiyan.core.refusals import Refused, or_refuse
from abhiyan.messaging.models import Allowance, Number, Spending
from abhiyan.messaging.queries import inbound_id, ref_id
from abhiyan.messaging.rules import inbound


class NumberUnclear(Refused):
    message = _("Write the number with its country, such as +91….")


class NumberTaken(Refused):
    message = _("This number is already in use. End it first, then add it again.")


class NotProvable(Refused):
    message = _("Give the provider's signing token, or the networks its calls come from.")


def connect_number(
    *,
    number: str,
    provider: str,
    meaning: str,
    by: Actor,
    at: datetime,
    programme_id: int | None = None,
    signing_token: str = "",
    addresses: Sequence[str] = (),
    only_if_free: bool = False,
    believed_at: datetime | None = None,
) -> str:
    """Set what calls to one of our numbers mean, and how its provider proves itself. Returns the address's secret.

    number: E.164. provider: one of inbound.PROVIDERS. meaning: of Number.Meaning; join needs its programme. The secret
    is shown once. The provider gets /hook/call/<provider>/<secret> (WhatsApp: /hook/chat/…), and only a digest is kept.
    The act that calls it has asked for authority. only_if_free: a number in use, by whatever programme, is left as it
    is. believed_at: before it, what the number tells is no phone's own sign; None: from the start. Refuses
    NumberUnclear, NotProvable, NumberTaken. In the caller's transaction.
    """
    check_number(number=number, provider=provider, meaning=meaning)
    if (provider == "exotel" or not signing_token) and not addresses:
        raise NotProvable(field="addresses" if provider == "exotel" else "signing_token")
    try:
        networks = [str(ip_network(address, strict=False)) for address in addresses]
    except ValueError:
        raise NotProvable(field="addresses") from None
    if only_if_free:
        # two who add the same number at once come one after the other
        sql.wait_for(f"number|{number}")
        check_free(number=number)
    secret = lot.random_token(24)
    ring = keyring()
    Number.objects.update_or_create(
        number=number,
        defaults={
            "provider": provider,
            "meaning": meaning,
            "programme_id": programme_id,
            "secret_path": ring.token_digest(secret).hex(),
            "addresses": networks,
            "sealed_token": ring.seal(signing_token.encode(), about=number.encode())
            if signing_token
            else None,
            "is_active": True,
            "added_at": at,
            "added_by": by.account_id,
            "believed_at": believed_at,
        },
    )
    facts = {"provider": provider, "number": number}
    audit.record(by=by, at=at, act="messaging.connect_number", subject=meaning, facts=facts)
    return secret


def check_number(*, number: str, provider: str, meaning: str) -> None:
    """Refuse NumberUnclear."""
    if (
        not number.startswith("+")
        or whole_number(number[1:], most=10**15) is None
        or not 8 <= len(number) <= 16
    ):
        raise NumberUnclear(field="number")
    if provider not in inbound.PROVIDERS or meaning not in Number.Meaning:
        raise ValueError(provider, meaning)


def check_free(*, number: str) -> None:
    """Refuse NumberTaken where a number is in use, by whatever programme."""
    if Number.objects.filter(number=number, is_active=True).exists():
        raise NumberTaken(field="number")


def end_number(*, number_id: int, programme_id: int, by: Actor, at: datetime) -> None:
    """Calls to one of a programme's numbers mean nothing any more; within half a minute its address is refused.

    The proof of its provider is forgotten. The act that calls it has asked for authority. Refuses NotFound. Ending an
    ended one changes nothing.
    """
    row = or_refuse(
        Number.objects.select_for_update().filter(pk=number_id, programme_id=programme_id).first()
    )
    if not row.is_active:
        return
    row.is_active, row.secret_path, row.sealed_token = False, "", None
    row.save(update_fields=["is_active", "secret_path", "sealed_token"])
    audit.record(by=by, at=at, act="messaging.end_number", subject=row.meaning, facts={"number": row.number})


def forget_programme(*, programme_id: int, by: Actor, at: datetime) -> None:
    """A programme that never ran is thrown away: its numbers end, its budget goes. In its transaction."""
    for row in Number.objects.filter(programme_id=programme_id).order_by("pk"):
        end_number(number_id=row.pk, programme_id=programme_id, by=by, at=at)
        row.delete()
    Spending.objects.filter(programme_id=programme_id).delete()
    Allowance.objects.filter(programme_id=programme_id).delete()


def note_inbound(
    *,
    provider: str,
    ref: str,
    kind: str,
    phone: str,
    number: str,
    outcome: str,
    at: datetime,
    text: str = "",
) -> bool:
    """Keep that a webhook came. Return True for the first: a resend finds it (`inbound_id`). In the transaction of what
    is done about it.

    Another webhook with the provider's id is none of it: it is done too, and `doctor` tells that ids are used twice.
    """
    ident, own_ref_id = inbound_id(provider, kind, ref, number, phone, text), ref_id(provider, kind, ref)
    return bool(
        sql.run(
            "insert into messaging_inbound (id, provider, kind, at, phone_id, number, outcome, ref_id, is_reused)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s, exists (select from messaging_inbound where ref_id = %s))"
            " on conflict do nothing",
            [ident, provider, kind, at, keyring().phone_id(phone), number, outcome, own_ref_id, own_ref_id],
        )
        == 1
    )
