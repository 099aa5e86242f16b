"""Reads of what is registered on DLT: the templates of this server's service texts, and which have their id."""

from collections.abc import Collection, Mapping
from functools import partial

from django.conf import settings

from abhiyan.core.words import organisation_name
from abhiyan.people import queries as people

from . import queries
from .models import Message, Number, Registration, Template
from .our_numbers import OUR_BLANKS, OurNumbers
from .rules import registered, texts
from .rules.inbound import WITH_TEXTS
from .rules.registered import ContentTemplate

HELD = ("unregistered", "misfit")  # why a message is held back for DLT


def content_templates() -> list[ContentTemplate]:
    """Every template to register, by code and language: of each published service text, in each way to fill it.

    Those of an older notice stay until no drive uses it.
    """
    sms = texts.FIXED - texts.EMAIL_ONLY
    published = {place: text for place, text in queries.active_texts().items() if place[0] in sms}
    lacking, always = _numbers_there()
    templates = []
    for (code, language), text in sorted(published.items()):
        for notice, is_latest in _notices(code, language, published):
            fixed = {"organisation": organisation_name(language), "notice": notice}
            contents = partial(registered.contents, code, text.text, fixed=fixed, origin=settings.SMS_ORIGIN)
            now = set(
                contents(lacking=lacking, always=always if texts.brings_code(code) else always - {"leave"})
            )
            templates += [
                ContentTemplate(code, language, made, parts, is_latest and (made, parts) in now)
                for made, parts in contents()
            ]
    return templates


def _numbers_there() -> tuple[frozenset[str], frozenset[str]]:
    """Return the blanks that no message fills today, as their number is lacking, and the blanks that all fill."""
    numbers = OurNumbers()
    always = {name for name, value in numbers.blanks().items() if value}
    lacking = set(OUR_BLANKS) - always
    if numbers.first(Number.Meaning.JOIN, providers=WITH_TEXTS):  # of some programme
        lacking -= {"answer", "join"}
    if not numbers.first(Number.Meaning.NOTICE) and not any(
        people.spoken_languages(notice_name, version)
        for notice_name in registered.NOTICES.values()
        for version in people.versions_of_notice(notice_name)
    ):
        lacking.add("hear")
    return frozenset(lacking), frozenset(always)


def _notices(
    code: str, language: str, published: Mapping[tuple[str, str], Template]
) -> list[tuple[str, bool]]:
    """The short notices that a text brings in a language, the latest first; whether each is of the latest version."""
    if "notice" not in texts.blanks(published[code, language].text):
        return [("", True)]
    notice_name = next(notice for mark, notice in registered.NOTICES.items() if code.endswith(mark))
    latest_by_text: dict[str, bool] = {}
    versions = people.versions_of_notice(notice_name)[::-1]
    for version in versions:
        notice_texts = people.texts_of_notice(notice_name, version)
        for spoken in {language, *notice_texts}:
            text = queries.text_for(published, code, spoken)
            if text is not None and text.language == language:
                latest_by_text.setdefault(
                    people.notice(notice_name, spoken, version).short, version == versions[0]
                )
    return list(latest_by_text.items())


def template_ids(codes: Collection[str] | None = None) -> dict[str, str]:
    """The id of each registered template, by its key; of some codes, else of all."""
    rows = Registration.objects.all() if codes is None else Registration.objects.filter(code__in=codes)
    return dict(rows.values_list("key", "template_id"))


def unregistered() -> list[ContentTemplate]:
    """The templates that this server may send today and that have no id."""
    known_ids = template_ids()
    return [
        content_template
        for content_template in content_templates()
        if content_template.is_used and content_template.key not in known_ids
    ]


def held_for_dlt() -> dict[str, int]:
    """Count the messages that are held back for DLT, by reason, in the viewer's sight."""
    held_reasons = Message.objects.filter(state=Message.State.HELD, reason__in=HELD).values_list(
        "reason", flat=True
    )
    return {reason: n for reason in HELD if (n := held_reasons.filter(reason=reason).count())}
