"""A bulk message and a circular in a real browser: counted, asked, approved, started, paused, stopped; and read."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.tests.server import Server
from abhiyan.messaging.actions import sending
from abhiyan.messaging.models import Message, Send
from abhiyan.messaging.tests.bulk import ENGLISH, ENGLISH_ID, ENTITY, HINDI, HINDI_ID
from abhiyan.messaging.tests.test_reach import enter
from abhiyan.people.models import Consent, Person, Purpose
from abhiyan.polls.models import Poll
from abhiyan.site.tests.cast import Cast
from abhiyan.site.tests.visits import Open, go, visits
from abhiyan.ui.tests.axe import unsound
from abhiyan.ui.tests.test_browser import JOURNEY_LOOKS

pytestmark = pytest.mark.browser
SEND = "main form[method=post] button[type=submit]"


@pytest.fixture(scope="module")
def cast(open_database: None) -> Cast:
    cast = Cast.make(own=3, foreign=3)
    enter(cast.world.state.pk, closes_at=None, kind=Poll.Kind.NONE)
    with system("test"):
        Consent.objects.bulk_create(
            Consent(
                id=one.pk,
                person_id=one.pk,
                unit_id=one.unit_id,
                purpose=Purpose.MESSAGES,
                notice_version=1,
                channel=1,
                by=one.public_id,
                at=NOW,
            )
            for one in Person.objects.all()[:5]
        )
    return cast


@pytest.fixture
def visit(chromium: Browser, served: Server, cast: Cast) -> Iterator[Open]:
    yield from visits(chromium, served.port, lambda role: (cast.accounts[role].pk, cast.token(role)))


@pytest.mark.parametrize(("size", "language"), JOURNEY_LOOKS)
def test_a_bulk_message_is_registered_counted_asked_approved_paused_and_stopped(
    visit: Open, cast: Cast, size: str, language: str
) -> None:
    look = {"size": size, "language": language}
    page, found = visit("/messages/texts/new/", "state_president", **look), []
    for name, value in {
        "name": "Booth meeting",
        "entity": ENTITY,
        "header": "SNGTHN",
        "text_en": ENGLISH,
        "registration_en": ENGLISH_ID,
        "text_hi": HINDI,
        "registration_hi": HINDI_ID,
    }.items():
        page.fill(f"[name={name}]", value)
    found += unsound(page, f"bulk-text-new-{size}-{language}")
    page.click(SEND)
    page.wait_for_url("**/messages/texts/bulk.*/")
    page.goto(page.url)
    found += unsound(page, f"bulk-text-{size}-{language}")
    page.click("main a[href*='/sends/new/']")
    page.select_option("[name=audience]", f"members:{cast.world.roll.pk}")
    page.fill("[name=v_en_place]", "Lal Chowk")
    page.fill("[name=v_hi_place]", "लाल चौक")
    found += unsound(page, f"bulk-send-new-{size}-{language}")
    page.click(SEND)
    page.wait_for_url("**/messages/sends/*-*/")
    where = page.url
    assert "Lal Chowk" in page.locator("main").inner_text()
    found += unsound(page, f"bulk-send-draft-{size}-{language}")
    page.click("main a[href$='/ask/']")
    page.fill("[name=reason]", "Sunday")
    page.click(SEND)
    page.wait_for_url(where)

    other = visit("/releases/", "national_president", **look)
    go(other, "main a[href*='allow=yes']")
    assert "Lal Chowk" in other.locator("main").inner_text()
    found += unsound(other, f"bulk-send-decide-{size}-{language}")
    other.click(SEND)
    other.wait_for_url("**/releases/")

    def taken(name: str) -> None:
        page.goto(f"{where}{name}/")
        page.click(SEND)
        page.wait_for_url(where)

    taken("start")
    with system("test"):
        send = Send.objects.get(public_id=where.rstrip("/").rpartition("/")[2])
        assert (send.state, send.n_asked) == (Send.State.SENDING, 5)
        # As the job queues them by day; at night nothing would be.
        Message.objects.bulk_create(
            Message(
                id=one.pk,
                public_id=one.public_id,
                kind=3,
                template=send.text,
                language="hi",
                phone_id=one.phone_id,
                sealed_phone=b"",
                last4="",
                sealed_blanks=b"",
                unit_id=one.unit_id,
                send_id=send.pk,
                queued_at=NOW,
                due_at=NOW,
                expires_at=NOW,
            )
            for one in Person.objects.all()[:3]
        )
    taken("pause")
    taken("resume")
    taken("stop")
    page.goto(where)
    found += unsound(page, f"bulk-send-stopped-{size}-{language}")
    with system("test"):
        states = set(Message.objects.filter(send_id=send.pk).values_list("state", "reason"))
        Message.objects.filter(send_id=send.pk).delete()
    assert states == {("dropped", "stopped")}
    assert sending.lease(at=NOW, n=9, codes=False) == []
    page.goto("/messages/sends/")
    found += unsound(page, f"bulk-sends-{size}-{language}")
    assert found == [], "\n".join(found)


@pytest.mark.parametrize(("size", "language"), JOURNEY_LOOKS)
def test_a_circular_is_sent_and_read(visit: Open, cast: Cast, size: str, language: str) -> None:
    look = {"size": size, "language": language}
    subject = f"Booth committees {size} {language}"
    page, found = visit("/messages/circulars/new/", "state_president", **look), []
    page.fill("[name=title]", subject)
    page.fill("[name=text]", "Meet by Sunday.\n\nSend the list.")
    found += unsound(page, f"circular-new-{size}-{language}")
    page.click(SEND)
    page.wait_for_url("**/messages/circulars/*-*/")
    reader = visit("/", "district_in_charge", **look)
    reader.click(
        f"a[href='{page.url.partition('/messages')[1]}{page.url.partition('/messages')[2]}'] >> nth=0"
    )
    reader.wait_for_url("**/messages/circulars/*-*/")
    assert "Send the list." in reader.locator("main").inner_text()
    found += unsound(reader, f"circular-read-{size}-{language}")
    page.reload()
    assert "1" in page.locator("main").inner_text()
    found += unsound(page, f"circular-sender-{size}-{language}")
    page.goto("/messages/circulars/")
    found += unsound(page, f"circulars-{size}-{language}")
    assert found == [], "\n".join(found)
