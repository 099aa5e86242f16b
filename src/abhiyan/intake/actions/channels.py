"""A drive's own numbers, and where it asks no code: what its page sets beside its tokens.

The webhook of a number tells calls and texts, and they count as the phone's own. So a number takes two people, as a
token does: one asks, another approves. The first then adds it and sees its secrets once. Its end takes two people as
well, since its calls are refused from then on. A new number proves nothing for `NEW_FOR`, so that somebody may still
notice it. Days without codes take two people, for nobody proves a phone there. Codes are asked again by one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from ipaddress import ip_network
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, lot
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import NotFound, Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.core.words import name_in_language, short_day
from abhiyan.enrolment.actions.setting_up import hold_codes_off, keep_codes_off
from abhiyan.enrolment.queries.drives import is_drive
from abhiyan.enrolment.rules.channels import MANAGE
from abhiyan.messaging import actions as messaging
from abhiyan.messaging import queries as messages
from abhiyan.org import actions as releases
from abhiyan.org import queries as org
from abhiyan.org.models import Release
from abhiyan.org.news import ReleaseDecided
from abhiyan.programmes import queries as programmes
from abhiyan.units import queries as units

RUN = "programmes.run"
ADD, END = "channels.number", "channels.number_end"  # what two people do
CODES = "channels.codes_off"  # and this
NEW_FOR = timedelta(days=3)
WIDEST = {4: 16, 6: 32}  # of an address a provider calls from: wider proves nothing
OWN_SECRET = ("plivo", "twilio", "whatsapp")  # providers whose console has the secret that they sign with


class NetworkUnclear(Refused):
    message = _("Write networks as the provider lists them, such as 203.0.113.0/24; at most /16 wide.")


class SigningTokenMissing(Refused):
    message = _("Give the token or secret from the provider's console. It signs what it sends with it.")


class CodesUnfit(Refused):
    message = _("Give the first and last day for each state without codes.")


class NumberAdded(Refused, status=409):
    """A second press: the secrets were shown to the first, and are kept nowhere."""

    message = _(
        "This number was added already; its secrets were shown once. If you did not save them, ask to end the number, "
        "then ask for it again."
    )


@dataclass(frozen=True, slots=True)
class Connected:
    """A number just added. path_secret, signing_secret: for the provider; they cannot be seen again."""

    number: str
    provider: str
    meaning: str
    path_secret: str
    signing_secret: str  # "" where the provider has its own, or none


def ask_number(
    *,
    programme_id: int,
    number: str,
    provider: str,
    meaning: str,
    reason: str,
    by: Actor,
    at: datetime,
    addresses: Sequence[str] = (),
) -> Release:
    """Ask a second person's yes to one of our numbers for a drive.

    addresses: of exotel, which signs nothing: the networks it calls from. Needs channels.manage at the programme's
    owner. Refuses NotFound, NetworkUnclear, NumberUnclear, NumberTaken, and what `org.ask_release` refuses.
    """
    owner = _require(programme_id, by)
    messaging.check_number(number=number, provider=provider, meaning=meaning)
    messaging.check_free(number=number)
    if provider == "exotel":
        _check(addresses)
    payload = {
        "programme_id": programme_id,
        "number": number,
        "provider": provider,
        "meaning": meaning,
        "addresses": list(addresses) if provider == "exotel" else [],
    }
    return releases.ask_release(act=ADD, unit_id=owner, reason=reason, payload=payload, by=by, at=at)


def connect_drive_number(*, release_id: UUID, by: Actor, at: datetime, signing_token: str = "") -> Connected:
    """Add the number that a second person has approved. The account that asked for it adds it.

    generic: we make the secret its calls are signed with. plivo, twilio: signing_token is the auth token; whatsapp: the
    app's secret. exotel: a secret address and its networks. Refuses NumberAdded, SigningTokenMissing, NotFound, and
    what `org.use_release` and `messaging.connect_number` refuse.
    """
    with system("adding a number"), transaction.atomic():
        try:
            payload = releases.use_release(public_id=release_id, act=ADD, by=by, at=at)
        except releases.NotReleased as refused:
            if by.account_id is None:
                raise
            own = org.releases().filter(public_id=release_id, act=ADD, asked_by=by.account_id)
            if own.filter(state=Release.State.USED).exists():
                raise NumberAdded from refused
            raise
        programme_id, provider = int(payload["programme_id"]), str(payload["provider"])
        if not is_drive(programme_id):
            raise NotFound  # its draft was thrown away meanwhile
        made = ""
        if provider == "generic":
            signing_token = made = lot.random_token(32)
        elif provider == "exotel":
            signing_token = ""
        elif not signing_token:
            raise SigningTokenMissing(field="signing_token")
        path_secret = messaging.connect_number(
            number=str(payload["number"]),
            provider=provider,
            meaning=str(payload["meaning"]),
            programme_id=programme_id,
            signing_token=signing_token,
            addresses=payload["addresses"],
            only_if_free=True,
            believed_at=at + NEW_FOR,
            by=by,
            at=at,
        )
    return Connected(str(payload["number"]), provider, str(payload["meaning"]), path_secret, made)


def ask_end(*, programme_id: int, number_id: int, reason: str, by: Actor, at: datetime) -> Release:
    """Ask a second person's yes to the end of one of a drive's numbers; their yes ends it (`heed_channel_decision`).

    Needs channels.manage at the programme's owner. Refuses NotFound, and what `org.ask_release` refuses.
    """
    owner = _require(programme_id, by)
    row = or_refuse(
        next(
            (
                number
                for number in messages.numbers_of_programme(programme_id)
                if number.pk == number_id and number.is_active
            ),
            None,
        )
    )
    payload = {"programme_id": programme_id, "number_id": number_id, "number": row.number}
    return releases.ask_release(act=END, unit_id=owner, reason=reason, payload=payload, by=by, at=at)


def heed_channel_decision(*, decision: ReleaseDecided) -> None:
    """End a number, or set days without codes, that a second person approved. In their transaction."""
    if decision.act == CODES and decision.allow:
        programme_id = int(decision.payload["programme_id"])
        entry = {key: str(decision.payload[key]) for key in ("unit", "from", "to")}
        kept = [code_entry for code_entry in hold_codes_off(programme_id=programme_id) if code_entry != entry]
        _write_codes(programme_id, [*kept, entry], by=decision.by, at=decision.at)
    if decision.act == END and decision.allow:
        messaging.end_number(
            number_id=int(decision.payload["number_id"]),
            programme_id=int(decision.payload["programme_id"]),
            by=decision.by,
            at=decision.at,
        )


def channel_sentences(release: Release) -> list[str]:
    """Return sentences for the page that decides a request: they say what it would do."""
    try:
        drive = name_in_language(programmes.programme_by_id(int(release.payload["programme_id"])).names)
    except NotFound:  # its draft was thrown away meanwhile
        drive = "–"
    if release.act == CODES:
        days = {key: short_day(date.fromisoformat(str(release.payload[key]))) for key in ("from", "to")}
        unit = units.unit(str(release.payload["unit"]))
        where = {
            "drive": drive,
            "unit": name_in_language(unit.names),
            "first": days["from"],
            "last": days["to"],
        }
        return [
            say("%(drive)s asks no code in %(unit)s from %(first)s to %(last)s.") % where,
            say(
                "Nobody who joins online there proves a phone on these days. Check that SMS really fails there."
            ),
        ]
    about = {"number": release.payload["number"], "drive": drive}
    if release.act == END:
        return [
            say("%(number)s of %(drive)s ends. From then on nobody can join or leave by it.") % about,
        ]
    means = {
        "join": say("%(number)s is added to %(drive)s. Calls and texts to it join.") % about,
        "leave": say("%(number)s is added to %(drive)s. Calls and texts to it leave.") % about,
        "stop": say("%(number)s is added to %(drive)s. Calls and texts to it stop our messages.") % about,
        "help": say("%(number)s is added to %(drive)s. Calls and texts to it ask the helpline.") % about,
        "notice": say("%(number)s is added to %(drive)s. Callers hear the notice.") % about,
        "answers": say("%(number)s is added. Messages of every programme ask for answers by text to it.")
        % about,
    }
    return [
        means[release.payload["meaning"]],
        say("Its provider can tell us calls and texts from any phone. Check that the number is ours."),
    ]


def ask_codes_off(
    *, programme_id: int, unit_code: str, first: date, last: date, reason: str, by: Actor, at: datetime
) -> Release:
    """Ask a second person's yes to no codes below a unit from a day to a day (law.md O5).

    Their yes switches them off (`heed_channel_decision`). It needs programmes.run at the programme's owner. Refuses
    NotFound, CodesUnfit, and what `org.ask_release` refuses.
    """
    owner = _require(programme_id, by, RUN)
    if not unit_code or last < first:
        raise CodesUnfit(field="last")
    payload = {"programme_id": programme_id, "unit": unit_code, "from": str(first), "to": str(last)}
    return releases.ask_release(act=CODES, unit_id=owner, reason=reason, payload=payload, by=by, at=at)


def switch_codes_on(
    *, programme_id: int, unit_code: str, first: str, last: str, by: Actor, at: datetime
) -> None:
    """Ask codes again where an entry of `Drive.codes_off` said no. Without such an entry nothing changes.

    It needs programmes.run at the programme's owner. Refuses NotFound.
    """
    gone = {"unit": unit_code, "from": first, "to": last}
    _require(programme_id, by, RUN)
    with transaction.atomic():
        kept = [code_entry for code_entry in hold_codes_off(programme_id=programme_id) if code_entry != gone]
        _write_codes(programme_id, kept, by=by, at=at)


def _write_codes(programme_id: int, entries: list[dict[str, str]], *, by: Actor, at: datetime) -> None:
    keep_codes_off(programme_id=programme_id, entries=entries)
    programme = programmes.programme_by_id(programme_id)
    audit.record(
        by=by,
        at=at,
        act="enrolment.codes_off",
        subject=str(programme.public_id),
        unit_id=programme.owner_id,
        facts={"n": len(entries)},
    )


def _require(programme_id: int, by: Actor, right: str = MANAGE) -> int:
    """Return the unit that owns the programme."""
    if not is_drive(programme_id):
        raise NotFound
    owner = programmes.programme_by_id(programme_id).owner_id
    org.require(by, right, at=owner)
    return owner


def _check(addresses: Sequence[str]) -> None:
    try:
        networks = [ip_network(address, strict=False) for address in addresses]
    except ValueError:
        raise NetworkUnclear(field="addresses") from None
    if not networks or any(network.prefixlen < WIDEST[network.version] for network in networks):
        raise NetworkUnclear(field="addresses")
