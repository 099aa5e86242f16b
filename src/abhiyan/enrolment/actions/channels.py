"""A drive's own numbers, and where it asks no code: what its page sets beside its tokens."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from ipaddress import ip_network

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from abhiyan.core import lot
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import NotFound, Refused, needed
from abhiyan.enrolment.models import Drive
from abhiyan.messaging import actions as messaging
from abhiyan.org import queries as org
from abhiyan.programmes import queries as programmes

from .setting_up import set_up_drive
from .tokens import MANAGE

WIDEST = {4: 16, 6: 32}  # of an address a provider calls from: wider proves nothing


class NetworkUnclear(Refused):
    message = _("Write networks as the provider lists them, such as 203.0.113.0/24; at most /16 wide.")


class SigningTokenMissing(Refused):
    message = _("Give the token or secret from the provider's console. It signs what it sends with it.")


@dataclass(frozen=True, slots=True)
class Connected:
    """A number just added. path_secret, signing_secret: for the provider; they cannot be seen again."""

    number: str
    provider: str
    meaning: str
    path_secret: str
    signing_secret: str  # "" where the provider has its own, or none


def connect_number(
    *,
    programme_id: int,
    number: str,
    provider: str,
    meaning: str,
    by: Actor,
    at: datetime,
    signing_token: str = "",
    addresses: Sequence[str] = (),
) -> Connected:
    """Add one of our numbers to a drive, and how its provider proves that a call is genuine.

    generic: we make the secret its calls are signed with. plivo, twilio: signing_token is the auth token; whatsapp: the
    app's secret. exotel, which signs nothing: a secret address and the networks it calls from. Who may: channels.manage
    at the programme's owner.
    Refuses NotFound, NetworkUnclear, SigningTokenMissing, and what `messaging.connect_number` refuses.
    """
    _require(programme_id, by)
    made = ""
    if provider == "generic":
        signing_token = made = lot.token(32)
    elif provider == "exotel":
        signing_token = ""
        _check(addresses)
    elif not signing_token:
        raise SigningTokenMissing(field="signing_token")
    with transaction.atomic():
        path_secret = messaging.connect_number(
            number=number,
            provider=provider,
            meaning=meaning,
            programme_id=programme_id,
            signing_token=signing_token,
            addresses=addresses if provider == "exotel" else (),
            only_if_free=True,
            by=by,
            at=at,
        )
    return Connected(number, provider, meaning, path_secret, made)


def end_number(*, programme_id: int, number_id: int, by: Actor, at: datetime) -> None:
    """End one of a drive's numbers. Who may: channels.manage at the programme's owner. Refuses NotFound."""
    _require(programme_id, by)
    with transaction.atomic():
        messaging.end_number(number_id=number_id, programme_id=programme_id, by=by, at=at)


def switch_codes_off(
    *, programme_id: int, unit_code: str, first: date, last: date, by: Actor, at: datetime
) -> None:
    """Ask no code below a unit from a day to a day. Who may, and refusals: `set_up_drive`."""
    entry = {"unit": unit_code, "from": first.isoformat(), "to": last.isoformat()}
    with transaction.atomic():
        kept = [each for each in _codes_off(programme_id) if each != entry]
        set_up_drive(programme_id=programme_id, codes_off=[*kept, entry], by=by, at=at)


def switch_codes_on(
    *, programme_id: int, unit_code: str, first: str, last: str, by: Actor, at: datetime
) -> None:
    """Ask codes again where an entry of `Drive.codes_off` said no. Without such an entry nothing changes."""
    gone = {"unit": unit_code, "from": first, "to": last}
    with transaction.atomic():
        kept = [each for each in _codes_off(programme_id) if each != gone]
        set_up_drive(programme_id=programme_id, codes_off=kept, by=by, at=at)


def _codes_off(programme_id: int) -> list[dict[str, str]]:
    """As they stand, held against others until the transaction ends."""
    drive = needed(Drive.objects.select_for_update().filter(pk=programme_id).first())
    return list(drive.codes_off)


def _require(programme_id: int, by: Actor) -> None:
    if not Drive.objects.filter(pk=programme_id).exists():
        raise NotFound
    org.require(by, MANAGE, at=programmes.programme_by_id(programme_id).owner_id)


def _check(addresses: Sequence[str]) -> None:
    try:
        networks = [ip_network(each, strict=False) for each in addresses]
    except ValueError:
        raise NetworkUnclear(field="addresses") from None
    if not networks or any(each.prefixlen < WIDEST[each.version] for each in networks):
        raise NetworkUnclear(field="addresses")
