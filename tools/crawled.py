"""Says what two crawls differ in: `crawled.py BASE HEAD`. Exit code 1: something is gone, or a link is refused."""

import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path


def read(path: str) -> tuple[set[str], set[str]]:
    """Lines of a crawl as if nothing were closed, and those of them that are."""
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    closed = {line.replace(" closed ", " ", 1) for line in lines if " closed " in line}
    return {line for line in lines if " closed " not in line} | closed, closed


def tell(title: str, lines: Iterable[str]) -> None:
    """Print lines, one for each thing, with the offices that it concerns."""
    offices: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        office, thing = line.split(" ", 1)
        offices[thing].append(office)
    if offices:
        print(f"{title}:")
    for thing, whose in sorted(offices.items()):
        print(f"  {thing}  ({', '.join(sorted(whose))})")


def main(base: str, head: str) -> int:
    before, closed_before = read(base)
    after, closed_after = read(head)
    gone = before - after
    tell("Gone", gone)
    tell("In a closed box now", (closed_after & before) - closed_before)
    tell("New", after - before)
    refused = {line for line in after if " page " in line and line[-3:] >= "400"}
    tell("Links that lead to a refusal", refused)
    offices = len({line.split()[0] for line in after})
    print(f"{len(after)} pages and acts of {offices} offices. Gone: {len(gone)}. Refused: {len(refused)}.")
    return 1 if gone or refused else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
