"""Reads about people: accounts, notices, and what is held about a phone."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.functional import Promise

from abhiyan.core import languages, sql
from abhiyan.core.keys import keyring
from abhiyan.core.policy import EVERYTHING, PEOPLE, placed_sql
from abhiyan.core.refusals import NotFound, or_refuse
from abhiyan.core.scope import system

from .cast import CastMember, add_cast_teller, cast_members
from .documents import address_of_document as document_address
from .documents import number_of_document as document_number
from .mailboxes import OwnEmail, email_for_phone
from .mailboxes import mailboxes as mailboxes  # noqa: PLC0414  # other rooms read these from here
from .mailboxes import own_email as own_email  # noqa: PLC0414
from .models import (
    Account,
    Consent,
    Document,
    Double,
    Erasure,
    Factor,
    FieldHeld,
    FieldPhone,
    LastSign,
    Notice,
    NoticeAudio,
    Person,
    Phone,
    Session,
    Suppression,
)
from .models_emergency import EmergencyStop
from .names_in_texts import names_in
from .phones import last_four
from .rules import called as names
from .rules import documents
from .rules.notices import NoticeText, Section

DEFAULT_LANGUAGE = "hi"
MOST_DOCUMENTS = 50
MOST_NEAR = 1_000  # accounts of one name that are looked at
__all__ = [
    "CastMember",
    "add_cast_teller",
    "cast_members",
    "document_address",
    "names_in",
]  # the demo's cast, filled by the room that knows offices


def account(account_id: int) -> Account | None:
    """An open account in the caller's scope."""
    return Account.objects.filter(id=account_id, closed_at=None).first()


def administrators(account_ids: Iterable[int]) -> set[int]:
    """Those of these accounts that were made on the server's console, in the caller's scope."""
    return set(
        Account.objects.filter(id__in=set(account_ids), is_root=True, closed_at=None).values_list(
            "id", flat=True
        )
    )


def account_by_public_id(public_id: UUID) -> Account:
    """An open account in the caller's scope, or NotFound."""
    return or_refuse(Account.objects.filter(public_id=public_id, closed_at=None).first())


def account_of_phone(phone_id: UUID) -> Account | None:
    """The open account of a phone, in the caller's scope."""
    return Account.objects.filter(phone_id=phone_id, closed_at=None).first()


def phones_of_account(account_id: int, *, at: datetime) -> list[FieldPhone]:
    """The phones of the field that an account is signed in on, the newest first."""
    rows = FieldPhone.objects.filter(account_id=account_id, ended_at=None, ends_at__gt=at)
    return list(rows.order_by("-begun_at"))


def field_phone(public_id: UUID) -> FieldPhone:
    """A phone of the field in the caller's sight whose session was not ended. NotFound."""
    return or_refuse(FieldPhone.objects.filter(pk=public_id, ended_at=None).first())


def held_record(public_id: UUID) -> FieldHeld:
    """A record in the caller's sight that came from a phone after it was signed out. NotFound."""
    return or_refuse(FieldHeld.objects.filter(public_id=public_id).first())


def accounts_of(*, phone_ids: Iterable[UUID]) -> dict[UUID, Account]:
    """phone -> its account, open or closed, in the caller's scope."""
    return {account.phone_id: account for account in Account.objects.filter(phone_id__in=set(phone_ids))}


def accounts_by_phone() -> dict[UUID, UUID]:
    """Public id of every account by the id of its phone: who a list of workers' numbers means."""
    return dict(Account.objects.values_list("phone_id", "public_id"))


def names_of_accounts(account_ids: Iterable[int]) -> dict[int, str]:
    """id -> name of those accounts that are in scope."""
    return dict(Account.objects.filter(id__in=set(account_ids)).values_list("id", "name"))


def open_names_of(account_ids: Iterable[int]) -> dict[int, str]:
    """id -> name of those accounts that are in scope and not closed."""
    rows = Account.objects.filter(id__in=set(account_ids), closed_at=None)
    return dict(rows.values_list("id", "name"))


def _near() -> QuerySet[Account]:
    """Open accounts within the person-level scope in force, also in a job's, whose tables hide nothing from it."""
    near = RawSQL(f"({EVERYTHING} or {placed_sql('people_account.unit_id', PEOPLE)})", [])  # noqa: S611  # no input
    return Account.objects.filter(closed_at=None).alias(near=near).filter(near=True)


def accounts_near(*, phone_ids: Iterable[UUID] = (), public_ids: Iterable[UUID] = ()) -> list[Account]:
    """Return the people a list means by these phones or public ids: open accounts within the person-level scope in
    force.

    Somebody outside it is answered like nobody: a list does not tell which numbers sign in.
    """
    return list(_near().filter(Q(phone_id__in=set(phone_ids)) | Q(public_id__in=set(public_ids))))


def search_accounts(text: str, *, limit: int = 20) -> QuerySet[Account]:
    """Accounts within the viewer's person-level scope, by a name as it sounds or the last four digits of a phone.

    Names of the whole state are known; only who may see a phone picks somebody by its digits.
    """
    rows = _near()
    text = text.replace("\0", "").strip()  # PostgreSQL holds no NUL, and refuses to look for one
    if last4 := last_four(text):
        rows = rows.filter(last4=last4)
    else:
        near: tuple[str, dict[str, Any]] = (f"({EVERYTHING} or {placed_sql('w.unit_id', PEOPLE)})", {})
        rows = rows.filter(pk__in=accounts_called(text, limit=MOST_NEAR, only=near))
    return rows.order_by("name", "id")[:limit]


def accounts_called(
    text: str, *, limit: int = 200, only: tuple[str, dict[str, Any]] = ("true", {})
) -> list[int]:
    """Ids of open accounts in scope whose names have every word, as it sounds in either script, the last half typed.

    By equality and bounds on the words, which the database lets go before the policy: so an index is read, and
    never every account. only: a condition on `w.account_id`, with its parameters.
    """
    wanted = names.asked_sounds(text)
    if not wanted:
        return []
    *whole, last = wanted
    condition, values = only
    values = (
        values | _ranges(last) | {"limit": limit} | {f"word_{n}": [*ways] for n, ways in enumerate(whole)}
    )
    also = "".join(
        " and exists (select from people_account_word o"
        f" where o.word = any(%(word_{n})s) and o.account_id = w.account_id)"
        for n in range(len(whole))
    )
    return sql.column(
        "select distinct account_id from (select w.account_id from people_account_word w"
        f" where {_in_ranges('w.word', last)}{also} and {condition} limit %(limit)s) found",
        values,
    )


def _in_ranges(word: str, ways: Sequence[str], prefix: str = "") -> str:
    """A condition of SQL: a word begins in one of these ways. By bounds, which the policy lets go first."""
    ranges = (
        f"({word} ~>=~ %({prefix}from_{n})s and {word} ~<~ %({prefix}until_{n})s)" for n in range(len(ways))
    )
    return f"({' or '.join(ranges)})"


def _ranges(ways: Sequence[str], prefix: str = "") -> dict[str, Any]:
    """The parameters of `_in_ranges`."""
    return {f"{prefix}from_{n}": way for n, way in enumerate(ways)} | {
        f"{prefix}until_{n}": way + names.AFTER_ALL for n, way in enumerate(ways)
    }


def people_called(lo: int, hi: int, text: str, *, limit: int) -> tuple[list[UUID], list[UUID]]:
    """Ids of people in the units at these positions with a name, as `is_called` reads it, and the ids of their phones.

    The words of these units are read, by their index. Only people in the caller's scope are answered.
    """
    wanted = names.asked_sounds(text)
    if not wanted:
        return [], []
    longest, *others = sorted(wanted, key=lambda ways: -min(map(len, ways)))
    values: dict[str, Any] = {"lo": lo, "hi": hi, "limit": limit} | _ranges(longest)
    also = ""
    for n, ways in enumerate(others):
        also += (
            " and exists (select from people_person_word o where o.person_id = w.person_id"
            f" and {_in_ranges('o.word', ways, f'other_{n}_')})"
        )
        values |= _ranges(ways, f"other_{n}_")
    with system("words of names in units"):
        ids = sql.column(
            "select w.person_id from (select distinct unit_id from units_placement where lo >= %(lo)s"
            " and lo < %(hi)s) x cross join lateral (select w.person_id from people_person_word w"
            f" where w.unit_id = x.unit_id and {_in_ranges('w.word', longest)} offset 0) w where true{also}"
            " limit %(limit)s",
            values,
        )
    rows = Person.objects.filter(pk__in=set(ids), left_at=None).values_list("pk", "phone_id")
    persons_ = list(rows)
    return [pk for pk, _phone in persons_], [phone for _pk, phone in persons_]


def called_sql(account: str, text: str) -> tuple[str, dict[str, Any]]:
    """Return a condition of SQL on a column of account ids, with its parameters: the accounts of `accounts_called`.

    For lists that have other conditions besides, and no limit of names. True of all for an empty text.
    """
    if not text.strip():
        return "true", {}
    wanted = names.asked_sounds(text)
    if not wanted:
        return "false", {}
    *whole, last = wanted
    values = _ranges(last)
    words = f"{account} in (select account_id from people_account_word where"
    conditions = [f"{words} {_in_ranges('word', last)})"]
    for n, ways in enumerate(whole):
        values[f"called_{n}"] = [*ways]
        conditions.append(f"{words} word = any(%(called_{n})s))")
    return " and ".join(conditions), values


def confirmed_factors(account_id: int) -> list[Factor]:
    """An account's second proofs that are in force, oldest first. In its own scope."""
    return list(
        Factor.objects.filter(account_id=account_id).exclude(confirmed_at=None).order_by("created_at", "id")
    )


def notice(code: str, language: str, version: int | None = None) -> Notice:
    """Return a notice in its latest (or the named) version, in a language, else in its fallback, else in Hindi, else in
    any. NotFound without."""
    if version is None:
        version = Notice.objects.filter(code=code).aggregate(last=Max("version"))["last"]
    heard = NoticeAudio.objects.filter(
        code=code, version=OuterRef("version"), language=OuterRef("language"), ended_at=None
    )
    rows = Notice.objects.filter(code=code, version=version).annotate(is_heard=Exists(heard))
    by_language = {row.language: row for row in rows}
    for wanted in (language, languages.otherwise(language), DEFAULT_LANGUAGE, *by_language):
        if wanted in by_language:
            by_language[wanted].has_audio = by_language[wanted].is_heard
            return by_language[wanted]
    raise NotFound(field="notice")


def spoken_languages(code: str, version: int) -> set[str]:
    """The languages a version of a notice can be heard in."""
    rows = NoticeAudio.objects.filter(code=code, version=version, ended_at=None)
    return set(rows.values_list("language", flat=True))


def audio(code: str, version: int, language: str) -> NoticeAudio:
    """The recording of a notice in a language, or NotFound."""
    rows = NoticeAudio.objects.filter(code=code, version=version, language=language, ended_at=None)
    return or_refuse(rows.first())


def versions_of_notice(code: str) -> list[int]:
    """Every version there is of a notice, in whatever language."""
    return sorted(set(Notice.objects.filter(code=code).values_list("version", flat=True)))


def published_by(code: str, version: int) -> str:
    """The name of the organisation that published a version; "" of a sample, or where none was set."""
    names = Notice.objects.filter(code=code, version=version).values_list("organisation", flat=True)
    return names.first() or ""


def publications(code: str) -> list[tuple[int, datetime, list[str], bool]]:
    """Every version of a notice, newest first: number, day, languages, whether it is a sample."""
    versions: dict[int, tuple[datetime, list[str], bool]] = {}
    for row in Notice.objects.filter(code=code).order_by("-version", "language"):
        versions.setdefault(row.version, (row.published_at, [], row.is_sample))[1].append(row.language)
    return [(version, *facts) for version, facts in versions.items()]


def texts_of_notice(code: str, version: int) -> dict[str, NoticeText]:
    """The texts of one version by language; none for a version there is not."""
    return {
        row.language: NoticeText(
            row.title,
            [Section(*part) if len(part) == 3 else Section("", *part) for part in row.sections],
            row.short,
        )
        for row in Notice.objects.filter(code=code, version=version)
    }


def languages_of_notice(code: str, version: int) -> list[str]:
    """The languages a version was published in."""
    return list(
        Notice.objects.filter(code=code, version=version)
        .order_by("language")
        .values_list("language", flat=True)
    )


def is_suppressed(phone_id: UUID) -> str:
    """Return the scope of a phone's no: "outreach", "all", or "" for nothing. In a scope that sees it."""
    refusal = standing_no(phone_id)
    return refusal.scope if refusal else ""


def phones_that_said_no(phone_ids: Iterable[UUID]) -> set[UUID]:
    """Those of these phones whose no stands, to outreach or to all. Past the scope in force: so that nobody calls."""
    with system("whom nobody may call"):
        rows = Suppression.objects.filter(phone_id__in=list(phone_ids), lifted_at=None)
        return set(rows.values_list("phone_id", flat=True))


def standing_no(phone_id: UUID) -> Suppression | None:
    """A phone's no that it has not taken back. In a scope that sees it."""
    return Suppression.objects.filter(phone_id=phone_id, lifted_at=None).first()


def refused_by(person_ids: Collection[UUID]) -> dict[UUID, list[int]]:
    """Return the purposes that people took back and did not give again, by person. In a scope that sees them."""
    consents = Consent.objects.filter(person_id__in=person_ids).values_list(
        "person_id", "purpose", "withdrawn_at"
    )
    standing = {(person, purpose) for person, purpose, withdrawn_at in consents if withdrawn_at is None}
    refused = {(person, purpose) for person, purpose, _at in consents} - standing
    return {person: sorted(what for who, what in refused if who == person) for person, _what in refused}


def took_back(person_id: UUID, purpose: int) -> bool:
    """Return True if a person has taken their yes to a purpose back, and not given it again. A person who never gave
    one has not."""
    consents = Consent.objects.filter(person_id=person_id, purpose=purpose)
    return consents.exists() and not consents.filter(withdrawn_at=None).exists()


def last_signs(phone_ids: Iterable[UUID]) -> dict[UUID, datetime]:
    """Return when each of these phones last wrote, answered or showed a code, if it ever did; calls are claims. As the
    system, or in the phone's own scope."""
    return dict(LastSign.objects.filter(phone_id__in=set(phone_ids)).values_list("phone_id", "at"))


def units_of_phone(phone_id: UUID) -> list[int]:
    """The units where the people of a phone live, as far as the caller's scope sees them."""
    entries = Person.objects.filter(phone_id=phone_id, left_at=None, merged_into=None)
    return sorted(set(entries.values_list("unit_id", flat=True)))


@dataclass(frozen=True, slots=True)
class Issued:
    """A card or certificate of a person. why: it is not valid any more."""

    id: UUID
    number: str
    code: str
    kind: str | Promise
    issued_at: datetime
    revoked_at: datetime | None
    why: str | Promise


@dataclass(frozen=True, slots=True)
class HeldData:
    """This room holds this about one person on a phone."""

    last4: str
    person: Person | None
    consents: Sequence[Consent]
    account: Account | None
    email: OwnEmail | None
    sessions: Sequence[Session]
    documents: Sequence["Issued"]
    suppression: Suppression | None
    last_sign: datetime | None

    def told(self) -> dict[str, Any]:
        """As plain values, for the person's own page and file."""
        person = self.person
        return {
            "phone": f"…{self.last4}",
            "name": person.name if person else None,
            "birth_year": person.birth_year if person else None,
            "kept_since": person.at if person else None,
            "consents": [
                {
                    "purpose": consent.get_purpose_display(),
                    "notice_version": consent.notice_version,
                    "given_at": consent.at,
                    "withdrawn_at": consent.withdrawn_at,
                }
                for consent in self.consents
            ],
            "said_no": self.suppression.scope if self.suppression else None,
            "phone_last_heard_at": self.last_sign,
            "documents": [
                {
                    "number": document.number,
                    "kind": str(document.kind),
                    "issued_at": document.issued_at,
                    "revoked_at": document.revoked_at,
                    "why": str(document.why),
                }
                for document in self.documents
            ],
            "account": self.account.name if self.account else None,
            "email": asdict(self.email) if self.email else None,
            "sessions": len(self.sessions),
        }


def data_held_about(phone_id: UUID, person_id: UUID | None = None, *, at: datetime) -> HeldData:
    """Return what is held about the holder of a proven phone: one person on it, never the others.

    person_id: whose, once a second fact has told them apart; without it only what is the phone's own.
    In the phone's own scope (`Scope.phone`).
    """
    person = (
        Person.objects.filter(id=person_id, phone_id=phone_id, erased_at=None).first() if person_id else None
    )
    phone = Phone.objects.filter(id=phone_id).first()
    owner = account_of_phone(phone_id)
    return HeldData(
        last4=phone.last4 if phone else "",
        person=person,
        consents=list(Consent.objects.filter(person_id=person.pk).order_by("at")) if person else [],
        account=owner,
        email=email_for_phone(owner),
        sessions=list(Session.objects.filter(account_id=owner.pk, ended_at=None, ends_at__gt=at))
        if owner
        else [],
        documents=_issued_to(person.pk) if person else [],
        suppression=standing_no(phone_id),
        last_sign=last_signs([phone_id]).get(phone_id),
    )


def _issued_to(person_id: UUID) -> list[Issued]:
    """A person's cards and certificates, the newest first. In a scope that sees them."""
    rows = Document.objects.filter(person_id=person_id).order_by("-issued_at", "id")[:MOST_DOCUMENTS]
    return [
        Issued(
            id=row.pk,
            number=document_number(row.pk),
            code=row.kind,
            kind=documents.kind_of_document(row.kind).label,
            issued_at=row.issued_at,
            revoked_at=row.revoked_at,
            why=row.get_revoke_reason_display(),
        )
        for row in rows
    ]


def documents_about(about: UUID) -> list[Document]:
    """Cards and certificates about one thing, the newest first. In a scope that sees its person."""
    return list(Document.objects.filter(about=about).order_by("-issued_at", "id")[:MOST_DOCUMENTS])


def standing_document(kind: str, about: UUID) -> Document | None:
    """The card or certificate of a kind about one thing that is not revoked."""
    rows = Document.objects.filter(about=about, kind=kind, revoked_at=None)
    return rows.order_by("issued_at", "id").first()


def document_holder(ident: UUID) -> tuple[documents.DocumentKind, str] | None:
    """Return what a valid document is and whose: not revoked, true by the rule of its kind. In a system scope."""
    document = Document.objects.filter(pk=ident, revoked_at=None).first()
    if document is None:
        return None
    kind = documents.kind_of_document(document.kind)
    holder = kind.holder(document.about)
    return None if holder is None else (kind, holder)


def erasures(phone_id: UUID) -> list[Erasure]:
    """Return what was erased on a phone and is not purged yet, the newest first. In the phone's own scope."""
    return list(Erasure.objects.filter(phone_id=phone_id, purged_at=None).order_by("-at", "id"))


def person_by_id(person_id: UUID) -> Person:
    """One person by id, in scope. NotFound."""
    return or_refuse(Person.objects.filter(pk=person_id).first())


def persons(person_ids: Iterable[UUID]) -> list[Person]:
    """People by id, in scope; in no order."""
    return list(Person.objects.filter(pk__in=list(person_ids)))


def persons_on(phone_id: UUID) -> list[Person]:
    """Return people entered with a phone, in scope, also after they left; in no order."""
    return list(Person.objects.filter(phone_id=phone_id))


def merged_with(person_ids: Collection[UUID]) -> set[UUID]:
    """Other entries of the same human beings: the entry that stays and those merged into it. In a system scope."""
    stays = {entry.merged_into or entry.pk for entry in Person.objects.filter(pk__in=person_ids)}
    either = Q(first_id__in=stays) | Q(second_id__in=stays)
    pairs = Double.objects.filter(either, state=Double.State.MERGED, kept_id__in=stays)
    return {person for pair in pairs.values_list("first_id", "second_id") for person in pair} - {*person_ids}


_SAME_PHONES = f"""
with recursive same(of, id) as (
  select p.phone_id, p.id from people_person p where p.phone_id = any(%s)
  union
  select same.of, case when d.first_id = same.id then d.second_id else d.first_id end
  from same join people_double d on d.state = '{Double.State.MERGED}' and same.id in (d.first_id, d.second_id))
select distinct same.of, p.phone_id from same join people_person p on p.id = same.id"""


def _same_phones(phone_ids: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """Each phone with those of entries that were merged with an entry on it: all are of one human being."""
    by_phone = {phone_id: {phone_id} for phone_id in phone_ids}
    for phone_id, same in sql.rows(_SAME_PHONES, [list(by_phone)]) if by_phone else ():
        by_phone[phone_id].add(same)
    return by_phone


def phones_behind(account_ids: Iterable[int]) -> dict[int, set[UUID]]:
    """The phones of who has each open account: its own, and those of entries merged with one on it. In a system scope;
    two queries.

    A call, a check or a request about oneself is given to nobody: who gives them asks here.
    """
    phone_of = {pk: row.phone_id for pk, row in accounts(account_ids).items()}
    same = _same_phones(set(phone_of.values()))
    return {pk: same[phone_id] for pk, phone_id in phone_of.items()}


def account_phones(account_id: int | None) -> set[UUID]:
    """The same of one account; none without one. In a system scope."""
    return phones_behind([account_id]).get(account_id, set()) if account_id is not None else set()


def accounts_behind(phone_id: UUID) -> set[int]:
    """The open accounts of who has a phone: `account_phones` the other way round. In a system scope."""
    same = _same_phones([phone_id])[phone_id]
    return set(Account.objects.filter(phone_id__in=same, closed_at=None).values_list("id", flat=True))


def phones(phone_ids: Iterable[UUID]) -> dict[UUID, Phone]:
    """Return phones by id, if they are kept and in scope."""
    return {row.pk: row for row in Phone.objects.filter(pk__in=set(phone_ids))}


def accounts(account_ids: Iterable[int]) -> dict[int, Account]:
    """Open accounts by id, those in scope."""
    return {row.pk: row for row in Account.objects.filter(id__in=set(account_ids), closed_at=None)}


def phone_by_id(phone_id: UUID) -> Phone:
    """One phone by id, in scope. NotFound."""
    return or_refuse(Phone.objects.filter(pk=phone_id).first())


def numbers_of_phones(phone_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Numbers (E.164) of those of these phones that are known and in scope, unsealed: to write to them."""
    ring = keyring()
    rows = Phone.objects.filter(pk__in=set(phone_ids))
    return {row.pk: ring.unseal(bytes(row.sealed), about=row.pk.bytes).decode() for row in rows}


def number_of_phone(phone_id: UUID) -> str:
    """A phone's number (E.164), unsealed: to write to it. In a scope that sees it. NotFound."""
    return keyring().unseal(bytes(phone_by_id(phone_id).sealed), about=phone_id.bytes).decode()


def number_again(phone_id: UUID) -> str:
    """As `number_of_phone`, to show it again to who was shown it before; "" during an emergency stop."""
    return "" if emergency_stop() else number_of_phone(phone_id)


def doubles(state: str = Double.State.OPEN) -> "QuerySet[Double]":
    """Pairs of entries in scope that may be one person, by what was decided; those to be looked at likeliest first."""
    return Double.objects.filter(state=state)


def doubles_called(public_ids: Iterable[UUID | str]) -> "QuerySet[Double]":
    """Pairs in scope by their public ids."""
    return Double.objects.filter(public_id__in=list(public_ids))


def double_held(double: Double) -> Double:
    """A pair as it is now, its row locked. In an act's system scope."""
    return Double.objects.select_for_update().get(pk=double.pk)


def double_for(public_id: UUID) -> Double:
    """One pair in scope. NotFound."""
    return or_refuse(Double.objects.filter(public_id=public_id).first())


def emergency_stop() -> EmergencyStop | None:
    """Return the emergency stop that is on, if one is."""
    return EmergencyStop.objects.filter(ended_at=None).first()
