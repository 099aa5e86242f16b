"""What people asked the demo's helpline: some waits too long, some is answered, some is solved. Samples."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.helpdesk import actions
from abhiyan.helpdesk.actions.lines import question_of
from abhiyan.helpdesk.models import Ticket
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.rules import questions
from abhiyan.programmes.models import Programme

NUMBER = "1800 000 0000"  # a sample: nobody's
# Office at whose unit, kind, words.
ASKED = (
    ("booth_president", "card", "hi", "मेरा कार्ड अब तक नहीं आया (नमूना)"),
    ("booth_president", "place", "hi", "मेरा बूथ ग़लत लिखा है, मेरा गाँव डारा है (नमूना)"),
    ("mandal_president", "programme", "hi", "कल की बैठक कितने बजे है? (नमूना)"),
    ("mandal_president", "material", "en", "Our booth has no forms left (sample)"),
    ("cluster_in_charge", "membership", "hi", "मेरे पिता का नाम ग़लत छपा है (नमूना)"),
    ("district_president", "technical", "en", "The code does not arrive (sample)"),
    ("district_president", "complaint", "hi", "मेरा नाम बिना पूछे लिखा गया (नमूना)"),
    ("state_president", "programme", "en", "When does the drive come to Jammu? (sample)"),
)
ANSWERS = {"hi": "नमस्ते। आपका काम हो गया है। (नमूना)", "en": "Good day. It is done now. (sample)"}
MADE = 48


def ask(programme: Programme, shown: Mapping[str, tuple[Actor, int]], *, setter: Actor, at: datetime) -> None:
    """Calls of the last three weeks, typed by the agent. The older the more have an answer; each eighth has waited
    for days and is late."""
    with system("demo"):
        actions.set_helpline(programme_id=programme.pk, number=NUMBER, by=setter, at=at)
    for n in range(MADE):
        office, kind, language, text = ASKED[n % len(ASKED)]
        opened_at = at - timedelta(hours=4 + 10 * (MADE - n - 1))
        opening = actions.Opening(
            way=Ticket.Way.CALL,
            phone=f"+9172000010{n:02}",
            texts=[text],
            unit_id=shown[office][1],
            language=language,
            kind=kind,
            programme_id=programme.pk,
        )
        made = actions.type_ticket(opening=opening, by=Actor.system("demo"), at=opened_at)
        if n % 8 == 5 or n >= MADE - 5:
            continue
        done_at = min(opened_at + timedelta(hours=2 + n * 5 % 40), at)
        made = actions.answer_ticket(
            ticket=made.pk, text=ANSWERS[language], is_done=n % 8 != 6, by=Actor.system("demo"), at=done_at
        )
        if n % 8 != 7 and made.question is not None:
            _say(made, yes=n % 8 != 4, at=min(done_at + timedelta(hours=1 + n * 7 % 30), at))
    with system("demo"):
        actions.close_quiet(by=Actor.system("demo"), at=at)
        actions.raise_overdue(by=Actor.system("demo"), at=at)


def _say(made: Ticket, *, yes: bool, at: datetime) -> None:
    """The person answers our question by its word."""
    asked = question_of(made)
    assert asked is not None
    messaging.answer(
        phone_id=made.phone_id,
        yes=yes,
        code=questions.word(keyring().token, asked, 1),
        channel="sms",
        ref=f"demo {made.pk}",
        by=Actor.system("demo"),
        at=at,
    )
