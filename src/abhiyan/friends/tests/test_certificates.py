"""Certificates of friends: who gets one, two people, paper, links, handed over, checked, revoked; and bad input."""

import contextlib
import io
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pypdfium2
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from abhiyan.core import printing
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.core.tests.pdfs import text_of
from abhiyan.enrolment.actions import ClaimOutcome
from abhiyan.enrolment.models import Roll
from abhiyan.enrolment.rules.measures import ENROLMENTS
from abhiyan.enrolment.rules.rolls import FRIENDS
from abhiyan.enrolment.tests.make import Human, World
from abhiyan.enrolment.tests.test_races import at_once
from abhiyan.enrolment.tests.web import blanks, officer, open_me, web_world
from abhiyan.friends.actions import certificates as actions
from abhiyan.friends.models import CertificateBatch, CertificateSheet, FriendCertificate
from abhiyan.friends.queries import certificates as queries
from abhiyan.friends.rules.certificates import CERTIFICATE
from abhiyan.friends.tasks import give_approved_certificates
from abhiyan.imports.tests.scanning import drawn, scanned
from abhiyan.intake import actions as intake
from abhiyan.org.models import Release
from abhiyan.people.models import Account, Document, Person
from abhiyan.people.tests.make import browser
from abhiyan.programmes.models import Programme
from abhiyan.programmes.rules import estimated
from abhiyan.programmes.rules.estimated import Estimated, RealShare, answer_estimated
from abhiyan.units.models import Hierarchy

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("tests")
HOUR = timedelta(hours=1)


def signature(colour: str = "navy", *, mode: str = "RGB") -> bytes:
    """A picture of a signature; mode RGBA: cut out, with nothing behind it."""
    made = io.BytesIO()
    picture = Image.new(mode, (300, 100), "white" if mode == "RGB" else (0, 0, 0, 0))
    picture.paste(colour, (40, 45, 260, 55))
    picture.save(made, "PNG")
    return made.getvalue()


def wide() -> bytes:
    """A small file of a picture of 20,000 × 20,000 points."""
    made = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(made, "PNG")
    return made.getvalue()


class FriendsWorld:
    """A friends programme in the electoral tree, in which people join and confirm."""

    def __init__(self, world: World, *, slug: str = "friends", phones: int = 0) -> None:
        """slug: of its address. phones: a number that tells its people's phones from those of another such world."""
        self.world, self.phones = world, phones
        with system("tests open a friends programme"):
            roll, _new = Roll.objects.get_or_create(
                code=FRIENDS.code, defaults={"names": FRIENDS.names, "gives_way": True}
            )
            window = (world.programme.opens_on, world.programme.closes_on)
            made = world._drive(world.units, roll, slug, *window)
            Programme.objects.filter(pk=made.pk).update(hierarchy=Hierarchy.ELECTORAL)
            made.hierarchy = Hierarchy.ELECTORAL
        world.programme, world.roll, self.own = made, roll, made.pk
        intake.forget_drives()

    @property
    def programme(self) -> Programme:
        return self.world.programme

    @property
    def segment(self) -> int:
        return int(self.world.units["JK-AC20"].pk)

    def human(self, n: int, name: str = "") -> Human:
        return Human(name or f"Friend {chr(65 + n)}", 1980, f"+9199061{self.phones * 10 + n:05d}")

    def friend(
        self, n: int, *, booth: str = "JK-B001", name: str = "", confirms: bool = True
    ) -> ClaimOutcome:
        """The n-th friend joins, and confirms a day and n hours later."""
        one = self.human(n, name)
        made = self.world.web_join(of=one, unit=self.world.units[booth])
        if confirms:
            self.confirm(made, n)
        return made

    def confirm(self, made: ClaimOutcome, n: int) -> None:
        world, before = self.world, self.world.now
        world.now = before + timedelta(days=1) + n * HOUR
        world.confirm(made, phone_id=world.phone_id(self.human(n)))
        world.now = before

    def sheet(self, each: int = 2, **more: Any) -> CertificateSheet:
        new: dict[str, Any] = {
            "each": each,
            "line_en": "Puja Sharma, President",
            "line_hi": "पूजा शर्मा, अध्यक्ष",
        }
        given = actions.NewSheet(**(new | {"signature": signature()} | more))
        return actions.set_sheet(programme=self.programme, new=given, by=SYSTEM, at=self.world.now)

    def give(self, n: int, *, segment: int = 0) -> list[UUID]:
        """A batch as its approval gives it: the friends, the earliest first."""
        with system("test"):
            sheet = queries.sheet_of(self.programme.pk)
        assert sheet is not None
        before = set(self.given())
        actions.give_certificates(
            programme=self.programme,
            segment=segment or self.segment,
            n=n,
            sheet=sheet.pk,
            by=SYSTEM,
            at=self.world.now,
        )
        return [one for one in self.given() if one not in before]

    def given(self) -> list[UUID]:
        with system("test"):
            own = FriendCertificate.objects.filter(programme_id=self.own)
            return list(own.order_by("friend").values_list("friend", flat=True))

    def valid(self) -> set[UUID]:
        with system("test"):
            return {one for one in self.given() if queries.is_valid(one)}

    def page(self, part: str = "", *more: object) -> str:
        return reverse(f"friends:certificate{part}", args=[self.programme.public_id, *more])


@pytest.fixture
def friends() -> FriendsWorld:
    return FriendsWorld(web_world())


@pytest.fixture
def estimates() -> Iterator[dict[tuple[int, int, int], Estimated]]:
    """Answers of checks, in the place of verification: by programme, measure, unit."""
    said: dict[tuple[int, int, int], Estimated] = {}
    before = list(estimated._answers)
    answer_estimated(lambda *_asked: lambda: said)
    yield said
    estimated._answers[:] = before


def ids(*some: ClaimOutcome) -> set[UUID]:
    return {one.membership for one in some if one.membership}


# The rule


def test_the_earliest_confirmed_get_certificates_and_one_more_than_the_number_is_refused(
    friends: FriendsWorld,
) -> None:
    late, early, middle = friends.friend(3), friends.friend(1), friends.friend(2)
    friends.friend(4, confirms=False)
    friends.friend(5, booth="JK-B003")
    friends.sheet(each=2)
    with (
        translation.override("en"),
        pytest.raises(actions.TooManyCertificates, match=r"2 of 2 .* asked for 3"),
    ):
        friends.give(3)
    assert set(friends.give(2)) == ids(early, middle)
    with pytest.raises(actions.TooManyCertificates):
        friends.give(1)
    assert not ids(late) & set(friends.given()) and len(friends.valid()) == 2


def test_751_for_750_are_refused_and_a_smaller_number_later_stops_what_is_asked(
    friends: FriendsWorld,
) -> None:
    friends.friend(1)
    friends.sheet(each=750)
    with translation.override("en"), pytest.raises(actions.TooManyCertificates, match="750 of 750"):
        friends.give(751)
    assert len(friends.give(750)) == 1, "no more than there are friends"
    friends.sheet(each=1)
    friends.friend(2)
    with pytest.raises(actions.TooManyCertificates):
        friends.give(1)


def test_who_left_keeps_the_place_and_the_certificate_ends_and_comes_back_with_them(
    friends: FriendsWorld,
) -> None:
    leaves, stays = friends.friend(1), friends.friend(2)
    friends.friend(3)
    friends.sheet(each=2)
    friends.give(2)
    friends.world.leave(leaves, of=friends.human(1))
    assert friends.valid() == ids(stays)
    with pytest.raises(actions.TooManyCertificates):
        friends.give(1)
    with pytest.raises(actions.CertificateOver):
        actions.hand_over_certificate(friend=next(iter(ids(leaves))), by=SYSTEM, at=friends.world.now)


def test_a_friend_who_becomes_a_member_holds_no_certificate(friends: FriendsWorld) -> None:
    made = friends.friend(1)
    friends.sheet()
    friends.give(1)
    world = friends.world
    with system("test"):
        roll = Roll.objects.get(code="primary")
        window = (world.programme.opens_on, world.programme.closes_on)
        world.programme, world.roll = world._drive(world.units, roll, "members", *window), roll
    intake.forget_drives()
    world.web_join(of=friends.human(1))
    assert friends.valid() == set() and friends.given() == list(ids(made))


def test_a_bad_estimate_of_the_segment_stops_asking_and_giving(
    friends: FriendsWorld, estimates: dict[tuple[int, int, int], Estimated]
) -> None:
    friends.friend(1)
    sheet = friends.sheet()
    share = RealShare(items=100, finished=40, rate=0.6, low=0.5, high=0.8)
    bad = Estimated(NOW.date(), wanted=40, href=None, entered=share)
    estimates[friends.programme.pk, ENROLMENTS, friends.segment] = bad
    with pytest.raises(actions.SegmentInDoubt):
        actions.ask_batch(
            programme=friends.programme, unit=friends.segment, n=1, reason="x", by=SYSTEM, at=NOW
        )
    with pytest.raises(actions.SegmentInDoubt):
        friends.give(1)
    page = officer(friends.world, "state_president", "JK").get(friends.page("s")).text
    assert "stopped by checks" in page and "/ask/" not in page
    estimates.clear()
    friends.sheet(each=3)
    with pytest.raises(actions.SheetReplaced):
        actions.give_certificates(
            programme=friends.programme, segment=friends.segment, n=1, sheet=sheet.pk, by=SYSTEM, at=NOW
        )


@pytest.mark.django_db(transaction=True)  # two connections
def test_two_batches_at_once_keep_the_number(friends: FriendsWorld) -> None:
    for n in range(1, 5):
        friends.friend(n)
    friends.sheet(each=3)
    refused: list[str] = []

    def batch() -> None:
        try:
            friends.give(2)
        except actions.TooManyCertificates as error:
            refused.append(error.code)

    at_once(batch, batch)
    assert len(friends.given()) == 2 and len(refused) == 1
    with system("test"):
        assert Document.objects.filter(kind=CERTIFICATE).count() == 2


STEPS = st.one_of(
    st.tuples(st.sampled_from(["join", "yes", "join", "yes", "leave", "end"]), st.integers(0, 5)),
    st.tuples(st.just("give"), st.integers(1, 4)),
)
_examples = count(1)


class CertificateHistory:
    """A history of joining, confirming, leaving, giving and ending, with what must be true after each step."""

    def __init__(self, friends: FriendsWorld) -> None:
        self.friends = friends
        self.made: dict[int, ClaimOutcome] = {}
        self.confirmed: set[UUID] = set()
        self.ended: set[UUID] = set()

    def do(self, what: str, n: int) -> None:
        self.friends.world.tick(minutes=5)
        before = set(self.friends.given())
        with contextlib.suppress(Refused):
            getattr(self, what)(n)
        given, valid = set(self.friends.given()), self.friends.valid()
        assert len(given) <= 3 and before <= given <= self.confirmed | before
        assert valid <= given and not valid & self.ended

    def join(self, n: int) -> None:
        self.made[n] = self.friends.friend(n, confirms=False)

    def yes(self, n: int) -> None:
        if n in self.made:
            self.friends.confirm(self.made[n], n)
            self.confirmed |= ids(self.made[n])

    def leave(self, n: int) -> None:
        if n in self.made:
            made = self.made.pop(n)
            left = ids(made)
            self.friends.world.leave(made, of=self.friends.human(n))
            self.confirmed -= left
            assert not self.friends.valid() & left

    def end(self, n: int) -> None:
        if n in self.made:
            (one,) = ids(self.made[n])
            actions.revoke_certificate(friend=one, reason="wrong", by=SYSTEM, at=self.friends.world.now)
            self.ended.add(one)

    def give(self, n: int) -> None:
        self.friends.give(n)


@pytest.mark.examples(5, 60)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=st.lists(STEPS, min_size=8, max_size=30))
def test_certificates_are_never_more_than_the_number_nor_come_back_once_ended(
    steps: list[tuple[str, int]], request: pytest.FixtureRequest
) -> None:
    world = getattr(request.node, "world", None) or web_world()
    request.node.world, n = world, next(_examples)
    friends = FriendsWorld(world, slug=f"friends-{n}", phones=n)
    friends.sheet(each=3)
    history = CertificateHistory(friends)
    for what, of in [("join", 0), ("yes", 0), ("give", 1), *steps]:
        history.do(what, of)
    assert friends.given(), "somebody got one"


# The sheet


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"each": 0}, actions.EachOutOfRange),
        ({"each": 1_001}, actions.EachOutOfRange),
        ({"line_hi": " "}, actions.LineMissing),
        ({"line_en": "x" * 81}, actions.LineMissing),
        ({"signature": b""}, actions.SignatureMissing),
        ({"signature": b"%PDF-1.7 no picture"}, actions.SignatureUnfit),
        ({"signature": b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"}, actions.SignatureUnfit),
        ({"signature": wide()}, actions.SignatureUnfit),
        ({"signature": b"x" * (5 << 20) + b"y"}, actions.SignatureTooLarge),
    ],
)
def test_a_sheet_is_refused_at_its_field(
    friends: FriendsWorld, given: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal) as told:
        friends.sheet(**given)
    assert getattr(told.value, "field") == next(iter(given))  # noqa: B009
    with system("test"):
        assert not CertificateSheet.objects.exists()


def test_a_longer_list_of_certificates_asks_no_more(friends: FriendsWorld) -> None:
    organiser = officer(friends.world, "friends_organiser", "JK-SRI-M1")
    friends.sheet(each=10)
    asked = []
    for some in (range(1, 3), range(3, 9)):
        for n in some:
            friends.friend(n)
        friends.give(len(some))
        organiser.get(friends.page("_list"))
        with CaptureQueriesContext(connection) as ran:
            assert organiser.get(friends.page("_list")).text.count("Friend ") >= len(some)
        asked.append(len(ran))
    assert asked[0] == asked[1]


def test_a_cut_out_signature_is_drawn_on_white_paper(friends: FriendsWorld) -> None:
    made = Image.open(io.BytesIO(friends.sheet(signature=signature(mode="RGBA")).opened()))
    assert made.convert("L").getpixel((2, 2)) == 255


def test_the_preview_prints_three_lines_and_urdu_from_right_to_left(friends: FriendsWorld) -> None:
    friends.sheet()
    client = officer(friends.world, "state_president", "JK")
    pdf = client.get(friends.page("_preview"))
    assert pdf["Content-Type"] == "application/pdf"
    pages = drawn(pdf.content)
    assert len(pages) == 3
    assert "Thefirst2friendsofasegment" in text_of(pdf.content) and "हर" in text_of(pdf.content)
    assert "PujaSharma" in text_of(pdf.content, 2)
    assert text_of(pdf.content, 1).count("राजलक्ष्मी") == 4, "nothing of the long name is cut off"
    first, last = (places_of(letter, pdf.content) for letter in "دن")
    assert min(first) > max(last), "the first word stands at the right"
    (address,) = scanned(pages[0])
    assert browser().get("/check/" + address.rsplit("/", 2)[1] + "/").status_code == 404, (
        "a sample proves nothing"
    )
    worker = officer(friends.world, "booth_worker", "JK-B001")
    assert worker.get(friends.page("_preview")).status_code == 403


# Two people, paper, links


@pytest.fixture
def desk(friends: FriendsWorld) -> tuple[Client, Client]:
    return officer(friends.world, "state_president", "JK"), officer(friends.world, "data_officer", "JK")


def approved(friends: FriendsWorld, desk: tuple[Client, Client], n: str = "2") -> CertificateBatch:
    asking, second = desk
    answer = asking.post(friends.page("_ask") + "?unit=JK-AC20", {"n": n, "reason": "the meeting of friends"})
    assert answer.status_code == 302, answer.text
    with system("test"):
        release = Release.objects.filter(state="asked").get()
    decide = f"/releases/{release.public_id}/decide/"
    assert "in the order in which they confirmed" in second.get(f"{decide}?allow=yes").text
    assert asking.post(decide, {"allow": "yes"}).status_code in (403, 404, 409), "nobody approves their own"
    assert second.post(decide, {"allow": "yes"}).status_code == 302
    with system("test"):
        return CertificateBatch.objects.latest("at")


def test_a_batch_is_approved_by_a_second_person_printed_and_its_codes_are_checked(
    friends: FriendsWorld, desk: tuple[Client, Client]
) -> None:
    friends.friend(2, name="محمد یوسف")
    friends.friend(1, name="Bilal Ahmad")
    friends.sheet()
    batch = approved(friends, desk)
    assert batch.n == 2
    page = desk[0].get(friends.page("s")).text
    assert str(batch.pk) in page and "/ask/" not in page, "nothing is left"
    pdf = desk[0].get(friends.page("_pdf", batch.pk))
    sheets = drawn(pdf.content)
    assert len(sheets) == 2 and "BilalAhmad" in text_of(pdf.content, 0), "the earliest first"
    codes = [scanned(each)[0].rsplit("/", 2)[1] for each in sheets]
    said = browser().get(f"/check/{codes[0]}/").text
    assert "Certificate of a friend: valid" in said and "B. A." in said and "Bilal" not in said
    assert "LalChowk" in text_of(pdf.content, 0) and "26November2026" in text_of(pdf.content, 0)
    segment = officer(friends.world, "segment_in_charge", "JK-AC20", hierarchy=Hierarchy.ELECTORAL)
    assert segment.get(friends.page("s")).status_code == 200
    assert segment.get(friends.page("_pdf", batch.pk)).status_code == 403, (
        "names leave by people.export alone"
    )
    assert desk[1].get(friends.page("_pdf", batch.pk)).status_code == 403


def test_a_batch_asked_twice_is_one_request(friends: FriendsWorld, desk: tuple[Client, Client]) -> None:
    friends.friend(1)
    friends.sheet()
    for _again in range(2):
        desk[0].post(friends.page("_ask") + "?unit=JK-AC20", {"n": "1", "reason": "the meeting"})
    with system("test"):
        assert Release.objects.count() == 1
    refused = desk[0].post(friends.page("_ask") + "?unit=JK-AC20", {"n": "3", "reason": "more"})
    assert refused.status_code == 409 and "You asked for 3" in refused.text
    nobody = desk[0].post(friends.page("_ask") + "?unit=JK-AC19", {"n": "1", "reason": "more"})
    assert nobody.status_code == 409 and "No confirmed friend waits" in nobody.text
    assert desk[0].post(friends.page("_ask") + "?unit=JK-B001", {"n": "1", "reason": "x"}).status_code == 404


def test_one_request_and_one_approval_give_the_certificates_of_all_segments(
    friends: FriendsWorld, desk: tuple[Client, Client]
) -> None:
    for n in range(3):
        friends.friend(n)
    friends.friend(3, booth="JK-B004")
    friends.friend(4, booth="JK-B004", confirms=False)
    friends.sheet()
    ask, (asking, second) = friends.page("_ask") + "?unit=JK", desk
    assert "unit=JK" in asking.get(friends.page("s")).text, "a button leads there"
    assert "Ready now: 3 in 2 of" in asking.get(ask).text
    assert asking.post(ask, {"n": "3", "reason": "the meeting"}).status_code == 422, "two are each segment's"
    assert asking.post(ask, {"n": "2", "reason": "the meeting of friends"}).status_code == 302
    with system("test"):
        release = Release.objects.get()
    decide = f"/releases/{release.public_id}/decide/"
    shown = second.get(f"{decide}?allow=yes").text
    assert "Ready now: 3 in 2 of" in shown and "Lal Chowk (Assembly): 2" in shown
    assert "Bahu (Assembly): 1" in shown
    assert asking.post(decide, {"allow": "yes"}).status_code == 403
    friends.friend(5, booth="JK-B004")  # confirmed meanwhile: the job gives what is ready then, two at most
    assert second.post(decide, {"allow": "yes"}).status_code == 302
    assert friends.given() == [], "a job gives them"
    with system("test"):
        release.refresh_from_db()
        by = Account.objects.get(pk=release.decided_by or 0)
    assert release.decided_at is not None
    put_down = release.payload | {"account": by.pk, "person": str(by.public_id)}
    for _begun_anew in range(2):
        give_approved_certificates(**put_down, decided=release.decided_at.isoformat())
        with system("test"):
            assert sorted(CertificateBatch.objects.values_list("n", flat=True)) == [2, 2]
            assert CertificateBatch.objects.filter(approved_by=release.asked_by).count() == 0
    assert asking.post(ask, {"n": "2", "reason": "again"}).status_code == 409, "nobody waits"
    district = officer(friends.world, "mandal_president", "JK-SRI-M1")
    assert district.post(ask, {"n": "2", "reason": "x"}).status_code == 403


def test_each_friend_gets_the_link_once_and_opens_their_own_certificate(
    friends: FriendsWorld, desk: tuple[Client, Client]
) -> None:
    friends.friend(1)
    gone = friends.friend(2)
    friends.sheet()
    friends.give(2)
    friends.world.leave(gone, of=friends.human(2))
    with system("test"):
        assert actions.tell_friends(at=NOW) == 2 and actions.tell_friends(at=NOW) == 0
    (sent,) = blanks(friends.human(1).phone, "certificate.ready")
    assert sent["link"].endswith("/me/certificate/")
    assert blanks(friends.human(2).phone, "certificate.ready") == [], "who left gets no link"
    assert browser().get("/me/certificate/")["Location"].startswith("/me/")
    client = open_me(friends.human(1))
    assert "/me/certificate/" in client.get("/me/").text
    own = client.get("/me/certificate/")
    assert own["Content-Type"] == "application/pdf" and len(drawn(own.content)) == 1
    assert "FriendB" in text_of(own.content)
    other = friends.friend(3)
    other_client = open_me(friends.human(3))
    assert other.membership and "/me/certificate/" not in other_client.get("/me/").text
    assert other_client.get("/me/certificate/").status_code == 404


def test_the_organiser_ticks_who_holds_it_and_an_office_ends_one_for_good(
    friends: FriendsWorld, desk: tuple[Client, Client]
) -> None:
    made = friends.friend(1)
    friends.friend(2, booth="JK-B002")
    friends.sheet()
    friends.give(2)
    (friend,) = ids(made)
    organiser = officer(friends.world, "friends_organiser", "JK-SRI-M1")
    elsewhere = officer(friends.world, "friends_organiser", "JK-JAM-M1")
    page = organiser.get(friends.page("_list")).text
    assert "Friend B" in page and "Friend C" in page
    tick, untick = friends.page("_act", friend, "handed"), friends.page("_act", friend, "not-handed")
    for wrong in (elsewhere, officer(friends.world, "segment_in_charge", "JK-AC19", hierarchy=2)):
        assert wrong.post(tick).status_code in (403, 404)
    assert elsewhere.get(friends.page("_list")).text.count("Friend ") == 0
    for _twice in range(2):
        assert organiser.post(tick).status_code == 302
    assert "Friend B" not in organiser.get(friends.page("_list")).text
    assert "Friend B" in organiser.get(friends.page("_list") + "?state=handed").text
    assert organiser.post(untick).status_code == 302 and organiser.post(tick).status_code == 302

    code = code_of(friend)
    assert browser().get(f"/check/{code}/").status_code == 200
    end = friends.page("_revoke", friend)
    assert organiser.post(end, {"reason": "wrong"}).status_code == 403
    assert "You cannot undo this." in desk[0].get(end).text
    assert desk[0].post(end, {"reason": "story"}).status_code == 422
    assert desk[0].post(end, {"reason": "misused"}).status_code == 302
    answer = browser().get(f"/check/{code}/")
    assert answer.status_code == 404 and "Used by somebody else" not in answer.text, "not why"
    assert "Used by somebody else" in organiser.get(friends.page("_list") + "?state=ended").text
    assert organiser.post(untick).status_code == 409
    assert desk[0].post(end, {"reason": "wrong"}).status_code == 409
    with pytest.raises(actions.TooManyCertificates):
        friends.give(1)


def places_of(letter: str, pdf: bytes) -> list[float]:
    """Return the places of a letter on the third page, from the left edge."""
    page = pypdfium2.PdfDocument(pdf)[2].get_textpage()
    found = [n for n in range(page.count_chars()) if page.get_text_range(n, 1) == letter]
    return [float(page.get_charbox(n)[0]) for n in found]


def code_of(friend: UUID) -> str:
    from abhiyan.people import documents

    with system("test"):
        return documents.document_code(Document.objects.get(about=friend, kind=CERTIFICATE).pk)


def test_ending_a_card_leaves_the_certificate_and_who_left_is_on_no_sheet(
    friends: FriendsWorld, desk: tuple[Client, Client]
) -> None:
    made = friends.friend(1)
    friends.sheet()
    batch = approved(friends, desk, "1")
    (friend,) = ids(made)
    open_me(friends.human(1)).get("/me/card/")
    desk[0].post(f"/people/{friend}/card/revoke/", {"reason": "lost"})
    assert friends.valid() == {friend}
    friends.world.leave(made, of=friends.human(1))
    answer = desk[0].get(friends.page("_pdf", batch.pk))
    assert answer.status_code == 409


def test_certificates_are_printed_once_the_printer_knows_which_letters_they_lack(
    friends: FriendsWorld, desk: tuple[Client, Client]
) -> None:
    friends.friend(1, name="สมชาย")
    friends.friend(2, name="سنیتا دیوی")
    friends.sheet()
    batch = approved(friends, desk)
    page = friends.page("_pdf", batch.pk)
    asked = desk[0].get(page)
    assert asked.status_code == 409 and "Print with lines to write on" in asked.text
    assert "สมชาย" not in asked.text, "this look at names leaves no entry in the trail"
    pdf = desk[0].get(page + "?with_lines=1").content
    assert [printing.LINE in text_of(pdf, n) for n in (0, 1)] == [True, False]


def test_other_programmes_have_no_certificates_and_pages_do_not_ask_once_a_row(
    friends: FriendsWorld, desk: tuple[Client, Client], django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    with system("test"):
        other = Programme.objects.exclude(pk=friends.programme.pk).get()
    assert desk[0].get(reverse("friends:certificates", args=[other.public_id])).status_code == 404
    friends.sheet(each=20)
    desk[0].get(friends.page("s"))  # what the process keeps is read once
    counts = []
    for n in (2, 9):
        for each in range(n * 10, n * 10 + n):
            friends.friend(each, name=f"Friend {chr(65 + each % 26)}")
        friends.give(n)
        for page in (friends.page("s"), friends.page("_list") + "?unit=JK"):
            with django_assert_max_num_queries(80) as seen:
                assert desk[0].get(page).status_code == 200
            counts.append(len(seen))
    assert counts[:2] == counts[2:], "as many for eleven as for two"


def test_erased_names_leave_the_list(friends: FriendsWorld, desk: tuple[Client, Client]) -> None:
    made = friends.friend(1)
    friends.sheet()
    friends.give(1)
    (friend,) = ids(made)
    with system("test"):
        Person.objects.update(left_at=NOW)
    assert "Friend B" not in desk[0].get(friends.page("_list") + "?unit=JK").text
    assert desk[0].get(friends.page("_list") + "?unit=JK").status_code == 200 and friend in friends.given()
