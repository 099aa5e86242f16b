"""Read what people of the sample say (`data/words.toml`), and its shares and chances (`data/shares.toml`).

Each table of a file has a class here, and each key a field of it. A key that is missing, unknown or of another type
stops the demo at once, and the error names it.
"""

import json
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

DATA = Path(__file__).parent / "data"
Span = tuple[float, float]


class DataFileFault(Exception):
    """A file of the sample lacks a key, has an unknown one, or holds another type."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class BothLanguages(_Table):
    """A text in English and in Hindi."""

    en: str
    hi: str

    def by_language(self, **blanks: object) -> dict[str, str]:
        """Return the texts by the code of their language. blanks: what fills their braces."""
        return {"en": self.en.format(**blanks), "hi": self.hi.format(**blanks)}


class UnitNames(BothLanguages):
    """The names of a unit. code: of the unit."""

    code: str


class OrganisationWords(_Table):
    name: str
    in_languages: str
    grievance: str


class TreeWords(_Table):
    regions: tuple[UnitNames, ...]
    ward: BothLanguages
    village: BothLanguages
    cluster: BothLanguages
    booth: BothLanguages
    centre: BothLanguages


class DriveWords(_Table):
    now: BothLanguages
    trial: BothLanguages
    trial_places: tuple[UnitNames, ...]
    last: str
    last_source: str
    half_phone: str
    batch: str
    declines: str


class RequestWords(_Table):
    token: str
    token_reason: str
    list_reason: str


class SampleText(_Table):
    """A text to the number of the drive. phone: its last digits; hours: ago."""

    phone: str
    hours: int
    text: str


class PlaceWords(_Table):
    """People say this of their place. n: how many people."""

    place: str
    n: int


class PlacelessWords(_Table):
    state: tuple[PlaceWords, ...]
    district: tuple[PlaceWords, ...]


class RightRequest(_Table):
    """A request by law. days: ago; answer: "" where nobody has answered."""

    days: int
    kind: str
    words: str
    answer: str


class DoubleNames(_Table):
    """One person's names: in both scripts, with a slip of the pen, and with another last name."""

    latin: str
    hindi: str
    misspelt: str
    other_last: str


class DoubleWords(_Table):
    names: tuple[DoubleNames, ...]
    twins: tuple[tuple[str, str], ...]


class FrameWords(_Table):
    """answers: by their meaning, then by the question."""

    source: str
    answers: Mapping[str, Mapping[str, str]]


class FlagWords(_Table):
    answers: tuple[str, ...]
    finding: str


class NoticeBlanks(_Table):
    """These words fill a standard notice. holes: its brackets, with the words in their place."""

    name: str
    contact: str
    holes: Mapping[str, str]


class FriendWords(_Table):
    """notice: by language."""

    names: BothLanguages
    minuted: str
    signs: BothLanguages
    certificates_reason: str
    notice: Mapping[str, NoticeBlanks]


class OpinionWords(_Table):
    moods: tuple[str, ...]
    first: tuple[str, ...]
    advice: tuple[str, ...]
    done: str


class ContributorWords(_Table):
    names: BothLanguages
    skills: tuple[str, ...]
    hours: tuple[str, ...]
    task: str


class CircularWords(_Table):
    title: BothLanguages
    number: str
    text: str


class BulkWords(_Table):
    entity: str
    header: str
    certificate: str
    reason: str
    place: BothLanguages
    number_name: str
    number_ids: BothLanguages
    meeting_name: str
    meeting_ids: BothLanguages
    meeting: BothLanguages
    circular: CircularWords


class SampleWords(_Table):
    """The file `words.toml`."""

    organisation: OrganisationWords
    tree: TreeWords
    drives: DriveWords
    requests: RequestWords
    texts: tuple[SampleText, ...]
    placeless: PlacelessWords
    rights: tuple[RightRequest, ...]
    doubles: DoubleWords
    frames: FrameWords
    flags: FlagWords
    friends: FriendWords
    opinions: OpinionWords
    contributors: ContributorWords
    bulk: BulkWords


class PeopleShares(_Table):
    women: float
    offices: float


class TreeShares(_Table):
    booths: Span
    electors: Span
    town_booths: Span
    household: float


class DriveShares(_Table):
    """locked, eager_districts: by the code of a district."""

    target: float
    last: float
    last_booths: Span
    locked: Mapping[str, int]
    eager: Span
    eager_districts: Mapping[str, float]


class HistoryShares(_Table):
    """ways: by the kind of an event. calls_again: never, once and twice."""

    ways: Mapping[str, float]
    calls_again: tuple[float, float, float]
    opens: float
    completes: float
    resent: float
    again: float
    family: float
    minor: float
    in_hindi: float
    agrees_to_calls: float
    fabricators: float
    by_worst: float
    first_day: float
    growth: float
    sunday: float


class AnswerShares(_Table):
    yes: float
    no: float
    by_link: float


class OwnFigureShares(_Table):
    honest: Span
    too_much: Span


class FrameShares(_Table):
    false_signed: Span
    false_entered: Span
    reached: float
    reached_of_false: float
    at_home: float
    refuses: float
    denies: float
    assents: float


class HostShares(_Table):
    reached: float
    true: float
    talk_signed: float
    talk_unsigned: float


class SampleShares(_Table):
    """The file `shares.toml`."""

    people: PeopleShares
    tree: TreeShares
    drive: DriveShares
    history: HistoryShares
    answers: AnswerShares
    own_figures: OwnFigureShares
    frames: FrameShares
    hosts: HostShares


DataFile = TypeVar("DataFile", SampleWords, SampleShares)


def read_data_file(path: Path, kind: type[DataFile]) -> DataFile:
    """Return the contents of a file. Refuses, with all of its faults, what does not fit its kind."""
    try:  # what comes as JSON has lists where a field is a tuple
        return kind.model_validate_json(json.dumps(tomllib.loads(path.read_text(encoding="utf-8"))))
    except ValidationError as error:
        faults = (f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise DataFileFault(f"{path.name}: {'; '.join(faults)}") from None


@cache
def sample_words() -> SampleWords:
    return read_data_file(DATA / "words.toml", SampleWords)


@cache
def sample_shares() -> SampleShares:
    return read_data_file(DATA / "shares.toml", SampleShares)
