"""The audience of bulk messages this room knows: members of a roll."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from abhiyan.core.words import named
from abhiyan.enrolment.models import Roll
from abhiyan.messaging.rules.audiences import Audience, Choice
from abhiyan.messaging.rules.texts import OUTREACH
from abhiyan.people.models import Purpose

# A phone is asked once, of the first person on it who is a member here. Whether it agreed to messages is asked of
# everybody on it, as the gate does when the message leaves. Of how many units lie in a span the planner has an idea, of
# how many in several ranges it has none; so it knows whether to begin with the units or with the phones.
_ROWS = f"""select distinct on (m.phone_id) m.phone_id, p.language, p.unit_id,
 case when exists (select from people_suppression x where x.phone_id = m.phone_id and x.lifted_at is null)
 then 'suppressed' when not exists (select from people_person q join people_consent c on c.person_id = q.id
 where q.phone_id = m.phone_id and c.purpose = {Purpose.MESSAGES.value} and c.withdrawn_at is null)
 then 'no_consent' else '' end as reason
 from people_person p join units_placement pl on pl.unit_id = p.unit_id
 and pl.lo >= %(lowest)s and pl.lo < %(highest)s and coalesce(pl.lo <@ %(places)s::int8multirange, false)
 join enrolment_membership m on m.phone_id = p.phone_id and m.person_id = p.id
 where m.roll_id = %(of)s::integer and m.ended_on is null and m.struck_at is null and m.merged_into is null
 and p.left_at is null and p.erased_at is null
 and p.phone_id > %(after)s and p.phone_id <= %(until)s and m.phone_id > %(after)s and m.phone_id <= %(until)s
 order by m.phone_id, m.slot"""


def _choices() -> Sequence[Choice]:
    return [(str(one.pk), named(one.names)) for one in Roll.objects.order_by("pk")]


MEMBERS = Audience("members", _("Members"), OUTREACH, _ROWS, _choices)
