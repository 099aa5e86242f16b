"""Somebody in office and their e-mail address: entered, proven, chosen, refused, removed; and who attacks it."""

from datetime import timedelta

import pytest
from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from abhiyan.core import declared, news
from abhiyan.core.backup import Restored
from abhiyan.core.gateways import Handed
from abhiyan.core.keys import keyring
from abhiyan.core.models import AuditEntry
from abhiyan.core.scope import Scope, scoped, system
from abhiyan.core.tests import given
from abhiyan.core.tests.given import NOW, present
from abhiyan.intake.tests.test_welcome import Taking
from abhiyan.messaging import actions, mail, queries, registrations
from abhiyan.messaging.actions import AccountMessage, sending
from abhiyan.messaging.adapters import Letter
from abhiyan.messaging.models import Message
from abhiyan.messaging.rules import hours, mails, texts
from abhiyan.org.news import AppointmentEnded
from abhiyan.people import actions as people
from abhiyan.people import mailboxes
from abhiyan.people.actions import sessions
from abhiyan.people.actions.emails import sweep_emails
from abhiyan.people.models import Account, EmailAddress, LastSign, Phone, Session
from abhiyan.people.rules import totp
from abhiyan.people.tests.make import ASHA, NOBODYS, SYSTEM, World, browser, inbox, undrawn

from .sending import lane, send_due

pytestmark = pytest.mark.django_db
HERS = "asha.devi@example.org"
PAGE = "/account/email/"


@pytest.fixture
def world(db: None) -> World:
    made = World()
    with system("test"):
        Account.objects.filter(pk=made.account.pk).update(is_root=True)
        actions.publish_templates(at=NOW, by=SYSTEM)
    return made


@pytest.fixture
def asha(world: World) -> Client:
    return browser(world.account)


def row() -> EmailAddress | None:
    with system("test"):
        return EmailAddress.objects.first()


def enter(client: Client, address: str = HERS) -> str:
    """Enter an address; the code that goes there."""
    with inbox() as told:
        answer = client.post(PAGE, {"address": address})
    assert answer.status_code == 302 and answer["Location"] == f"{PAGE}code/", answer.content
    return told[-1].code


def proven(client: Client, address: str = HERS, *, notices: bool = False) -> None:
    code = enter(client, address)
    assert client.post(f"{PAGE}code/", {"code": code})["Location"] == PAGE
    if notices:
        assert client.post(f"{PAGE}notices/", {"way": "email"})["Location"] == PAGE


def letters(*, minutes: int = 0) -> list[Letter]:
    """Send what is due, by either way."""
    way = Taking()
    send_due(way, at=present() + timedelta(minutes=minutes))
    return way.letters


def notice(world: World, template: str = "duty.today", *, key: str = "n") -> None:
    blanks = dict.fromkeys(("link", "word", "office", "unit", "task", "standing", "calls", "more"), "x")
    message = AccountMessage(world.account.pk, template, blanks, f"{template}{key}")
    actions.tell_accounts(messages=[message], at=present())


def ask_by_mail(client: Client, phone: str = ASHA) -> str:
    with inbox() as told:
        answer = client.post("/sign-in/", {"phone": phone, "way": "email"})
    assert answer.status_code == 302, answer.content
    return told[-1].code


def other_browser(phone: str = NOBODYS, *, is_root: bool = True) -> Client:
    account = people.open_account(phone=phone, name="Bilal Ahmad", by=SYSTEM, at=NOW, language="en")
    with system("test"):
        Account.objects.filter(pk=account.pk).update(is_root=is_root)
    return browser(account)


def test_an_address_is_entered_proven_and_shown_masked(world: World, asha: Client) -> None:
    code = enter(asha)
    (letter,) = letters()
    assert (letter.email, letter.phone) == (HERS, "") and code in letter.text
    assert "a•••@example.org" in asha.get(f"{PAGE}code/").content.decode()
    assert asha.post(f"{PAGE}code/", {"code": code})["Location"] == PAGE
    page = asha.get(PAGE).content.decode() + asha.get("/account/").content.decode()
    assert "a•••@example.org" in page and HERS not in page
    kept = row()
    assert kept is not None and kept.proven_at == NOW and HERS.encode() not in bytes(kept.sealed)
    (told,) = letters()
    assert (told.template, told.phone) == ("account.email", ASHA), "the phone hears of it, by SMS"


def test_notices_go_one_way_only_as_the_owner_chose(world: World, asha: Client) -> None:
    proven(asha)
    letters()
    notice(world, key="1")
    assert [(one.phone, one.email) for one in letters()] == [(ASHA, "")]
    asha.post(f"{PAGE}notices/", {"way": "email"})
    notice(world, key="2")
    assert [(one.phone, one.email) for one in letters()] == [("", HERS)]
    asha.post(f"{PAGE}notices/", {"way": "sms"})
    notice(world, key="3")
    assert [(one.phone, one.email) for one in letters()] == [(ASHA, "")]


@pytest.mark.parametrize("template", ["account.reset_done", "office.declined", "code.field", "code.sign_in"])
def test_news_of_ones_own_sign_in_and_codes_of_the_field_stay_with_the_phone(
    world: World, asha: Client, template: str
) -> None:
    proven(asha, notices=True)
    letters()
    blanks = dict.fromkeys(("link", "office", "unit", "code"), "x")
    with system("test"):
        actions.queue_message(
            template=template, phone=ASHA, language="en", blanks=blanks, key="k", at=NOW, kind=1
        )
    assert [(one.phone, one.email) for one in letters()] == [(ASHA, "")]


@pytest.mark.parametrize(
    "code", sorted({code for code, _language in texts.TEXTS if code.startswith("duty.")})
)
@pytest.mark.parametrize("language", ["en", "hi"])
def test_each_notice_makes_sense_as_a_mail(code: str, language: str) -> None:
    text = texts.TEXTS[code, language]
    values = dict.fromkeys(texts.blanks(text), "X") | {"word": "4711", "answer": "999", "reply": "yes"}
    said = texts.fill_text(text, mails.without_sms(values))
    assert "999" not in said and "4711" not in said, "nobody reads an answer to a mail"
    assert said and mails.subject_line(said, "X")


def test_every_text_for_the_sms_register_is_one_that_goes_by_sms(world: World) -> None:
    with system("test"):
        registered = {one.code for one in registrations.content_templates()}
    assert not registered & texts.EMAIL_ONLY and "account.email" in registered


def test_a_mail_keeps_to_the_gate(world: World, asha: Client) -> None:
    """Hours, and the phone's no, hold whichever way it goes."""
    proven(asha, notices=True)
    letters()
    given.time(NOW.replace(hour=20))  # 1:30 in the night there
    notice(world, key="night")
    assert letters() == []
    given.time(NOW + timedelta(days=1))
    assert [one.email for one in letters()] == [HERS]
    with system("test"):
        people.suppress(
            phone_id=world.account.phone_id, scope="all", channel=1, by=SYSTEM, at=NOW + timedelta(days=1)
        )
    notice(world, key="no")
    assert letters() == []


def test_budgets_hold_mails_as_they_hold_sms(
    world: World, asha: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    proven(asha, notices=True)
    letters()
    monkeypatch.setenv("ABHIYAN_SMS_PER_HOUR", "0")
    given.time(NOW + timedelta(hours=1))
    notice(world)
    assert letters() == []
    with system("test"):
        assert Message.objects.get(template="duty.today").reason == "budget"


def test_the_lanes_of_mail_and_sms_do_not_wait_for_one_another(world: World, asha: Client) -> None:
    proven(asha, notices=True)
    letters()
    notice(world)
    way = Taking()
    for name in ("send", "codes", "mail_codes"):
        with lane(name, way, at=NOW, hands=1) as one:
            assert one.turn(NOW) == 0
    with lane("mail", way, at=NOW, hands=1) as one:
        assert one.turn(NOW) == 1


class Refusing:
    """A way out that gives each mail one answer, and takes SMS."""

    name = "refusing"

    def __init__(self, handed: Handed) -> None:
        self.handed, self.tries = handed, 0
        self.taken: list[Letter] = []

    def hand(self, letter: Letter) -> Handed:
        if not letter.email:
            self.taken.append(letter)
            return Handed(ok=True, ref=letter.ref)
        self.tries += 1
        return self.handed


def test_a_refused_address_is_not_written_to_again_and_today_tells_its_owner(
    world: World, asha: Client
) -> None:
    proven(asha, notices=True)
    letters()
    notice(world, key="1")
    send_due(Refusing(Handed(ok=False, reason=mail.REFUSED)), at=NOW)
    assert "Your e-mail address does not work" in asha.get("/").content.decode()
    assert "does not work" in asha.get("/account/").content.decode()
    assert [(one.phone, one.email) for one in letters()] == [(ASHA, "")], "this one goes by SMS after all"
    notice(world, key="2")
    assert [(one.phone, one.email) for one in letters()] == [(ASHA, "")], "and so does the next"
    proven(asha, "new@example.org")
    assert "Your e-mail address does not work" not in asha.get("/").content.decode()


@pytest.mark.parametrize(
    ("handed", "tries"),
    [
        (Handed(ok=False, reason=mail.REFUSED), 1),
        (Handed(ok=False, reason="smtp_554"), 1),
        (Handed(ok=False, again=True, reason="smtp_452", is_of_one=True), 6),  # a full mailbox
        (Handed(ok=False, again=True, reason="smtp_554", is_of_one=True), 6),
    ],
)
@pytest.mark.parametrize("template", ["duty.today", "duty.morning"])
def test_a_notice_whose_mail_is_given_up_goes_by_sms_once(
    world: World, asha: Client, handed: Handed, tries: int, template: str
) -> None:
    proven(asha, notices=True)
    letters()
    notice(world, template)
    way = Refusing(handed)
    for turn in range(8):
        send_due(way, at=NOW + timedelta(minutes=20 * turn))
    assert (way.tries, [one.phone for one in way.taken]) == (tries, [ASHA])
    with system("test"):
        sent = Message.objects.get(template=template)
        assert (sent.state, sent.way, sent.reason) == (Message.State.SENT, Message.Way.SMS, "")


def test_a_code_by_mail_never_turns_into_an_sms(world: World, asha: Client) -> None:
    code = enter(asha)
    way = Refusing(Handed(ok=False, reason=mail.REFUSED))
    send_due(way, at=NOW)
    assert (way.tries, way.taken) == (1, [])
    assert not any(code in one.text for one in letters(minutes=5))


def test_a_mail_that_was_taken_back_meanwhile_does_not_go_by_sms(world: World, asha: Client) -> None:
    proven(asha, notices=True)
    letters()
    notice(world)

    (leased,) = sending.lease(at=NOW, n=9, codes=False, way=mails.EMAIL)
    (going,) = sending.admit(messages=[leased], at=NOW)
    asha.post(f"{PAGE}remove/")
    refused = Handed(ok=False, reason=mail.REFUSED)
    assert sending.settle_messages(returned=[(going, refused)], adapter="smtp", at=NOW) == 0
    assert letters(minutes=5) == []


def test_a_refused_mail_of_a_phone_that_is_gone_keeps_no_other_waiting(world: World, asha: Client) -> None:
    proven(asha, notices=True)
    letters()
    for key in ("1", "2"):
        notice(world, key=key)
    leased = sending.lease(at=NOW, n=9, codes=False, way=mails.EMAIL)
    going = sending.admit(messages=leased, at=NOW)
    with system("test"):
        Phone.objects.filter(pk=world.account.phone_id).delete()
    refused, taken = Handed(ok=False, reason=mail.REFUSED), Handed(ok=True, ref="r")
    assert (
        sending.settle_messages(
            returned=list(zip(going, (refused, taken), strict=True)), adapter="smtp", at=NOW
        )
        == 1
    )
    with system("test"):
        states = Message.objects.filter(template="duty.today").values_list("state", flat=True)
        assert sorted(states) == [Message.State.FAILED, Message.State.SENT]


def test_the_word_of_a_server_about_an_older_address_does_not_touch_the_new_one(
    world: World, asha: Client
) -> None:
    proven(asha)
    asha.post(f"{PAGE}remove/")
    proven(asha, "new@example.org")
    with system("test"):
        people.note_refused_email(phone_id=world.account.phone_id, address=HERS, at=NOW)
        assert EmailAddress.objects.get().failed_at is None
        people.note_refused_email(phone_id=world.account.phone_id, address="NEW@example.org", at=NOW)
        assert EmailAddress.objects.get().failed_at == NOW


def test_a_server_that_says_later_is_tried_again_until_it_takes_the_mail(world: World, asha: Client) -> None:
    proven(asha, notices=True)
    letters()
    notice(world)
    later = Refusing(Handed(ok=False, again=True, reason="smtp_450", is_of_one=True))
    send_due(later, at=NOW)
    assert later.tries == 1 and queries.outages() == [], "one recipient is no trouble of the server"
    assert letters() == []
    assert [one.email for one in letters(minutes=2)] == [HERS]
    kept = row()
    assert kept is not None and kept.failed_at is None


def test_a_code_outlasts_five_minutes_of_greylisting(world: World, asha: Client) -> None:
    code = enter(asha)
    later = Refusing(Handed(ok=False, again=True, reason="smtp_450", is_of_one=True))
    begun = NOW
    for seconds in (0, 15, 45, 105, 225):
        send_due(later, at=begun + timedelta(seconds=seconds))
    assert later.tries == 5
    way = Taking()
    send_due(way, at=begun + timedelta(seconds=465))
    assert [code in one.text for one in way.letters] == [True]
    assert timedelta(seconds=465) < hours.CODE_LIFE


# Signing in by an e-mailed code


def test_a_code_by_mail_and_the_second_proof_sign_in(world: World, asha: Client) -> None:
    secret = world.app()
    proven(asha)
    letters()
    client = browser()
    code = ask_by_mail(client)
    (letter,) = letters()
    assert (letter.email, letter.phone) == (HERS, "") and code in letter.text
    assert client.post("/sign-in/code/", {"code": code})["Location"] == "/sign-in/second/"
    assert client.get("/account/").status_code != 200, "the second proof is still asked"
    app = totp.totp_code(secret, totp.step_at(NOW))
    assert client.post("/sign-in/second/", {"code": app})["Location"] == "/"
    assert client.get("/account/").status_code == 200


def test_a_code_by_mail_proves_no_phone(world: World, asha: Client) -> None:
    """A membership, which a phone opens, stays shut, before the second proof and after it."""
    secret = world.app()
    proven(asha)
    client = browser()
    with system("test"):
        LastSign.objects.all().delete()
    client.post("/sign-in/code/", {"code": ask_by_mail(client)})
    client.post("/sign-in/second/", {"code": totp.totp_code(secret, totp.step_at(NOW))})
    with system("test"):
        key = sessions.session_digest(token=client.cookies[settings.SESSION_COOKIE_NAME].value)
        session = Session.objects.get(key=key)
        assert (session.account_id, session.phone_id) == (world.account.pk, None)
        assert not LastSign.objects.exists(), "nor that the number is still in use"
    assert settings.KNOWN_COOKIE_NAME not in client.cookies


def test_with_and_without_an_address_known_and_unknown_all_is_answered_alike(
    world: World, asha: Client
) -> None:
    other_browser("+919876543210"[:-4] + "3299")
    proven(asha)
    letters()
    bodies = []
    for phone in (ASHA, "+919876543299", "+919812343210"):
        client = browser()
        asked = client.post("/sign-in/", {"phone": phone, "way": "email"})
        page = undrawn(client.get("/sign-in/code/").content.decode())
        wrong = client.post("/sign-in/code/", {"code": "000000"})
        bodies.append((asked.status_code, asked["Location"], page, wrong.status_code))
    assert bodies[0] == bodies[1] == bodies[2]
    assert "HERS" not in bodies[0][2] and "example.org" not in bodies[0][2]
    assert [one.email for one in letters()] == [HERS], "and only one is sent"


def test_asking_takes_the_same_work_whoever_is_behind_the_number(world: World, asha: Client) -> None:
    proven(asha)
    counts = []
    for phone in (ASHA, "+919812343210"):
        with CaptureQueriesContext(
            connection,
        ) as told:
            browser().post("/sign-in/", {"phone": phone, "way": "email"})
        counts.append(
            sum("insert into messaging_message" in one["sql"].lower() for one in told.captured_queries)
        )
    assert counts == [1, 1]


def test_codes_by_mail_and_by_sms_share_one_room(world: World, asha: Client) -> None:
    proven(asha)
    ways = [{"way": "email"} if n % 2 else {} for n in range(20)]
    taken = [browser().post("/sign-in/", {"phone": ASHA, **way}).status_code == 302 for way in ways]
    assert sum(taken) == declared.CODE_PHONE.allowed + declared.CODE_PHONE_NETWORK.allowed


def test_a_code_is_tried_five_times_and_counts_with_the_others(world: World, asha: Client) -> None:
    proven(asha)
    client = browser()
    code = ask_by_mail(client)
    wrong = "000000" if code != "000000" else "111111"
    for _try in range(declared.CODE_REQUEST.allowed):
        assert client.post("/sign-in/code/", {"code": wrong}).status_code == 422
    assert client.post("/sign-in/code/", {"code": code}).status_code == 429


def test_a_code_opens_only_in_its_browser_and_for_its_purpose(world: World, asha: Client) -> None:
    proven(asha)
    one, other = browser(), browser()
    code = ask_by_mail(one)
    ask_by_mail(other)
    assert other.post("/sign-in/code/", {"code": code}).status_code == 422
    with inbox() as told:
        one.post("/sign-in/", {"phone": ASHA})
    assert told[0].purpose == "sign_in"
    assert one.post("/sign-in/code/", {"code": code}).status_code == 422, "of an older request"


def test_a_phone_in_the_field_is_never_opened_by_mail(world: World, asha: Client) -> None:
    proven(asha, notices=True)
    client = browser()
    with inbox() as told:
        client.post("/field/sign-in/", {"phone": ASHA, "way": "email"})
    assert {one.purpose for one in told} <= {"field"}


# Attacks on the address itself


def test_a_code_proves_the_address_it_went_to_and_no_later_one(world: World, asha: Client) -> None:
    """In two browsers of one owner: the code of the first must not prove what the second entered meanwhile."""
    second = browser(world.account)
    code = enter(asha, "mine@example.org")
    enter(second, "not-mine@example.org")
    assert asha.post(f"{PAGE}code/", {"code": code}).status_code == 422
    kept = row()
    assert kept is not None and kept.proven_at is None


def test_an_address_of_another_account_is_refused_only_after_its_code(world: World, asha: Client) -> None:
    proven(asha)
    other = other_browser()
    assert enter(other, HERS.upper()), "nobody learns by asking that it is known"
    with inbox() as told:
        other.post(PAGE, {"address": HERS})
    answer = other.post(f"{PAGE}code/", {"code": told[-1].code})
    assert answer.status_code == 409 and "Another account" in answer.content.decode()
    with system("test"):
        assert EmailAddress.objects.exclude(proven_at=None).count() == 1
    asha.post(f"{PAGE}remove/")
    proven(other)


def test_somebody_elses_pending_address_keeps_nobody_out(world: World, asha: Client) -> None:
    enter(other_browser(), HERS)
    proven(asha)


@pytest.mark.parametrize(
    "address", ["x", "a@example.org\r\nBcc: b@example.org", "a@localhost", "a@@b.org", " "]
)
def test_what_is_no_address_is_refused_on_the_page(world: World, asha: Client, address: str) -> None:
    answer = asha.post(PAGE, {"address": address})
    assert answer.status_code == 422 and row() is None


def test_who_holds_no_office_enters_none(world: World) -> None:
    client = other_browser(is_root=False)
    assert client.post(PAGE, {"address": HERS}).status_code in (403, 422)
    assert row() is None


def test_a_proven_address_is_not_replaced_without_being_removed(world: World, asha: Client) -> None:
    proven(asha)
    assert asha.post(PAGE, {"address": "b@example.org"}).status_code == 409
    with scoped(Scope(account=world.account.pk)):
        mine = mailboxes.own_email(world.account.pk)
    assert mine is not None and mine.is_proven and mine.masked == "a•••@example.org"


def test_only_its_owner_reads_the_row(world: World, asha: Client) -> None:
    proven(asha)
    with scoped(Scope(account=world.account.pk + 1)):
        assert not EmailAddress.objects.exists()
    with scoped(Scope(phone=world.account.phone_id)):
        assert not EmailAddress.objects.exists()
    assert mailboxes.own_email(world.account.pk + 1) is None


@pytest.mark.parametrize("is_proven", [True, False])
def test_its_owner_reads_it_on_the_page_of_what_is_held_about_the_phone(
    world: World, asha: Client, is_proven: bool
) -> None:
    proven(asha) if is_proven else enter(asha)
    citizen = Client(headers={"accept-language": "en"})
    with inbox() as told:
        citizen.post("/me/", {"phone": ASHA})
    citizen.post("/me/code/", {"code": told[-1].code})
    page = citizen.get("/me/").content.decode()
    assert "Account of this phone" in page and "a•••@example.org" in page and HERS not in page
    assert ("not proven yet" in page) is not is_proven
    asha.post(f"{PAGE}remove/")
    assert "example.org" not in citizen.get("/me/").content.decode()


def test_nobody_else_reads_it_in_the_trail_or_in_messages(world: World, asha: Client) -> None:
    proven(asha, notices=True)
    notice(world)
    with system("test"):
        trail = str(list(AuditEntry.objects.values_list("subject", "facts")))
        rows = str(list(Message.objects.values()))
    assert HERS not in trail + rows and "example.org" not in trail + rows


# Its end


def test_removed_it_is_gone_everywhere_and_what_waits_goes_nowhere(world: World, asha: Client) -> None:
    proven(asha, notices=True)
    notice(world, key="1")
    letters()
    notice(world, key="2")
    assert asha.post(f"{PAGE}remove/")["Location"] == "/account/"
    assert row() is None and letters() == []
    with system("test"):
        mailed = Message.objects.filter(way=Message.Way.EMAIL)
        assert {bytes(one.sealed_phone) for one in mailed} == {b""}
        assert mailed.filter(reason="no_address").count() == 1
    notice(world, key="3")
    assert [one.phone for one in letters()] == [ASHA]


def test_a_code_that_waits_for_a_removed_address_is_dropped(world: World, asha: Client) -> None:
    proven(asha)
    letters()
    client = browser()
    ask_by_mail(client)
    asha.post(f"{PAGE}remove/")
    assert letters() == []


@pytest.mark.parametrize("is_last", [True, False])
def test_it_ends_with_the_last_office(world: World, asha: Client, is_last: bool) -> None:
    proven(asha)
    with system("test"):
        Account.objects.filter(pk=world.account.pk).update(is_root=False)
    ended = AppointmentEnded(world.account.pk, 1, "booth_president", is_last, NOW)
    actions.end_email(news=ended)
    assert (row() is None) is is_last


def test_it_ends_with_the_account(world: World, asha: Client) -> None:
    proven(asha)
    with system("test"):
        people.close_account(account_id=world.account.pk, by=SYSTEM, at=NOW)
    assert row() is None


def test_what_nobody_proves_is_deleted_after_a_day(world: World, asha: Client) -> None:
    enter(asha)
    with system("test"):
        assert sweep_emails(at=NOW + timedelta(hours=23)) == 0
        assert sweep_emails(at=NOW + timedelta(hours=25)) == 1
    proven(asha)
    with system("test"):
        assert sweep_emails(at=NOW + timedelta(days=9)) == 0


def test_a_restored_backup_brings_no_address_back(world: World, asha: Client) -> None:
    """Somebody may have removed theirs since the backup was taken."""
    proven(asha, notices=True)
    letters()
    with system("test"):
        news.tell(Restored(taken_at=NOW, at=NOW + timedelta(days=1)))
    assert row() is None
    notice(world)
    with system("test"):
        assert Message.objects.get(template="duty.today").way == Message.Way.SMS


# Without the setting


@pytest.fixture
def off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ABHIYAN_EMAIL", "off")


def test_without_the_setting_no_page_speaks_of_email(world: World, asha: Client, off: None) -> None:
    for client, path in ((browser(), "/sign-in/"), (asha, "/account/"), (asha, "/")):
        said = client.get(path, follow=True).content.decode().lower()
        assert "e-mail" not in said and "email" not in undrawn(said), path
    assert asha.get(PAGE).status_code == 404
    with inbox() as told:
        browser().post("/sign-in/", {"phone": ASHA, "way": "email"})
    assert [one.purpose for one in told] == ["sign_in"]


def test_switched_off_later_notices_go_by_sms_and_the_address_can_be_removed(
    world: World, asha: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    proven(asha, notices=True)
    letters()
    monkeypatch.setenv("ABHIYAN_EMAIL", "off")
    notice(world)
    assert [one.phone for one in letters()] == [ASHA]
    assert "a•••@example.org" in asha.get("/account/").content.decode()
    asha.post(f"{PAGE}remove/")
    assert row() is None


def test_the_seal_is_bound_to_the_account(world: World, asha: Client) -> None:
    proven(asha)
    kept = row()
    assert kept is not None
    with pytest.raises(InvalidTag):
        keyring().unseal(bytes(kept.sealed), about=mailboxes.about_email(kept.account_id + 1))


def test_what_actors_do_is_in_the_trail(world: World, asha: Client) -> None:
    proven(asha, notices=True)
    asha.post(f"{PAGE}remove/")
    with system("test"):
        acts = set(AuditEntry.objects.filter(act__contains="email").values_list("act", flat=True))
    assert acts == {"people.prove_email", "people.choose_email", "people.forget_email"}
