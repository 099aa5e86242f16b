"""Pages name the number of their drive where several run; `/help/` and the line below pages agree; posters."""

import re
from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.core.tests.pdfs import text_of
from abhiyan.enrolment.actions import confirming
from abhiyan.enrolment.models import Roll
from abhiyan.enrolment.tests.make import Human
from abhiyan.enrolment.tests.web import blanks, join, open_me, today
from abhiyan.helpdesk import actions, helplines
from abhiyan.people.tests.make import browser
from abhiyan.programmes.models import Programme
from abhiyan.site.tests.cast import SYSTEM, Cast

from .test_helpline_everywhere import FIRST, SECOND, numbers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast() -> Cast:
    made = Cast.make()
    with system("test"):
        actions.set_helpline(programme_id=made.world.programme.pk, number=FIRST, by=SYSTEM, at=NOW)
    return made


def second_drive(cast: Cast) -> Programme:
    """Another drive that runs, with a number of its own."""
    world = cast.world
    with system("test"):
        roll = Roll.objects.create(code="friends", names={"en": "Friends"})
        made = world._drive(world.units, roll, "friends", world.programme.opens_on, world.programme.closes_on)
        actions.set_helpline(programme_id=made.pk, number=SECOND, by=SYSTEM, at=NOW)
    return made


def test_of_two_drives_a_page_shows_the_number_of_the_one_it_is_about(cast: Cast) -> None:
    other, world = second_drive(cast), cast.world
    both = [FIRST, SECOND]
    visitor, chief = browser(), cast.client("state_president")

    def shown(path: str, client: Client = visitor) -> list[str]:
        return numbers(client.get(path).content.decode())

    assert shown("/join/winter/") == shown("/help/?about=" + str(world.programme.public_id)) == [FIRST]
    assert shown("/join/friends/") == shown(f"/programmes/{other.public_id}/", chief) == [SECOND]
    assert shown(f"/drives/{world.programme.public_id}/", chief) == [FIRST]
    for path in ("/join/", "/me/", "/help/", "/sign-in/", "/check/abcdefghijkl/"):
        assert shown(path) == both, path
    assert (
        "Membership drive"
        in visitor.get("/me/").content.decode().split('class="small muted gap-top noprint helpline')[1]
    )
    assert shown("/", chief) == both
    # A member and a question have a known drive.
    mine = join(world, Human("Meena Kaul", 1979, "+919906000077"), unit="JK-B001")
    assert shown("/me/", mine) == [FIRST]
    assert shown("/me/", open_me(cast.own_member)) == [FIRST]
    world.now = datetime.combine(today() - timedelta(days=2), time(6, 30), UTC)
    human = Human("Nazir Ahmad", 1966, "+919906000078")
    world.web_join(of=human)
    with system("test"):
        confirming.ask_new_members(at=world.now + timedelta(days=1))
    link = blanks(human.phone, "ask.confirm")[-1]["link"]
    assert shown("/q/" + link.split("/q/")[1] + "/") == [FIRST]
    # And below a drive beneath another, which has none of its own, that of the one above.
    with system("test"):
        actions.set_helpline(programme_id=other.pk, number="", by=SYSTEM, at=NOW)
        Programme.objects.filter(pk=other.pk).update(parent=world.programme)
    helplines.forget_helplines()
    assert shown("/join/friends/") == [FIRST]


def test_help_and_the_line_below_every_page_never_disagree(cast: Cast) -> None:
    visitor = browser()
    assert numbers(visitor.get("/help/").content.decode()) == [FIRST]
    with system("test"):
        actions.set_helpline(programme_id=cast.world.programme.pk, number=SECOND, by=SYSTEM, at=NOW)
    for path in ("/help/", "/me/", "/sign-in/", f"/help/?about={cast.world.programme.public_id}"):
        assert numbers(visitor.get(path).content.decode()) == [SECOND], path
    with system("test"):
        actions.set_helpline(programme_id=cast.world.programme.pk, number="", by=SYSTEM, at=NOW)
    page = visitor.get("/me/").content.decode()
    assert numbers(page) == [] and f"/help/?about={cast.world.programme.public_id}" in page


def test_pages_ask_for_the_numbers_once_and_error_pages_not_at_all(cast: Cast) -> None:
    def asked(path: str) -> int:
        with CaptureQueriesContext(connection) as found:
            browser().get(path)
        return sum("helpdesk_helpline" in (one["sql"] or "") for one in found.captured_queries)

    helplines.forget_helplines()
    assert [asked("/no/such/page/"), asked("/sign-in/"), asked("/sign-in/"), asked("/help/")] == [0, 1, 0, 0]


def test_posters_carry_the_number(cast: Cast) -> None:
    worker = cast.client("booth_worker")
    poster = f"/drives/{cast.world.programme.public_id}/poster/"
    page = re.sub(r"<[^>]*>", "", worker.get(poster).content.decode())  # the number is a link
    assert f"Questions? Call the helpline: {FIRST}" in " ".join(page.split())
    for language in ("hi", "en"):
        assert FIRST.replace(" ", "") in text_of(worker.get(f"{poster}{language}/").content)
