"""The e-mail address of somebody in office: they enter it, a code proves it, and they remove it at any time.

An address never replaces the phone, and a sign-in by e-mail still asks for a second proof.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, news, sql
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.people import mailboxes, queries
from abhiyan.people.models import Account, EmailAddress
from abhiyan.people.news import EmailForgotten, EmailProven
from abhiyan.people.rules import emails

from .codes import CodeNotRight, ask_code, check_code

PROOF_LIVES = timedelta(days=1)  # then an address that nobody proved is deleted
PURPOSE = "email"


class NotAnEmail(Refused):
    message = _("This is not an e-mail address. Write one such as asha@example.org.")


class EmailThere(Refused, status=409):
    message = _("You have an e-mail address already. Remove it before you enter another.")


class EmailTaken(Refused, status=409):
    """Told only to somebody who has just read a code there, so nobody learns whose address is known."""

    message = _(
        "Another account has this e-mail address. Remove it there first, or use an address of your own."
    )


def ask_to_prove_email(
    *, account: Account, address: str, session: str, by: Actor, at: datetime, language: str
) -> UUID:
    """Keep an address that is still to be proven, and send a code there. Returns the id of the request.

    One that was not proven makes way. For the account's owner. Refuses NotAnEmail, EmailThere, and as `ask_code`.
    """
    cleaned = or_refuse(emails.parse_email(address), NotAnEmail(field="address"))
    with transaction.atomic(), system("somebody enters their e-mail address"):
        _lock(account.pk)
        EmailAddress.objects.filter(account_id=account.pk, proven_at=None).delete()
        if EmailAddress.objects.filter(account_id=account.pk, failed_at=None).exists():
            raise EmailThere(field="address")
        EmailAddress.objects.filter(account_id=account.pk).delete()
        row = EmailAddress.objects.create(
            account_id=account.pk,
            digest=_digest(cleaned),
            sealed=keyring().seal(cleaned.encode(), about=mailboxes.about_email(account.pk)),
            asked_at=at,
        )
        row.request = ask_code(
            purpose=PURPOSE,
            phone=queries.number_of_phone(account.phone_id),
            session=session,
            by=by,
            at=at,
            language=language,
        )
        row.save(update_fields=["request"])
    return row.request


def prove_email(
    *, account: Account, request_id: UUID, session: str, code: str, network: str, by: Actor, at: datetime
) -> None:
    """Take in the code that went to an address: it is proven from now on. An SMS tells the phone.

    Only the request of this very address proves it. For the account's owner.
    Refuses CodeNotRight, CodeSpent, EmailTaken.
    """
    check_code(
        request_id=request_id,
        purpose=PURPOSE,
        phone=account.phone_id,
        session=session,
        code=code,
        network=network,
        at=at,
    )
    with transaction.atomic(), system("somebody proves their e-mail address"):
        _lock(account.pk)
        rows = EmailAddress.objects.filter(account_id=account.pk, proven_at=None, request=request_id)
        row = or_refuse(rows.first(), CodeNotRight(field="code"))
        sql.wait_for(f"email {bytes(row.digest).hex()}")
        if EmailAddress.objects.filter(digest=row.digest, proven_at__isnull=False).exists():
            raise EmailTaken(field="code")
        row.proven_at = at
        row.save(update_fields=["proven_at"])
        audit.record(by=by, at=at, act="people.prove_email", subject=str(account.public_id))
        news.tell(EmailProven(account.pk, at))


def choose_email(*, account: Account, is_for_notices: bool, by: Actor, at: datetime) -> None:
    """Have notices of one's office come by e-mail in place of SMS, or by SMS again. Refuses NotFound."""
    with system("somebody chooses how notices come"):
        rows = EmailAddress.objects.filter(account_id=account.pk, proven_at__isnull=False)
        or_refuse(rows.first())
        rows.update(gets_notices=is_for_notices)
        facts = {"for notices": is_for_notices}
        audit.record(by=by, at=at, act="people.choose_email", subject=str(account.public_id), facts=facts)


def forget_email(*, account_id: int, by: Actor, at: datetime) -> bool:
    """Delete the address of an account, and with it what waits to go there. Returns True if there was one.

    By its owner; and with the last office, or the account.
    """
    with system("an e-mail address is removed"):
        gone, _each = EmailAddress.objects.filter(account_id=account_id).delete()
        if gone:
            account = Account.objects.get(pk=account_id)
            audit.record(by=by, at=at, act="people.forget_email", subject=str(account.public_id))
            news.tell(EmailForgotten(account_id, account.phone_id, at))
    return bool(gone)


def note_refused_email(*, phone_id: UUID, address: str, at: datetime) -> None:
    """A mail server said that there is no such address: its owner reads it on Today, and SMS go to them again.

    An address that was replaced meanwhile stays as it is. In a system scope.
    """
    rows = EmailAddress.objects.filter(
        account_id__in=Account.objects.filter(phone_id=phone_id).values("pk"), digest=_digest(address)
    )
    rows.filter(failed_at=None).update(failed_at=at)


def sweep_emails(*, at: datetime) -> int:
    """Delete addresses that nobody proved within a day. In a system scope."""
    gone, _each = EmailAddress.objects.filter(proven_at=None, asked_at__lt=at - PROOF_LIVES).delete()
    return gone


def forget_restored_emails() -> int:
    """After a restore: delete every address, for nobody knows who removed theirs since the backup.

    Their owners enter them again. In a system scope.
    """
    gone, _each = EmailAddress.objects.all().delete()
    return gone


def _digest(address: str) -> bytes:
    """Capitals make no other address."""
    return keyring().token_digest(f"email {address.lower()}")


def _lock(account_id: int) -> None:
    sql.wait_for(f"email of {account_id}")
