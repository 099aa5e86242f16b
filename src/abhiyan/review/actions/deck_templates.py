"""Keep the template of slides: its leaders bring it in versions, and one is used."""

from base64 import b64decode
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db import transaction

from abhiyan.core import apart, audit, file_pool, sql
from abhiyan.core.actor import Actor
from abhiyan.core.file_pool import ReaderRefusal, UnreadableFile
from abhiyan.core.files import digest_of
from abhiyan.core.refusals import NotFound, Refused
from abhiyan.core.scope import system
from abhiyan.org import queries as org
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.review import refusals
from abhiyan.review.models import DeckTemplate
from abhiyan.review.queries import deck_files as files
from abhiyan.ui.slides.look import Layouts, layouts_from_json, layouts_to_json

LARGEST = 20 << 20  # bytes
MOST = 50  # versions
_UNFIT: dict[str, type[Refused]] = {
    "not_pptx": refusals.TemplateNotPptx,
    "password": refusals.TemplateLocked,
    "macros": refusals.TemplateHasMacros,
    "place": refusals.TemplateSaysPlace,
    "too_much": refusals.TemplateTooMuch,
    "links": refusals.TemplateLinks,
    "no_title": refusals.TemplateNoTitle,
    "no_room": refusals.TemplateNoRoom,
}


def add_template(*, name: str, data: bytes, by: Actor, at: datetime) -> DeckTemplate:
    """Bring a PowerPoint file that decks are made by from now on. Slides, links and objects in it are taken out.

    It is tried at once: a file by which no deck can be made is refused. Leaders of the whole organisation may do this.
    Refuses TemplateMissing, TemplateTooLarge, TemplateThere, TooManyTemplates, FilesBusy and what `_UNFIT` names.
    """
    org.require(by, LEADS, at=None)
    if not files.HAS_PPTX:
        raise NotFound
    if not data:
        raise refusals.TemplateMissing(field="file")
    if len(data) > LARGEST:
        raise refusals.TemplateTooLarge(field="file", mb=LARGEST >> 20)
    clean, layouts = _tried(data, at)
    digest = digest_of(data, within="deck template")
    with transaction.atomic(), system("a template of slides is brought"):
        sql.wait_for("templates of slides")
        for deck_template in files.template_versions():
            if bytes(deck_template.digest) == digest:
                raise refusals.TemplateThere(field="file", number=deck_template.number)
        n = DeckTemplate.objects.count()
        if n >= MOST:
            raise refusals.TooManyTemplates(field="file", most=MOST)
        DeckTemplate.objects.filter(is_used=True).update(is_used=False)
        one = DeckTemplate.of(
            clean,
            digest=digest,
            number=n + 1,
            name=" ".join(name.split())[:100],
            layouts=layouts_to_json(layouts),
            is_used=True,
            added_at=at,
            added_by=by.account_id,
        )
        one.save(force_insert=True)
        audit.record(by=by, at=at, act="review.add_template", subject=str(one.pk), n=1)
    return one


def use_template(*, public_id: UUID | None, by: Actor, at: datetime) -> None:
    """Make decks by another version from now on, or by the template of the house (None).

    Leaders of the whole organisation may do this. Refuses NotFound.
    """
    org.require(by, LEADS, at=None)
    with transaction.atomic(), system("another template of slides is used"):
        sql.wait_for("templates of slides")
        deck_template = files.template_by(public_id) if public_id else None
        DeckTemplate.objects.filter(is_used=True).update(is_used=False)
        if deck_template is not None:
            deck_template.is_used = True
            deck_template.save(update_fields=["is_used"])
        audit.record(by=by, at=at, act="review.use_template", subject=str(public_id or "house"), n=1)


def _tried(data: bytes, at: datetime) -> tuple[bytes, Layouts]:
    """Return a file as it is kept, and what it offers; a deck of every kind of slide was made by it."""
    from abhiyan.ui.slides.layouts import BROKEN, clean_file

    def work() -> tuple[bytes, Layouts]:
        try:
            clean_data = file_pool.read_in_pool(clean_file, data)
        except ReaderRefusal as unfit:
            raise _UNFIT[unfit.code](field="file", **unfit.facts) from None
        except UnreadableFile:
            raise refusals.TemplateNotPptx(field="file") from None
        return b64decode(clean_data["clean"]), layouts_from_json(clean_data["layouts"])

    clean, layouts = apart.done(("template", sha256(data).digest()), work)
    try:
        files.deck_file(
            files.sample_slides("hi"), "pptx", "hi", template=(layouts, clean), at=at, with_lines=False
        )
    except BROKEN:
        raise refusals.TemplateNotPptx(field="file") from None
    return clean, layouts
