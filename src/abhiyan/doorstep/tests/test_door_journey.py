"""A worker's hour at the doors, in a browser: the notice played, ten people in a row, codes late and on time."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect

from abhiyan.contact.tests.at_doors import no_poll
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.doorstep.models import DoorEntry
from abhiyan.enrolment.models import Drive
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.enrolment.tests.make import CHANNEL, Human, World
from abhiyan.enrolment.tests.server import Server
from abhiyan.enrolment.tests.web import code_sent
from abhiyan.messaging.models import Number
from abhiyan.people import actions as people
from abhiyan.people.actions import audio
from abhiyan.people.models import Consent, Purpose
from abhiyan.people.rules.notices import SAMPLE
from abhiyan.site.tests.cast import Cast
from abhiyan.site.tests.visits import Open, go, visits
from abhiyan.ui.tests.axe import Look
from abhiyan.ui.tests.test_browser import PAGE_LOOKS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ROLE = "booth_worker"
NAMES = ("Kamla", "Sita", "Meera", "Anju", "Geeta", "Reena", "Savita", "Usha", "Kiran", "Lata")
KAMLA, SITA, MEERA, *OTHERS = [
    Human(f"{name} Devi", 1960 + n, f"+9199060077{n:02}") for n, name in enumerate(NAMES)
]
SECOND_OF_SILENCE = (b"\xff\xfb\x90\x64" + bytes(413)) * 38  # MPEG-1, layer III
SAYS = {
    "en": ("10 today: 3 counted, 7 wait", "Does not want to: 1", "does not fit the phone that ends in 7701"),
    "hi": ("आज 10: 3 गिने गए, 7 के जवाब बाकी", "नहीं जुड़ना चाहते: 1", "7701 पर ख़त्म होने वाले फ़ोन का नहीं है"),
}


@pytest.fixture
def served(serving: Callable[..., Server]) -> Server:
    return serving(ABHIYAN_ORIGIN="http://localhost", ABHIYAN_ORGANISATION="Sangathan", ABHIYAN_SMS="file")


@pytest.fixture
def cast() -> Cast:
    made = Cast.make()
    with system("test"):
        version = people.publish_notice(code="membership", texts=SAMPLE, by=CHANNEL, at=NOW)
        for language in ("hi", "en"):
            audio.add_audio(
                code="membership",
                version=version,
                language=language,
                data=SECOND_OF_SILENCE,
                by=CHANNEL,
                at=NOW,
            )
        Drive.objects.update(notice_version=version)
        Number.objects.create(
            number="+911800000001",
            meaning="join",
            provider="generic",
            programme_id=made.world.programme.pk,
        )
    return made


@pytest.fixture
def opens(chromium: Browser, served: Server, cast: Cast) -> Iterator[Open]:
    yield from visits(chromium, served.port, lambda role: (cast.accounts[role].pk, cast.token(role)))


def write(page: Page, human: Human, how: str) -> None:
    """The person's part of the form, and on to their phone."""
    expect(page.locator("[name=phone]")).to_be_focused()
    page.keyboard.type(human.phone.removeprefix("+91"))
    page.fill("[name=name]", human.name)
    page.fill("[name=birth_year]", str(human.birth_year))
    page.check("[name=heard]")
    with page.expect_navigation():
        page.click(f".acts button[name={how}]")


def type_code(page: Page, code: str) -> None:
    page.fill("[name=code]", code)
    go(page, "form:has([name=code]) button")


@pytest.mark.parametrize(("size", "language"), PAGE_LOOKS)
def test_a_workers_hour_at_the_doors(opens: Open, look: Look, cast: Cast, size: str, language: str) -> None:
    world, (counts, unwilling, other_number) = cast.world, SAYS[language]
    before = world.ladder(world.booth)
    page = opens("/today/", ROLE, size=size, language=language)
    go(page, "a[href^='/field/']")

    # The notice comes first: in the language of the house, and played.
    assert page.is_hidden("[name=phone]")
    look(page, "door notice")
    other = "en" if language == "hi" else "hi"
    go(page, f"button[name=speak][value={other}]")
    assert page.get_attribute("section.notice", "lang") == other
    page.focus("audio")
    page.keyboard.press("Space")
    page.click("a[href='#person']")
    expect(page.locator("#given")).to_have_text(page.get_attribute("#given", "data-played") or "?")
    look(page, "door person")
    write(page, KAMLA, "send")
    look(page, "door phone")
    late = page.url

    # Her SMS is late. The house has heard the notice; the next code is first that of the other number.
    go(page, "a[href*='house=1']")
    write(page, SITA, "send")
    type_code(page, code_sent(KAMLA.phone, "door"))
    assert other_number in page.inner_text(".err")
    look(page, "door other-number")
    type_code(page, code_sent(SITA.phone, "door"))
    assert page.is_hidden("[name=phone]") and page.locator(".told .ok").count() == 1
    go(page, "a[href*='house=1']")
    write(page, World.child, "send")
    expect(page.locator("#field-told .bad")).to_have_count(1)
    assert "Planted" not in page.content()
    page.goto(late)
    go(page, "a[href*='house=1']")
    write(page, KAMLA, "send")  # once more, unawares: it is her entry still
    assert page.url == late
    look(page, "door again")
    go(page, "a[href*='house=1']")
    for human in (MEERA, *OTHERS):
        write(page, human, "call")
        go(page, "a[href*='house=1']")
    world.missed_call(of=MEERA)
    page.goto(late)
    type_code(page, code_sent(KAMLA.phone, "door"))

    # Doors at which nobody was entered are numbers; one too many is taken back.
    go(page, "button[name=outcome][value='1']")
    go(page, "button[name=outcome][value='2']")
    look(page, "door noted")
    go(page, "form:has([name=undo]) button")
    assert counts in page.inner_text("main") and unwilling in page.inner_text("main")
    look(page, "door next")
    after = world.ladder(world.booth)
    assert (after.counted - before.counted, after.unsigned) == (3, 7)
    with system("test"):
        assert DoorEntry.objects.filter(seconds__isnull=False).count() == 10
        assert DoorEntry.objects.filter(heard=DoorEntry.Heard.PLAYED).count() == 1
        assert Consent.objects.filter(language=other).exists()

    go(page, "a[href='/field/entries/']")
    look(page, "door entries")
    assert page.locator("tbody a.button").count() == 7
    page.goto("/field/entries/?show=2")
    assert page.locator("main table").nth(1).locator("tbody tr").count() == 3
    page.goto("/field/?unit=JK-B001&q=Meera")
    assert page.locator("a[href^='/people/']").count() == 1
    look(page, "door search")
    page.goto("/today/")
    go(page, "a[href*='/my-link/']")
    assert page.locator("a[href*='/poster/?unit=JK-B001&by=']").count() == 1
    assert page.locator("main a[href^='https://wa.me/']").count() == 1
    look(page, "door link")
    page = opens("/field/", "mandal_president", size=size, language=language)
    assert page.locator("a[href*='unit=JK-B00']").count() > 1
    look(page, "door places")


@pytest.mark.parametrize(("size", "language"), PAGE_LOOKS)
def test_a_field_card_from_today_to_its_outcome(
    opens: Open, look: Look, cast: Cast, size: str, language: str
) -> None:
    no_poll(cast.world.units["JK"].pk)
    for human in (KAMLA, SITA):
        claim = cast.world.claim(human, Channel.PAPER, unit=cast.world.booth)
        cast.world.take(replace(claim, consents=(Purpose.MEMBERSHIP, Purpose.CALLS)))
    card = "a[href^='/field/card/']"
    page = opens("/today/", ROLE, size=size, language=language)
    look(page, "card today")
    assert page.locator(card).count() == 2
    go(page, f"{card} >> nth=0")
    assert page.locator("a[href='tel:+911800000001']").count() == 1, "the number they call"
    assert page.locator("button[name=outcome]").count() == 4, "told, not there, wrong, a no"
    assert page.locator("[name=number]").count() == 0
    look(page, "card")
    go(page, "button[name=outcome][value=talked]")
    assert page.locator(card).count() == 1

    # The other of the two is visited: the tick sinks her, counts nothing, and is undone beside it.
    go(page, "a[href^='/people/unanswered/']")
    assert page.locator(".lines > li").count() == 2
    tick = "form[action^='/people/unanswered/']"
    look(page, "unanswered")
    page.goto(f"{page.url}&show=open")
    assert page.locator(f".lines > li {tick}").count() == 1, "whom the card told was visited"
    go(page, f"{tick} button")
    assert page.locator(".lines > li").count() == 0
    page.goto("/people/unanswered/")
    look(page, "unanswered ticked")
    go(page, f"{tick}:has([name=undo]) button")

    page = opens("/today/", "booth_president", size=size, language=language)
    go(page, card)
    go(page, "form:has([name=number]) button")
    assert page.locator(f"a.button[href^='tel:{KAMLA.phone[:-2]}']").count() == 1
    look(page, "card number")
    go(page, "button[name=outcome][value=wrong_number]")
    assert page.locator(card).count() == 0
