"""People who signed a consent form at a door or a desk: they count, are asked, and leave the count by a no."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.contact.models import ContactEntry, ContactList
from abhiyan.contact.rules.kinds import BY_LIST, KIND, LISTED
from abhiyan.core import sql
from abhiyan.core.clock import day_in
from abhiyan.core.refusals import Refused, or_refuse
from abhiyan.forms.rules.words import refused_in
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.actions import AskedItem, NewItem, item_key
from abhiyan.programmes.models import Item
from abhiyan.programmes.queries import items_by_id

ANSWERS = timedelta(days=3)  # so long a person may say whether they signed
LONGEST_WITH = 300
MOST_ASKED = 500  # at once
AT_ONCE = 5_000  # people of a list that one statement counts


class SignedUnfit(Refused):
    message = _("%(why)s")


def require_signed(signed: str, *, on: date | None, took: str, basis: str, today: date) -> str:
    """Return who took the signatures; "" where no form was signed. Refuses SignedUnfit with the field.

    signed: of `ContactList.Signed`. on: the last day of signing. took: who took them. basis: of the list.
    """

    def unfit(field: str, why: str | Promise) -> SignedUnfit:
        return SignedUnfit(field=field, why=why)

    if signed not in ContactList.Signed.values:
        raise unfit("signed", _("Choose where the forms were signed."))
    if not signed:
        return ""
    if basis != ContactList.Basis.CONSENT:
        raise unfit("basis", _("Who signed a form gave consent. Choose that basis."))
    if on is None or on > today:
        raise unfit("signed_on", _("Choose the last day on which a form was signed, today at the latest."))
    words = " ".join(took.split())
    if not words:
        raise unfit("signed_with", _("Say who took the signatures."))
    if why := refused_in(words):
        raise unfit("signed_with", why)
    return words[:LONGEST_WITH]


def count_signed(to: ContactList, *, at: datetime) -> None:
    """Report and count each person of an imported list whose form lies with its basis. In the import's transaction."""
    day = or_refuse(to.day)
    persons = ContactEntry.objects.filter(list=to, is_person=True).order_by("pk")
    rows = list(persons.values_list("pk", "public_id", "unit_id", "phone_id"))
    for start in range(0, len(rows), AT_ONCE):
        new = {
            pk: NewItem(
                item_key(KIND, to.programme_id, "signed", ident),
                to.programme_id,
                LISTED,
                BY_LIST,
                unit_id,
                day,
                phone_id=phone_id,
                is_counted=True,
            )
            for pk, ident, unit_id, phone_id in rows[start : start + AT_ONCE]
        }
        programmes.report_items(new=list(new.values()), at=at)
        sql.run(
            "update contact_entry e set item_id = t.item_id, ask_on = case when e.phone_id is not null then %s end"
            " from unnest(%s::bigint[], %s::uuid[]) t(id, item_id) where e.id = t.id",
            [day + timedelta(days=1), list(new), [item.id for item in new.values()]],
        )


def take_back_signed(signed_list: ContactList, *, at: datetime) -> bool:
    """Take the people of a list off the ladder, with its import. False if somebody was asked or gave consent since."""
    counted = ContactEntry.objects.filter(list=signed_list, item_id__isnull=False)
    if not signed_list.signed:
        return not counted.exists()
    if counted.filter(phone_id__isnull=False, ask_on=None).exists():
        return False
    ids = counted.values_list("item_id", flat=True)
    programmes.take_back_items(ids=[ident for ident in ids if ident], at=at)
    return True


def ask_signed(*, at: datetime) -> int:
    """Ask people of imported lists whether they signed, from the day after. Returns how many. As jobs."""
    today = day_in(settings.TIME_ZONE, at)
    waiting = ContactEntry.objects.filter(ask_on__lte=today).select_related("list").order_by("ask_on", "pk")
    due = list(waiting.select_for_update(of=("self",), skip_locked=True)[:MOST_ASKED])
    items = items_by_id([entry.item_id for entry in due if entry.item_id])
    questions = []
    for entry in due:
        item, signed_on = items.get(entry.item_id) if entry.item_id else None, entry.list.signed_on
        if item is None or signed_on is None:
            continue
        language = entry.language or settings.LANGUAGE_CODE
        with translation.override(language):
            day = date_format(signed_on, "j F")
            label = say("The consent form of %(day)s") % {"day": day}
        questions.append(AskedItem(item, "ask.signed", {"day": day}, label, at + ANSWERS, language))
    ContactEntry.objects.filter(pk__in=[entry.pk for entry in due]).update(ask_on=None)
    return programmes.ask_whether(asked_items=questions, at=at)


def hear_signed(*, item: Item, yes: bool, **_told: object) -> None:
    """A person says that they signed nothing: nobody meets or calls them from the list any more.

    In the answer's transaction. A worker on the way keeps the door, as after a no.
    """
    if not yes:
        theirs = ContactEntry.objects.filter(item_id=item.pk).exclude(state=ContactEntry.State.LEASED)
        theirs.update(state=ContactEntry.State.OUT, why_out="unwilling", until=None, holder_id=None)


def _signed(phone_id: UUID) -> list[UUID]:
    """Return the items of a phone by which signed lists count it."""
    theirs = ContactEntry.objects.filter(phone_id=phone_id, item_id__isnull=False).exclude(list__signed="")
    return [ident for ident in theirs.values_list("item_id", flat=True) if ident]


def end_signed(*, phone_id: UUID, at: datetime) -> None:
    """A phone said no: the signature counts no longer. In the transaction of the no."""
    programmes.end_items(ids=_signed(phone_id), why=Item.Why.LEFT, at=at)


def resume_signed(*, phone_id: UUID, at: datetime) -> None:
    """A no was a slip: the signature counts again. In the transaction of who took it back."""
    programmes.resume_items(ids=_signed(phone_id), why=Item.Why.LEFT, at=at)
