"""A place for many entries at once: those whose people said the same PIN code and the same place."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, lot
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.enrolment.models import Claim, Membership, Taken
from abhiyan.enrolment.models_places import Placing, Whereabout
from abhiyan.enrolment.queries.drives import covered
from abhiyan.org import queries as org
from abhiyan.people.actions.persons import lock_phones
from abhiyan.units.rules.pins import read_pin

from .claims import OutsideScope
from .members import move_claims, move_members

MOST_AT_ONCE = 500
LONGEST = 60  # characters of a place in somebody's words
OPENERS = (Taken.JOINED, Taken.RENEWED, Taken.WAITS)


class GroupChanged(Refused, status=409):
    message = _("These entries have changed meanwhile. Look at the list again.")


class NothingToUndo(Refused, status=409):
    message = _("This was undone already.")


def pin_and_place(text: str) -> tuple[str, str]:
    """Return PIN code and place of what somebody typed; six digits are a PIN code."""
    words = text.replace("\x00", "").split()
    pin = read_pin("".join(words))
    return (pin, "") if pin else ("", " ".join(words)[:LONGEST])


def note_where(*, claim: UUID, text: str) -> None:
    """Keep what somebody who joined without a place said of it. claim: the public id of their entry.

    Nothing is kept of an entry that has its place, or of somebody who is no member.
    """
    pin, place = pin_and_place(text)
    if not (pin or place):
        return
    with system("where somebody lives who joined without a place"):
        found = Claim.objects.filter(public_id=claim, is_placed=False, taken__in=OPENERS).first()
        if found is not None and found.membership_id is not None:
            Whereabout.objects.get_or_create(
                claim=claim,
                defaults={"phone_id": found.phone_id, "unit_id": found.unit_id, "pin": pin, "place": place},
            )


def place_entries(
    *, claims: Collection[UUID], pin: str, place: str, unit_id: int, by: Actor, at: datetime
) -> Placing:
    """Give entries their unit, and their members with them; all or none. Returns what `undo_placing` takes back.

    claims: public ids, at most MOST_AT_ONCE, as the preview showed them. Needs enrolment.place where each stands.
    Refuses GroupChanged when one has found its place, or left, since; OutsideScope.
    """
    with system("many entries are placed"):
        found = _waiting(claims, {"is_placed": False})
        if len(found) != len(claims) or not found or len(found) > MOST_AT_ONCE:
            raise GroupChanged
        homes = {claim.unit_id for claim in found}
        if len(homes) != 1:
            raise GroupChanged
        (home,) = homes
        org.require(by, "enrolment.place", at=home)
        for programme in {claim.programme_id for claim in found}:
            if not covered(programme_id=programme, unit_ids=[unit_id]):
                raise OutsideScope
        _move(found, home, unit_id, at)
        made = Placing.objects.create(
            public_id=lot.uuid(),
            from_unit_id=home,
            unit_id=unit_id,
            pin=pin,
            place=place,
            claims=[str(claim.public_id) for claim in found],
            n=len(found),
            by=by.id,
            at=at,
        )
        audit.record(
            by=by,
            at=at,
            act="enrolment.place_many",
            subject=str(made.public_id),
            unit_id=unit_id,
            n=len(found),
        )
    return made


def undo_placing(*, placing: UUID, by: Actor, at: datetime) -> int:
    """Take a bulk placing back: entries that are still where it put them wait for a place again. Returns how many.

    Needs enrolment.place where they were. Refuses NothingToUndo.
    """
    with system("a bulk placing is taken back"):
        made = or_refuse(Placing.objects.select_for_update().filter(public_id=placing).first())
        org.require(by, "enrolment.place", at=made.from_unit_id)
        if made.undone_at is not None:
            raise NothingToUndo
        claims = _waiting(
            [UUID(claim_id) for claim_id in made.claims], {"is_placed": True, "unit_id": made.unit_id}
        )
        _move(claims, made.unit_id, made.from_unit_id, at)
        Claim.objects.filter(pk__in=[claim.pk for claim in claims]).update(is_placed=False)
        Whereabout.objects.bulk_create(
            [
                Whereabout(
                    claim=claim.public_id,
                    phone_id=claim.phone_id,
                    unit_id=made.from_unit_id,
                    pin=made.pin,
                    place=made.place,
                )
                for claim in claims
                if made.pin or made.place
            ],
            ignore_conflicts=True,
        )
        made.undone_at = at
        made.save(update_fields=["undone_at"])
        audit.record(
            by=by,
            at=at,
            act="enrolment.undo_placing",
            subject=str(made.public_id),
            unit_id=made.from_unit_id,
            n=len(claims),
        )
    return len(claims)


def forget_where(members: Collection[Membership]) -> None:
    """Keep nothing of what erased members said of their place: neither of theirs alone nor in bulk placings."""
    said = Claim.objects.filter(
        phone_id__in={member.phone_id for member in members},
        membership_id__in={member.pk for member in members},
    )
    claims = list(said.values_list("public_id", flat=True))
    Whereabout.objects.filter(claim__in=claims).delete()
    for claim in claims:
        for made in Placing.objects.select_for_update().filter(claims__contains=[str(claim)]):
            made.claims = [claim_id for claim_id in made.claims if claim_id != str(claim)]
            made.n = len(made.claims)
            if made.n:
                made.save(update_fields=["claims", "n"])
            else:
                made.delete()


def _waiting(public_ids: Collection[UUID], wanted: dict[str, object]) -> list[Claim]:
    """Return entries of current members, their phones locked (sorted), read after the lock."""
    claims = Claim.objects.filter(
        public_id__in=list(public_ids), membership_id__isnull=False, taken__in=OPENERS
    )
    lock_phones(sorted(set(claims.values_list("phone_id", flat=True))))
    found = list(claims.filter(**wanted).order_by("pk"))
    live = set(
        Membership.objects.filter(pk__in=[claim.membership_id for claim in found], ended_on=None).values_list(
            "pk", flat=True
        )
    )
    return [claim for claim in found if claim.membership_id in live]


def _move(claims: list[Claim], old: int, new: int, at: datetime) -> None:
    """Move members who are at home at the old unit along, with what opened their terms; then the others."""
    members = Membership.objects.filter(pk__in={claim.membership_id for claim in claims}, unit_id=old)
    move_members(list(members), new, at)
    rest = Claim.objects.filter(pk__in=[claim.pk for claim in claims], unit_id=old)
    move_claims(rest, new, at)
