"""A small world: one state, three trees, an open drive and a named cast. Rooms above build on it in their tests.

world = World.make()            # in the test's transaction
world.missed_call(of=world.asha)
world.ladder(world.booth)
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from uuid import UUID

from django.db import connection
from django.db.models import F

from abhiyan.core import lot
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.scope import Scope, scoped, system
from abhiyan.enrolment import actions
from abhiyan.enrolment.actions import ClaimMessage, ClaimOutcome, ClaimRefused, sender_key
from abhiyan.enrolment.models import Drive, How, Roll
from abhiyan.enrolment.queries.first_calls import link_secret
from abhiyan.enrolment.rules.channels import Channel, Sign
from abhiyan.intake import actions as intake
from abhiyan.intake.actions import tokens
from abhiyan.people.models import Notice
from abhiyan.programmes.models import ALL_DAYS, Measure, Programme, ProgrammeUnit, Rung
from abhiyan.units.models import Hierarchy, Kind, Placement, Unit
from abhiyan.units.trees.laying import lock_tree

DAY = date(2026, 11, 10)
NOON = datetime(2026, 11, 10, 6, 30, tzinfo=UTC)  # twelve o'clock in Srinagar
CHANNEL = Actor(kind="channel", id=UUID("00000000-0000-4000-8000-0000000000c1"))


@dataclass(frozen=True)
class Human:
    """Somebody of the cast."""

    name: str
    birth_year: int
    phone: str


@dataclass(frozen=True)
class Ladder:
    """The rungs of one unit's own counter."""

    reported: int = 0
    unsigned: int = 0
    counted: int = 0
    confirmed: int = 0


# Code, kind, English name, Hindi name, electors; then the parent in each tree.
_UNITS = [
    ("IN", Kind.NATION, "India", "भारत", None, (None, None, None)),
    ("JK", Kind.STATE, "Jammu and Kashmir", "जम्मू और कश्मीर", None, ("IN", "IN", "IN")),
    ("HP", Kind.STATE, "Himachal Pradesh", "हिमाचल प्रदेश", None, ("IN", "IN", "IN")),
    ("JK-SRI", Kind.DISTRICT, "Srinagar", "श्रीनगर", None, ("JK", None, "JK")),
    ("JK-JAM", Kind.DISTRICT, "Jammu", "जम्मू", None, ("JK", None, "JK")),
    ("JK-SRI-M1", Kind.MANDAL, "Lal Chowk", "लाल चौक", None, ("JK-SRI", None, None)),
    ("JK-SRI-M2", Kind.MANDAL, "Hazratbal", "हज़रतबल", None, ("JK-SRI", None, None)),
    ("JK-JAM-M1", Kind.MANDAL, "Bahu", "बाहु", None, ("JK-JAM", None, None)),
    ("JK-PC1", Kind.CONSTITUENCY, "Srinagar (Lok Sabha)", "श्रीनगर (लोक सभा)", None, (None, "JK", None)),
    ("JK-AC19", Kind.SEGMENT, "Hazratbal (Assembly)", "हज़रतबल (विधान सभा)", None, (None, "JK-PC1", None)),
    ("JK-AC20", Kind.SEGMENT, "Lal Chowk (Assembly)", "लाल चौक (विधान सभा)", None, (None, "JK-PC1", None)),
    ("JK-AC75", Kind.SEGMENT, "Bahu (Assembly)", "बाहु (विधान सभा)", None, (None, "JK", None)),
    ("JK-BL1", Kind.BLOCK, "Srinagar block", "श्रीनगर खंड", None, (None, None, "JK-SRI")),
    ("JK-BL2", Kind.BLOCK, "Jammu block", "जम्मू खंड", None, (None, None, "JK-JAM")),
    ("JK-B001", Kind.BOOTH, "Rajbagh School", "राजबाग विद्यालय", 900, ("JK-SRI-M1", "JK-AC20", "JK-BL1")),
    ("JK-B002", Kind.BOOTH, "Lal Chowk Library", "लाल चौक पुस्तकालय", 700, ("JK-SRI-M1", "JK-AC20", "JK-BL1")),
    ("JK-B003", Kind.BOOTH, "Hazratbal College", "हज़रतबल कॉलेज", 800, ("JK-SRI-M2", "JK-AC19", "JK-BL1")),
    ("JK-B004", Kind.BOOTH, "Bahu Panchayat", "बाहु पंचायत", 600, ("JK-JAM-M1", "JK-AC75", "JK-BL2")),
    ("HP-B001", Kind.BOOTH, "Shimla Ridge", "शिमला रिज", 500, ("HP", "HP", "HP")),
]


def make_token(world: "World", **given: object) -> tokens.MadeToken:
    """A token to the drive, of a call centre."""
    asked = {
        "programme_id": world.programme.pk,
        "unit_id": world.state.pk,
        "name": "Call centre",
        "at": world.now,
    }
    return tokens.make_token_at_console(**(asked | given), by=Actor.system("tests"))  # type: ignore[arg-type]  # test


def plant_units(valid_from: date = date(2020, 1, 1)) -> dict[str, Unit]:
    """The small trees, with today's positions: a unit's subtree is every placement whose lo lies in [lo, hi)."""
    units = {
        code: Unit(code=code, kind=kind, names={"en": en, "hi": hi}, electors=electors, is_sample=True)
        for code, kind, en, hi, electors, _ in _UNITS
    }
    Unit.objects.bulk_create(units.values())
    for n, hierarchy in enumerate(Hierarchy):
        parents = {code: parent[n] for code, *_, parent in _UNITS if parent[n] or code == "IN"}
        children: dict[str | None, list[str]] = {}
        for code, parent in parents.items():
            children.setdefault(parent, []).append(code)
        placed: list[Placement] = []

        def place(code: str, lo: int, size: int, depth: int) -> int:
            below = children.get(code, [])  # noqa: B023  # called at once
            spot = Placement(
                hierarchy=hierarchy,  # noqa: B023
                unit=units[code],
                parent=units[parents[code]] if parents[code] else None,  # type: ignore[index]  # noqa: B023
                depth=depth,
                lo=lo,
                hi=lo + size,
                valid_from=valid_from,
            )
            placed.append(spot)  # noqa: B023
            share = size // (len(below) + 2) if below else 0
            leaves = sum(
                place(child, lo + share * (i + 1), share, depth + 1) for i, child in enumerate(below)
            )
            spot.leaves = leaves or 1
            return spot.leaves

        place("IN", hierarchy.value << 56, 1 << 56, 0)
        Placement.objects.bulk_create(placed)
    return units


@dataclass
class World:
    """Where the tests play. Every act is dated `now`; `tick` moves it on."""

    units: dict[str, Unit]
    programme: Programme
    roll: Roll
    now: datetime = NOON
    keys: "count[int]" = field(default_factory=count)
    last: ClaimMessage | None = None

    asha = Human("Asha Devi", 1980, "+919906000001")
    mohan = Human("Mohan Lal", 1975, "+919906000001")  # on Asha's phone
    bilal = Human("Bilal Ahmad", 1990, "+919906000002")
    chandra = Human("चंद्रा कुमारी", 1964, "+919906000003")
    child = Human("Chintu Planted-Marker", 2012, "+919906000009")

    @classmethod
    def make(
        cls, *, opens_on: date = DAY - timedelta(days=9), closes_on: date = DAY + timedelta(days=20)
    ) -> "World":
        with system("tests build their world"):
            with connection.cursor() as cursor:  # no model of Django's own, so its flush passes it by
                cursor.execute("delete from programmes_delta")
            units = plant_units()
            roll = Roll.objects.create(code="primary", names={"en": "Primary members", "hi": "प्राथमिक सदस्य"})
            programme = cls._drive(units, roll, "winter", opens_on, closes_on)
            Notice.objects.bulk_create(
                Notice(
                    code="membership",
                    version=1,
                    language=language,
                    title=title,
                    sections=[[title, title]],
                    short=title,
                    published_at=NOON - timedelta(days=30),
                    is_sample=True,
                )
                for language, title in (("en", "Notice"), ("hi", "सूचना"))
            )
        intake.forget_drives()
        return cls(units=units, programme=programme, roll=roll)

    @staticmethod
    def _drive(units: dict[str, Unit], roll: Roll, slug: str, opens_on: date, closes_on: date) -> Programme:
        programme = Programme.objects.create(
            public_id=lot.uuid(),  # what is drawn for checks depends on it
            kind="drive",
            names={"en": "Membership drive", "hi": "सदस्यता अभियान"},
            state=Programme.State.OPEN,
            owner=units["JK"],
            opens_on=opens_on,
            closes_on=closes_on,
            made_at=NOON - timedelta(days=30),
        )
        ProgrammeUnit.objects.create(programme=programme, unit=units["JK"])
        Measure.objects.create(programme=programme, number=1, code="enrolments", names={"en": "Enrolments"})
        Drive.objects.create(programme_id=programme.pk, roll=roll, join_slug=slug)
        return programme

    def next_drive(self, slug: str = "spring") -> None:
        """A later drive on the same roll; from here on everybody joins it."""
        self.now += timedelta(days=180)
        day = self.now.date()
        with system("tests open the next drive"):
            self.programme = self._drive(
                self.units, self.roll, slug, day - timedelta(days=1), day + timedelta(days=20)
            )
        intake.forget_drives()

    def anew(self) -> None:
        """Open another roll with a drive of its own: it has no members, and it is the tenth again."""
        self.now = NOON
        n = next(self.keys)
        with system("tests open another roll"):
            self.roll = Roll.objects.create(code=f"roll {n}", names={"en": "Friends"})
            self.programme = self._drive(
                self.units, self.roll, f"drive-{n}", DAY - timedelta(days=9), DAY + timedelta(days=20)
            )
        intake.forget_drives()

    def set_state(self, state: str) -> None:
        """Put the drive into a state, however it got there."""
        with system("tests set the drive's state"):
            Programme.objects.filter(pk=self.programme.pk).update(state=state)

    def swap_districts(self) -> None:
        """Lay out the organisational tree again: each of the two districts takes the other's place."""
        standing = Placement.objects.filter(hierarchy=1, valid_to=None)
        with system("tests move a tree"):
            a, b = (standing.get(unit=self.units[code]) for code in ("JK-SRI", "JK-JAM"))
            apart = (b.lo or 0) - (a.lo or 0)
            below = [
                (list(standing.filter(lo__gte=of.lo, lo__lt=of.hi).values_list("pk", flat=True)), by)
                for of, by in ((a, apart), (b, -apart))
            ]
            lock_tree(1)
            for ids, by in below:
                Placement.objects.filter(pk__in=ids).update(lo=F("lo") + by, hi=F("hi") + by)

    # Places and people

    @property
    def state(self) -> Unit:
        return self.units["JK"]

    @property
    def district(self) -> Unit:
        return self.units["JK-SRI"]

    @property
    def mandal(self) -> Unit:
        return self.units["JK-SRI-M1"]

    @property
    def booth(self) -> Unit:
        return self.units["JK-B001"]

    @property
    def next_booth(self) -> Unit:
        return self.units["JK-B002"]

    @property
    def far_booth(self) -> Unit:
        """In another district."""
        return self.units["JK-B004"]

    @property
    def foreign_booth(self) -> Unit:
        """In another state: outside the drive."""
        return self.units["HP-B001"]

    @property
    def booth_worker(self) -> Actor:
        return Actor(kind="person", id=UUID("00000000-0000-4000-8000-0000000000b1"))

    # Acts

    def tick(self, **by: int) -> None:
        self.now += timedelta(**(by or {"seconds": 2}))

    def claim(
        self,
        of: Human,
        channel: Channel,
        *,
        sign: Sign = Sign.NONE,
        unit: Unit | None = None,
        key: str | None = None,
        by: Actor | None = None,
        field_at: datetime | None = None,
        nameless: bool = False,
    ) -> ClaimMessage:
        sender = (by or CHANNEL).id
        self.last = ClaimMessage(
            channel=channel,
            key=sender_key(sender, key if key is not None else f"key-{next(self.keys)}"),
            phone=of.phone,
            by=sender,
            name=None if nameless else of.name,
            birth_year=None if nameless else of.birth_year,
            unit_code=unit.code if unit else None,
            field_at=field_at or self.now,
            sign=sign,
            notice_version=None if nameless else 1,
            language="hi",
        )
        return self.last

    def send(self, *claims: ClaimMessage) -> list[ClaimOutcome | ClaimRefused]:
        return intake.enrol_batch(programme_id=self.programme.pk, claims=claims, by=CHANNEL, at=self.now)

    def take(self, claim: ClaimMessage) -> ClaimOutcome:
        return intake.enrol_claim(programme_id=self.programme.pk, claim=claim, by=CHANNEL, at=self.now)

    def missed_call(self, *, of: Human, key: str | None = None) -> ClaimOutcome:
        return self.take(self.claim(of, Channel.MISSED_CALL, sign=Sign.CALL, key=key, nameless=True))

    def paper_row(
        self, *, of: Human, by: Actor | None = None, unit: Unit | None = None, key: str | None = None
    ) -> ClaimOutcome:
        return self.take(self.claim(of, Channel.PAPER, unit=unit or self.booth, by=by, key=key))

    def web_join(self, *, of: Human, unit: Unit | None = None, key: str | None = None) -> ClaimOutcome:
        return self.take(self.claim(of, Channel.WEB, sign=Sign.WEB, unit=unit or self.booth, key=key))

    def api(self, *, of: Human, unit: Unit | None = None, key: str | None = None) -> ClaimOutcome:
        return self.take(self.claim(of, Channel.API, unit=unit or self.booth, key=key))

    def link(self, of: Human) -> str:
        """The personal link this caller was answered with."""
        (row,) = self.rows(
            "select id from enrolment_waiting where phone_id = %s and programme_id = %s",
            [self.phone_id(of), self.programme.pk],
        )
        return link_secret(UUID(str(row[0])).bytes)

    def complete(self, *, of: Human, unit: Unit | None = None, link: str | None = None) -> ClaimOutcome:
        """Open the link and fill its form."""
        link = link or self.link(of)
        intake.open_link(link=link, by=Actor.public(), at=self.now)
        return intake.complete(
            link=link,
            name=of.name,
            birth_year=of.birth_year,
            notice_version=1,
            language="hi",
            consents=(1,),
            unit_id=(unit or self.booth).pk,
            by=Actor.public(),
            at=self.now,
        )

    def leave(self, who: ClaimOutcome, *, of: Human) -> None:
        """From their own page, having proven the phone."""
        assert who.membership is not None
        with scoped(Scope(phone=self.phone_id(of))):
            actions.leave(
                membership=who.membership,
                channel=Channel.WEB,
                by=Actor(kind="citizen", id=who.membership),
                at=self.now,
            )

    def confirm(self, who: ClaimOutcome, *, phone_id: UUID) -> None:
        """A yes of their own, from a phone."""
        assert who.membership is not None
        with scoped(Scope(phone=phone_id)):
            actions.confirm(
                membership=who.membership,
                how=How.WORD,
                message=None,
                by=Actor(kind="citizen", id=who.membership),
                at=self.now,
            )

    def strike_off(self, who: ClaimOutcome, *, reason: str = "not_genuine", by: Actor | None = None) -> None:
        assert who.membership is not None
        actions.strike_off(
            membership=who.membership, reason=reason, by=by or Actor.system("tests"), at=self.now
        )

    # Looking

    def ladder(self, unit: Unit, *, on: date | None = None) -> Ladder:
        """The unit's own rungs in the drive under way: deltas and folded tallies together."""
        rungs = dict.fromkeys((Rung.REPORTED, Rung.UNSIGNED, Rung.COUNTED, Rung.CONFIRMED), 0)
        for (_measure, _channel, unit_id, day, rung), n in self.tallies().items():
            if unit_id == unit.pk and rung in rungs and on in (None, day):
                rungs[Rung(rung)] += n
        return Ladder(*rungs.values())

    def tallies(self) -> dict[tuple[int, int, int, date, int], int]:
        """(measure, channel, unit, day, rung) -> n of the drive under way, as posted."""
        return self._sums(
            "select measure, channel, unit_id, day, rung, sum(n) from (select programme_id, measure, channel,"
            " unit_id, day, rung, n from programmes_delta union all select programme_id, measure, channel, unit_id,"
            f" day, rung, n from programmes_tally where day <> '{ALL_DAYS}') t"
            " where programme_id = %s group by 1, 2, 3, 4, 5"
        )

    def recounted(self) -> dict[tuple[int, int, int, date, int], int]:
        """The same from the facts."""
        from abhiyan.enrolment.queries.recount import facts_for_recount
        from abhiyan.enrolment.rules.rolls import KIND
        from abhiyan.programmes.rules.items import facts_of_items

        return self._sums(
            "select measure, channel, unit_id, day, rung, sum(n) from"
            f" ({facts_for_recount()} union all {facts_of_items(KIND)}) t"
            " where programme_id = %s group by 1, 2, 3, 4, 5"
        )

    def _sums(self, query: str) -> dict[tuple[int, int, int, date, int], int]:
        with system("tests look at the ledger"), connection.cursor() as cursor:
            cursor.execute(query, [self.programme.pk])
            return {tuple(row[:5]): int(row[5]) for row in cursor.fetchall() if row[5]}

    def rows(self, query: str, values: Sequence[str | int | UUID] = ()) -> list[tuple[object, ...]]:
        """Any select, seeing everything."""
        with system("tests look"), connection.cursor() as cursor:
            cursor.execute(query, values)
            return list(cursor.fetchall())

    def orphans(self) -> dict[str, int]:
        """Rows of the act that point at nothing; none are wanted."""
        from abhiyan.enrolment.queries.recount import ORPHANS

        found = {name: int(str(self.rows(query)[0][0])) for name, query in ORPHANS.items()}
        return {name: n for name, n in found.items() if n}

    def count(self, table: str) -> int:
        return int(str(self.rows(f"select count(*) from {table}")[0][0]))

    def phone_id(self, of: Human) -> UUID:
        return keyring().phone_id(of.phone)
