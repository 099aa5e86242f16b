"""A refusal says whose work it is and which office to ask, in the reader's language, and names nobody."""

from html import unescape

import pytest
from django.urls import reverse

from abhiyan.site.tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            "Only people who may plan back-checks can do this here. Ask the state president (Jammu and Kashmir).",
        ),
        (
            "hi",
            "यहाँ यह वही कर सकते हैं जिनका काम है: जाँच की योजना बनाना। प्रदेश अध्यक्ष (जम्मू और कश्मीर) से कहें।",
        ),
    ],
)
def test_a_district_that_opens_the_page_of_workers_reads_which_office_to_ask(
    language: str, words: str
) -> None:
    cast = Cast.make()
    client = cast.client("district_in_charge")
    client.cookies["language"] = language
    path = reverse("verification:workers", args=[cast.world.programme.public_id])
    answer = client.get(path)
    page = unescape(answer.content.decode())
    assert answer.status_code == 403 and words in page
    assert "state_president" not in page, "the holder's name"
