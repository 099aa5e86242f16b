"""Pages of the demo say that their sample is still being made, until it is there; other installations never do."""

from collections.abc import Iterator

import pytest
from django.conf import LazySettings

from abhiyan.core import samples
from abhiyan.core.scope import system
from abhiyan.people.models import Account
from abhiyan.site.tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)
SAID = {"en": "The sample of this page is still being made.", "hi": "इस पन्ने का नमूना अभी बन रहा है।"}


@pytest.fixture
def making() -> Iterator[None]:
    """Make a demo with its ground alone."""
    samples.note_made("people", "units")
    yield
    samples.note_all_made()


@pytest.mark.parametrize("language", list(SAID))
def test_a_page_says_so_until_its_rooms_sample_is_there(
    making: None, settings: LazySettings, language: str
) -> None:
    settings.DEMO = True
    cast = Cast.make()
    with system("test"):
        Account.objects.filter(pk=cast.accounts["state_president"].pk).update(language=language)
    client = cast.client("state_president", language)

    def says(page: str) -> bool:
        return SAID[language] in client.get(page).content.decode()

    assert says("/units/JK/") and says("/programmes/") and not says("/account/")
    samples.note_made("programmes")
    assert says("/units/JK/") and not says("/programmes/"), "a unit's page gathers from every room"
    samples.note_all_made()
    assert not says("/units/JK/")


def test_no_page_says_so_where_there_is_no_demo(making: None) -> None:
    page = Cast.make().client("state_president", "en").get("/units/JK/").content.decode()
    assert SAID["en"] not in page
