"""Notices, consents, and a phone's no."""

import unicodedata
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from abhiyan.core import news
from abhiyan.core.actor import Actor
from abhiyan.core.backup import Restored
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import NotFound
from abhiyan.core.scope import Scope, scoped, system
from abhiyan.people import actions, journal, queries
from abhiyan.people.actions import consents, sessions, suppressions
from abhiyan.people.models import Consent, Person, Purpose, Suppression
from abhiyan.people.news import ConsentWithdrawn, NoReplayed, PhoneSaidNo
from abhiyan.people.rules.notices import REQUIRED, SAMPLE

from .make import ASHA, AT, SYSTEM

pytestmark = pytest.mark.django_db
WEB = 1
CITIZEN = Actor(kind="citizen", id=uuid4(), device="d")


def phone() -> UUID:
    return keyring().phone_id(ASHA)


def asha() -> Person:
    with system("test"):
        actions.accounts.keep_sealed_phone(phone=ASHA)
        return Person.objects.create(
            id=UUID(bytes=phone().bytes[:6] + b"0123456789"),
            public_id=uuid4(),
            phone_id=phone(),
            name="Asha",
            birth_year=1980,
            unit_id=1,
            at=AT,
        )


def test_the_sample_notice_is_marked_and_says_all_the_act_asks_for_in_two_languages() -> None:
    with system("a test"):
        actions.ensure_sample_notice(by=SYSTEM, at=AT)
        actions.ensure_sample_notice(by=SYSTEM, at=AT)
    for language in ("hi", "en"):
        notice = queries.notice("membership", language)
        assert (notice.version, notice.language, notice.is_sample) == (1, language, True)
        assert set(REQUIRED) <= {key for key, _heading, _text in notice.sections}
        assert notice.short
    assert queries.notice("membership", "ta").language == "hi"
    assert queries.languages_of_notice("membership", 1) == ["en", "hi"]


def test_a_new_version_leaves_the_old_as_it_was() -> None:
    changed = {"en": replace(SAMPLE["en"], title="New")}
    with system("a test"):
        actions.ensure_sample_notice(by=SYSTEM, at=AT)
        assert actions.publish_notice(code="membership", texts=changed, by=SYSTEM, at=AT) == 2
    assert queries.notice("membership", "hi").title == "New"  # the latest, in a language it has
    assert queries.notice("membership", "hi", version=1).language == "hi"
    with pytest.raises(NotFound):
        queries.notice("nothing", "hi")


@pytest.mark.parametrize("key", REQUIRED)
def test_a_notice_that_leaves_something_out_is_refused(key: str) -> None:
    text = SAMPLE["en"]
    less = replace(text, sections=[each for each in text.sections if each.key != key])
    with pytest.raises(consents.NoticeIncomplete, match=key):
        actions.publish_notice(code="membership", texts={"en": less}, by=SYSTEM, at=AT)


def give(person: Person, purpose: int = Purpose.CALLS, days: int = 0) -> UUID:
    return actions.give_consent(
        person_id=person.pk,
        unit_id=person.unit_id,
        purpose=purpose,
        notice_version=1,
        language="hi",
        channel=WEB,
        by=CITIZEN,
        at=AT + timedelta(days=days),
    )


def test_one_consent_per_purpose_with_its_proof() -> None:
    person = asha()
    calls, messages = give(person), give(person, Purpose.MESSAGES)
    assert give(person, days=1) == calls != messages
    with system("test"):
        kept = Consent.objects.get(id=calls)
        assert Consent.objects.count() == 2
    assert (kept.by, kept.device, kept.language, kept.at) == (CITIZEN.id, "d", "hi", AT)
    assert calls.bytes[:6] == phone().bytes[:6]
    with pytest.raises(LookupError):
        give(person, 9)


def test_withdrawn_it_stays_as_what_it_was_and_a_new_yes_is_a_new_row() -> None:
    person = asha()
    heard: list[ConsentWithdrawn] = []
    hear = heard.append
    news.subscribe(ConsentWithdrawn, hear)
    try:
        first = give(person)
        taken = {"person_id": person.pk, "purposes": [Purpose.CALLS], "channel": WEB, "by": CITIZEN, "at": AT}
        assert actions.withdraw_consent(**taken)  # type: ignore[arg-type]  # one dict for two calls
        assert not actions.withdraw_consent(**taken)  # type: ignore[arg-type]  # one dict for two calls
        assert give(person, days=1) != first
    finally:
        news._subscribers[ConsentWithdrawn].remove(hear)
    assert [each.purpose for each in heard] == [Purpose.CALLS]
    with system("test"):
        assert Consent.objects.count() == 2


def test_a_phones_no_is_lifted_by_the_phone_alone() -> None:
    heard: list[PhoneSaidNo] = []
    hear = heard.append
    news.subscribe(PhoneSaidNo, hear)
    try:
        actions.suppress(phone_id=phone(), channel=WEB, by=SYSTEM, at=AT, scope="all")
        actions.suppress(phone_id=phone(), channel=WEB, by=SYSTEM, at=AT)
    finally:
        news._subscribers[PhoneSaidNo].remove(hear)
    assert len(heard) == 2
    with system("test"):
        assert queries.is_suppressed(phone()) == "all"  # the wider one stays
    person = Actor(kind="person", id=uuid4(), account_id=1)
    for by in (person, SYSTEM, Actor.public(), CITIZEN):
        with pytest.raises(suppressions.OnlyThePhoneItself):
            actions.lift(phone_id=phone(), channel=WEB, by=by, at=AT)
    with scoped(Scope(phone=uuid4())), pytest.raises(suppressions.OnlyThePhoneItself):
        actions.lift(phone_id=phone(), channel=WEB, by=CITIZEN, at=AT)
    with scoped(Scope(phone=phone())):
        assert actions.lift(phone_id=phone(), channel=WEB, by=CITIZEN, at=AT)
        assert not actions.lift(phone_id=phone(), channel=WEB, by=CITIZEN, at=AT)
        assert queries.is_suppressed(phone()) == ""
    with scoped(Scope(everything=True)):
        assert not Suppression.objects.exists()  # not even the nation reads who said no


def test_what_is_held_is_told_to_the_phone_for_one_person_only() -> None:
    person = asha()
    with system("test"):
        Person.objects.create(
            id=uuid4(), public_id=uuid4(), phone_id=phone(), name="Ravi", unit_id=1, at=AT + timedelta(days=1)
        )
    give(person)
    with scoped(Scope(phone=phone())):
        assert {each.name for each in Person.objects.all()} == {"Asha", "Ravi"}
        held = queries.data_held_about(phone(), person.pk, at=AT)
        told = held.told()
        assert (told["name"], told["birth_year"], len(told["consents"])) == ("Asha", 1980, 1)
        nobody = queries.data_held_about(phone(), at=AT).told()
        assert (nobody["name"], nobody["consents"]) == (None, [])
    with scoped(Scope(phone=uuid4())):
        assert queries.data_held_about(phone(), person.pk, at=AT).person is None


@pytest.mark.parametrize(
    "name",
    [
        *("", " ", "A", "1234", "x" * 101, "\u200b\u202e", "\x00\x00"),
        *(
            "K\u0456ran K\u0430ur",
            "K\u0336i\u0336r\u0336a\u0336n",
            "=cmd|'/c calc'!A1",
            "<script>alert(1)</script>",
        ),
    ],
)
def test_names_that_are_none_are_refused(name: str) -> None:
    with pytest.raises(actions.accounts.NotAName):
        actions.open_account(phone=ASHA, name=name, by=SYSTEM, at=AT)


def test_a_name_loses_what_cannot_be_seen() -> None:
    account = actions.open_account(phone=ASHA, name="  \u202eAsha\x00  Devi\u200b ", by=SYSTEM, at=AT)
    assert account.name == "Asha Devi"


@pytest.mark.parametrize(
    "name",
    [
        "Asha Devi",
        "मो॰ अली",
        "क़ुरैशी",
        "سنیتا دیوی",
        "ਗੁਰਮੀਤ ਕੌਰ",
        "D’Souza",
        "Ram s/o Shyam",
        "Renée",
        "Kiran किरण",
    ],
)
def test_names_of_any_script_are_kept_as_they_were_written(name: str) -> None:
    made = actions.open_account(phone=ASHA, name=name, by=SYSTEM, at=AT)
    assert made.name == unicodedata.normalize("NFC", name)


def test_after_a_restore_what_phones_said_since_holds_again(own_journal: Path) -> None:
    left, back, old = uuid4(), uuid4(), uuid4()
    actions.suppress(phone_id=old, channel=WEB, by=SYSTEM, at=AT - timedelta(days=2))
    actions.suppress(phone_id=left, channel=WEB, by=SYSTEM, at=AT, scope="all")
    actions.suppress(phone_id=back, channel=WEB, by=SYSTEM, at=AT)
    journal.write_line(journal.No(back, "", WEB, AT + timedelta(hours=1)))
    with own_journal.open("a") as file:
        file.write('{"half a li\n')
    heard: list[NoReplayed] = []
    hear = heard.append
    news.subscribe(NoReplayed, hear)
    try:
        with system("restore"):
            Suppression.objects.all().delete()  # the backup was taken a day before
            Suppression.objects.create(phone_id=back, scope="outreach", channel=WEB, at=AT)
            news.tell(Restored(taken_at=AT - timedelta(days=1), at=AT + timedelta(days=1)))
            assert queries.is_suppressed(left) == "all"
            assert queries.is_suppressed(back) == ""
            assert queries.is_suppressed(old) == ""
    finally:
        news._subscribers[NoReplayed].remove(hear)
    assert [(each.phone_id, each.scope) for each in heard] == [(left, "all")]


def test_after_a_restore_nobody_is_signed_in() -> None:
    token = sessions.start(account_id=1, device="", origin="", at=AT).token
    with system("restore"):
        news.tell(Restored(taken_at=AT, at=AT))
        assert sessions.living_session(token=token, at=AT) is None
