"""Change members afterwards: they confirm, are struck off, are corrected; claims find their place.

How they leave, say that they never joined, and come back: `leaving`.

Each act locks the phone first (the same advisory lock the batch takes), then touches one membership and what
hangs on it. They run in a system scope, since a member is in trees the actor may not see; rights are checked
first.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, clock, news
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import NotFound, Refused, or_refuse
from abhiyan.core.scope import current, system
from abhiyan.core.words import local_person as in_script
from abhiyan.enrolment.models import Claim, Drive, Enrolment, Membership, Roll, Taken, Waiting
from abhiyan.enrolment.models_places import Whereabout
from abhiyan.enrolment.news import ContributorLeft, MembersMoved
from abhiyan.enrolment.queries.drives import covered
from abhiyan.enrolment.rules import endings, names
from abhiyan.enrolment.rules.age import Age, age_on
from abhiyan.enrolment.rules.channels import Sign
from abhiyan.enrolment.rules.measures import ENROLMENTS
from abhiyan.enrolment.rules.steps import OPENED, UNIQUE
from abhiyan.messaging import actions as messaging
from abhiyan.org import queries as org
from abhiyan.people import actions as people
from abhiyan.people import phones
from abhiyan.people import queries as people_queries
from abhiyan.people.actions.persons import lock_phones
from abhiyan.people.models import Person, Purpose, RevokeReason
from abhiyan.programmes import actions as programmes
from abhiyan.programmes import queries as programme_queries
from abhiyan.programmes.models import Rung
from abhiyan.programmes.rules.ladder import TallyChange
from abhiyan.work import actions as work

from .claims import BirthYearInvalid, NameInvalid, OutsideScope, PhoneInvalid, WouldBeMinor

MEMBER_CARD = "member_card"  # kind of document
QUESTION = ("enrolment", "confirm")  # whether somebody joined by their own act: room and kind, about a term


class StrikeReason(models.TextChoices):
    """Why an entry is struck off. A code: the trail holds no stories about people."""

    NOT_GENUINE = "not_genuine", _("Not genuine: the person did not join")
    DOUBLE = "double", _("Entered twice")
    NOT_ELIGIBLE = "not_eligible", _("May not be a member under the organisation's rules")
    DECEASED = "deceased", _("Has died")
    OTHER = "other", _("Another reason")


class MembershipEnded(Refused, code="already_ended", status=409):
    message = _("This membership has ended already.")


class SamePerson(Refused):
    """The correction would make two people on one phone the same."""

    message = _("Somebody with this name and year of birth is on this phone already.")


class NotOnThisPhone(Refused):
    message = _("This claim came from another phone.")


class NothingToPlace(Refused, status=409):
    message = _("This entry is already settled.")


def strike_off(*, membership: UUID, reason: str, by: Actor, at: datetime) -> None:
    """Strike an entry off, with a reason. The term ends, its count is taken back on its day, its slot is free.

    Needs enrolment.strike_off over the member's unit. Refuses MembershipEnded. Only the phone's own sign brings the
    same person back.
    """
    if reason not in StrikeReason.values:
        raise LookupError(f"no such reason: {reason}")
    with system("an entry is struck off"):
        member = found_member(membership)
        org.require(by, "enrolment.strike_off", at=member.unit_id)
        lock_phone(member.phone_id)
        member.refresh_from_db()
        if member.ended_on is not None:
            raise MembershipEnded
        end_term(member, reason=endings.STRUCK_OFF, channel=None, by=by, at=at, why=reason)


def correct(
    *,
    membership: UUID,
    by: Actor,
    at: datetime,
    name: str | None = None,
    birth_year: int | None = None,
    unit_id: int | None = None,
    says_adult: bool = False,
) -> None:
    """Correct a member's name, year of birth or place; what is None stays. A new place takes the tally with it.

    The phone itself may, or holders of enrolment.correct over the old unit and the new. Refuses NameInvalid,
    BirthYearInvalid, WouldBeMinor, OutsideScope (of the drive), SamePerson.
    """
    phone = current().phone
    with system("a member is corrected"):
        member = found_member(membership)
        own_phone_or("enrolment.correct", member, by, phone, unit_id)
        lock_phone(member.phone_id)
        member.refresh_from_db()
        person = people_queries.person_by_id(member.person_id)
        changed: list[str] = []
        if name is not None:
            cleaned = or_refuse(names.clean_name(name), NameInvalid)
            if cleaned != person.name:
                person.name = cleaned
                changed.append("name")
        if birth_year is not None and birth_year != person.birth_year:
            _must_be_adult(member, birth_year, says_adult=says_adult)
            person.birth_year = birth_year
            changed.append("birth_year")
        if changed:
            _must_differ(member, person)
            people.correct_person(person=person, name=person.name, birth_year=person.birth_year)
        if "name" in changed:
            name_text = name_asked(person.name or "", person.language)
            question_ids = _question_ids([(latest_id(member), member.phone_id)])
            messaging.reword(ids=question_ids, blanks={"name": name_text}, label=name_text)
            people.revoke_documents(  # with the name as it was
                about=[member.public_id],
                reason=RevokeReason.WRONG,
                by=by,
                at=at,
                unit_id=member.unit_id,
                kind=MEMBER_CARD,
            )
        if unit_id is not None and unit_id != member.unit_id:
            _move(member, unit_id, at)
            changed.append("place")
        if changed:
            audit.record(
                by=by,
                at=at,
                act="enrolment.correct",
                subject=str(member.public_id),
                unit_id=unit_id or member.unit_id,
                facts={"changed": changed},
            )


def name_asked(name: str, written_in: str) -> str:
    """Name somebody in the question whether they joined: shortened, in the script of their language."""
    return names.shortened_name(in_script(name, written_in or settings.LANGUAGE_CODE))


def _question_ids(terms: Iterable[tuple[UUID, UUID]]) -> list[UUID]:
    """Return the id of the question about each of these terms, to its phone."""
    room, kind = QUESTION
    return [messaging.question_id(room=room, kind=kind, about=term, phone_id=phone) for term, phone in terms]


def place_claim(*, claim: UUID, unit_id: int, by: Actor, at: datetime) -> None:
    """Give a claim without a place its unit (the worklist of the unplaced), and its member with it.

    claim: its public id. Needs enrolment.place where the claim stands now, which is the drive's own unit.
    Refuses OutsideScope, NothingToPlace, MembershipEnded: people who left are not worked on any more.
    """
    with system("a claim is placed"):
        found = _found_claim(claim)
        org.require(by, "enrolment.place", at=found.unit_id)
        lock_phone(found.phone_id)
        found.refresh_from_db()
        if found.is_placed:
            raise NothingToPlace
        member = (
            Membership.objects.filter(pk=found.membership_id).first()
            if found.membership_id is not None
            else None
        )
        if member is not None and member.ended_on is not None:
            raise MembershipEnded
        if member is not None and member.unit_id == found.unit_id:
            _move(member, unit_id, at)
        else:
            _must_cover(found.programme_id, unit_id)
        found.refresh_from_db()
        if not found.is_placed:
            _move_claim(found, unit_id, at)
        audit.record(by=by, at=at, act="enrolment.place_claim", subject=str(found.public_id), unit_id=unit_id)


def settle_claim(*, claim: UUID, membership: UUID, by: Actor, at: datetime) -> None:
    """Say whose a claim is that named nobody, on a phone with several people. A call then signs for that member.

    Needs enrolment.place where the claim stands. Refuses NotOnThisPhone, NothingToPlace, MembershipEnded.
    """
    with system("a claim is settled"):
        found = _found_claim(claim)
        org.require(by, "enrolment.place", at=found.unit_id)
        member = found_member(membership)
        if member.phone_id != found.phone_id:
            raise NotOnThisPhone
        lock_phone(found.phone_id)
        found.refresh_from_db()
        member.refresh_from_db()
        if found.taken != Taken.WORKLIST or found.membership_id is not None:
            raise NothingToPlace
        if member.ended_on is not None:
            raise MembershipEnded
        give_claim(found, member, at)
        audit.record(
            by=by,
            at=at,
            act="enrolment.settle_claim",
            subject=str(found.public_id),
            unit_id=member.unit_id,
            facts={"membership": str(member.public_id)},
        )


# What the acts share


def found_member(public_id: UUID) -> Membership:
    """Return a membership by its public id, in any scope that sees it. NotFound."""
    return or_refuse(Membership.objects.filter(public_id=public_id, merged_into=None).first())


def _found_claim(public_id: UUID) -> Claim:
    """Return a claim of the worklist, by the worklist's own index."""
    waits = models.Q(taken=Taken.WORKLIST, membership_id=None)
    unplaced = models.Q(
        is_placed=False,
        membership_id__isnull=False,
        taken__in=(Taken.JOINED, Taken.RENEWED, Taken.WAITS),
    )
    return or_refuse(Claim.objects.filter(waits | unplaced, public_id=public_id).first(), NothingToPlace)


def own_phone_or(
    capability: str, member: Membership, by: Actor, phone: UUID | None, unit_id: int | None = None
) -> None:
    """Refuse all but the phone itself, shown by the caller's own scope, and holders of a capability over the
    unit, and over the new one."""
    if by.kind == "citizen":
        if phone != member.phone_id:
            raise NotFound
        return
    org.require(by, capability, at=member.unit_id)
    if unit_id is not None and unit_id != member.unit_id:
        org.require(by, capability, at=unit_id)


def who_is(person: Person) -> tuple[str, int] | None:
    """Return what tells a person apart from others on their phone; None once erased."""
    if person.name is None or person.birth_year is None:
        return None
    return names.key(person.name), person.birth_year


def id_of_phone(phone: str) -> UUID:
    """Return the id a number is kept under. PhoneInvalid."""
    written = or_refuse(phones.parse(phone), PhoneInvalid)
    phone_id: UUID = keyring().phone_id(written)
    return phone_id


def lock_phone(phone_id: UUID) -> None:
    """Lock the phone, as the batch does."""
    lock_phones([phone_id])


def living(phone_id: UUID) -> models.QuerySet[Membership]:
    """Return memberships of a phone that run. In a system scope."""
    return Membership.objects.filter(phone_id=phone_id, merged_into=None, ended_on=None)


def latest_term(member: Membership) -> Enrolment:
    """Return the membership's latest term, living or ended."""
    return Enrolment.objects.get(pk=latest_id(member))


def latest_id(member: Membership) -> UUID:
    """Return the id of the membership's latest term."""
    return term_id(member, member.term)


def term_id(member: Membership, term: int) -> UUID:
    """Return the id of one of the membership's terms: the membership's with the term's number at the end."""
    return UUID(bytes=member.pk.bytes[:14] + term.to_bytes(2, "big"))


def _change(term: Enrolment, rung: int, n: int) -> TallyChange:
    return TallyChange(term.programme_id, ENROLMENTS, term.channel, term.unit_id, term.day, rung, n)


def _signed(term: Enrolment) -> list[TallyChange]:
    """Count what waited for the phone: it has answered."""
    return [_change(term, Rung.UNSIGNED, -1), _change(term, Rung.COUNTED, 1)]


def changes_of_term(term: Enrolment, n: int) -> list[TallyChange]:
    """Return what a term that counts adds to the ledger, n times."""
    return [_change(term, rung, n) for rung in term.rungs]


def post_term_changes(changes: Iterable[TallyChange], at: datetime) -> None:
    """Put changes into the ledger, in the transaction of their fact."""
    programmes.post_changes(deltas=changes, at=at)


def give_claim(claim: Claim, member: Membership, at: datetime) -> None:
    """Give this member a claim without a name: it moves to their home, and a call or SMS signs for them.

    The phone is locked.
    """
    claim.membership_id = member.pk
    claim.save(update_fields=["membership_id", "taken"])
    if not claim.is_placed and member.unit_id != claim.unit_id:
        _move_claim(claim, member.unit_id, at)
    if claim.sign != Sign.NONE and member.programme_id == claim.programme_id:
        term = latest_term(member)
        if term.rung == Rung.UNSIGNED:
            post_term_changes(_signed(term), at)
            Enrolment.objects.filter(pk=term.pk).update(rung=Rung.COUNTED, signed_at=at)


def end_term(
    member: Membership, *, reason: str, channel: int | None, by: Actor, at: datetime, why: str = ""
) -> Enrolment:
    """End the latest term and take its count back; the phone is locked. The term.

    reason: one of `rules.endings`. channel: how the person said it; then every consent is withdrawn.
    """
    term = latest_term(member)
    if term.ended_at is None or (reason == endings.DENIED and term.end_reason == endings.RUN_OUT):
        post_term_changes(changes_of_term(term, -1), at)
        if term.asked_at is not None and term.confirmed_at is None:
            term.ask_over_at = term.ask_over_at or at
            end_questions([(term.pk, member.phone_id)], at=at)
    if term.ended_at is None or reason == endings.DENIED:
        term.ended_at, term.end_reason = at, reason
        term.save(update_fields=["ended_at", "end_reason", "ask_over_at"])
    zone = programme_queries.programme_by_id(member.programme_id).zone
    member.ended_on = clock.day_in(zone, at)
    member.struck_at = at if reason in endings.STRUCK else None
    member.save(update_fields=["ended_on", "struck_at"])
    people.revoke_documents(about=[member.public_id], reason=RevokeReason.ENDED, by=by, at=at)
    if Roll.objects.filter(pk=member.roll_id, stands_beside=True).exists():
        work.forget_helpers(person_ids=[member.person_id], at=at)
        news.tell(ContributorLeft(member.public_id, member.programme_id, at))
    if reason in endings.HIDDEN:
        people.mark_left(person_ids=[member.person_id], at=at)
    if channel is not None:
        people.withdraw_consent(
            person_id=member.person_id, purposes=Purpose.values, channel=channel, by=by, at=at
        )
    audit.record(
        by=by,
        at=at,
        act=f"enrolment.{endings.ACTS[reason]}",
        subject=str(member.public_id),
        unit_id=None if reason == endings.DENIED else member.unit_id,  # offices do not read who said so
        facts={"why": why} if why else {},
    )
    return term


def end_questions(terms: Iterable[tuple[UUID, UUID]], *, at: datetime) -> None:
    """End the questions about ended terms (id, and the phone that was asked)."""
    ids = _question_ids(terms)
    if ids:
        messaging.close_questions(ids=ids, at=at)


def _must_be_adult(member: Membership, birth_year: int, *, says_adult: bool) -> None:
    term = latest_term(member)
    roll_age = Drive.objects.select_related("roll").get(programme_id=term.programme_id).roll.minimum_age
    age = age_on(year=term.day.year, birth_year=birth_year, minimum=roll_age, says_adult=says_adult)
    if age is Age.IMPOSSIBLE:
        raise BirthYearInvalid
    if age is Age.MINOR:
        raise WouldBeMinor


def _must_differ(member: Membership, person: Person) -> None:
    """Refuse two people on one phone of one name and year of birth: the act tells them apart by these."""
    others = people_queries.persons(
        Membership.objects.filter(phone_id=member.phone_id, merged_into=None)
        .filter(models.Q(roll_id=member.roll_id) | models.Q(ended_on=None))
        .exclude(pk=member.pk)
        .values_list("person_id", flat=True)
    )
    for other in others:
        if (
            other.name is not None
            and person.name is not None
            and names.key(other.name) == names.key(person.name)
            and other.birth_year == person.birth_year
        ):
            raise SamePerson


def _must_cover(programme_id: int, unit_id: int) -> None:
    """Refuse OutsideScope unless the drive takes people for the unit."""
    if not covered(programme_id=programme_id, unit_ids=[unit_id]):
        raise OutsideScope


def _move(member: Membership, unit_id: int, at: datetime) -> None:
    """Move a member to a home elsewhere: the latest term, the claim that opened it and their counts go with them."""
    _must_cover(member.programme_id, unit_id)
    move_members([member], unit_id, at)
    member.unit_id = unit_id


def move_members(members: Sequence[Membership], unit_id: int, at: datetime) -> None:
    """Move members whose phones are locked and whose drives take people there. A few queries, however many."""
    terms = {
        enrolment.membership_id: enrolment
        for enrolment in Enrolment.objects.filter(pk__in=map(latest_id, members))
    }
    changes = []
    for term in terms.values():
        if term.ended_at is None:
            changes += changes_of_term(term, -1)
            changes += [delta._replace(unit_id=unit_id) for delta in changes_of_term(term, 1)]
    post_term_changes(changes, at)
    Enrolment.objects.filter(pk__in=[term.pk for term in terms.values()]).update(unit_id=unit_id)
    move_claims(Claim.objects.filter(pk__in=[term.claim_id for term in terms.values()]), unit_id, at)
    Membership.objects.filter(pk__in=[member.pk for member in members]).update(unit_id=unit_id)
    news.tell(MembersMoved(tuple(member.public_id for member in members), unit_id, at))
    people.move_persons(person_ids=[member.person_id for member in members], unit_id=unit_id)


def _move_claim(claim: Claim, unit_id: int, at: datetime) -> None:
    move_claims([claim], unit_id, at)
    claim.unit_id, claim.is_placed = unit_id, True


def move_claims(claims: Iterable[Claim], unit_id: int, at: datetime) -> None:
    """Move the *reported* of claims to the unit; with a phone's first call, its whole funnel."""

    def both(programme: int, channel: int, old: int, day: date, rung: int) -> list[TallyChange]:
        return [
            TallyChange(programme, ENROLMENTS, channel, unit, day, rung, n)
            for unit, n in ((old, -1), (unit_id, 1))
        ]

    moving = list(claims)
    changes: list[TallyChange] = []
    for claim in moving:
        changes += both(claim.programme_id, claim.channel, claim.unit_id, claim.day, Rung.REPORTED)
    keys = [UUID(bytes=one.phone_id.bytes[:12] + one.programme_id.to_bytes(4, "big")) for one in moving]
    waiting = list(Waiting.objects.filter(pk__in=keys, claim_id__in=[claim.pk for claim in moving]))
    for row in waiting:
        changes += both(row.programme_id, row.channel, row.unit_id, row.day, UNIQUE)
        if row.opened_at is not None:
            changes += both(row.programme_id, row.channel, row.unit_id, row.day, OPENED)
    post_term_changes(changes, at)
    Waiting.objects.filter(pk__in=[row.pk for row in waiting]).update(unit_id=unit_id)
    Claim.objects.filter(pk__in=[claim.pk for claim in moving]).update(unit_id=unit_id, is_placed=True)
    Whereabout.objects.filter(claim__in=[claim.public_id for claim in moving]).delete()  # no longer needed
