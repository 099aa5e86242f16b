"""The columns of a contact list."""

from abhiyan.imports.tables.layout import NAMES, PHONES, CellKind, Field, Layout
from abhiyan.units.unit_lists import PLACE

LAYOUT = Layout(
    key="contact",
    fields=(
        *PLACE,
        Field(
            "name",
            "Name",
            "नाम",
            NAMES,
            CellKind.NAME,
            max_length=100,
        ),
        Field("phone", "Phone", "फ़ोन", PHONES, CellKind.PHONE),
        Field("door", "House", "मकान", "house number, house no, door, address, मकान नंबर, पता", max_length=60),
        Field("lane", "Lane", "गली", "street, mohalla, road, मोहल्ला, सड़क, रास्ता", max_length=60),
        Field(
            "language",
            "Language",
            "भाषा",
            kind=CellKind.CHOICE,
            choices={"hi": ("hindi", "हिंदी", "हिन्दी"), "en": ("english", "अंग्रेज़ी")},
        ),
        Field("lat", "Latitude", "अक्षांश", "lat", CellKind.DECIMAL, least=-90, most=90),
        Field("lon", "Longitude", "देशांतर", "lon, lng, long", CellKind.DECIMAL, least=-180, most=180),
    ),
)
