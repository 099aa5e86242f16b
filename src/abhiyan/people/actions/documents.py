"""Cards and certificates: issued once, revoked for good. The act that calls has asked who may, and leaves no other
trail."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from abhiyan.core import audit, lot
from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.people import queries
from abhiyan.people.models import Document, RevokeReason
from abhiyan.people.rules import documents


def issue_document(
    *, kind: str, about: UUID, person_id: UUID, unit_id: int, by: Actor, at: datetime
) -> Document:
    """The document of a kind about something: the one that stands, else a new one with a code of its own.

    The caller holds the lock of what it is about, so that two requests at once get one document.
    """
    document_kind = documents.kind_of_document(kind)
    with system("a document is issued"):
        standing = queries.standing_document(document_kind.code, about)
        if standing is not None:
            return standing
        made = Document(
            id=UUID(bytes=lot.octets(16)),
            kind=document_kind.code,
            about=about,
            person_id=person_id,
            issued_at=at,
        )
        made.save(force_insert=True)
        audit.record(
            by=by,
            at=at,
            act="people.issue_document",
            subject=str(about),
            unit_id=unit_id,
            facts={"kind": document_kind.code},
        )
    return made


def issue_documents(*, kind: str, people: Mapping[UUID, UUID], unit_id: int, by: Actor, at: datetime) -> None:
    """Issue a document to each of many, with one entry of the trail. people: what it is about -> the person.

    The caller knows that none of them has one. Two statements.
    """
    document_kind = documents.kind_of_document(kind)
    with system("documents are issued"):
        Document.objects.bulk_create(
            Document(
                id=UUID(bytes=lot.octets(16)),
                kind=document_kind.code,
                about=about,
                person_id=person,
                issued_at=at,
            )
            for about, person in people.items()
        )
        audit.record(
            by=by,
            at=at,
            act="people.issue_documents",
            unit_id=unit_id,
            n=len(people),
            facts={"kind": document_kind.code},
        )


def revoke_documents(
    *,
    about: Collection[UUID],
    reason: str,
    by: Actor,
    at: datetime,
    unit_id: int | None = None,
    kind: str = "",
) -> int:
    """End what was issued about these things, of one kind or of all. Returns how many documents were valid."""
    with system("documents are revoked"):
        standing = Document.objects.filter(about__in=about, revoked_at=None)
        if kind:
            standing = standing.filter(kind=kind)
        n: int = standing.update(revoked_at=at, revoke_reason=RevokeReason(reason).value)
        if n:
            subject = str(next(iter(about))) if len(about) == 1 else ""
            audit.record(
                by=by,
                at=at,
                act="people.revoke_documents",
                subject=subject,
                unit_id=unit_id,
                n=n,
                facts={"why": reason},
            )
    return n


def restore_documents(*, about: UUID, revoked_at: datetime) -> None:
    """Make documents valid again that ended with a membership at an instant. The act that calls leaves the trail."""
    with system("documents are valid again"):
        ended = Document.objects.filter(about=about, revoked_at=revoked_at, revoke_reason=RevokeReason.ENDED)
        ended.update(revoked_at=None, revoke_reason="")
