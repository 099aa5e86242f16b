"""A member's card: after the phone is proven, as PDF and picture; checked by everybody; revoked."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import pytest
from django.test import Client

from abhiyan.core import printing
from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.core.tests.pdfs import text_of
from abhiyan.enrolment import actions
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.enrolment.views import card as views
from abhiyan.imports.tests.scanning import drawn, scanned
from abhiyan.org.models import Release
from abhiyan.people import actions as people
from abhiyan.people import documents
from abhiyan.people.models import Document, RevokeReason
from abhiyan.people.rules import documents as rules
from abhiyan.people.rules.documents import DocumentKind, name_initials
from abhiyan.people.tests.make import browser

from .make import Human, World
from .web import join, main, officer, open_me, web_world

pytestmark = pytest.mark.django_db
BY = Actor.system("test")


@pytest.fixture
def world() -> World:
    return web_world()


def code_of(client: Client) -> str:
    """Return what zbar reads from the picture of the card, as the last part of its address."""
    picture = client.get("/me/card/card.png")
    assert picture["Content-Type"] == "image/png" and "attachment" in picture["Content-Disposition"]
    (address,) = scanned(picture.content)
    found = re.fullmatch(r"https?://[^/]+/check/([a-z2-7]{40})/", address)
    assert found, address
    return found[1]


def check(code: str) -> tuple[int, str]:
    """Return what everybody sees of a code: status, and the page without its clock."""
    answer = browser().get(f"/check/{quote(code)}/")  # `#` and `?` would end the path
    return answer.status_code, re.sub(r"\d\d:\d\d", "", main(answer.content))


def is_valid(code: str) -> bool:
    status, page = check(code)
    assert (status == 200) == ("Member card: valid" in page)
    return status == 200


def public_id(world: World) -> UUID:
    ((found,),) = world.rows("select public_id from enrolment_membership where merged_into is null")
    assert isinstance(found, UUID)
    return found


def test_the_card_is_read_by_another_program_and_its_check_shows_initials_alone(world: World) -> None:
    client = join(world, world.asha, unit="JK-B001")
    code = code_of(client)
    status, page = check(code)
    assert status == 200 and "A. D." in page
    for hidden in ("Asha", "Devi", "Rajbagh", world.asha.phone[3:], "0001", str(public_id(world))):
        assert hidden not in page
    shown = client.get("/me/card/").content.decode()
    assert 'class="qr"' in shown and "Asha Devi" in shown and world.asha.phone[3:] not in shown
    pdf = client.get("/me/card/card.pdf")
    assert pdf["Content-Type"] == "application/pdf"
    (page_of_pdf,) = drawn(pdf.content)
    assert [each.rsplit("/", 2)[1] for each in scanned(page_of_pdf)] == [code]
    with system("test"):
        assert Document.objects.count() == 1, "each file is the same card"


@pytest.mark.parametrize("kind", ["pdf", "png"])
def test_a_card_is_printed_once_its_holder_knows_which_letters_it_lacks(world: World, kind: str) -> None:
    client = join(world, replace(world.asha, name="สมชาย"))
    page = client.get(f"/me/card/card.{kind}")
    assert page.status_code == 409 and "This server cannot print these letters: ส ม ช า ย." in page.text
    assert '<input type="hidden" name="with_lines" value="1">' in page.text
    made = client.get(f"/me/card/card.{kind}?with_lines=1")
    assert made.status_code == 200 and made["Content-Type"] in ("application/pdf", "image/png")
    if kind == "pdf":
        assert printing.LINE in text_of(made.content)


@pytest.mark.parametrize("name", ["সুনীতা", "ਗੁਰਮੀਤ ਕੌਰ", "சுனிதா தேவி", "ꯁꯨꯅꯤꯇꯥ", "ᱥᱩᱱᱤᱛᱟ"])
def test_a_card_has_a_name_in_any_script_of_india(world: World, name: str) -> None:
    client = join(world, replace(world.asha, name=name))
    assert client.get("/me/card/card.pdf")["Content-Type"] == "application/pdf"
    assert client.get("/me/card/card.png")["Content-Type"] == "image/png"


def test_nobody_gets_a_card_before_their_phone_is_proven(world: World) -> None:
    join(world, world.asha)
    for path in ("/me/card/", "/me/card/card.pdf", "/me/card/card.png"):
        assert browser().get(path)["Location"].startswith("/me/?next=")
    client = browser()
    client.post("/me/", {"phone": world.asha.phone})
    assert client.get("/me/card/card.pdf")["Location"].startswith("/me/?next=")
    with system("test"):
        assert not Document.objects.exists()


def test_on_a_shared_phone_each_gets_their_own_card(world: World) -> None:
    first, second = code_of(join(world, world.asha)), code_of(join(world, world.mohan))
    assert first != second and "A. D." in check(first)[1] and "M. L." in check(second)[1]


def test_a_card_altered_by_one_byte_is_not_valid_whatever_the_byte_and_wherever_it_stands(
    world: World,
) -> None:
    code = code_of(join(world, world.asha))
    for at in range(len(code)):
        for other in map(chr, range(0x20, 0x7F)):
            altered = code[:at] + other + code[at + 1 :]
            assert (documents.document_of_code(altered) is not None) == (other == code[at]), (at, other)
    for flipped in (
        code.upper(),
        code.swapcase(),
        code[:-1],
        code + "a",
        code + "=",
        f" {code}",
        code + "\n",
    ):
        assert documents.document_of_code(flipped) is None, flipped
    for at, other in ((20, code[20].upper() if code[20].isalpha() else chr(ord(code[20]) ^ 0x10)), (0, "ı")):
        assert not is_valid(code[:at] + other + code[at + 1 :]), (at, other)
    assert is_valid(code)


def test_altered_unknown_and_revoked_are_answered_alike(world: World) -> None:
    client = join(world, world.asha)
    code = code_of(client)
    unknown = documents.document_code(UUID(bytes=b"never was issued"))
    with system("test"):
        people.revoke_documents(about=[public_id(world)], reason=RevokeReason.LOST, by=BY, at=world.now)
    altered = ("b" if code[0] != "b" else "c") + code[1:]
    answers = {check(one) for one in (code, unknown, altered, "abcdefgh", "a" * 200)}
    assert len(answers) == 1 and answers.pop()[0] == 404


def test_leaving_makes_the_card_invalid_and_coming_back_makes_it_valid_again(world: World) -> None:
    client = join(world, world.asha)
    code = code_of(client)
    assert client.post("/me/leave/").status_code == 200
    assert not is_valid(code)
    assert client.get("/me/card/card.pdf")["Location"] == "/me/"
    assert client.post("/me/back/").status_code == 302
    assert is_valid(code)


def test_being_struck_off_denying_and_being_erased_make_the_card_invalid(world: World) -> None:
    codes = []
    client = join(world, world.asha)
    codes.append(code_of(client))
    actions.strike_off(membership=public_id(world), reason="not_genuine", by=BY, at=NOW)
    client = join(world, Human("Bilal Ahmad", 1990, "+919906000002"))
    codes.append(code_of(client))
    client.post("/me/deny/")
    client = join(world, Human("Sita Devi", 1970, "+919906000003"))
    codes.append(code_of(client))
    assert is_valid(codes[2]) and client.post("/me/erase/").status_code == 200
    assert [is_valid(code) for code in codes] == [False, False, False]
    with system("test"):
        assert set(Document.objects.values_list("revoke_reason", flat=True)) == {"ended"}
        people.erasing.purge(at=NOW + timedelta(days=4_000))
        assert Document.objects.count() == 2, "of who was erased nothing is kept after the legal period"


def test_a_term_that_has_run_out_makes_the_card_invalid_by_itself(world: World) -> None:
    code = code_of(join(world, world.asha))
    with system("test"):
        world.rows(f"update enrolment_membership set ended_on = '{NOW.date()}' returning 1")
    assert not is_valid(code)


def test_an_officer_revokes_a_card_with_a_reason_and_the_member_takes_a_new_one(world: World) -> None:
    client = join(world, world.asha, unit="JK-B001")
    code, ident = code_of(client), public_id(world)
    president = officer(world, "mandal_president", world.mandal.code)
    page = f"/people/{ident}/card/revoke/"
    assert "Make the card of Asha Devi invalid?" in president.get(page).content.decode()
    assert president.post(page, {}).status_code == 422
    assert president.post(page, {"reason": "ended"}).status_code == 422
    assert is_valid(code)
    assert president.post(page, {"reason": "lost"}).status_code == 302
    assert not is_valid(code)
    assert president.post(page, {"reason": "lost"}).status_code == 409, "once is once"
    assert "Lost or stolen" in president.get(f"/people/{ident}/").content.decode()
    new = code_of(client)
    assert new != code and is_valid(new) and not is_valid(code)
    ((reason, unit),) = world.rows(
        "select facts->>'why', unit_id from core_audit where act = 'people.revoke_documents'"
    )
    assert reason == "lost" and unit == world.booth.pk


def test_an_office_prints_the_cards_of_those_whose_phone_is_proven_once_a_second_person_agrees(
    world: World,
) -> None:
    own = code_of(join(world, world.asha, unit="JK-B001"))
    world.web_join(of=world.bilal)
    world.paper_row(of=world.chandra, by=world.booth_worker)
    client, second = officer(world, "district_president", "JK-SRI"), officer(world, "data_officer", "JK-SRI")
    form = {"unit": "JK-B001", "in": "organisational", "reason": "for the meeting", "file": "cards"}
    assert client.post("/people/export/", form).status_code == 302
    with system("test"):
        release = Release.objects.get()
    page = f"/people/export/{release.public_id}/"
    assert client.post(page).status_code == 403, "nobody has agreed yet"
    asked = second.get(f"/releases/{release.public_id}/decide/?allow=yes").content.decode()
    assert "As member cards to print" in asked and "3 people." in asked and "No filter" in asked
    assert "within 24 hours" in asked
    second.post(f"/releases/{release.public_id}/decide/", {"allow": "yes"})
    answer = client.post(page)
    assert (
        answer["Content-Type"] == "application/pdf"
        and 'filename="cards.pdf"' in answer["Content-Disposition"]
    )
    codes = [each.rsplit("/", 2)[1] for sheet in drawn(answer.content) for each in scanned(sheet)]
    assert len(codes) == 2 and own in codes, "their own card is the same; who is only on paper has none"
    assert all(is_valid(code) for code in codes)
    assert client.post(page).status_code == 403, "once is once"
    assert world.rows("select n from core_audit where act = 'enrolment.export_people'") == [(3,)]
    mandal = officer(world, "mandal_president", world.mandal.code)
    assert mandal.post("/people/export/", form).status_code == 403


def test_a_lost_card_is_made_anew_and_the_old_one_is_not_valid_any_more(world: World) -> None:
    client = join(world, world.asha, unit="JK-B001")
    old = code_of(client)
    assert "Lost your card?" in client.get("/me/card/new/").content.decode() and is_valid(old), "it asks once"
    page = client.post("/me/card/new/", follow=True).content.decode()
    assert "The old one is not valid any more" in page
    new = code_of(client)
    assert new != old and is_valid(new) and not is_valid(old)
    assert world.rows("select revoke_reason from people_document where revoked_at is not null") == [("lost",)]


def test_a_corrected_name_makes_the_card_with_the_old_one_invalid(world: World) -> None:
    client = join(world, world.asha, unit="JK-B001")
    old = code_of(client)
    client.post("/me/correct/", {"name": "Asha Sharma", "birth_year": "1980"})
    assert not is_valid(old) and is_valid(code_of(client))


def test_a_mandal_prints_ten_on_a_sheet_for_members_who_asked_and_nobody_else(world: World) -> None:
    asha = join(world, world.asha, unit="JK-B001")
    own = code_of(asha)
    join(world, world.bilal, unit="JK-B001")
    mandal = officer(world, "mandal_president", world.mandal.code)
    booth = officer(world, "booth_president", "JK-B001")
    assert "No card to print" in mandal.get("/people/cards/").content.decode()
    assert booth.get("/people/cards/").status_code == 403
    asha.post("/me/card/paper/")
    assert "1 member asked for a printed card" in mandal.get("/today/").content.decode()
    assert "asked for a printed card" not in booth.get("/today/").content.decode()
    page = mandal.get("/people/cards/").content.decode()
    assert "Asha Devi" in page and "Bilal" not in page
    asked = mandal.post("/people/cards/?format=names", {"again": "1"})
    assert asked.status_code in (403, 422), "a form about the list prints nothing"
    answer = mandal.post("/people/cards/")
    (sheet,) = drawn(answer.content)
    assert [each.rsplit("/", 2)[1] for each in scanned(sheet)] == [own], "the card on the phone is the same"
    page = mandal.get("/people/cards/").content.decode()
    assert "No card to print" in page and "last seven days again" in page
    assert len(drawn(mandal.post("/people/cards/", {"again": "1"}).content)) == 1
    (bilal,) = world.rows(
        "select m.public_id from enrolment_membership m join people_person p on p.id = m.person_id"
        " where p.name = 'Bilal Ahmad'"
    )
    booth.post(f"/people/{bilal[0]}/card/wanted/")
    assert "Bilal Ahmad" in mandal.get("/people/cards/").content.decode()
    elsewhere = officer(world, "mandal_president", "JK-JAM-M1")
    assert "Bilal Ahmad" not in elsewhere.get("/people/cards/").content.decode()
    assert world.rows("select n from core_audit where act = 'enrolment.print_cards' order by id limit 1") == [
        (1,)
    ]


def test_a_mandal_reads_which_names_cannot_be_printed_before_it_prints_them(world: World) -> None:
    for human in (replace(world.asha, name="สมชาย"), world.mohan):
        join(world, human, unit="JK-B001").post("/me/card/paper/")
    mandal = officer(world, "mandal_president", world.mandal.code)
    page = mandal.get("/people/cards/").text
    assert "Names with letters that this server cannot print: 1 of 2. They are: สมชาย." in page
    refused = mandal.post("/people/cards/")
    assert refused.status_code == 409 and 'name="with_lines" value="1"' in refused.text
    assert "สมชาย" in mandal.get("/people/cards/").text, "nothing was printed, so all still wait"
    (sheet,) = drawn(mandal.post("/people/cards/", {"with_lines": "1"}).content)
    assert len(scanned(sheet)) == 2


def test_eleven_cards_fill_two_sheets_of_a4_that_zbar_reads(world: World) -> None:
    says = {
        "organisation": "Org",
        "roll": "Members",
        "name": "Asha Devi",
        "other_name": "",
        "note": "",
        "proves": "",
        "rows": [["Number", "1"], ["Unit", "Rajbagh School"]],
    }
    cards = [says | {"code": printing.qr(f"https://x/check/{n}/")} for n in range(11)]
    pages = [{"cards": cards[:10]}, {"cards": cards[10:]}]
    made = printing.print_pdf(
        views.SHEET, pages, title="Cards", language="en", at=NOW, with_lines=False, each=10
    )
    first, second = drawn(made)
    assert sorted(scanned(first)) == sorted(f"https://x/check/{n}/" for n in range(10))
    assert scanned(second) == ["https://x/check/10/"]


def test_no_card_is_printed_for_nobody_nor_more_than_a_file_holds(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.paper_row(of=world.asha, by=world.booth_worker)
    client, second = officer(world, "district_president", "JK-SRI"), officer(world, "data_officer", "JK-SRI")
    form = {"unit": "JK-B001", "in": "organisational", "reason": "for the meeting", "file": "cards"}
    client.post("/people/export/", form)
    with system("test"):
        release = Release.objects.get()
    second.post(f"/releases/{release.public_id}/decide/", {"allow": "yes"})
    for _twice in range(2):
        answer = client.post(f"/people/export/{release.public_id}/")
        assert answer.status_code == 409 and "there is no card to print" in answer.content.decode()
    monkeypatch.setattr(views, "MOST", 0)
    answer = client.post("/people/export/", form)
    assert "This list has more than 0 people" in client.get(answer["Location"]).content.decode()
    with system("test"):
        assert Release.objects.count() == 1 and not Document.objects.exists()


@pytest.fixture
def certificate() -> Iterator[DocumentKind]:
    """A second kind of document, as a room would register it."""
    made = DocumentKind(
        "test_certificate", "Certificate", lambda about: "Bilal Ahmad" if about.int % 2 else None
    )
    rules.register(made)
    yield made
    rules._kinds.pop(made.code)  # nobody else has it


def test_another_kind_of_document_is_sealed_checked_and_revoked_alike_and_named(
    world: World, certificate: DocumentKind
) -> None:
    code_of(join(world, world.asha))
    given: dict[str, Any] = {
        "kind": certificate.code,
        "person_id": uuid4(),
        "unit_id": world.booth.pk,
        "by": BY,
        "at": world.now,
    }
    good, over = (people.issue_document(about=UUID(int=about), **given) for about in (3, 4))
    assert people.issue_document(about=UUID(int=3), **given) == good
    status, page = check(documents.document_code(good.pk))
    assert status == 200 and "Certificate: valid" in page and "B. A." in page
    assert "card" not in page.lower(), "the code of a certificate proves no card"
    assert check(documents.document_code(over.pk))[0] == 404, "its own rule says whose one is good"
    with system("test"):
        people.revoke_documents(about=[UUID(int=3)], reason=RevokeReason.LOST, by=BY, at=world.now)
    assert check(documents.document_code(good.pk))[0] == 404


def test_who_keeps_another_roll_cannot_revoke_a_card(world: World) -> None:
    client = join(world, world.asha, unit="JK-B001")
    code = code_of(client)
    worker = officer(world, "booth_worker", world.booth.code)
    assert worker.post(f"/people/{public_id(world)}/card/revoke/", {"reason": "lost"}).status_code in (
        403,
        404,
    )
    assert is_valid(code)


def test_the_way_of_joining_does_not_change_the_rule(world: World) -> None:
    world.paper_row(of=world.asha, by=world.booth_worker)
    client = open_me(world.asha)
    client.get("/me/")
    assert is_valid(code_of(client)), "their own code has proven the phone"
    actions.leave_by_phone(phone=world.asha.phone, channel=Channel.SMS.value, by=BY, at=NOW)
    with system("test"):
        assert not Document.objects.filter(revoked_at=None).exists()


def test_initials_keep_letters_with_their_signs() -> None:
    assert name_initials("Asha Kumari Devi") == "A. D."
    assert name_initials("asha") == "A."
    assert name_initials("श्रीकांत द्विवेदी") == "श्री. द्वि."
    assert name_initials("आशा देवी") == "आ. दे."
    assert name_initials("डॉ. (ज्ञान)") == "डॉ."
    assert name_initials("") == ""
