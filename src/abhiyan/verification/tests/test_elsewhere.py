"""A draw repeated on another machine, and frames that come back from a backup."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from abhiyan.core import backup, database, schema, sealing
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.core.tests.test_backup import drop_like
from abhiyan.core.tests.waits import PATIENCE_S
from abhiyan.site.tests.cast import Cast
from abhiyan.verification.actions import draw_frame, take_check, tell_check
from abhiyan.verification.models import Check, Frame, Stratum
from abhiyan.verification.queries.frames import file_of
from abhiyan.verification.queries.opening import frame_key, opened_many
from abhiyan.verification.refusals import DrawnAlready
from abhiyan.verification.tests.test_checks import SYSTEM, drawn

pytestmark = pytest.mark.django_db(transaction=True)
VALUE = "8c3fa0"


def published(frame: Frame) -> bytes:
    with system("test"):
        return b"".join(file_of(frame))


def on_another_machine(folder: Path, *said: str) -> subprocess.CompletedProcess[str]:
    """The command where there is the package and nothing else: no database, no key, no settings, no home of ours."""
    return subprocess.run(
        [str(Path(sys.executable).parent / "abhiyan"), "draw", *said],
        capture_output=True,
        text=True,
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder)},
        timeout=PATIENCE_S,
        check=False,
    )


def test_another_machine_draws_the_same_items_and_refuses_a_file_with_one_item_changed(
    cast: Cast, tmp_path: Path
) -> None:
    frame = drawn(cast)
    (tmp_path / "frame.txt").write_bytes(file := published(frame))
    key = frame_key(frame.public_id).hex()
    given = ("--replay", "frame.txt", VALUE, "--hash", frame.hash, "--json")
    again = on_another_machine(tmp_path, *given, "--key", key)
    assert again.returncode == 0, again.stderr
    with system("test"):
        items = opened_many(Check.objects.values_list("id", flat=True))
    told = json.loads(again.stdout)
    assert told["hash"] == frame.hash
    assert sorted(one["item"] for one in told["drawn"]) == sorted(one.item_id.hex for one in items.values())
    lines = file.splitlines(keepends=True)
    for n in (1, len(lines) - 1):
        item = lines[n].strip()
        other = b"%032x\n" % (int(item, 16) + 1)
        (tmp_path / "frame.txt").write_bytes(b"".join([*lines[:n], other, *lines[n + 1 :]]))
        refused = on_another_machine(tmp_path, *given)
        assert refused.returncode != 0 and not refused.stdout
        assert "is not the published frame" in refused.stderr
    assert not list(tmp_path.glob(".*")) and {one.name for one in tmp_path.iterdir()} == {"frame.txt"}


@pytest.mark.slow
@pytest.mark.usefixtures("own_journal")
def test_an_open_frame_comes_back_from_a_backup_and_goes_on(
    cast: Cast, tmp_path: Path, settings: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.MEDIA_ROOT.mkdir()
    frame, at = drawn(cast), NOW
    me = cast.actor("verifier_of_jammu")
    done, in_hand = take_check(by=me, at=at), None
    tell_check(check_id=done.id, outcome=Check.Outcome.GENUINE, by=me, at=at)
    in_hand = take_check(by=me, at=at)
    secret, public = sealing.new_pair()
    target = f"{database.database_name()}_back"
    drop_like(target)
    backup.take_backup(to=tmp_path / "b.age", recipient=public, at=at)
    backup.restore_backup(
        source=tmp_path / "b.age", identity=secret, at=at, into=target, files=tmp_path / "back"
    )
    before = _what(frame)
    try:
        with schema.working_as("app", target):
            assert _what(frame) == before
            assert take_check(by=me, at=at).id == in_hand.id
            tell_check(check_id=in_hand.id, outcome=Check.Outcome.REFUSED, by=me, at=at)
            with pytest.raises(DrawnAlready):
                draw_frame(public_id=frame.public_id, value="9d4eb1", by=SYSTEM, at=at)
            assert take_check(by=me, at=at).id not in (done.id, in_hand.id)
    finally:
        drop_like(target)


def _what(frame: Frame) -> tuple[object, ...]:
    with system("test"):
        checks = set(Check.objects.values_list("id", "place", "verifier_id", "outcome"))
        sizes = list(Stratum.objects.order_by("key").values_list("key", "items", "drawn"))
        return checks, sizes, opened_many(one for one, *_ in checks), published(frame)
