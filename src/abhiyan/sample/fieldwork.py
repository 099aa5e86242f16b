"""The last days of the cast in their booth: entries at doors, forms on paper, people who joined by their own links.
Samples, dated after the last frame was frozen."""

import itertools
import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from abhiyan.core import clock, printing
from abhiyan.core.actor import Actor
from abhiyan.doorstep import actions as door
from abhiyan.doorstep.models import DoorEntry, DoorTry
from abhiyan.enrolment import actions as enrolment
from abhiyan.enrolment.actions import referrals
from abhiyan.enrolment.rules.channels import Channel, Sign
from abhiyan.intake import actions as intake
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.adapters import Handed
from abhiyan.paper.actions import batches, photos
from abhiyan.paper.models import PaperBatch
from abhiyan.paper.rules.batches import ROWS, sheet_code
from abhiyan.programmes.models import Programme

from . import people
from .claims import BY, DOORS_FROM, LINKS_FROM, SHEETS_FROM, join_by_web
from .data_files import sample_words

SHEET = printing.PrintTemplate.read(Path(__file__).parent / "sheet.typ")
DOTS = 110  # an inch of a photograph: its code can be read
DAYS, A_DAY = 4, 7  # of entries at doors
TYPED, WRITTEN = (
    28,
    9,
)  # people of the batch whose list was imported, and of the one that nobody has typed yet

Place = tuple[Actor, int]  # somebody, and the unit (id) of their office


def knock(seed: str, programme: Programme, workers: Sequence[Place], at: datetime) -> dict[UUID, UUID]:
    """Make entries at the doors of each worker, and doors at which nobody was entered.

    A quarter is proven by a code that the phone read out, a quarter by a call of its own; the others wait.
    Claim -> who wrote it down.
    """
    made: dict[UUID, UUID] = {}
    for number, (worker, unit_id) in enumerate(workers):
        crowd = people.sample_people(f"doors {number} {seed}", first=DOORS_FROM + 1_000 * number)
        for n, sample_person in zip(reversed(range(DAYS * A_DAY)), crowd, strict=False):
            said_at = at - timedelta(days=n // A_DAY, minutes=20 + 17 * (n % A_DAY))
            claim = enrolment.ClaimMessage(
                channel=Channel.DOOR.value,
                key=enrolment.sender_key(worker.id, sample_person.phone),
                phone=sample_person.phone,
                by=worker.id,
                name=sample_person.name_hi,
                birth_year=sample_person.birth_year,
                notice_version=1,
                language="hi",
            )
            entry = door.enter(
                programme_id=programme.pk,
                claim=claim,
                unit_id=unit_id,
                heard=DoorEntry.Heard.PLAYED if n % 3 else DoorEntry.Heard.SHOWN,
                shown_at=said_at - timedelta(seconds=50 + 7 * n),
                by=worker,
                at=said_at,
            )
            for outcome in DoorTry.Outcome.values[: n % 3]:
                door.note_try(
                    programme_id=programme.pk, unit_id=unit_id, outcome=outcome, by=worker, at=said_at
                )
            made[entry.pk] = worker.id
            if n % 4 == 1:
                _call(programme, sample_person.phone, said_at + timedelta(minutes=3))
            elif n % 4 != 3:
                door.send_door_code(entry=entry.public_id, language="hi", by=worker, at=said_at)
                code = _code_read(said_at)
                if n % 4 == 0:
                    door.prove_entry(
                        entry=entry.public_id, code=code, by=worker, at=said_at + timedelta(minutes=2)
                    )
    return made


def _call(programme: Programme, phone: str, at: datetime) -> None:
    call = enrolment.ClaimMessage(
        channel=Channel.MISSED_CALL.value,
        key=enrolment.sender_key(BY.id, f"from a door {phone}"),
        phone=phone,
        by=BY.id,
        sign=Sign.CALL.value,
    )
    intake.enrol_claim(programme_id=programme.pk, claim=call, by=BY, at=at)


def _code_read(at: datetime) -> str:
    """Hand over what waits for a gateway, and return the code that the phone reads."""
    going = messaging.admit(messages=messaging.lease(at=at, n=100, codes=True), at=at)
    taken = [
        (going_message, Handed(ok=True, ref=f"sample-{going_message.message.id}")) for going_message in going
    ]
    messaging.settle_messages(returned=taken, adapter="sample", at=at)
    match = re.search(r"(?<!\d)(?:\d{6}|\d{8})(?!\d)", going[-1].letter.text)
    assert match is not None
    return match[0]


def join_by_links(
    seed: str,
    programme: Programme,
    workers: Sequence[tuple[Place, str, int]],
    at: datetime,
    *,
    first: int = 0,
) -> None:
    """Have people join by the own links of workers.

    workers: each with the code of their booth, and how many joined. first: their phones begin so much later.
    Two drives have other people.
    """
    crowd = people.sample_people(f"links {first} {seed}", first=LINKS_FROM + first)
    for (worker, unit_id), booth, n in workers:
        code = referrals.make_referral(
            programme_id=programme.pk, unit_id=unit_id, by=worker, at=at - timedelta(days=9)
        )
        for number, sample_person in enumerate(itertools.islice(crowd, n)):
            joined_at = at - timedelta(hours=2 + 9 * number)
            for outcome in join_by_web(programme.pk, [sample_person], [booth], at=joined_at):
                referrals.note_inviter(
                    code=code, programme_id=programme.pk, outcome=outcome, by=BY, at=joined_at
                )


def fill_forms(
    seed: str, programme: Programme, mandal: Place, booth: Place, booth_code: str, at: datetime
) -> tuple[PaperBatch, list[people.Sample]]:
    """Make forms of a mandal and of one of its booths: printed, some filled and photographed, of some no more
    is known.

    Returns the batch whose list comes, and the people on its sheets.
    """
    crowd = people.sample_people(f"sheets {seed}", first=SHEETS_FROM)
    typed = _printed(programme, mandal, 3, at - timedelta(days=8))
    filled = list(itertools.islice(crowd, TYPED))
    _photograph(typed, filled, booth_code, mandal[0], at - timedelta(days=2))
    waits = _printed(programme, booth, 1, at - timedelta(days=4))
    written = list(itertools.islice(crowd, WRITTEN))
    _photograph(waits, written, booth_code, booth[0], at - timedelta(hours=5), is_torn=True)
    _printed(programme, booth, 2, at - timedelta(days=2))
    _printed(programme, mandal, 10, at - timedelta(days=1))
    return typed, filled


def _printed(programme: Programme, place: Place, sheets: int, at: datetime) -> PaperBatch:
    by, unit_id = place
    return batches.make_batch(
        programme_id=programme.pk, unit_id=unit_id, sheets=sheets, language="hi", by=by, at=at
    )


def _photograph(
    batch: PaperBatch,
    filled: Sequence[people.Sample],
    booth: str,
    by: Actor,
    at: datetime,
    *,
    is_torn: bool = False,
) -> None:
    """Make photographs of the sheets these people filled.

    is_torn: the code is gone, and somebody has to say which it is.
    """
    page = f"{settings.ORIGIN}{reverse('paper:paper_batch', args=[batch.number])}"
    taken = []
    for start in range(0, len(filled), ROWS):
        rows = [
            [sample_person.name_hi, sample_person.phone[3:], str(sample_person.birth_year), booth]
            for sample_person in filled[start : start + ROWS]
        ]
        drawn = {
            "batch": sample_words().drives.batch.format(number=batch.number),
            "code": "" if is_torn else printing.qr(sheet_code(page, start // ROWS + 1)),
            "tilt": (start / ROWS - 1) * 1.5,
            "rows": rows,
        }
        picture = printing.png(
            SHEET, drawn, title=batch.number, language="hi", at=at, with_lines=False, dots_per_inch=DOTS
        )
        taken.append((f"{start}.png", picture))
    photos.add_photos(batch=batch.pk, photos=taken, by=by, at=at)


def typed_rows(
    filled: Sequence[people.Sample], *, booth: str, worker: str, at: datetime
) -> Iterator[tuple[str, ...]]:
    """Yield what was typed from the sheets. worker: the phone of the worker who filled them."""
    day = (clock.day_in("Asia/Kolkata", at) - timedelta(days=2)).isoformat()
    yield ("phone", "name", "birth_year", "booth", "worker", "day")
    for sample_person in filled:
        yield (
            sample_person.phone[3:],
            sample_person.name_hi,
            str(sample_person.birth_year),
            booth,
            worker[3:],
            day,
        )
