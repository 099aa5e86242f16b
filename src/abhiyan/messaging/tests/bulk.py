"""A bulk text, and a way out that only keeps what it was given."""

from datetime import datetime

from abhiyan.core.actor import Actor
from abhiyan.messaging import actions
from abhiyan.messaging.adapters import Handed, Letter

ENGLISH = "{organisation}: meeting at {place} on Sunday. Stop: {stop} or STOP"
HINDI = "{organisation}: रविवार को {place} में बैठक। रोकें: {stop} या STOP"
ENTITY, ENGLISH_ID, HINDI_ID = "1101234567890123456", "1107161234567890123", "1107161234567890124"
GIVEN = {"en": {"place": "Lal Chowk"}, "hi": {"place": "लाल चौक"}}


class Kept:
    """Takes everything."""

    name = "kept"

    def __init__(self) -> None:
        self.letters: list[Letter] = []

    def hand(self, letter: Letter) -> Handed:
        self.letters.append(letter)
        return Handed(ok=True, ref=letter.ref)


def register(
    *,
    by: Actor,
    unit_id: int,
    at: datetime,
    follows: str = "",
    english: str = ENGLISH,
    english_id: str = ENGLISH_ID,
) -> str:
    """A text in both languages."""
    return actions.register_text(
        name="Meeting on Sunday",
        entity=ENTITY,
        header="SNGTHN",
        wordings={"en": actions.Wording(english, english_id), "hi": actions.Wording(HINDI, HINDI_ID)},
        follows=follows,
        unit_id=unit_id,
        by=by,
        at=at,
    )
