"""The audiences of bulk messages this room knows: members of a roll, and those whose phone has not answered."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from abhiyan.core.words import name_in_language
from abhiyan.enrolment.queries.drives import rolls_kept
from abhiyan.enrolment.queries.people import join_number
from abhiyan.enrolment.rules.rolls import KIND
from abhiyan.messaging.rules.audiences import Audience, Choice
from abhiyan.messaging.rules.texts import OUTREACH
from abhiyan.people.models import Purpose
from abhiyan.programmes.models import Rung
from abhiyan.programmes.queries.programmes import all_running

# A phone is asked once, of the first person on it who is a member here. The gate asks for consent to messages from
# everybody on it, when the message leaves. The planner has an idea how many units lie in one span, and none for
# several ranges; so it knows whether to begin with the units or with the phones.
_PHONES = f"""select distinct on (m.phone_id) m.phone_id, p.language, p.unit_id,
 case when exists (select from people_suppression x where x.phone_id = m.phone_id and x.lifted_at is null)
 then 'suppressed' when not exists (select from people_person q join people_consent c on c.person_id = q.id
 where q.phone_id = m.phone_id and c.purpose = {Purpose.MESSAGES.value} and c.withdrawn_at is null)
 then 'no_consent' else '' end as reason
 from people_person p join units_placement pl on pl.unit_id = p.unit_id
 and pl.lo >= %(lowest)s and pl.lo < %(highest)s and coalesce(pl.lo <@ %(places)s::int8multirange, false)
 join enrolment_membership m on m.phone_id = p.phone_id and m.person_id = p.id
 where {{whose}} and m.ended_on is null and m.struck_at is null and m.merged_into is null
 and p.left_at is null and p.erased_at is null
 and p.phone_id > %(after)s and p.phone_id <= %(until)s and m.phone_id > %(after)s and m.phone_id <= %(until)s
 order by m.phone_id, m.slot"""
_OF_ROLL = "m.roll_id = %(of)s::integer"
_UNANSWERED = f"""exists (select from enrolment_enrolment e
 where e.membership_id = m.id and e.term = m.term and e.rung = {Rung.UNSIGNED.value} and e.ended_at is null
 and e.programme_id in (select id from programmes_programme d where %(of)s::integer in (d.id, d.parent_id)))"""


def _rolls() -> Sequence[Choice]:
    return [(str(roll.pk), name_in_language(roll.names)) for roll in rolls_kept()]


def _drives() -> Sequence[Choice]:
    return [
        (str(programme.pk), name_in_language(programme.names))
        for programme in all_running()
        if programme.kind == KIND
    ]


MEMBERS = Audience("members", _("People on a roll"), OUTREACH, _PHONES.format(whose=_OF_ROLL), _rolls)


def _number(of: str) -> dict[str, str]:
    """Return the number of a drive that these people are asked to call."""
    return {"number": join_number(int(of))}


UNANSWERED = Audience(
    "unanswered",
    _("Phone not answered yet"),
    OUTREACH,
    _PHONES.format(whose=_UNANSWERED),
    _drives,
    says=_number,
    ready={
        "en": "{organisation}: we wrote down your name. To join, give a missed call to {number} from this phone. "
        "Joining is free. Not you? Do nothing. Messages stop with STOP.",
        "hi": "{organisation}: आपका नाम लिखा गया है। जुड़ने के लिए इसी फ़ोन से {number} पर मिस्ड कॉल करें। जुड़ना मुफ़्त है। "
        "आप नहीं थे? कुछ न करें। संदेश बंद करने को STOP लिखें।",
    },
)
