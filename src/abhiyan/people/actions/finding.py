"""Looks for near duplicates among all people, in a process of its own (people/matching.py)."""

import importlib.util
import subprocess
import sys
import threading
from datetime import datetime
from typing import IO
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from abhiyan.core.refusals import Refused
from abhiyan.core.scope import system
from abhiyan.people.models import Person
from abhiyan.people.rules.doubles import SHOWN, sound_of_name

from .doubles import keep_doubles

LIMIT_S = 3_600  # whatever it does then, it is ended


class NoMatcher(Refused, status=409):
    """The extra `doubles` is not installed on this server."""

    message = _("This server cannot look for duplicates. Ask its operator to install the extra “doubles”.")


class SearchFailed(RuntimeError):
    """The process ended early, or was ended because it took too long. Earlier findings stay."""


def may_look() -> bool:
    """Return True if this server has what the search needs."""
    return importlib.util.find_spec("splink") is not None


def find_doubles(*, at: datetime) -> int:
    """Look once among all who are there; how many pairs are open afterwards. Refuses NoMatcher.

    The process gets how names sound, years, hashes and numbers; ids are numbers of this run. SearchFailed where it
    fails, or is not done after LIMIT_S.
    """
    if not may_look():
        raise NoMatcher
    try:
        ids, output = _asked()
    except BrokenPipeError:  # it was ended while it received entries
        raise SearchFailed from None
    with system("near duplicates are kept"):
        return keep_doubles(found=_pairs(output, ids), at=at)


def _asked() -> tuple[list[UUID], str]:
    """Return the ids in the order of the numbers that the process got, and its answer."""
    command = [sys.executable, "-m", "abhiyan.people.matching", str(SHOWN / 100)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None and process.stdout is not None
        # A process that reads nothing, says nothing or does not end: each of the three waits is over then.
        limit = threading.Timer(LIMIT_S, process.kill)
        limit.start()
        try:
            with system("near duplicates are looked for"):
                ids = _tell(process.stdin)
            process.stdin.close()  # it reads all before it writes
            output = process.stdout.read()
            if process.wait() != 0:
                raise SearchFailed
        finally:
            limit.cancel()
            process.kill()
    return ids, output


def _tell(to: IO[str]) -> list[UUID]:
    """Write each entry as matching.COLUMNS has them; the ids by their number."""
    ids: list[UUID] = []
    there = Person.objects.filter(left_at=None, erased_at=None, merged_into=None).exclude(name=None)
    fields = there.values_list("pk", "name", "birth_year", "phone_id", "unit_id")
    for person_id, name, year, phone_id, unit_id in fields.iterator(chunk_size=5_000):
        heard = sound_of_name(name or "")
        if heard is None:
            continue
        to.write(
            "\t".join((str(len(ids)), *heard.told(), str(year or ""), phone_id.hex, str(unit_id))) + "\n"
        )
        ids.append(person_id)
    return ids


def _pairs(said: str, ids: list[UUID]) -> list[tuple[UUID, UUID, int, bool]]:
    """Read the process's answer, in the order of the persons' ids, whatever order it got them in."""
    pairs = []
    for line in said.splitlines():
        a, b, score, is_twin = map(int, line.split("\t"))
        first, second = sorted((ids[a], ids[b]))
        pairs.append((first, second, score, bool(is_twin)))
    return sorted(pairs)
