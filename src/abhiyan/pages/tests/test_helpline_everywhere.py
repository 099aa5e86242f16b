"""The helpline's number is below every page: for the public, for offices, on a phone, on an error, on a poster."""

import pytest
from django.urls import reverse

from abhiyan.core.access import PUBLIC
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.helpdesk import actions
from abhiyan.pages.access import addresses_by_name
from abhiyan.people.tests.make import browser
from abhiyan.site.tests.cast import SYSTEM, Cast

pytestmark = pytest.mark.django_db
FIRST, SECOND = "18001030000", "18001030001"
# Public addresses that answer with no page: a sheet, files, a form that is only sent, a look that leads on.
NO_PAGES = {
    "ui:accent",
    "people:sign_out",
    "people:language",
    "people:console",
    "intake:openapi",
    "intake:join_member",
    "intake:join_code",
    "intake:join_places",
    "enrolment:me_out",
    "intake:notice_heard",
    "messaging:short_link",
    "verification:public_file",
    "verification:public_more",
    "pages:today",
    "pages:field_worker",
    "pages:field_manifest",
}
PUBLIC_PAGES = sorted(
    name for name, page in addresses_by_name().items() if page.opens is PUBLIC and name not in NO_PAGES
)


@pytest.fixture(scope="module")
def cast(open_database: None) -> Cast:
    made = Cast.make()
    with system("test"):
        actions.set_helpline(programme_id=made.world.programme.pk, number=FIRST, by=SYSTEM, at=NOW)
    return made


def numbers(text: str) -> list[str]:
    return [number for number in (FIRST, SECOND) if f'href="tel:{number}"' in text]


def filled(name: str, cast: Cast) -> str:
    fillings = {
        "slug": "winter",
        "link": "abcdefghijkl",
        "language": "en",
        "version": 1,
        "sealed": "abcdefghijkl",
        "public_id": cast.world.programme.public_id,
        "word": "abcdefghijkl",
        "token": "abcdefghijkl",
    }
    return reverse(
        name, kwargs={each: fillings[each] for each in addresses_by_name()[name].pattern.converters}
    )


@pytest.mark.parametrize("name", PUBLIC_PAGES)
def test_every_page_for_the_public_shows_the_number(cast: Cast, name: str) -> None:
    visitor = browser()
    visitor.get("/help/")  # a page that was not found asks nothing: the process knows it by now
    answer = visitor.get(filled(name, cast))
    assert "text/html" in answer["Content-Type"], "no page: say so above"
    assert numbers(answer.content.decode()) == [FIRST], answer.status_code


@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("state_president", "/"),  # base_desk
        ("state_president", "/programmes/"),
        ("state_president", "/no/such/page/"),  # error_desk
        ("booth_worker", "/imports/"),  # not theirs
        ("booth_worker", "/field/?unit=JK-B001"),  # base_phone
        ("weak", "/second-factor/"),  # base_public, half signed in
        ("member", "/me/"),
        ("member", "/me/card/"),
        ("anonymous", "/no/such/page/"),  # error
        ("anonymous", "/q/abcdefghijkl/"),
    ],
)
def test_a_page_of_every_frame_shows_the_number(cast: Cast, role: str, path: str) -> None:
    client = cast.client(role)
    browser().get("/help/")
    assert numbers(client.get(path).content.decode()) == [FIRST]
