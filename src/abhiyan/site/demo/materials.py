"""Files for the workers of the demo's drive: what to say at a door, in a second version, and a list for the meeting of
a booth, which some have opened. Samples."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from abhiyan.core import printing
from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.programmes.actions import materials
from abhiyan.programmes.models import Programme
from abhiyan.programmes.models_materials import Material
from abhiyan.programmes.queries import materials as queries

LEAFLET = printing.Template.read(Path(__file__).parent / "leaflet.typ")
NOTE = "नमूना / sample"
AT_DOORS = {"hi": "दरवाज़े पर क्या कहें (नमूना)", "en": "What to say at a door (sample)"}
SAY = (
    "नमस्ते। हम संगठन की ओर से आए हैं।",
    "क्या आप सदस्य बनना चाहेंगे? आपकी मर्ज़ी है।",
    "आपका नंबर बस इसी काम के लिए रखा जाएगा।",
    "अपने फ़ोन से कॉल करें या संदेश भेजें।",
)
SAY_NO = "मना करें तो धन्यवाद कहें और आगे बढ़ें।"
OF_MEETINGS = {"hi": "बूथ की बैठक: क्या-क्या करना है (नमूना)", "en": "Meeting of a booth: what to do (sample)"}
DO = ("सूची साथ लाएँ।", "घर बाँट लें।", "जिनसे नहीं मिले, उनके नाम लिखें।", "अगली बैठक का दिन तय करें।")
READERS = ("mandal_president", "cluster_in_charge", "booth_president")


def put_up(programme: Programme, shown: Mapping[str, tuple[Actor, int]], *, at: datetime) -> None:
    """By the state and by the district; three of the cast have read the newest."""
    president, state = shown["state_president"]
    leader, district = shown["district_president"]
    doors = _add(programme, state, AT_DOORS, [], SAY, by=president, at=at - timedelta(days=20))
    materials.replace_material(
        public_id=doors.public_id,
        data=_drawn(AT_DOORS["hi"], (*SAY, SAY_NO), at=at - timedelta(days=6)),
        by=president,
        at=at - timedelta(days=6),
    )
    offices = ["booth_president", "mandal_president"]
    _add(programme, district, OF_MEETINGS, offices, DO, by=leader, at=at - timedelta(days=2))
    with system("demo"):
        newest = queries.newest([doors])[doors.pk]
    for hours, office in enumerate(READERS, start=3):
        reader, unit_id = shown[office]
        materials.note_opened(
            version=newest, place=(unit_id, office), by=reader, at=at - timedelta(hours=hours)
        )


def _add(
    programme: Programme,
    unit_id: int,
    names: Mapping[str, str],
    offices: Sequence[str],
    lines: Sequence[str],
    *,
    by: Actor,
    at: datetime,
) -> Material:
    return materials.add_material(
        programme_id=programme.pk,
        unit_id=unit_id,
        names=names,
        offices=offices,
        data=_drawn(names["hi"], lines, at=at),
        by=by,
        at=at,
    )


def _drawn(title: str, lines: Sequence[str], *, at: datetime) -> bytes:
    of = {"title": title, "lines": list(lines), "note": NOTE}
    return printing.pdf(LEAFLET, [of], title=title, language="hi", at=at)
