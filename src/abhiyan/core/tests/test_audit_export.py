"""The exported audit verifies by Python alone: what is changed, left out, moved or cut off is found."""

import importlib.util
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import psycopg
import pytest

from abhiyan.core import audit, audit_export, audit_seals, database
from abhiyan.core.actor import Actor
from abhiyan.core.scope import system

from .conftest import seal_everything

pytestmark = pytest.mark.django_db(transaction=True)  # entries are sealed once their transaction has ended
AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
SCRIPT = Path(__file__).parents[4] / "deploy" / "verify_audit.py"
Lines = list[bytes]


def script() -> ModuleType:
    found = importlib.util.spec_from_file_location("verify_audit", SCRIPT)
    assert found is not None and found.loader is not None
    made = importlib.util.module_from_spec(found)
    found.loader.exec_module(made)
    return made


@pytest.fixture
def exported(as_jobs: None, tmp_path: Path) -> tuple[Lines, Path]:
    """Three blocks of two entries, and a head after each of them."""
    heads = tmp_path / "heads"
    for day in range(3):
        at = AT + timedelta(days=day)
        for number in range(2):
            with system("test"):
                audit.record(by=Actor.system("परीक्षा"), at=at, act=f"test.{number}", facts={"a": [1.5, "क"]})
        seal_everything(at)
        with system("test"):
            audit_seals.write_heads(at, folders=[heads])
    with system("test"):
        return list(audit_export.exported_lines(AT)), heads


def verified(lines: Lines, heads: Path) -> tuple[int, str]:
    file = heads.parent / "trail.jsonl"
    file.write_bytes(b"".join(lines))
    module = script()
    found, wrong = module.verify(file, sorted(heads.glob("*.json")))
    assert module.main([str(file), str(heads)]) == (1 if wrong else 0)
    return found["entries"], " ".join(wrong)


def places(lines: Lines, begin: bytes) -> list[int]:
    return [number for number, line in enumerate(lines) if line.startswith(begin)]


def test_what_was_sealed_is_sound_and_the_product_says_so_too(exported: tuple[Lines, Path]) -> None:
    lines, heads = exported
    assert verified(lines, heads) == (6, "")
    with system("test"):
        assert audit_seals.verify(folders=[heads]).is_sound


def a_byte(lines: Lines) -> None:
    number = places(lines, b"[")[1]
    lines[number] = lines[number].replace(b"test.1", b"test.2")


def a_row(lines: Lines) -> None:
    del lines[places(lines, b"[")[3]]


def a_row_more(lines: Lines) -> None:
    number = places(lines, b"[")[0]
    lines.insert(number, lines[number])


def the_order(lines: Lines) -> None:
    first, second = places(lines, b"[")[:2]
    lines[first], lines[second] = lines[second], lines[first]


def a_block(lines: Lines) -> None:
    blocks = places(lines, b'{"block"')
    del lines[blocks[0] + 1 : blocks[1] + 1]


def a_block_and_its_number(lines: Lines) -> None:
    number = places(lines, b'{"block"')[1]
    said = json.loads(lines[number])
    said["block"]["n"] = 1
    lines[number] = json.dumps(said).encode() + b"\n"
    del lines[number - 1]


def the_end(lines: Lines) -> None:
    blocks = places(lines, b'{"block"')
    del lines[blocks[-2] + 1 : -1]


def the_last_line(lines: Lines) -> None:
    del lines[-1]


def the_middle_of_a_block(lines: Lines) -> None:
    del lines[places(lines, b"[")[-1] :]


def the_plain_root(lines: Lines) -> None:
    number = places(lines, b'{"block"')[-1]
    said = json.loads(lines[number])
    said["block"]["plain"] = None
    lines[number] = json.dumps(said).encode() + b"\n"


@pytest.mark.parametrize(
    "tamper",
    [
        *(a_byte, a_row, a_row_more, the_order, a_block, a_block_and_its_number, the_end, the_last_line),
        *(the_middle_of_a_block, the_plain_root),
    ],
)
def test_it_finds_what_was_done_to_the_file(
    tamper: Callable[[Lines], None], exported: tuple[Lines, Path]
) -> None:
    lines, heads = exported
    tamper(lines)
    assert verified(lines, heads)[1]


def test_a_trail_that_was_changed_and_sealed_anew_does_not_match_the_heads(
    exported: tuple[Lines, Path],
) -> None:
    lines, heads = exported
    a_byte(lines)
    module, plain, entries = script(), bytes(32), []
    for number, line in enumerate(lines):
        if line.startswith(b"["):
            entries.append(line)
        elif line.startswith(b'{"block"'):
            said = json.loads(line)
            block = said["block"]
            told = f"{block['era']} {block['from']} {block['to']} {block['n']}\n".encode()
            inner = module.hashlib.sha256(b"".join(entries)).digest()
            plain, entries = module.hashlib.sha256(plain + told + inner).digest(), []
            block["plain"] = plain.hex()
            lines[number] = json.dumps(said).encode() + b"\n"
    assert "sealed anew" in verified(lines, heads)[1]
    for path in heads.glob("*.json"):
        path.unlink()
    assert verified_without_heads(lines, heads), "and without heads it says that it proves little"


def verified_without_heads(lines: Lines, heads: Path) -> bool:
    file = heads.parent / "trail.jsonl"
    file.write_bytes(b"".join(lines))
    return bool(script().main([str(file), str(heads)]))


def test_blocks_of_an_older_version_have_no_plain_root_and_the_chain_begins_after_them(
    as_jobs: None, tmp_path: Path
) -> None:
    for day in range(3):
        at = AT + timedelta(days=day)
        with system("test"):
            audit.record(by=Actor.system("test"), at=at, act="test.old" if day == 0 else "test.new")
        seal_everything(at)
        if day == 0:
            with connected_as_owner() as own:  # as the older version sealed it
                own.execute("update core_audit_seal set plain = null")
    with system("test"):
        audit_seals.write_heads(AT + timedelta(days=2), folders=[tmp_path / "heads"])
        assert audit_seals.verify(folders=[tmp_path / "heads"]).is_sound
        lines = list(audit_export.exported_lines(AT))
    assert verified(lines, tmp_path / "heads") == (3, "")
    lines[places(lines, b"[")[1]] = lines[places(lines, b"[")[1]].replace(b"test.new", b"test.no")
    assert verified(lines, tmp_path / "heads")[1]


def connected_as_owner() -> psycopg.Connection[tuple[Any, ...]]:
    return psycopg.connect(database.conninfo(None), autocommit=True)
