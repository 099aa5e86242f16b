"""The words and shares of the sample come from files: all are read, no key in vain, and a fault names its key."""

import ast
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from abhiyan.sample import data_files
from abhiyan.sample.data_files import DATA, SampleShares, SampleWords

FILES: Mapping[str, Callable[[], SampleWords | SampleShares]] = {
    "words.toml": data_files.sample_words,
    "shares.toml": data_files.sample_shares,
}
ROOM = Path(data_files.__file__).parent


def attributes() -> set[str]:
    """Return the names that modules of the room read of any object."""
    trees = [ast.parse(path.read_text()) for path in ROOM.glob("*.py") if path.name != "data_files.py"]
    return {node.attr for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


def keys_of(table: Any) -> Iterator[str]:
    """Yield the keys of a table that are fields of a class, and those of the tables in it."""
    for key, value in table:
        yield key
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, data_files._Table):
                yield from keys_of(part)


def test_every_file_is_read() -> None:
    assert {path.name for path in DATA.glob("*.toml")} == FILES.keys()
    assert data_files.sample_words().flags.finding and data_files.sample_shares().answers.yes > 0


@pytest.mark.parametrize("name", FILES)
def test_no_key_is_unread(name: str) -> None:
    keys = set(keys_of(FILES[name]()))
    assert len(keys) > 20 and keys <= attributes(), "nobody reads a key"


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("household = 2.9", "", "shares.toml: tree.household: Field required"),
        (
            "household = 2.9",
            'household = "2.9"',
            "shares.toml: tree.household: Input should be a valid number",
        ),
        ("household = 2.9", "household = 2.9\nhomes = 1", "shares.toml: tree.homes: Extra inputs"),
        ("JK-D5 = 70", "JK-D5 = 0.7", "shares.toml: drive.locked.JK-D5: Input should be a valid integer"),
        ("[0.85, 1.15]", "[0.85]", "shares.toml: tree.booths.1: Field required"),
    ],
)
def test_a_fault_names_its_key(tmp_path: Path, old: str, new: str, fault: str) -> None:
    path, text = tmp_path / "shares.toml", (DATA / "shares.toml").read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))
    with pytest.raises(data_files.DataFileFault) as raised:
        data_files.read_data_file(path, SampleShares)
    assert str(raised.value).startswith(fault)


def test_a_fault_in_a_list_names_its_place(tmp_path: Path) -> None:
    path, text = tmp_path / "words.toml", (DATA / "words.toml").read_text()
    assert text.count("hours = 28") == 1
    path.write_text(text.replace("hours = 28", ""))
    with pytest.raises(data_files.DataFileFault, match=r"words\.toml: texts\.1\.hours: Field required"):
        data_files.read_data_file(path, SampleWords)
