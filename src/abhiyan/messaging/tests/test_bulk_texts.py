"""Texts of bulk messages: ids, hash, certificate; a changed text is another version."""

import hashlib
from datetime import date, timedelta

import pytest

from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.messaging import actions
from abhiyan.messaging.actions import bulk_texts
from abhiyan.messaging.models import Template
from abhiyan.messaging.rules import bulk
from abhiyan.org.queries import NotYours
from abhiyan.org.tests.make import AT, World, actor
from abhiyan.org.tests.rights import Rights
from abhiyan.people.tests.make import body

from .bulk import ENGLISH, ENGLISH_ID, ENTITY, HINDI, register

pytestmark = pytest.mark.django_db
NEW_ID = "1107161234567890999"


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"name": " "}, bulk_texts.TextNameMissing),
        ({"entity": "PE-12"}, bulk_texts.NoEntity),
        ({"header": "A B"}, bulk_texts.NoHeader),
        ({"wordings": {}}, bulk_texts.NoText),
        ({"wordings": {"en": actions.Wording(ENGLISH, "")}}, bulk_texts.NoRegistration),
        ({"wordings": {"en": actions.Wording("Come! STOP", ENGLISH_ID)}}, bulk_texts.SenderMissing),
        ({"wordings": {"en": actions.Wording("{organisation}: come!", ENGLISH_ID)}}, bulk_texts.NoWayToStop),
        (
            {"wordings": {"en": actions.Wording("{organisation} {Place} STOP", ENGLISH_ID)}},
            bulk_texts.WrongShape,
        ),
        ({"wordings": {"en": actions.Wording("{organisation} [x] STOP", ENGLISH_ID)}}, bulk_texts.WrongShape),
        ({"wordings": {"en": actions.Wording("x" * 1001, ENGLISH_ID)}}, bulk_texts.BulkTextTooLong),
    ],
)
def test_a_text_without_what_the_law_asks_for_is_refused(
    changed: dict[str, object], refusal: type[Exception], world: World
) -> None:
    given: dict[str, object] = {
        "name": "Meeting",
        "entity": ENTITY,
        "header": "SNGTHN",
        "wordings": {"en": actions.Wording(ENGLISH, ENGLISH_ID)},
    }
    by = actor(world.holder("state_president", "N1"))
    with pytest.raises(refusal):
        actions.register_text(**(given | changed), unit_id=world.unit("N1"), by=by, at=AT)  # type: ignore[arg-type]  # as given
    assert not Template.objects.filter(code__startswith="bulk.").exists()


def test_a_changed_text_is_a_version_with_new_ids_and_the_one_before_takes_no_sends(world: World) -> None:
    by, unit_id = actor(world.holder("state_president", "N1")), world.unit("N1")
    first = register(by=by, unit_id=unit_id, at=AT)
    with pytest.raises(bulk_texts.NothingChanged):
        register(by=by, unit_id=unit_id, at=AT, follows=first)
    with pytest.raises(bulk_texts.SameIds):
        register(by=by, unit_id=unit_id, at=AT, follows=first, english=ENGLISH + "!")
    with pytest.raises(bulk_texts.SameIds):  # another text altogether
        register(by=by, unit_id=unit_id, at=AT, english=ENGLISH + "?")
    second = register(by=by, unit_id=unit_id, at=AT, follows=first, english=ENGLISH + "!", english_id=NEW_ID)
    with system("test"):
        known = dict(
            Template.objects.filter(language="en", code__startswith="bulk.").values_list("code", "is_active")
        )
    assert known == {first: False, second: True} and bulk.bulk_text_key(first) == bulk.bulk_text_key(second)


def test_a_certificate_holds_for_the_exact_text_on_its_days_alone(world: World) -> None:
    by, unit_id = actor(world.holder("state_president", "N1")), world.unit("N1")
    code = register(by=by, unit_id=unit_id, at=AT)
    right = hashlib.sha256(ENGLISH.encode()).hexdigest()
    elsewhere = actor(world.holder("state_president", "N2"))

    def certify(sha256: str, days: int = 9, by: Actor = by) -> None:
        actions.certify_text(
            code=code,
            language="en",
            number="MCMC/7",
            begins_on=date(2026, 11, 20),
            ends_on=date(2026, 11, 20) + timedelta(days=days),
            sha256=sha256,
            by=by,
            at=AT,
        )

    with pytest.raises(bulk_texts.OtherText):
        certify(hashlib.sha256(HINDI.encode()).hexdigest())
    with pytest.raises(bulk_texts.WrongDays):
        certify(right, days=-1)
    with pytest.raises(NotYours):
        certify(right, by=elsewhere)
    with pytest.raises(NotYours):
        register(
            by=elsewhere,
            unit_id=world.unit("N2"),
            at=AT,
            follows=code,
            english=ENGLISH + "!",
            english_id=NEW_ID,
        )
    certify(right.upper())
    one = Template.objects.get(code=code, language="en")
    held = bulk.Certificate(
        one.certificate, one.certificate_from, one.certificate_until, one.certificate_sha256
    )
    assert held.covers(ENGLISH, date(2026, 11, 29)) and not held.covers(ENGLISH, date(2026, 11, 30))
    assert not held.covers(ENGLISH + " ", date(2026, 11, 20)) and one.sha256 == right


def test_only_who_may_send_registers_and_certifies(world: World) -> None:
    other = actor(world.holder("district_president", "N11"))
    with pytest.raises(NotYours):
        register(by=other, unit_id=world.unit("N11"), at=AT)


def test_the_pages_of_texts_open_to_who_may_send_and_show_the_hash(world: World) -> None:
    rights = Rights(world.unit)
    for path in ("/messages/texts/", "/messages/texts/new/", "/messages/sends/"):
        rights.opens(path, needs="messages.send", at="N1")
    client = rights.may("messages.send", at="N1")
    sent = {
        "name": "Meeting on Sunday",
        "entity": ENTITY,
        "header": "SNGTHN",
        "text_en": ENGLISH,
        "registration_en": "12",
    }
    refused = client.post("/messages/texts/new/", sent)
    assert refused.status_code == 422 and b"DLT template id: digits only" in refused.content
    made = client.post("/messages/texts/new/", sent | {"registration_en": ENGLISH_ID})
    page = body(client, made["Location"])
    assert hashlib.sha256(ENGLISH.encode()).hexdigest() in page and "1 SMS part" in page
    assert "Meeting on Sunday" in body(client, "/messages/texts/")
    certificate = {"language": "en", "number": "MCMC/7", "begins_on": "2026-11-20", "ends_on": "2026-12-01"}
    wrong = client.post(made["Location"], certificate | {"sha256": "0" * 64})
    assert wrong.status_code == 422 and b"another text" in wrong.content
    right = hashlib.sha256(ENGLISH.encode()).hexdigest()
    assert client.post(made["Location"], certificate | {"sha256": right}).status_code == 302
    assert "MCMC/7" in body(client, made["Location"])
    changed = sent | {"text_en": ENGLISH + "!", "registration_en": NEW_ID}
    code = made["Location"].rstrip("/").rpartition("/")[2]
    newer = client.post(f"/messages/texts/new/?follows={code}", changed)
    assert f">{ENGLISH_ID}</td>" in body(client, newer["Location"]).split("Earlier versions")[-1]
    assert "replaced by a newer version" in body(client, made["Location"])
    assert client.get("/messages/texts/bulk.none.1/").status_code == 404
