"""Share what the demo's samples need: their ground, and the rooms whose samples are still being made.

A room's sample is the function `sample` of its `demo.py`. The demo serves before all of them are made; until then a
file in the data folder names the rooms whose sample is there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from . import clock, home
from .actor import Actor

BY = Actor.system("demo")
ZONE = "Asia/Kolkata"
MAKING, LOOKED = "demo.making", "demo.looked"

Place = tuple[Actor, int]  # somebody, and the unit (id) of their office


def sample_phone(number: int) -> str:
    """The n-th sample phone: +91 70 followed by eight digits in an order that looks like life."""
    if not 0 <= number < 10**8:
        raise ValueError("there are only a hundred million sample phones")
    return f"+9170{number * 61_803_399 % 10**8:08d}"  # odd and not a multiple of 5: every number once


@dataclass(frozen=True, slots=True)
class SampleGround:
    """This is there before any room's sample is made: units, people in offices, the drive.

    seed, at: what is made depends on them alone. ids: code of a unit -> its id. shown: office -> the place one may sign
    in as. holders: office -> unit (id) -> who holds it there. programme_id: the drive's.
    """

    seed: str
    at: datetime
    ids: Mapping[str, int]
    shown: Mapping[str, Place]
    holders: Mapping[str, Mapping[int, Actor]]
    programme_id: int

    @property
    def today(self) -> date:
        return clock.day_in(ZONE, self.at)

    def actor(self, office: str) -> Actor:
        return self.shown[office][0]


def note_looked() -> None:
    """Somebody opens a page of the demo."""
    (home.home_folder() / LOOKED).touch()


def looked_at() -> float:
    """When somebody last opened a page of the demo, in seconds since 1970; 0 if nobody did."""
    try:
        return (home.home_folder() / LOOKED).stat().st_mtime
    except FileNotFoundError:
        return 0.0


def note_made(*rooms: str) -> None:
    """Note that the samples of these rooms are there; of the others pages say that they are still being made."""
    path = home.home_folder() / MAKING
    half = path.with_suffix(".half")
    half.write_text((path.read_text() if path.exists() else "") + "".join(f"{room}\n" for room in rooms))
    half.rename(path)


def note_all_made() -> None:
    """Every sample is there: no page says anything any more."""
    (home.home_folder() / MAKING).unlink(missing_ok=True)


def is_made(room: str) -> bool:
    """Return True if the sample of a room is there. A page that gathers from several rooms asks for "pages"."""
    try:
        return room in (home.home_folder() / MAKING).read_text().split()
    except FileNotFoundError:
        return True
