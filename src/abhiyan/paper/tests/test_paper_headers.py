"""Column names of paper lists as offices write them."""

import pytest

from abhiyan.imports.tables.headers import guess
from abhiyan.paper.layout import PAPER

HINDI_HEADERS = {
    "phone": "मो. नं.|मो.नं.|मो॰ नं॰|मोबाइल न.|मोबाईल सं.|फोन नं|दूरभाष|सम्पर्क नं.|संपर्क सूत्र|व्हाट्सएप नंबर|Mob. No.|Ph. No.",
    "name": "नाम|सदस्य का नाम|पूरा नाम|मतदाता का नाम|श्री/श्रीमती|नाम (हिंदी में)",
    "birth_year": "जन्म तिथि|जन्मतिथि|जन्म दिनांक|जन्म वर्ष|D.O.B.|DOB|उम्र|आयु|Age",
    "booth": "बूथ सं.|बूथ न.|बूथ क्रमांक|भाग सं.|भाग संख्या|मतदान केन्द्र सं.|Part No.|Booth No",
    "pin": "पिन|पिनकोड|Pin Code",
    "": "पिता का नाम|पिता/पति का नाम|Father's name|क्र.सं.|क्र. सं.|S.No.|मंडल|वार्ड सं.",
}


@pytest.mark.parametrize(
    ("key", "header"), [(key, header) for key, some in HINDI_HEADERS.items() for header in some.split("|")]
)
def test_headers_as_people_write_them_are_read(key: str, header: str) -> None:
    assert guess([header], PAPER) == ({key: 0} if key else {})
