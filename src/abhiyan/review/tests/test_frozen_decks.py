"""A deck is one thing: page, PPTX and PDF say what was so when it was made; and of persons nothing is kept in it."""

import re

import pytest

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.core.tests.pdfs import written
from abhiyan.people.models import Account
from abhiyan.review.models import DeckEdition
from abhiyan.site.tests.cast import Cast

from .test_rounds import decide, opened, review_of
from .test_slides import file, made, slides

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def cast(open_database: None) -> Cast:
    cast = Cast.make(own=24, foreign=37)
    for unit, target in (("JK", 900), ("JK-SRI", 600), ("JK-JAM", 300)):
        cast.target(unit, target)
    cast._seat("state_elsewhere", "state_president", "HP", 1)
    cast._seat("member_of_parliament", "member_of_parliament", "JK-PC1", 2)
    cast.fold()
    return cast


def grow(cast: Cast, prefix: str) -> None:
    """More people join."""
    cast.crowd(10, "JK-B001", prefix)
    cast.fold()


def words(cast: Cast, role: str, address: str) -> tuple[list[str], str, str]:
    """Return what the page of a deck lists, and what its two files say."""
    page = cast.client(role).get(address).content.decode()
    listed = re.findall(r"<li><span>\d+\. (?:<a [^>]*>)?([^<]+)", page)
    paper = written(file(cast, role, address, "pdf"))
    return listed, str(slides(file(cast, role, address))), "".join(paper.split())


def test_page_pptx_and_pdf_of_a_deck_say_the_same_whatever_comes_in_afterwards(cast: Cast) -> None:
    address = made(cast, "state_president")
    before = words(cast, "state_president", address)
    found = re.search(r"(\d+) of 900", str(before[0]))
    assert found and found[0] in before[1] and "".join(found[0].split()) in before[2]
    grow(cast, "70062")
    anew = made(cast, "state_president")
    assert anew != address and f"{int(found[1]) + 10} of 900" in words(cast, "state_president", anew)[1]
    assert words(cast, "state_president", address) == before


def test_two_readers_of_one_sight_hold_the_same_deck(cast: Cast) -> None:
    address = made(cast, "state_president", "?unit=JK-SRI")
    own = slides(file(cast, "state_president", address))
    grow(cast, "70063")
    assert slides(file(cast, "district_in_charge", address)) == own
    outside = made(cast, "district_elsewhere", "?unit=JK-SRI")
    assert (
        slides(file(cast, "state_president", outside))[0]
        != slides(file(cast, "district_elsewhere", outside))[0]
    )


def test_who_represents_a_seat_has_its_exact_figures_of_the_same_moment(cast: Cast) -> None:
    address = made(cast, "national_president", "?unit=JK-PC1&in=electoral")
    grow(cast, "70066")
    whole, exact, outside = (
        slides(file(cast, role, address))
        for role in ("national_president", "member_of_parliament", "district_elsewhere")
    )
    assert whole[0][0] == exact[0][0] != outside[0][0], "the headline has the count"
    assert "Rounded to 10." in str(outside) and "Rounded to 10." not in str(exact)
    with cast.as_("member_of_parliament"):
        of_seat = DeckEdition.objects.filter(deck__unit__code="JK-PC1")
        assert set(of_seat.values_list("sight", flat=True)) == {"exact", "outside"}


def test_a_frozen_deck_forgets_the_name_of_who_closed_their_account(cast: Cast) -> None:
    address = made(cast, "state_president", "?unit=JK-SRI")
    holder = cast.accounts["district_in_charge"]
    assert holder.name in str(slides(file(cast, "state_president", address)))
    with system("test"):
        assert holder.name not in str(list(DeckEdition.objects.values_list("slides", flat=True)))
        Account.objects.filter(pk=holder.pk).update(closed_at=NOW)
    assert holder.name not in str(slides(file(cast, "state_president", address)))


def test_the_rows_of_editions_are_in_sight_of_their_readers_alone(cast: Cast) -> None:
    made(cast, "state_president", "?unit=JK-SRI")
    for role, sights in (
        ("district_in_charge", {"whole", "outside"}),
        ("district_elsewhere", {"outside"}),
        ("state_elsewhere", set()),
        ("no_office", set()),
    ):
        with cast.as_(role):
            of_deck = DeckEdition.objects.filter(deck__unit__code="JK-SRI")
            assert set(of_deck.values_list("sight", flat=True)) == sights, role


def test_a_deck_of_before_is_frozen_when_it_is_first_opened(cast: Cast) -> None:
    address = made(cast, "state_president")
    with system("test"):
        DeckEdition.objects.all().delete()
    grow(cast, "70064")
    first = slides(file(cast, "state_president", address))
    assert slides(file(cast, "state_president", made(cast, "state_president"))) == first
    grow(cast, "70065")
    assert slides(file(cast, "state_president", address)) == first


def test_the_last_review_of_a_unit_is_for_who_leads_it(cast: Cast) -> None:
    decide(cast, review_of(opened(cast), "JK-SRI-M1"))
    address = made(cast, "district_in_charge", "?unit=JK-SRI-M1")
    assert "Last review" in str(slides(file(cast, "district_in_charge", address)))
    for role in ("call_centre_agent", "state_elsewhere"):
        answer = cast.client(role).get(address)
        assert "Last review" not in answer.content.decode(), role
    assert "Last review" not in str(slides(file(cast, "call_centre_agent", address)))
