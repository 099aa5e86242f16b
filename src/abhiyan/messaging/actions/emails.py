"""An office-bearer's e-mail address, as messages see it: who may enter one, who hears of it, when it ends."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.messaging.models import Message
from abhiyan.org import queries as org
from abhiyan.org.news import AppointmentEnded
from abhiyan.org.viewer import Viewer
from abhiyan.people import actions as people
from abhiyan.people import queries as people_queries
from abhiyan.people.news import ClosedAccountNews, EmailForgotten, EmailProven

from .offices import tell_account
from .queueing import UNSENT


class NotInOffice(Refused, status=403):
    message = _("E-mail is for people who hold an office. You get SMS.")


def enter_email(
    *, viewer: Viewer, address: str, session: str, language: str, by: Actor, at: datetime
) -> UUID:
    """Enter one's own address: a code goes there. Returns the id of the request.

    Only people in office may: members and friends keep to their phones. Refuses NotInOffice, and as
    `people.ask_to_prove_email`.
    """
    if not (viewer.is_strong and (viewer.appointments or viewer.is_root)):
        raise NotInOffice
    account = or_refuse(people_queries.account(or_refuse(viewer.account_id)))
    return people.ask_to_prove_email(
        account=account, address=address, session=session, by=by, at=at, language=language
    )


def tell_of_email(*, news: EmailProven) -> None:
    """Tell the phone of an account that it has an e-mail address now. In the transaction of the proof."""
    tell_account(
        account_id=news.account_id,
        template="account.email",
        blanks={"link": f"{settings.ORIGIN}/account/"},
        key=f"email|{news.account_id}|{news.at.isoformat()}",
        at=news.at,
    )


def end_email(*, news: ClosedAccountNews | AppointmentEnded) -> None:
    """Delete the address with the account, or with its last office. In the transaction of that act."""
    if isinstance(news, AppointmentEnded) and (not news.is_last or org.is_root(news.account_id)):
        return
    people.forget_email(account_id=news.account_id, by=Actor.system("the last office ended"), at=news.at)


def forget_mails(*, news: EmailForgotten) -> None:
    """Give up mails that wait for a deleted address, and empty the address of mails that left. In its transaction."""
    with system("an e-mail address is removed"):
        rows = Message.objects.filter(phone_id=news.phone_id, way=Message.Way.EMAIL)
        # In the order of ids, as the sender locks them.
        ids = list(rows.order_by("pk").select_for_update().values_list("pk", flat=True))
        mine = Message.objects.filter(pk__in=ids)
        mine.filter(state__in=UNSENT).update(
            state=Message.State.DROPPED, reason="no_address", settled_at=news.at, leased_until=None
        )
        mine.update(sealed_phone=b"")
