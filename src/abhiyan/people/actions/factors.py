"""The second proof: passkeys, TOTP, recovery codes. Never given back by SMS.

An account without one may set up its first after the phone's code and a word from the appointing side. The console's
link replaces both. From then on only a session that has shown one may add or remove any. Everything here works in the
account's own scope.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, declared, limits, lot, sql
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.letters import only_digits
from abhiyan.core.refusals import NotFound, Refused, or_refuse
from abhiyan.core.scope import current, system
from abhiyan.people.models import Factor, Session
from abhiyan.people.rules import totp

from . import sessions

SECOND = (Factor.Kind.PASSKEY, Factor.Kind.TOTP)
MOST = 10  # factors of one account
RECOVERY_CODES = 10
SETUP_LIVES = timedelta(hours=1)
LONGEST_NAME = 60


class FactorNotRight(Refused):
    """Wrong, used before, of another account or place: all answered alike."""

    message = _("This was not accepted. Try again, or choose another way.")


class FactorNeeded(Refused, status=403):
    """Changing factors takes a session that has shown one."""

    message = _("Show your passkey or your app's code first.")


class WordNeeded(Refused, status=403):
    """A first factor takes the word handed over by the appointing side, or the console's link."""

    message = _("First type the word you got from the person who appointed you.")


class LastFactor(Refused):
    message = _("This is your only one. Set up another before you remove it.")


class TooManyFactors(Refused):
    message = _("You have %(most)s already. Remove one first.")


def begin_totp(*, account_id: int, by: Actor, at: datetime) -> tuple[Factor, bytes]:
    """A TOTP secret to be shown once and then proven by `confirm_totp`; within an hour the same one again.

    Refuses FactorNeeded, TooManyFactors.
    """
    with transaction.atomic():
        may_change(by, account_id)
        waiting = _waiting_totp(account_id, at)
        if waiting is not None:
            return waiting, open_factor(waiting)
        Factor.objects.filter(account_id=account_id, kind=Factor.Kind.TOTP, confirmed_at=None).delete()
        room_for_one(account_id)
        public_id, secret = lot.uuid(), lot.octets(totp.SECRET_BYTES)
        made = Factor.objects.create(
            public_id=public_id,
            account_id=account_id,
            kind=Factor.Kind.TOTP,
            sealed=keyring().seal(secret, about=public_id.bytes),
            created_at=at,
        )
    return made, secret


def confirm_totp(*, account_id: int, code: str, name: str, by: Actor, at: datetime) -> Factor:
    """Put the waiting TOTP secret in force by a first code from the app. Refuses FactorNotRight."""
    take_a_try(account_id, at)
    with transaction.atomic():
        may_change(by, account_id)
        waiting = _waiting_totp(account_id, at)
        step = totp.totp_step(open_factor(waiting), _digits(code), at) if waiting else None
        if waiting is None or step is None:
            raise FactorNotRight(field="code")
        waiting.confirmed_at, waiting.used_at = at, at
        waiting.counter, waiting.name = step, tidy_name(name)
        waiting.save(update_fields=["confirmed_at", "used_at", "counter", "name"])
        record_use("people.add_factor", waiting, by, at)
    return waiting


def check_totp(*, account_id: int, code: str, by: Actor, at: datetime) -> None:
    """Accept an app's code, once per step. Refuses FactorNotRight, TooMany."""
    take_a_try(account_id, at)
    for factor in Factor.objects.filter(account_id=account_id, kind=Factor.Kind.TOTP).exclude(
        confirmed_at=None
    ):
        step = totp.totp_step(open_factor(factor), _digits(code), at)
        if step is not None and Factor.objects.filter(id=factor.pk, counter__lt=step).update(
            counter=step, used_at=at
        ):
            record_use("people.sign_in", factor, by, at)
            return
    raise FactorNotRight(field="code")


# Recovery codes: shown once, kept as digests, each good for one sign-in.


def make_recovery_codes(*, account_id: int, by: Actor, at: datetime) -> list[str]:
    """Ten fresh codes in place of the old ones, shown this once. Refuses FactorNeeded."""
    if by.kind != "person" or by.account_id != account_id:
        raise FactorNeeded
    codes = [f"{lot.octets(3).hex()}-{lot.octets(3).hex()}" for _each in range(RECOVERY_CODES)]
    public_id = lot.uuid()
    with transaction.atomic():
        Factor.objects.filter(account_id=account_id, kind=Factor.Kind.RECOVERY).delete()
        made = Factor.objects.create(
            public_id=public_id,
            account_id=account_id,
            kind=Factor.Kind.RECOVERY,
            sealed=b"".join(_recovery_digest(account_id, code) for code in codes),
            created_at=at,
            confirmed_at=at,
        )
        record_use("people.recovery_codes", made, by, at)
    return codes


def use_recovery_code(*, account_id: int, code: str, by: Actor, at: datetime) -> int:
    """Accept a recovery code and burn it. Returns how many are left. Refuses FactorNotRight, TooMany."""
    take_a_try(account_id, at)
    digest = _recovery_digest(account_id, code.strip().lower().replace(" ", ""))
    with transaction.atomic():
        factor = (
            Factor.objects.select_for_update()
            .filter(account_id=account_id, kind=Factor.Kind.RECOVERY)
            .first()
        )
        kept = _digests(factor) if factor else []
        if factor is None or digest not in kept:
            raise FactorNotRight(field="recovery")
        kept.remove(digest)
        factor.sealed, factor.used_at = b"".join(kept), at
        factor.save(update_fields=["sealed", "used_at"])
        record_use("people.sign_in", factor, by, at)
    return len(kept)


def recovery_codes_left(*, account_id: int) -> int:
    """Count the recovery codes that still work."""
    factor = Factor.objects.filter(account_id=account_id, kind=Factor.Kind.RECOVERY).first()
    return len(_digests(factor)) if factor else 0


def rename_factor(*, account_id: int, public_id: UUID, name: str, by: Actor) -> None:
    """Give a factor a name its owner will know it by. Refuses FactorNeeded, NotFound."""
    if by.kind != "person" or by.account_id != account_id:
        raise FactorNeeded
    if not Factor.objects.filter(account_id=account_id, public_id=public_id).update(name=tidy_name(name)):
        raise NotFound


def remove_factor(*, account_id: int, public_id: UUID, by: Actor, at: datetime) -> None:
    """Take a passkey or TOTP out of force. Refuses LastFactor, FactorNeeded, NotFound."""
    if by.kind != "person" or by.account_id != account_id:
        raise FactorNeeded
    with transaction.atomic():
        _lock(account_id)
        factors = Factor.objects.filter(account_id=account_id, kind__in=SECOND).exclude(confirmed_at=None)
        factor = or_refuse(factors.filter(public_id=public_id).first())
        if factors.count() == 1:
            raise LastFactor
        factor.delete()
        record_use("people.remove_factor", factor, by, at, public_id)


def forget_factors(*, account_id: int, by: Actor, at: datetime) -> int:
    """Take away every factor of an account and end its sessions: the next sign-in sets up a first one again.

    Only `org.actions.reset_factors` calls this, after a second person's yes, and the server's console.
    """
    with system("resetting a lost second proof"):
        gone, _each = Factor.objects.filter(account_id=account_id).delete()
        sessions.end_all_of_account(account_id=account_id, at=at)
        audit.record(by=by, at=at, act="people.forget_factors", subject=str(account_id), n=gone)
    return gone


def may_change(by: Actor, account_id: int) -> None:
    """A strong session may; a weak one that shows the handed-over word only while there is no factor yet.

    Locks the account's factors.
    """
    if by.account_id != account_id:
        raise FactorNeeded
    _lock(account_id)
    if by.kind == "person":
        return
    if Factor.objects.filter(account_id=account_id, kind__in=SECOND).exclude(confirmed_at=None).exists():
        raise FactorNeeded
    if not Session.objects.filter(
        key=current().session, account_id=account_id, ended_at=None, data__handed=True
    ).exists():
        raise WordNeeded


def room_for_one(account_id: int) -> None:
    """Refuses TooManyFactors."""
    if Factor.objects.filter(account_id=account_id, kind__in=SECOND).count() >= MOST:
        raise TooManyFactors(most=MOST)


def _waiting_totp(account_id: int, at: datetime) -> Factor | None:
    waiting = Factor.objects.filter(account_id=account_id, kind=Factor.Kind.TOTP, confirmed_at=None)
    return waiting.filter(created_at__gt=at - SETUP_LIVES).order_by("-created_at").first()


def _lock(account_id: int) -> None:
    sql.wait_for(f"factors {account_id}")


def take_a_try(account_id: int, at: datetime) -> None:
    """One of the tries of an account in a window. Refuses TooMany."""
    limits.count_or_refuse(declared.FACTOR_TRY, str(account_id), at=at)


def open_factor(factor: Factor) -> bytes:
    """A factor's secret or public key, unsealed."""
    return keyring().unseal(bytes(factor.sealed), about=factor.public_id.bytes)


def _digests(factor: Factor) -> list[bytes]:
    kept = bytes(factor.sealed)
    return [kept[n : n + 32] for n in range(0, len(kept), 32)]


def _recovery_digest(account_id: int, code: str) -> bytes:
    return keyring().token_digest(f"recovery {account_id} {code.replace('-', '')}")


def _digits(code: str) -> str:
    return only_digits(code)


def tidy_name(name: str) -> str:
    """A factor's name on one line, without what cannot be printed, cut to 60 characters."""
    return " ".join("".join(c for c in name if c.isprintable()).split())[:LONGEST_NAME]


def record_use(act: str, factor: Factor, by: Actor, at: datetime, public_id: UUID | None = None) -> None:
    """Into the audit: who did what with which factor."""
    subject = str(public_id or factor.public_id)
    audit.record(by=by, at=at, act=act, subject=subject, facts={"kind": factor.kind})
