"""The DLT ids of service texts come in from a file, row by row."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from abhiyan.core import audit
from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.imports.tables.cleaning import tidied
from abhiyan.messaging import registrations
from abhiyan.messaging.models import Registration, Template
from abhiyan.messaging.rules import bulk
from abhiyan.messaging.rules.registered import ContentTemplate

from .published import free_held_for_text

EXACT = 15  # digits of a number that a spreadsheet keeps; it writes 0 for further ones

REASONS = {
    "unknown": "no text of this server has this key: export again, for a text or the organisation's name has changed",
    "other": "this key belongs to {code} ({language})",
    "changed": "the text is not the one that was exported: register the exported text, or export again",
    "rounded": "a spreadsheet rounded the id: set the column to text, and paste the id again",
    "digits": "must be the DLT template id: 10 to 25 digits",
    "taken": "another text has this id: each text has an id of its own",
    "twice": "an earlier row gives this text another id",
}


@dataclass(frozen=True, slots=True)
class IdRow:
    """One row of the file that `abhiyan texts export` wrote, filled in. row: its number in the file."""

    row: int
    code: str
    language: str
    text: str
    key: str
    template_id: str


@dataclass(frozen=True, slots=True)
class RefusedId:
    """A row that is not taken: which field, and why."""

    row: int
    field: str
    reason: str


@dataclass(slots=True)
class CheckedIds:
    """The result of a check: ids that are new or changed, how many stay, how many are empty, and refused rows."""

    taken: list[tuple[ContentTemplate, str]]
    refused: list[RefusedId]
    same: int = 0
    blank: int = 0


def check_ids(*, rows: Sequence[IdRow]) -> CheckedIds:
    """Look rows through. Changes nothing. As the system."""
    ours = {content_template.key: content_template for content_template in registrations.content_templates()}
    template_ids = registrations.template_ids()
    renewed = {row.key for row in rows if row.template_id}
    texts_of_ids = dict(
        Registration.objects.exclude(key__in=renewed).values_list("template_id", "text")
    ) | dict(Template.objects.filter(code__startswith=bulk.PREFIX).values_list("registration", "text"))
    rounded = {row.template_id for row in rows if _is_rounded(row.template_id)}
    checked_ids, ids_by_code = CheckedIds([], []), dict[str, str]()
    for row in rows:
        if not row.template_id:
            checked_ids.blank += 1
            continue
        template = ours.get(row.key)
        wrong = _wrong(row, template, is_rounded=len(rounded) > 1 and row.template_id in rounded)
        if template is not None and not wrong:
            if ids_by_code.get(template.key, row.template_id) != row.template_id:
                wrong = "id", "twice"
            elif texts_of_ids.get(row.template_id, template.text) != template.text:
                wrong = "id", "taken"
        if template is None or wrong:
            field, reason = wrong or ("hash", "unknown")
            about = {} if template is None else {"code": template.code, "language": template.language}
            checked_ids.refused.append(RefusedId(row.row, field, REASONS[reason].format(**about)))
        elif template.key not in ids_by_code:
            ids_by_code[template.key], texts_of_ids[row.template_id] = row.template_id, template.text
            if template_ids.get(template.key) == row.template_id:
                checked_ids.same += 1
            else:
                checked_ids.taken.append((template, row.template_id))
    return checked_ids


def _wrong(row: IdRow, template: ContentTemplate | None, *, is_rounded: bool) -> tuple[str, str] | None:
    """Field and reason of a row that is wrong by itself."""
    if template is None:
        return "hash", "unknown"
    if (row.code, row.language) != (template.code, template.language):
        return "code", "other"
    if row.text != tidied(template.text):  # a file is read tidied: one form of each letter, no hidden signs
        return "text", "changed"
    if "E+" in row.template_id.upper() or is_rounded:
        return "id", "rounded"
    return None if bulk.is_id(row.template_id) else ("id", "digits")


def _is_rounded(template_id: str) -> bool:
    """Return True if a spreadsheet seems to have rounded an id. One id of 10,000 ends so by chance."""
    return len(template_id) > EXACT and set(template_id[EXACT:]) == {"0"}


def register_ids(*, rows: Sequence[IdRow], by: Actor, at: datetime) -> tuple[CheckedIds, int]:
    """Take in the ids of rows that are right, and queue the messages that waited. Returns also how many those are.

    Safe to repeat. By the operator on the server's console.
    """
    with system("registering texts"):
        checked_ids = check_ids(rows=rows)
        Registration.objects.bulk_create(
            [
                Registration(
                    code=template.code,
                    language=template.language,
                    key=template.key,
                    text=template.text,
                    template_id=template_id,
                    registered_at=at,
                )
                for template, template_id in checked_ids.taken
            ],
            update_conflicts=True,
            unique_fields=["key"],
            update_fields=["template_id", "registered_at"],
        )
        freed, over = free_held_for_text(at=at)
        languages = Counter(template.language for template, _id in checked_ids.taken)
        facts = {"languages": dict(languages), "freed": freed, "over": over}
        if checked_ids.taken or freed or over:
            audit.record(by=by, at=at, act="messaging.register_ids", n=len(checked_ids.taken), facts=facts)
    return checked_ids, freed
