"""Each address that a service text brings fits the variables that are registered for it on DLT."""

from uuid import UUID

import pytest
from django.urls import reverse

from abhiyan.enrolment.actions import receipts
from abhiyan.friends.actions import certificates
from abhiyan.intake.actions import replies, welcoming
from abhiyan.messaging.actions import questions
from abhiyan.messaging.rules import registered, texts
from abhiyan.messaging.rules.bulk import CARRIED

ORIGIN, WORD, UNIT, SLUG = (
    "https://campaign.example.org",
    "abcdefghijklmnop",
    "UP-AC-403-PS-0412",
    "drive-of-winter-2027",
)
IDENT = UUID(int=2**128 - 1)
CERTIFICATE = certificates.PAGE
QUESTION = questions.SHORT_LINK
WHERE = f"unit={UNIT}&from=2026-11-25&body=1234567"
# By how a code begins: the first that fits is meant.
PATHS: dict[str, str] = {
    "account.reset_asked": "/",
    "ask.": QUESTION % WORD,
    "certificate.ready": CERTIFICATE,
    "contributor.join": f"/join/{SLUG}/?by=ABCDEFGH",
    "contributor.task": reverse("friends:me_task", args=[IDENT]),
    "drive.reply": replies.LINK % WORD,
    "drive.joined": welcoming.CARD,
    "duty.ask": f"{reverse('pages:field_due', args=[IDENT])}?{WHERE}",
    "duty.calls": reverse("dialogues:calls"),
    "duty.centre": "/",
    "duty.circular": reverse("messaging:circular", args=[IDENT]),
    "duty.in_charge": reverse("work:my_work"),
    "duty.meeting": QUESTION % WORD,
    "duty.morning": "/",
    "duty.office": QUESTION % WORD,
    "duty.slides": reverse("review:deck", args=[IDENT]),
    "duty.stay": QUESTION % WORD,
    "duty.task": reverse("work:tasks"),
    "duty.today": "/",
    "office.accepted": reverse("org:phone_sign_in"),
    "office.unchanged": "/",
    "text.": f"/join/{SLUG}/",
}
OWN_PAGE = receipts.PAGE  # of every other text
CODES = sorted(
    {code for (code, _language), text in texts.TEXTS.items() if texts.blanks(text) & registered.ADDRESSES}
)


@pytest.mark.parametrize("code", CODES)
def test_the_address_of_a_text_fits_its_variables(code: str) -> None:
    path = next((path for begins, path in PATHS.items() if code.startswith(begins)), OWN_PAGE)
    for name in registered.ADDRESSES - {"hear"}:
        room = CARRIED * registered.variables_of(code, name)
        assert len(path) - 1 <= room, f"{code}: {path} needs more variables in ADDRESS_VARIABLES"
    text = next(text for (each, _language), text in texts.TEXTS.items() if each == code)
    hear = reverse("intake:notice_heard", args=[99, "hi"]) + "?of=contributors"
    values = dict.fromkeys(texts.blanks(text), "x") | {"link": ORIGIN + path, "hear": ORIGIN + hear}
    values |= {"page": ORIGIN + path}
    assert registered.misfit(code, text, values, origin=ORIGIN) == ""


def test_the_page_of_a_due_fits_as_the_field_s_does() -> None:
    longest = f"{reverse('work:due', args=[IDENT])}?{WHERE}"
    assert len(longest) - 1 <= CARRIED * registered.variables_of("duty.asked", "link")
