"""People whose answer is known beforehand: mixed in among the checks, so that verifiers' errors can be measured."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from abhiyan.core.keys import keyring
from abhiyan.core.words import local_person as in_script
from abhiyan.programmes.rules.activities import CheckQuestion, Whom
from abhiyan.verification.models import Check, Frame
from abhiyan.verification.rules.outcomes import GONE

from .items import items_to_check


@dataclass(frozen=True, slots=True)
class PlantedPerson:
    """Somebody who agreed to be asked, and what is written of them as it would be of an item.

    phone: E.164; unit_id: where they live; channel: of the activity; day: when they joined, or are said to have.
    written: what else is written, by the key of its question (`questions_to_type`).
    """

    name: str
    phone: str
    unit_id: int
    channel: int
    day: date
    written: Mapping[str, str]

    @property
    def phone_id(self) -> UUID:
        """Return the phone's id as the gate knows it."""
        return keyring().phone_id(self.phone)

    def sealed(self, check_id: UUID) -> bytes:
        """Return the person sealed as a check keeps them."""
        clear = json.dumps(asdict(self) | {"day": self.day.isoformat()}, ensure_ascii=False)
        return keyring().seal(clear.encode(), about=check_id.bytes)


def known_of(check: Check) -> PlantedPerson | None:
    """Return the person a planted check asks; None where they were removed, or the frame is closed."""
    if check.planted is None:
        return None
    planted_facts = json.loads(keyring().unseal(bytes(check.planted), about=check.id.bytes))
    return PlantedPerson(**planted_facts | {"day": date.fromisoformat(planted_facts["day"])})


def phone_of(check_id: UUID) -> UUID | None:
    """Return the phone of a planted person, as the gate knows it; None as `known_of`."""
    planted_person = known_of(Check.objects.get(id=check_id))
    return None if planted_person is None else planted_person.phone_id


def whom_of(check: Check, planted_person: PlantedPerson) -> Whom:
    """Return a planted person as a check shows any other: the activity words what an item's channel and day
    would say."""
    items = items_to_check(check.frame.programme, check.frame.measure)
    written = items.whom(check.id, planted_person.channel, planted_person.day).written
    return Whom(in_script(planted_person.name), {**written, **planted_person.written})


def questions_to_type(frame: Frame) -> list[CheckQuestion]:
    """Return the questions to type about a planted person of a frame: all besides channel and day."""
    items = items_to_check(frame.programme, frame.measure)
    written_facts = items.whom(frame.public_id, 0, frame.ends_on).written
    return [question for question in items.questions if question.key not in written_facts]


def planted_in(frame: Frame) -> dict[bool, int]:
    """Count the known-genuine and known-false people of a frame. In a scope that sees the checks."""
    planted = Check.objects.filter(frame=frame, arm=Check.Arm.PLANTED).exclude(reason=GONE)
    return {is_genuine: planted.filter(is_known_genuine=is_genuine).count() for is_genuine in (True, False)}
