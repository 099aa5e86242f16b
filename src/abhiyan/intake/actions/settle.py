"""Claims that did not simply join: resends, further people on a phone, renewals, calls, completions.

All phones concerned are locked (sorted), and what is known of them is read at once. `rules.phone` decides each
claim in memory, and one statement per table writes the rows. Around 40 µs a claim, in the batch's transaction.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from psycopg.pq.abc import PGresult

from abhiyan.enrolment.actions.claim_keys import consent_id, keys
from abhiyan.enrolment.actions.claims import ClaimOutcome, ClaimRefused, KeyReused, Suppressed, stored_outcome
from abhiyan.enrolment.models import Taken, TermKind
from abhiyan.enrolment.queries.first_calls import link_digest, link_secret
from abhiyan.enrolment.rules import names
from abhiyan.enrolment.rules.measures import ENROLMENTS
from abhiyan.enrolment.rules.packed import NO, YES, Value, array, arrays, int4, int8, micros
from abhiyan.enrolment.rules.phone import PhoneVerdict, decide_claim
from abhiyan.enrolment.rules.steps import OPENED, RENEWED, UNIQUE
from abhiyan.enrolment.rules.terms import is_renewal
from abhiyan.people.models import Purpose
from abhiyan.programmes.models import Rung

from .drives import DriveRead
from .gateway import Writer
from .rows import SHORTS, ClaimRow
from .settling_known import KnownFriend, KnownMember, KnownPhone, KnownWaiting, Stored
from .settling_sql import INSERTS, UPDATES

Answer = ClaimOutcome | ClaimRefused

_OPENS = (PhoneVerdict.JOIN, PhoneVerdict.RENEW, PhoneVerdict.ALREADY)


class Settling:
    """The slow part of one batch: reads, decides, writes."""

    def __init__(
        self, writer: Writer, drive: DriveRead, *, at: datetime, batch: bytes, import_id: int | None = None
    ) -> None:
        self.writer, self.drive = writer, drive
        self.at, self.batch = micros(at), batch
        self.import_id = None if import_id is None else int8(import_id)
        self.programme, self.roll = int4(drive.programme_id), int4(drive.roll_id)
        self.writes: dict[str, list[tuple[Value, ...]]] = {}
        self.deltas: Counter[tuple[bytes, bytes, bytes, int]] = Counter()  # channel, unit, day, rung
        self.elsewhere: Counter[tuple[bytes, bytes, bytes, bytes, int]] = Counter()  # of a drive named first
        self.lifted: list[bytes] = []
        self.signed: set[bytes] = set()
        self.resent: set[bytes] = set()  # claims that came before: answered as they were then
        self.stored = 0  # claims stored besides the fast statement's

    # Reading

    def read(self, rows: Sequence[ClaimRow]) -> tuple[dict[bytes, Stored], dict[bytes, KnownPhone]]:
        """Lock the phones of these rows (sorted) and learn what is known of them. In a transaction."""
        phones = sorted({row.phone for row in rows})
        ids = array("uuid", phones)
        locks = array("int8", [phone[:8] for phone in phones])
        claims = array("uuid", sorted({row.claim for row in rows}))
        waitings = array("uuid", sorted({row.waiting for row in rows}))
        _, stored_rows, members, waiting, suppressed, erased = self.writer.run(
            ("lock", [locks]),
            ("known_claims", [claims, self.batch]),
            ("known_members", [ids, self.roll]),
            ("known_waitings", [waitings]),
            ("known_suppressions", [ids]),
            ("known_erasures", [ids]),
        )
        others = array("int4", [int4(programme_id) for programme_id in self.drive.others])
        elsewhere = self.writer.run(("known_others", [ids, others]))[0] if self.drive.others else None
        known_phones = {phone: KnownPhone() for phone in phones}
        for r in _rows(members):
            phone = known_phones[_need(r[1])]
            name, birth = r[10], r[11]
            who = (names.key(name.decode()), _int(birth)) if name is not None and birth is not None else None
            is_left = r[19] == YES  # a place without a term, theirs in name while they are a member elsewhere
            phone.members.append(
                KnownMember(
                    id=_need(r[0]),
                    public_id=_need(r[2]),
                    slot=_int(r[3]),
                    person=_need(r[4]),
                    unit=_need(r[5]),
                    term=_int(r[6]),
                    # a list of old brings nobody back
                    is_live=r[8] == YES or (self.drive.from_lists and not is_left),
                    is_struck=r[9] == YES,
                    is_this_drive=_need(r[7]) in self.drive.family,
                    stays=not self.drive.renews,
                    who=None if is_left and r[8] != YES else who,
                    enrolment=r[12] or b"",
                    at=(r[14] or b"", r[13] or b"", r[15] or b""),
                    rung=_int(r[16] or SHORTS[0]),
                    programme=_need(r[7]),
                    kind=_int(r[17] or SHORTS[0]),
                    has_left=r[18] == YES,
                    is_elsewhere=is_left,
                )
            )
        for r in _rows(waiting):
            known_phones[_need(r[1])].waiting = KnownWaiting(
                id=_need(r[0]),
                claim=_need(r[2]),
                unit=_need(r[3]),
                day=_need(r[4]),
                channel=_need(r[5]),
                is_opened=r[6] == YES,
                is_complete=r[7] == YES,
                completed_by=r[8],
                completed_as=None if r[9] is None else _int(r[9]),
                receipt=_need(r[10]),
                sign=_need(r[11]),
                is_placed=_need(r[12]),
                member_public=r[13],
            )
        for r in _rows(elsewhere) if elsewhere is not None else ():
            self._know_other(known_phones[_need(r[1])], r)
        for r in _rows(suppressed):
            known_phones[_need(r[0])].is_suppressed = True
        for r in _rows(erased):
            known_phones[_need(r[0])].erased.add(_need(r[1]))
        return stored_claims(stored_rows), known_phones

    def _know_other(self, phone: KnownPhone, r: tuple[Value, ...]) -> None:
        """Note somebody of another roll: they give way to this one, or this one is closed to them."""
        if r[4] is None or r[5] is None:
            return
        who = names.key(r[4].decode()), _int(r[5])
        at = (_need(r[9]), _need(r[8]), _need(r[10]))
        if not self.drive.gives_way:
            rungs = tuple(map(int, _need(r[11]).decode().split(",")))
            phone.friends.append(
                KnownFriend(_need(r[0]), _need(r[1]), who, _need(r[6]), _need(r[7]), at, rungs)
            )
            return
        for member in phone.members:  # what they were on this roll before does not bring them back to it
            if member.who == who:
                member.who = None
        phone.members.append(
            KnownMember(
                id=_need(r[0]),
                public_id=_need(r[2]),
                slot=-1 - len(phone.members),
                person=_need(r[3]),
                unit=_need(r[8]),
                term=0,
                is_live=True,
                is_struck=False,
                has_left=False,
                is_this_drive=False,
                stays=True,
                who=who,
                enrolment=_need(r[6]),
                programme=_need(r[7]),
                kind=0,
                at=at,
                rung=Rung.COUNTED,
                is_elsewhere=True,
            )
        )

    # Deciding

    def decide(self, rows: Iterable[ClaimRow]) -> dict[bytes, Answer]:
        """Answer every row, in the order given (by phone, then claim); nothing is written yet."""
        rows = list(rows)
        stored_by_id, known_phones = self.read(rows)
        answers: dict[bytes, Answer] = {}
        for row in rows:
            answers[row.claim] = self._answer(row, stored_by_id.get(row.claim), known_phones[row.phone])
        return answers

    def _answer(self, row: ClaimRow, stored: Stored | None, phone: KnownPhone) -> Answer:
        limit = self.drive.people_per_phone
        if stored is not None and not stored.is_mine:
            if stored.phone != row.phone:
                return KeyReused()
            self.resent.add(row.claim)
            return stored_outcome(stored.taken, stored.receipt, stored.member_public, limit=limit)
        waiting = phone.waiting
        if waiting is not None and waiting.completed_by == row.claim and waiting.completed_as is not None:
            self.resent.add(row.claim)
            return stored_outcome(waiting.completed_as, waiting.receipt, waiting.member_public, limit=limit)
        is_mine = stored is not None
        if phone.is_suppressed and row.is_signed == NO and not is_mine:
            return Suppressed()
        if row.is_late:
            return self._store(row, Taken.LATE, None, is_mine=is_mine)
        who: tuple[str, int] | None = None
        name_key = names.key(row.name.decode()) if row.name is not None else None
        if row.is_plain and name_key is not None and row.birth_year is not None:
            who = (name_key, _int(row.birth_year))
            if row.is_signed == NO and not is_mine and _was_erased(row, phone, who):
                return Suppressed()
        is_completing = who is not None and waiting is not None and not waiting.is_complete and not is_mine
        verdict, slot = decide_claim(
            who=who,
            name_key=name_key,
            is_signed=row.is_signed == YES or is_completing,
            is_suppressed=False,
            phone_memberships=[member.known() for member in phone.members],
            limit=limit,
        )
        if who is not None and is_completing and waiting is not None:
            return self._complete(row, phone, waiting, verdict, slot, who)
        if who is not None and phone.is_suppressed and row.is_signed == YES and verdict in _OPENS:
            self._lift(row, phone)
        if who is None:
            return self._call(row, phone, verdict, slot)
        if verdict is PhoneVerdict.FULL:
            return self._store(row, Taken.FULL, None, is_mine=is_mine)
        if verdict is PhoneVerdict.WORKLIST:
            return self._store(row, Taken.WORKLIST, None, is_mine=is_mine)
        row = self._at_home(row, phone, verdict, slot, is_mine=is_mine)
        member, taken = self._settle(row, phone, verdict, slot, who, opener=row, unit=row.unit)
        return self._store(row, taken, member, is_mine=is_mine)

    def _at_home(
        self, row: ClaimRow, phone: KnownPhone, verdict: PhoneVerdict, slot: int, *, is_mine: bool
    ) -> ClaimRow:
        """Place a known member's claim without a place where the member is at home."""
        if row.is_placed == YES or verdict not in (PhoneVerdict.ALREADY, PhoneVerdict.RENEW):
            return row
        member = next(known_member for known_member in phone.members if known_member.slot == slot)
        if verdict is PhoneVerdict.ALREADY and member.programme != self.programme:
            return row  # another drive's count: its place may lie outside this one
        home = member.unit
        if home == row.unit:
            return row
        if is_mine:
            self.deltas[row.channel, row.unit, row.day, Rung.REPORTED] -= 1
            self.deltas[row.channel, home, row.day, Rung.REPORTED] += 1
        return row._replace(unit=home, is_placed=YES)

    def _settle(
        self,
        row: ClaimRow,
        phone: KnownPhone,
        verdict: PhoneVerdict,
        slot: int,
        who: tuple[str, int] | None,
        *,
        opener: ClaimRow | KnownWaiting,
        unit: bytes,
    ) -> tuple[KnownMember, Taken]:
        """Open a membership or a term, or add a word to one. opener: the claim that does it. unit: where it counts."""
        rung = Rung.COUNTED if opener.sign != SHORTS[0] else Rung.UNSIGNED
        if verdict is PhoneVerdict.ALREADY:
            member = next(known_member for known_member in phone.members if known_member.slot == slot)
            if member.is_elsewhere:
                return member, Taken.ALREADY
            if rung is Rung.COUNTED:
                self._sign(member)
            if row.is_plain and row.purposes != SHORTS[0]:
                self._consent(row, member, only_membership=rung is Rung.UNSIGNED)
            return member, Taken.ALREADY
        channel, day = opener.channel, opener.day
        if verdict is PhoneVerdict.JOIN:
            assert who is not None
            if slot == 0:
                member_id, person = row.member, row.person
            else:
                ids = keys().slot(roll=self.drive.roll_id, phone_hash=row.hash, slot=slot)
                member_id, person = ids.member, ids.person
            term, kind = 1, TermKind.NEW
            member = KnownMember(
                id=member_id,
                public_id=row.member_public,
                slot=slot,
                person=person,
                unit=unit,
                term=1,
                is_live=True,
                is_struck=False,
                has_left=False,
                is_this_drive=True,
                stays=True,
                who=who,
                enrolment=member_id[:14] + SHORTS[1],
                programme=self.programme,
                kind=kind,
                at=(channel, unit, day),
                rung=rung,
            )
            phone.members.append(member)
            self._write(
                "persons",
                person,
                row.person_public,
                row.phone,
                row.name,
                row.birth_year,
                row.language,
                unit,
                self.at,
            )
            self._write(
                "members",
                member_id,
                member.public_id,
                self.roll,
                row.phone,
                SHORTS[slot],
                person,
                unit,
                opener.claim,
                SHORTS[1],
                self.programme,
                self.at,
            )
        else:
            member = next(known_member for known_member in phone.members if known_member.slot == slot)
            renews = is_renewal(
                was_this_drive=member.is_this_drive,
                was_renewal=member.kind == TermKind.RENEWED,
                was_struck=member.is_struck,
            )
            term, kind = member.term + 1, TermKind.RENEWED if renews else TermKind.NEW
            if not member.is_live:
                self._write("person_back", member.person)
            member.term, member.is_live, member.is_struck, member.is_this_drive = term, True, False, True
            member.has_left = False
            member.unit, member.at, member.rung = unit, (channel, unit, day), rung
            member.programme, member.kind = self.programme, kind
            member.enrolment = member.id[:14] + SHORTS[term]
            self._write("member_renewed", member.id, SHORTS[term], self.programme, unit)
        self._end_friends(phone, member.who)
        self._write(
            "terms",
            member.enrolment,
            member.id,
            opener.claim,
            self.programme,
            unit,
            SHORTS[kind],
            SHORTS[term],
            channel,
            SHORTS[rung],
            day,
            self.at,
        )
        self.deltas[channel, unit, day, rung] += 1
        if kind is TermKind.RENEWED:
            self.deltas[channel, unit, day, RENEWED] += 1
        if row.is_plain and row.purposes != SHORTS[0]:
            self._consent(row, member)
        return member, Taken.JOINED if verdict is PhoneVerdict.JOIN else Taken.RENEWED

    def _end_friends(self, phone: KnownPhone, who: tuple[str, int] | None) -> None:
        """End the friendship of a friend who joins here; what hangs on the friend's term follows (`revisits`)."""
        for friend in [known_friend for known_friend in phone.friends if known_friend.who == who]:
            phone.friends.remove(friend)
            channel, unit, day = friend.at
            for rung in friend.rungs:
                self.elsewhere[friend.programme, channel, unit, day, rung] -= 1
            self._write("term_given_way", friend.enrolment, self.at)
            self._write("member_given_way", friend.id, self.drive.packed_day(_int(self.at)))
            self._write("revisits", friend.phone)

    def _complete(
        self,
        row: ClaimRow,
        phone: KnownPhone,
        waiting: KnownWaiting,
        verdict: PhoneVerdict,
        slot: int,
        who: tuple[str, int],
    ) -> Answer:
        """Complete the waiting claim by a row or a web session: no second claim, on the call's own day and channel."""
        limit = self.drive.people_per_phone
        if verdict is PhoneVerdict.FULL:
            return self._store(row, Taken.FULL, None, is_mine=False)
        if phone.is_suppressed:
            self._lift(row, phone)
        unit, is_placed = (row.unit, YES) if row.is_placed == YES else (waiting.unit, waiting.is_placed)
        if unit != waiting.unit:  # all of the phone's funnel moves to where the person is at home
            for rung in (Rung.REPORTED, UNIQUE, *((OPENED,) if waiting.is_opened else ())):
                self.deltas[waiting.channel, waiting.unit, waiting.day, rung] -= 1
                self.deltas[waiting.channel, unit, waiting.day, rung] += 1
        member, taken = self._settle(row, phone, verdict, slot, who, opener=waiting, unit=unit)
        self._write("claim_done", waiting.claim, member.id, unit, is_placed)
        self._write("waiting_done", waiting.id, unit, self.at, row.claim, SHORTS[taken], self.import_id)
        waiting.is_complete, waiting.unit, waiting.is_placed = True, unit, is_placed
        waiting.completed_by, waiting.completed_as = row.claim, taken
        waiting.member_public = member.public_id
        return stored_outcome(taken, waiting.receipt, member.public_id, limit=limit)

    def _call(self, row: ClaimRow, phone: KnownPhone, verdict: PhoneVerdict, slot: int) -> Answer:
        """Settle a call or SMS, without notice and age: a member's own word, or the beginning of a conversation."""
        member: KnownMember | None = None
        if verdict in (PhoneVerdict.ALREADY, PhoneVerdict.RENEW):
            row = self._at_home(row, phone, verdict, slot, is_mine=False)
            member, taken = self._settle(row, phone, verdict, slot, None, opener=row, unit=row.unit)
        else:
            taken = Taken.WORKLIST if verdict is PhoneVerdict.WORKLIST else Taken.WAITS
        if phone.waiting is None:
            phone.waiting = KnownWaiting(
                id=row.waiting,
                claim=row.claim,
                unit=row.unit,
                day=row.day,
                channel=row.channel,
                is_opened=False,
                is_complete=taken is not Taken.WAITS,
                completed_by=None,
                completed_as=None,
                receipt=row.public_id,
                sign=row.sign,
                is_placed=row.is_placed,
                member_public=None,
            )
            self._write(
                "waitings",
                row.waiting,
                self.programme,
                row.phone,
                row.claim,
                row.unit,
                row.day,
                row.channel,
                link_digest(link_secret(row.waiting)),
                self.at,
                None if taken is Taken.WAITS else self.at,
            )
            self.deltas[row.channel, row.unit, row.day, UNIQUE] += 1
            if (
                taken is Taken.WAITS
            ):  # a row that joined this phone meanwhile could not see the call, nor we the row
                self._write("revisits", row.phone)
        elif taken is Taken.WAITS and not phone.waiting.is_complete:
            self._write("waiting_again", phone.waiting.id, self.at)
        return self._store(row, taken, member, is_mine=False)

    # Writing

    def _store(self, row: ClaimRow, taken: Taken, member: KnownMember | None, *, is_mine: bool) -> Answer:
        """Store the claim itself, and its *reported*; or, when the fast statement stored it, note what became
        of it."""
        if is_mine:
            self._write(
                "claim_taken",
                row.claim,
                member.id if member else None,
                SHORTS[taken],
                row.unit,
                row.is_placed,
            )
        else:
            self._write(
                "claims",
                row.claim,
                row.public_id,
                self.programme,
                row.channel,
                row.sign,
                row.unit,
                row.is_placed,
                row.phone,
                member.id if member else None,
                SHORTS[taken],
                row.day,
                row.field_at,
                self.at,
                self.batch,
                row.by,
                self.import_id,
            )
            self.deltas[row.channel, row.unit, row.day, Rung.REPORTED] += 1
            self.stored += 1
        return stored_outcome(
            taken, row.public_id, member.public_id if member else None, limit=self.drive.people_per_phone
        )

    def _sign(self, member: KnownMember) -> None:
        """Raise the term to counted on the phone's answer: on its original day, in the drive that counts it."""
        if member.rung != Rung.UNSIGNED:
            return
        channel, unit, day = member.at
        self.elsewhere[member.programme, channel, unit, day, Rung.UNSIGNED] -= 1
        self.elsewhere[member.programme, channel, unit, day, Rung.COUNTED] += 1
        member.rung = Rung.COUNTED
        self._write("term_signed", member.enrolment, self.at)

    def _consent(self, row: ClaimRow, member: KnownMember, *, only_membership: bool = False) -> None:
        """Keep the consents a claim brings.

        Others' word about a member adds no calls or messages: only the phone itself says yes again to what it
        may have withdrawn.
        """
        bits = 1 << Purpose.MEMBERSHIP if only_membership else _int(row.purposes)
        for purpose in range(1, bits.bit_length()):
            if bits >> purpose & 1:
                self._write(
                    "consents",
                    consent_id(row.phone, row.claim, purpose),
                    member.person,
                    member.unit,
                    SHORTS[purpose],
                    row.notice,
                    row.language,
                    row.channel,
                    row.by,
                    row.device,
                    self.at,
                )

    def _lift(self, row: ClaimRow, phone: KnownPhone) -> None:
        phone.is_suppressed = False
        self.lifted.append(row.phone)

    def _write(self, what: str, *values: Value) -> None:
        self.writes.setdefault(what, []).append(values)

    def steps(self) -> list[tuple[str, Sequence[Value]]]:
        """Return the statements that write what was decided, in the order of locks."""
        steps: list[tuple[str, Sequence[Value]]] = []
        measure = SHORTS[ENROLMENTS]
        changes = {(self.programme, *key): n for key, n in self.deltas.items()}
        for key, n in self.elsewhere.items():
            changes[key] = changes.get(key, 0) + n
        for (programme, channel, unit, day, rung), n in sorted(changes.items()):
            if n:
                self._write("deltas", programme, measure, channel, unit, day, SHORTS[rung], int4(n), self.at)
        for name, (_, columns) in INSERTS.items():
            if rows := self.writes.get(name):
                ordered = sorted(rows, key=lambda row: row[0] or b"") if name != "deltas" else rows
                steps.append((name, arrays(list(columns.values()), ordered)))
            if name == "claims":
                steps += self._changes("claim_taken", "claim_done")
            elif name == "waitings":
                steps += self._changes("waiting_done", "waiting_again")
            elif name == "members":
                steps += self._changes("member_renewed", "member_given_way")
            elif name == "persons":
                steps += self._changes("person_back")
                heard = [row[0] for what in ("persons", "person_back") for row in self.writes.get(what, ())]
                steps += (
                    [("unheard", [array("uuid", sorted(heard, key=lambda person: person or b""))])]
                    if heard
                    else []
                )
            elif name == "terms":
                steps += self._changes("term_signed", "term_given_way")
        if self.lifted:
            steps.append(("lift", [array("uuid", sorted(self.lifted)), self.at]))
        return steps

    def _changes(self, *what: str) -> list[tuple[str, Sequence[Value]]]:
        return [
            (name, arrays(list(UPDATES[name][1].values()), sorted(rows, key=lambda row: row[0] or b"")))
            for name in what
            if (rows := self.writes.get(name))
        ]


def _was_erased(row: ClaimRow, phone: KnownPhone, who: tuple[str, int]) -> bool:
    """Return True if a row names somebody who had everything erased, and has not joined again by their own act."""
    if not phone.erased or any(member.is_live and member.who == who for member in phone.members):
        return False
    return keys().erased(phone_id=row.phone, who=who) in phone.erased


def stored_claims(result: PGresult) -> dict[bytes, Stored]:
    """Return the claims of a known_claims result."""
    return {
        _need(r[0]): Stored(
            is_mine=r[1] == YES, taken=_int(r[2]), receipt=_need(r[3]), phone=_need(r[4]), member_public=r[5]
        )
        for r in _rows(result)
    }


def _rows(result: PGresult) -> Iterable[tuple[Value, ...]]:
    width = range(result.nfields)
    for n in range(result.ntuples):
        yield tuple(result.get_value(n, column) for column in width)


def _need(value: Value) -> bytes:
    assert value is not None
    return value


def _int(value: Value) -> int:
    return int.from_bytes(_need(value), "big", signed=True)
