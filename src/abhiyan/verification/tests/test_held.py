"""A person reads what a check holds about them once they were asked; it is emptied when they have everything
erased."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.test import Client

from abhiyan.contact.actions import begin_attempt, end_attempt
from abhiyan.contact.models import Attempt
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.actions import erasing
from abhiyan.enrolment.models import Membership
from abhiyan.enrolment.tests.make import Human
from abhiyan.enrolment.tests.web import join
from abhiyan.people.news import ErasureReplayed
from abhiyan.site.tests.cast import Cast
from abhiyan.verification.actions import tell_check
from abhiyan.verification.models import Check
from abhiyan.verification.queries.checks import ROOM, SaidUnseen, sealed
from abhiyan.verification.queries.opening import frame_key, item_of_check
from abhiyan.verification.rules import draws

from .test_assigning import ME
from .test_checks import GENUINE, drawn

pytestmark = pytest.mark.django_db(transaction=True)
MEENA = Human("Meena Kaul", 1979, "+919906000077")


@pytest.fixture
def meena(cast: Cast) -> Client:
    """Somebody of Jammu whose item is drawn; their browser."""
    client = Client(HTTP_ACCEPT_LANGUAGE="en", raise_request_exception=False)
    join(cast.world, MEENA, client, unit="JK-B004")
    client.cookies["language"] = "en"
    drawn(cast, 90)
    return client


def taken_of(cast: Cast, item: UUID, at: datetime) -> Check:
    """A check of an item, in the hands of a verifier."""
    with system("test"):
        for check in Check.objects.select_related("stratum", "frame").filter(stratum__unit__code="JK-JAM"):
            own = draws.committed(item.bytes, frame_key(check.frame.public_id))
            if (at_byte := bytes(check.stratum.commitments).find(own)) >= 0:
                break
        Check.objects.filter(stratum=check.stratum, place=at_byte // draws.SIZE).delete()
        check.place, check.verifier_id, check.taken_at = at_byte // draws.SIZE, cast.accounts[ME].pk, at
        check.save(force_insert=not Check.objects.filter(id=check.id).exists())
        assert item_of_check(check).item_id == item
    return check


def asked(cast: Cast, check: Check, at: datetime) -> None:
    """A call in which somebody answers."""
    one = begin_attempt(room=ROOM, about=check.id, by=cast.actor(ME), at=at)
    end_attempt(attempt_id=one.id, outcome=Attempt.Outcome.REACHED, zone=UTC, by=cast.actor(ME), at=at)
    with system("test"):
        said = sealed(check.id, SaidUnseen({"how": "At the market, a boy asked"}, "joined"))
        Check.objects.filter(id=check.id).update(said=said, said_at=at)


def test_nobody_learns_from_their_own_page_that_they_are_drawn_until_they_are_asked(
    cast: Cast, meena: Client
) -> None:
    at, item = NOW, cast.membership(MEENA)
    check = taken_of(cast, item, at)
    before = meena.get("/me/").content.decode()
    assert "Meena Kaul" in before and "Checks of your entry" not in before
    asked(cast, check, at)
    tell_check(check_id=check.id, outcome=GENUINE, by=cast.actor(ME), at=at)
    page = meena.get("/me/").content.decode()
    assert "A call to check your entry" in page and "The entry is right" in page
    assert "What did you do?" in page and "At the market, a boy asked" in page
    (told,) = json.loads(meena.get("/me/data/").content)["checks"]
    assert (told["what"], told["result"]) == ("A call to check your entry", "The entry is right")


def test_an_erasure_empties_what_was_said_and_so_does_its_replay_after_a_restore(
    cast: Cast, meena: Client
) -> None:
    at, item = NOW, cast.membership(MEENA)
    check = taken_of(cast, item, at)
    asked(cast, check, at)
    assert meena.post("/me/erase/").status_code == 200
    with system("test"):
        found = Check.objects.get(id=check.id)
        assert (found.said, found.said_at) == (None, at), (
            "that somebody was asked stays; what they said does not"
        )
        Check.objects.filter(id=check.id).update(said=b"sealed")  # as the backup has it
        member = Membership.objects.get(public_id=item)
        erasing.end_again(
            erasure_replayed=ErasureReplayed(
                person_id=member.person_id, phone_id=member.phone_id, channel=1, at=at + timedelta(days=1)
            )
        )
        assert Check.objects.get(id=check.id).said is None
