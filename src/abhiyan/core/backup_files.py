"""The files of a backup: taken from the folder or the object store, and put back into either.

They are sealed already, and each object has a random name and one content. They are read and written one by one, so a
backup needs no room on this host. Without an object store the folder takes its place together with the database.
"""

import io
import os
import shutil
import tarfile
from contextlib import suppress
from itertools import chain
from pathlib import Path, PurePosixPath

from . import store

# Uploads on their way, sealed, and gone within days; and objects that are being written.
LEFT_OUT = ("imports", store.HALVES)
# Objects that never change. A bucket may hold more, such as the journal, whose newer lines a restore must not replace.
OBJECTS = ("files/", "mark/")


def add_files(tar: tarfile.TarFile, folder: Path) -> int:
    """Add every object of this installation's store to a backup. Returns how many. Raises StoreAway.

    folder: where they lie without an object store. One that is deleted meanwhile needs no backup.
    """
    is_remote = store.is_remote()
    files: store.ObjectStore = store.file_store() if is_remote else store.FolderStore(folder)
    added = 0
    for stored in chain.from_iterable(map(files.listed, OBJECTS if is_remote else ("",))):
        inside = PurePosixPath(stored.name)
        if inside.parts[0] in LEFT_OUT:
            continue
        with suppress(store.ObjectGone):
            body = files.get(stored.name)
            member = tarfile.TarInfo(str("files" / inside))
            member.size, member.mode, member.mtime = len(body), 0o600, int(stored.changed_at.timestamp())
            tar.addfile(member, io.BytesIO(body))
            added += 1
    return added


def put_back(tar: tarfile.TarFile, member: tarfile.TarInfo, path: Path | None) -> None:
    """Write a file of a backup to a path, or into the object store where that is None. Raises StoreAway.

    A restore that fails later leaves objects without a row in the store. The sweep deletes them after a week.
    """
    body = tar.extractfile(member)
    assert body is not None
    if path is None:
        store.file_store().put(str(PurePosixPath(member.name).relative_to("files")), body.read())
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as out:
        shutil.copyfileobj(body, out)
    os.utime(path, (member.mtime, member.mtime))
