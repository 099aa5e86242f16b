"""The master key's file: read whole or refused, and never shown."""

from pathlib import Path

import pytest

from abhiyan.core import keys

MASTER = "0123456789abcdef" * 4


def test_a_master_is_read_as_it_was_made_whatever_ends_its_line(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    keys.make_master(path, text=MASTER)
    ring = keys.read_keyring(path)
    assert not ring.demo and len(ring.sealing) == 1
    path.write_text(f"  {MASTER.upper()}\r\n")
    assert keys.read_keyring(path) == ring
    path.write_text(f"{MASTER}\nseals=3\n")
    assert len(keys.read_keyring(path).sealing) == 3
    path.write_text(keys.demo_master("x"))
    assert keys.read_keyring(path).demo


@pytest.mark.parametrize(
    "damaged",
    [
        MASTER[:20],
        MASTER[:40],
        MASTER[:63],
        f"{MASTER}\n{MASTER}",
        MASTER * 2,
        f"{MASTER[:32]} {MASTER[32:]}",
        f"{MASTER} seals=0",
        f"{MASTER} seals={MASTER}",
        MASTER.replace("a", "x"),
        MASTER.replace("1", "१"),
        "",
        "\ud800",
    ],
)
def test_a_damaged_master_is_refused_and_nothing_of_it_is_shown(tmp_path: Path, damaged: str) -> None:
    path = tmp_path / "master.key"
    path.write_bytes(damaged.encode("utf-8", "surrogatepass"))
    with pytest.raises(keys.NoKeys) as told:
        keys.read_keyring(path)
    assert "64 hexadecimal digits" in str(told.value) and MASTER[:16] not in str(told.value)
    assert told.value.__cause__ is None and (told.value.__context__ is None or not damaged.isascii())
