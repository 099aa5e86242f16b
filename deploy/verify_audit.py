#!/usr/bin/env python3
"""Verify an export of the audit trail without the product and without its keys. Python's standard library is enough.

    python3 verify_audit.py trail.jsonl heads/

trail.jsonl: from `abhiyan audit export`. heads/: the daily files that left the host (ABHIYAN_AUDIT_HEADS_TO).

It speaks of the entries up to the newest of these heads. It proves that none was changed, added, left out or moved
since that head left the host. It cannot speak of entries after the newest head. It cannot tell who sealed the trail:
the keyed roots tell that. `abhiyan doctor --audit` checks them with the master key.

The file has one JSON value a line: a head; then block by block its entries, each an array, and the block, an object.

    plain = SHA-256(plain before + "era from to n\\n" + SHA-256(the lines of the entries))

Before the first block come 32 zero bytes. Blocks sealed before version 0.2.0 have no plain root.

Exit code: 0 sound, 1 something is wrong, 2 it cannot be read.
"""

import hashlib
import json
import sys
from pathlib import Path

FIRST = bytes(32)


def blocks_of(file, wrong):
    """Yield each block of an export with its line, and whether a plain root was checked. Fills `wrong`."""
    digest, n, last, plain, ends, is_closed = hashlib.sha256(), 0, None, FIRST, {}, False
    for number, line in enumerate(file, 1):
        if number == 1:
            if json.loads(line).get("abhiyan_audit") != 1:
                raise ValueError("this is no export of an audit, or of another format")
        elif line.startswith(b"["):
            entry = json.loads(line)
            place = (int(entry[0]), int(entry[1]), int(entry[2]))
            if last is not None and place <= last:
                wrong.append(f"line {number}: entries are not in their order")
            digest.update(line)
            last, n = place, n + 1
        elif "block" in (said := json.loads(line)):
            block = said["block"]
            era, start, end = block["era"], block["from"], block["to"]
            where = f"line {number}: block {era}/{start}-{end}"
            if n != block["n"]:
                wrong.append(f"{where} held {block['n']} entries when it was sealed and holds {n} here")
            if start != ends.get(era, 0):
                wrong.append(f"{where} does not begin where the block before it ends")
            told = f"{era} {start} {end} {n}\n".encode()
            if block["plain"]:
                if hashlib.sha256(plain + told + digest.digest()).hexdigest() != block["plain"]:
                    wrong.append(f"{where}: an entry, this block or one before it was changed")
                plain = bytes.fromhex(block["plain"])
            elif plain != FIRST:
                wrong.append(f"{where} has lost its plain root")
            yield block
            digest, n, ends[era] = hashlib.sha256(), 0, end
        else:
            is_closed = True
    if n or not is_closed:
        wrong.append("the file is cut off: its last line is missing")


def verify(trail, heads):
    """Return what was read in numbers, and the sentences of what is wrong."""
    wrong, known, ends, n, unchecked = [], {}, {}, 0, 0
    with trail.open("rb") as file:
        for block in blocks_of(file, wrong):
            known[block["era"], block["to"]] = block
            ends[block["era"]] = block["to"]
            n, unchecked = n + block["n"], unchecked + (0 if block["plain"] else block["n"])
    newest = ""
    for path in heads:
        head = json.loads(path.read_text("utf-8"))
        era, end = int(head["era"]), int(head["to_xid"])
        block = known.get((era, end))
        if block is None and end > ends.get(era, 0) and any(later > era for later in ends):
            print(f"{path.name}: tells of time that a restore gave up")
        elif block is None:
            wrong.append(
                f"{path.name}: its block is not in the file: the end was cut off, or it was sealed anew"
            )
        elif block["root"] != head["root"] or (head.get("plain") and block["plain"] != head["plain"]):
            wrong.append(f"{path.name}: its block has another root: the trail was changed and sealed anew")
        else:
            newest = max(newest, head["written_at"])
    return {
        "entries": n,
        "blocks": len(known),
        "heads": len(heads),
        "unchecked": unchecked,
        "newest": newest,
    }, wrong


def main(arguments):
    """Verify the file of the first argument by the folder of the second."""
    if len(arguments) != 2:
        print(__doc__)
        return 2
    try:
        heads = sorted(Path(arguments[1]).glob("*.json"))
        found, wrong = verify(Path(arguments[0]), heads)
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        print(f"It cannot be read: {error!r}")
        return 2
    if not heads:
        wrong.append(f"{arguments[1]} has no heads: without them nobody sees that the end was cut off")
    for sentence in wrong:
        print(f"WRONG  {sentence}")
    print("{entries} entries in {blocks} blocks, {heads} heads, the newest of {newest}".format(**found))
    if found["unchecked"]:
        print(
            f"{found['unchecked']} of the entries were sealed before 0.2.0: only the master key checks them"
        )
    print("wrong" if wrong else "sound")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
