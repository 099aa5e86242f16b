"""The audiences of bulk messages this room knows: people of an imported list, and those of a list of beneficiaries."""

from collections.abc import Callable, Collection, Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from abhiyan.messaging.rules.audiences import Audience, AudiencePerson, Choice
from abhiyan.messaging.rules.texts import OUTREACH
from abhiyan.people.queries import phones_that_said_no

from .models import ContactEntry, ContactList
from .queries import TALKS, unsealed_text
from .rules import gate
from .rules.doors import door_label

MOST_OFFERED = 200  # lists, the newest first
_TALKS = ", ".join(f"'{outcome.value}'" for outcome in TALKS)

# A row of a list says yes to messages where the list has each person's consent, or where they gave it at the door
# themselves. A number that was given for another purpose is no consent to a message (law.md D3). Talks are counted as
# the gate counts them. The index on list and phone gives the phones in their order.
_PHONES = f"""select e.phone_id, e.language, e.unit_id,
 case when e.why_out = 'opted_out' or exists (select from people_suppression x where x.phone_id = e.phone_id
 and x.lifted_at is null) then 'suppressed'
 when e.why_out = 'unwilling' then 'unwilling'
 when l.basis <> 'consent' and not exists (select from programmes_item i where i.id = e.item_id
 and i.ended_at is null) then 'no_consent'
 when (select count(*) from contact_entry o join contact_try t on t.entry_id = o.id and t.undone_at is null
 and t.outcome in ({_TALKS}) and t.at > %(day)s::date - {gate.LATELY_DAYS}
 where o.phone_id = e.phone_id) + (select count(*) from contact_try t where t.phone_id = e.phone_id
 and t.undone_at is null and t.outcome in ({_TALKS}) and t.at > %(day)s::date - {gate.LATELY_DAYS})
 >= {gate.MOST_LATELY} then 'rested' else '' end as reason
 from contact_list l join contact_entry e on e.list_id = l.id
 join units_placement pl on pl.unit_id = e.unit_id
 and pl.lo >= %(lowest)s and pl.lo < %(highest)s and coalesce(pl.lo <@ %(places)s::int8multirange, false)
 where l.public_id = %(of)s::uuid and l.state = 'approved' and l.last_day >= %(day)s
 and e.phone_id > %(after)s and e.phone_id <= %(until)s
 order by e.phone_id"""


def _offered(*, of_scheme: bool) -> Callable[[], Sequence[Choice]]:
    """Lists in the reader's sight that are imported and in use."""

    def choices() -> Sequence[Choice]:
        rows = ContactList.objects.filter(state=ContactList.State.APPROVED, day__isnull=False)
        rows = rows.exclude(scheme="") if of_scheme else rows.filter(scheme="")
        some = rows.order_by("-made_at", "pk")[:MOST_OFFERED]
        return [(str(listed.public_id), listed.title) for listed in some]

    return choices


def _named(
    choice: str, *, refs: Collection[UUID] = (), phones: Collection[UUID] = (), most: int
) -> list[AudiencePerson]:
    """Name the people of a list who have a phone, as the scope in force sees them. People who said no are left out."""
    rows = ContactEntry.objects.filter(list__public_id=choice, phone_id__isnull=False).exclude(
        why_out__in=("opted_out", "unwilling", "erased")
    )
    if refs:
        rows = rows.filter(public_id__in=refs)
    if phones:
        rows = rows.filter(phone_id__in=phones)
    some = list(rows.order_by("pk")[:most])
    silent = phones_that_said_no(entry.phone_id for entry in some if entry.phone_id is not None)
    return [
        AudiencePerson(entry.public_id, entry.phone_id, name, door_label(entry.door, entry.lane))
        for entry in some
        if entry.phone_id is not None and entry.phone_id not in silent
        if (name := unsealed_text(entry.person_name, entry.public_id))
    ]


LISTED = Audience(
    "list",
    _("People on a list"),
    OUTREACH,
    _PHONES,
    _offered(of_scheme=False),
    is_asked_again=True,
    people=_named,
)
BENEFICIARIES = Audience(
    "beneficiaries",
    _("Beneficiaries on a list"),
    OUTREACH,
    _PHONES,
    _offered(of_scheme=True),
    is_asked_again=True,
    rests=True,
    people=_named,
)


def audience_of(contact_list: ContactList) -> str:
    """The code of a list as an audience of bulk sends, such as for the invitation to a meeting."""
    return f"{(BENEFICIARIES if contact_list.scheme else LISTED).code}:{contact_list.public_id}"
