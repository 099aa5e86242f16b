"""Static files: every room's `static/` folder, served from memory under an address that changes with any of them.

`{% static "ui/built/desk.css" %}` gives `/static/<hash of all files>/ui/built/desk.css`, which may be kept for ever;
an address relative to it, as in a stylesheet, leads into the same. A page from before an update asks by the hash
before, and gets today's file, not to be kept.
"""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage

from abhiyan.core.health import AsgiScope, Receive, Send, send_answer

PREFIX = "/static/"
HASH_LENGTH = 12
WORTH_PACKING = 600  # bytes
PACKED_TYPES = ("text/", "application/json", "image/svg+xml", "application/manifest+json")
TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".geojson": "application/json",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
}


@cache
def asset_paths() -> dict[str, Path]:
    """Return every static file by its address below /static/."""
    path_by_name: dict[str, Path] = {}
    for finder in finders.get_finders():
        for path, storage in finder.list(["*.half", ".*", "*~"]):
            name = path.replace("\\", "/")
            if not any(part.startswith(".") for part in name.split("/")):
                path_by_name.setdefault(name, Path(storage.path(path)))
    return path_by_name


@cache
def assets_version() -> str:
    """Return the hash of all static files: 12 hexadecimal digits."""
    whole = hashlib.sha256()
    for name, path in sorted(asset_paths().items()):
        whole.update(f"{name}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()[:HASH_LENGTH]


class Storage(StaticFilesStorage):
    """Gives the addresses; nothing is copied."""

    def url(self, name: str | None) -> str:
        return f"{PREFIX}{assets_version()}/{name or ''}"


@dataclass(frozen=True)
class _File:
    body: bytes
    packed: bytes | None
    content_type: bytes
    etag: bytes


@cache
def _file(name: str) -> _File | None:
    path = asset_paths().get(name)
    if path is None:
        return None
    body = path.read_bytes()
    content_type = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    packed = None
    if len(body) > WORTH_PACKING and content_type.startswith(PACKED_TYPES):
        packed = gzip.compress(body, 9, mtime=0)
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    return _File(body, packed, content_type.encode(), etag.encode())


async def serve_asset(scope: AsgiScope, _receive: Receive, send: Send) -> None:
    """Answer GET or HEAD of one static file."""
    if scope["method"] not in ("GET", "HEAD"):
        await send_answer(scope, send, 405, b"text/plain", b"", [(b"allow", b"GET, HEAD")])
        return
    name = scope["path"][len(PREFIX) :]
    first, _, rest = name.partition("/")
    lasting = first == assets_version()
    if lasting or (len(first) == HASH_LENGTH and all(digit in "0123456789abcdef" for digit in first)):
        name = rest
    file = _file(name) if name in asset_paths() else None
    if file is None:
        await send_answer(scope, send, 404, b"text/plain; charset=utf-8", b"not found\n")
        return
    kept_headers = {
        key: value for key, value in scope["headers"] if key in (b"accept-encoding", b"if-none-match")
    }
    headers = [
        (b"etag", file.etag),
        (b"vary", b"accept-encoding"),
        (b"x-content-type-options", b"nosniff"),
        (b"content-security-policy", b"default-src 'none'"),
        (b"cache-control", b"public, max-age=31536000, immutable" if lasting else b"no-cache"),
    ]
    if file.etag in kept_headers.get(b"if-none-match", b""):
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return
    body = file.body
    if file.packed is not None and b"gzip" in kept_headers.get(b"accept-encoding", b""):
        body = file.packed
        headers.append((b"content-encoding", b"gzip"))
    headers += [(b"content-type", file.content_type), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
