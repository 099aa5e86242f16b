"""The columns of a paper list."""

from abhiyan.imports.tables.layout import AGES, NAMES, PHONES, CellKind, Field, Layout

PAPER = Layout(
    "paper",
    (
        Field(
            "phone",
            "Phone",
            "फ़ोन",
            also=PHONES,
            kind=CellKind.PHONE,
            required=True,
        ),
        Field(
            "name",
            "Name",
            "नाम",
            also=f"{NAMES}, Member name, सदस्य का नाम",
            kind=CellKind.NAME,
            required=True,
        ),
        Field(
            "birth_year",
            "Birth year",
            "जन्म का साल",
            also=f"जन्म वर्ष, Year of birth, Date of birth, DOB, जन्म तिथि, जन्म दिनांक, जन्म का वर्ष, {AGES}",
            kind=CellKind.YEAR,
            required=True,
        ),
        Field(
            "booth",
            "Booth code",
            "बूथ कोड",
            also="Booth, Unit, Unit code, Part number, Polling station, बूथ, इकाई, भाग संख्या, मतदान केंद्र",
            kind=CellKind.CODE,
            max_length=64,
        ),
        Field(
            "pin", "PIN code", "पिन कोड", also="PIN, Pincode, Postal code, पिन, डाक पिन", kind=CellKind.PIN
        ),
        Field(
            "notice_version",
            "Notice version",
            "सूचना संस्करण",
            also="Notice, Form version, सूचना",
            kind=CellKind.INTEGER,
            least=1,
            most=1_000_000,
        ),
        Field("batch", "Batch number", "बंडल संख्या", also="Batch, Bundle, बंडल", max_length=60),
        Field("day", "Day", "दिन", also="Date, Date of joining, दिनांक, तारीख, तिथि", kind=CellKind.DATE),
        Field("worker", "Worker's phone", "कार्यकर्ता का फ़ोन", also="Worker, कार्यकर्ता", kind=CellKind.PHONE),
    ),
)
# The places of a row's values: the row's number first, then the fields in order.
PHONE, NAME, BIRTH_YEAR, BOOTH, PIN, NOTICE, BATCH, DAY, WORKER = range(1, 10)
# Fields of the act's refusals -> columns of the list.
COLUMN_OF = {"unit": "booth", "field_at": "day"}
