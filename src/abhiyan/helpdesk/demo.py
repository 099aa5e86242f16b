"""The sample of the demo: what people asked the helpline, by call, SMS, WhatsApp and form.

Some requests wait too long, some are answered, some are solved.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.samples import Place, SampleGround
from abhiyan.core.scope import system
from abhiyan.helpdesk import actions
from abhiyan.helpdesk.actions.lines import solved_question_id
from abhiyan.helpdesk.models import Ticket
from abhiyan.messaging import actions as messaging
from abhiyan.messaging import queries as messages
from abhiyan.messaging.demo import go_out
from abhiyan.messaging.rules import questions
from abhiyan.programmes.models import Programme
from abhiyan.programmes.queries import programme_by_id

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
READY = (
    ("card", "hi", "कार्ड बन गया है। अपने सदस्य पन्ने से उतार लें। (नमूना)"),
    ("card", "en", "Your card is made. Download it from your member page. (sample)"),
    ("", "hi", "हमने आपका अनुरोध पढ़ लिया है। दो दिन में जवाब देंगे। (नमूना)"),
)
WAYS = (Ticket.Way.CALL, Ticket.Way.SMS, Ticket.Way.CHAT, Ticket.Way.WEB)
MADE = 48


def sample(ground: SampleGround) -> None:
    """Requests about the drive at the units of those one may sign in as."""
    with system("demo"):
        programme = programme_by_id(ground.programme_id)
    ask_sample_requests(programme, ground.shown, setter=ground.actor("state_president"), at=ground.at)


def ask_sample_requests(
    programme: Programme, shown: Mapping[str, Place], *, setter: Actor, at: datetime
) -> None:
    """Requests of the last three weeks, by every way. The older the more have an answer; each eighth has waited
    for days and is late; one is part of another; one is answered and waits for the person's yes."""
    with system("demo"):
        actions.set_helpline(programme_id=programme.pk, number=NUMBER, by=Actor.system("demo"), at=at)
    for kind, language, text in READY:
        actions.keep_ready(
            unit_id=shown["state_president"][1], kind=kind, language=language, text=text, by=setter, at=at
        )
    for n in range(MADE):
        office, kind, language, text = ASKED[n % len(ASKED)]
        opened_at = at - timedelta(hours=4 + 10 * (MADE - n - 1))
        opening = actions.Opening(
            way=WAYS[(n + n // 4) % 4],
            phone=f"+9172000010{n:02}",
            texts=[text],
            unit_id=shown[office][1],
            language=language,
            kind=kind,
            programme_id=programme.pk,
        )
        made = _come(opening, at=opened_at)
        if n % 8 == 5 or n >= MADE - 5:
            continue
        done_at = min(opened_at + timedelta(hours=2 + n * 5 % 40), at)
        made = actions.answer_ticket(
            ticket=made.pk, text=ANSWERS[language], is_done=n % 8 != 6, by=Actor.system("demo"), at=done_at
        )
        goes_at = messages.asks_from(done_at)
        if goes_at < at:
            go_out(goes_at)
            if n % 8 != 7 and made.question is not None:
                _say(made, yes=n % 8 != 4, at=min(goes_at + timedelta(hours=1 + n * 7 % 30), at))
    _twice(programme, shown["booth_president"][1], at=at)
    _waits_for_a_yes(programme, shown["booth_president"][1], at=at)
    with system("demo"):
        actions.close_quiet(by=Actor.system("demo"), at=at)
        actions.raise_overdue(by=Actor.system("demo"), at=at)


def _come(opening: actions.Opening, *, at: datetime) -> Ticket:
    """By its way: typed by the agent, as a text, or by the form."""
    by = Actor.system("demo")
    if opening.way == Ticket.Way.CALL:
        return actions.type_ticket(opening=opening, by=by, at=at)
    if opening.way == Ticket.Way.WEB:
        return actions.add_web(opening=opening, network=opening.phone, by=by, at=at)
    return actions.add_own(opening=opening, by=by, at=at)


def _twice(programme: Programme, unit_id: int, *, at: datetime) -> None:
    """Somebody calls, then writes the same: the office makes it one."""
    opening = actions.Opening(
        way=Ticket.Way.CALL,
        phone=f"+9172000010{MADE:02}",
        texts=["मेरा पता बदल गया है (नमूना)"],
        unit_id=unit_id,
        language="hi",
        kind=Ticket.Kind.MEMBERSHIP,
        programme_id=programme.pk,
    )
    called = _come(opening, at=at - timedelta(hours=9))
    texts = ["पता बदलवाना है, कल फ़ोन भी किया था (नमूना)"]
    written = _come(replace(opening, way=Ticket.Way.CHAT, texts=texts), at=at - timedelta(hours=7))
    actions.merge_ticket(
        ticket=written.pk, into=called.number, by=Actor.system("demo"), at=at - timedelta(hours=6)
    )


def _waits_for_a_yes(programme: Programme, unit_id: int, *, at: datetime) -> None:
    opening = actions.Opening(
        way=Ticket.Way.SMS,
        phone=f"+9172000010{MADE + 1:02}",
        texts=["कार्ड पर मेरा नाम ग़लत है (नमूना)"],
        unit_id=unit_id,
        language="hi",
        kind=Ticket.Kind.CARD,
        programme_id=programme.pk,
    )
    made = _come(opening, at=at - timedelta(hours=8))
    actions.answer_ticket(
        ticket=made.pk,
        text=ANSWERS["hi"],
        is_done=True,
        by=Actor.system("demo"),
        at=at - timedelta(hours=1),
    )


def _say(made: Ticket, *, yes: bool, at: datetime) -> None:
    """The person answers our question by its word."""
    question_id = solved_question_id(made)
    assert question_id is not None
    messaging.answer_question(
        phone_id=made.phone_id,
        yes=yes,
        code=questions.word(keyring().token, question_id, 1),
        channel="sms",
        ref=f"demo {made.pk}",
        by=Actor.system("demo"),
        at=at,
    )
