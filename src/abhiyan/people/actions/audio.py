"""A notice read aloud: one sound file for each language of a version."""

import hashlib
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from abhiyan.core import apart, audit, file_pool, sql
from abhiyan.core.actor import Actor
from abhiyan.core.file_pool import UnreadableFile
from abhiyan.core.refusals import NotFound, Refused
from abhiyan.people.models import Notice, NoticeAudio
from abhiyan.people.rules.audio import LARGEST, audio_kind


class AudioTooLarge(Refused):
    message = _("This file is too large. Bring one of at most %(kb)s kB.")


class NoAudio(Refused):
    message = _("This is no sound file we can play. Bring an MP3, M4A or OGG file.")


class AudioThere(Refused, status=409):
    message = _("There is a recording in this language already. Remove it first.")


def add_audio(*, code: str, version: int, language: str, data: bytes, by: Actor, at: datetime) -> None:
    """Add the recording of a notice in a language; people hear it from then on. The caller asks who may.

    Refuses NotFound where the version has no such language, AudioTooLarge, NoAudio, AudioThere, FilesBusy.
    """
    if not Notice.objects.filter(code=code, version=version, language=language).exists():
        raise NotFound
    if len(data) > LARGEST:
        raise AudioTooLarge(field="audio", kb=LARGEST // 1024)
    kind = apart.done(("audio", hashlib.sha256(data).digest()), lambda: _kind(data))
    sql.wait_for(f"notice audio|{code}|{version}|{language}")
    there = {"code": code, "version": version, "language": language, "ended_at": None}
    if NoticeAudio.objects.filter(**there).exists():
        raise AudioThere(field="audio")
    NoticeAudio.objects.create(**there, kind=kind, data=data, added_at=at)
    facts = {"version": version, "language": language, "sha256": hashlib.sha256(data).hexdigest()}
    audit.record(by=by, at=at, act="people.add_audio", subject=code, facts=facts)


def _kind(data: bytes) -> str:
    try:
        kind: str = file_pool.read_in_pool(audio_kind, data)
    except UnreadableFile:
        raise NoAudio(field="audio") from None
    return kind


def end_audio(*, code: str, version: int, language: str, by: Actor, at: datetime) -> None:
    """Take the recording away; it is kept as what people heard. Refuses NotFound. The caller asks who may."""
    there = NoticeAudio.objects.filter(code=code, version=version, language=language, ended_at=None)
    if not there.update(ended_at=at):
        raise NotFound
    facts = {"version": version, "language": language}
    audit.record(by=by, at=at, act="people.end_audio", subject=code, facts=facts)
