"""A unit's page names the source of its facts in the reader's language."""

import pytest

from abhiyan.core.scope import system
from abhiyan.people.models import Account
from abhiyan.sample import tree
from abhiyan.site.tests.cast import Cast
from abhiyan.units.models import Unit

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "Local Government Directory, Government of India; the point is a sample"),
        ("hi", "स्थानीय शासन निर्देशिका, भारत सरकार; नक़्शे का बिंदु नमूना है"),
    ],
)
def test_the_source_of_a_units_facts_is_told_in_one_language(language: str, told: str) -> None:
    cast = Cast.make()
    with system("test"):
        Account.objects.filter(pk=cast.accounts["district_in_charge"].pk).update(language=language)
        Unit.objects.filter(code="JK-SRI").update(source=f"{tree.LGD}; {tree.POINT}")
    client = cast.client("district_in_charge", language)
    page = client.get("/units/JK-SRI/").content.decode()
    assert f": {told}</p>" in page
