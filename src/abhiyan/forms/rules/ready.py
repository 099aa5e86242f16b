"""The ready forms that an office copies: one TOML file each in `forms/ready`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .questions import FormQuestion, question_from_json

_FOLDER = Path(__file__).resolve().parents[1] / "ready"
OPINION = "opinion"  # people answer it without their name
ORDER = ("meeting", "weekly", "booth", "stay", "beneficiary", "dialogue", OPINION, "call", "skills")


@dataclass(frozen=True, slots=True)
class ReadyMadeForm:
    """code: the name of its file."""

    code: str
    names: Mapping[str, str]
    questions: tuple[FormQuestion, ...]


@cache
def ready_forms() -> dict[str, ReadyMadeForm]:
    """The ready forms by their codes."""
    return {code: _read(code) for code in ORDER}


def _read(code: str) -> ReadyMadeForm:
    form_toml = tomllib.loads((_FOLDER / f"{code}.toml").read_text(encoding="utf-8"))
    return ReadyMadeForm(
        code,
        form_toml["name"],
        tuple(question_from_json(question_json) for question_json in form_toml["questions"]),
    )
