"""Texts of bulk messages: registered with the ids telecom law asks for, certified for an election, never changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, lot
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import NotFound, Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.messaging.models import MessageClass, Template
from abhiyan.messaging.rules import bulk
from abhiyan.org import queries as org

SEND = "messages.send"
LONGEST = 1000


class TextNameMissing(Refused):
    message = _("Give the text a name.")


class NoText(Refused):
    message = _("Write the text in at least one language.")


class BulkTextTooLong(Refused, code="text_too_long"):
    message = _("A text has at most %(n)s characters.")


class WrongShape(Refused):
    message = _(
        "Write each variable as {place}: small English letters in braces. Use no other braces or brackets."
    )


class HiddenSign(Refused):
    message = _("The text holds a hidden sign. Type it here by hand.")


class SenderMissing(Refused):
    message = _("The text must say who sends it. Write {organisation} where the name belongs.")


class NoWayToStop(Refused):
    message = _("The text must say how to stop messages. Write {stop} for our number, or the word STOP.")


class NoRegistration(Refused):
    message = _("Every text needs its DLT template id: digits only, from the DLT portal.")


class NoEntity(Refused):
    message = _("The DLT entity id has digits only. Your telecom provider gave it to you.")


class NoHeader(Refused):
    message = _("The sender name has 3 to 11 letters or digits, as registered on DLT.")


class SameIds(Refused):
    message = _("This template id belongs to another text. Each text needs one of its own.")


class NothingChanged(Refused):
    message = _("The text is the same as before. Change it, or go back.")


class WrongDays(Refused):
    message = _("The certificate must end on or after its first day.")


class NumberMissing(Refused):
    message = _("Enter the number of the certificate.")


class OtherText(Refused):
    message = _("The certificate is for another text: its hash differs from the one shown here.")


@dataclass(frozen=True, slots=True)
class Wording:
    """A bulk text in one language, and its DLT template id."""

    text: str
    registration: str


def register_text(
    *,
    name: str,
    entity: str,
    header: str,
    wordings: Mapping[str, Wording],
    unit_id: int,
    by: Actor,
    at: datetime,
    follows: str = "",
) -> str:
    """Keep a text for bulk messages, in the languages given. Returns its code.

    follows: the code of the version it takes the place of, which takes no new sends then. unit_id: whose text it is; a
    later version stays theirs. It needs messages.send over that unit. Refuses the classes above.
    """
    org.require(by, SEND, at=unit_id)
    written = {language: wording for language, wording in wordings.items() if wording.text.strip()}
    if not name.strip() or len(name) > 200:
        raise TextNameMissing(field="name")
    if not bulk.is_id(entity):
        raise NoEntity(field="entity")
    if not bulk.is_header(header):
        raise NoHeader(field="header")
    if not written:
        raise NoText(field="text_en")
    for language, one in written.items():
        _check(one, language)
    with system("registering a bulk text"):
        before = list(Template.objects.select_for_update().filter(code=follows)) if follows else []
        if follows and not (before and before[0].is_active and bulk.bulk_text_key(follows)):
            raise NotFound
        if before:
            org.require(by, SEND, at=before[0].unit_id)
        _check_new(before, written)
        version = before[0].version + 1 if before else 1
        code = bulk.bulk_text_code(bulk.bulk_text_key(follows) if before else lot.octets(4).hex(), version)
        Template.objects.filter(code=follows).update(is_active=False)
        Template.objects.bulk_create(
            Template(
                code=code,
                language=language,
                version=version,
                kind=MessageClass.OUTREACH,
                text=wording.text,
                registration=wording.registration,
                name=name.strip(),
                entity=entity,
                header=header,
                sha256=bulk.sha256(wording.text),
                unit_id=before[0].unit_id if before else unit_id,
                made_by=by.account_id,
                made_at=at,
            )
            for language, wording in written.items()
        )
        audit.record(by=by, at=at, act="messaging.register_text", subject=code, unit_id=unit_id)
    return code


def certify_text(
    *,
    code: str,
    language: str,
    number: str,
    begins_on: date,
    ends_on: date,
    sha256: str,
    by: Actor,
    at: datetime,
) -> None:
    """Note the certificate of a text in one language. sha256: of the text that was certified.

    It needs messages.send over the text's unit. Refuses NotFound, NumberMissing, WrongDays, OtherText.
    """
    template = or_refuse(
        Template.objects.filter(code=code, language=language, code__startswith=bulk.PREFIX).first()
    )
    org.require(by, SEND, at=template.unit_id)
    if not number.strip() or len(number) > 100:
        raise NumberMissing(field="number")
    if ends_on < begins_on:
        raise WrongDays(field="ends_on")
    with system("certifying a bulk text"):
        found = Template.objects.select_for_update().get(pk=template.pk)
        if sha256.strip().lower() != bulk.sha256(found.text):
            raise OtherText(field="sha256")
        found.certificate, found.certificate_sha256 = number.strip(), sha256.strip().lower()
        found.certificate_from, found.certificate_until = begins_on, ends_on
        found.save(
            update_fields=["certificate", "certificate_from", "certificate_until", "certificate_sha256"]
        )
        audit.record(
            by=by,
            at=at,
            act="messaging.certify_text",
            subject=code,
            unit_id=found.unit_id,
            facts={"language": language},
        )


def _check(wording: Wording, language: str) -> None:
    field = f"text_{language}"
    if len(wording.text) > LONGEST or "\x00" in wording.text:
        raise BulkTextTooLong(field=field, n=LONGEST)
    if (refusal := _WRONG.get(bulk.bulk_text_fault(wording.text))) is not None:
        raise refusal(field=field)
    if not bulk.is_id(wording.registration):
        raise NoRegistration(field=f"registration_{language}")


_WRONG: dict[str, type[Refused]] = {
    "hidden": HiddenSign,
    "shape": WrongShape,
    "sender": SenderMissing,
    "stop": NoWayToStop,
}


def _check_new(before: list[Template], written: Mapping[str, Wording]) -> None:
    """Each text has an id of its own on DLT: a changed one a new id, and what did not change keeps its own."""
    was = {template.language: template for template in before}
    if before and {language: template.text for language, template in was.items()} == {
        language: wording.text for language, wording in written.items()
    }:
        raise NothingChanged(field=f"text_{min(written)}")
    ids = [wording.registration for wording in written.values()]
    templates = Template.objects.filter(code__startswith=bulk.PREFIX, registration__in=ids)
    owners = [
        *templates.values_list("registration", "text"),
        *((wording.registration, wording.text) for wording in written.values()),
    ]
    for language, one in written.items():
        if any(ident == one.registration and text != one.text for ident, text in owners):
            raise SameIds(field=f"registration_{language}")
