"""Workers whose entries look odd, for tests of pages."""

import re
from datetime import datetime
from uuid import UUID, uuid4

from abhiyan.core.scope import system
from abhiyan.core.tests.given import present
from abhiyan.enrolment.rules.measures import ENROLMENTS
from abhiyan.people.actions.accounts import keep_sealed_phone
from abhiyan.people.models import Account
from abhiyan.site.tests.cast import Cast
from abhiyan.verification.actions import answer_flag, ask_worker
from abhiyan.verification.models import Flag, Look
from abhiyan.verification.queries.looks import BUILT
from abhiyan.verification.rules.indicators import Indicator


def odd_entries(cast: Cast, at: datetime) -> UUID:
    """Two workers of the other district whose entries look odd; one of them is asked about it."""
    of = {"programme": cast.world.programme, "measure": ENROLMENTS, "unit": cast.world.units["JK-JAM"]}
    asked, other = cast.accounts["district_elsewhere"], cast.accounts["call_centre_agent"]
    n = len(BUILT)
    with system("test"):
        for account in (asked, other):
            Look.objects.create(
                **of,
                worker=account.public_id,
                entries=1_237,
                hits=[29] * n,
                total=[30] * n,
                scores=[4.0] * n,
                peers=[0.1] * n,
                tails=[1e-9] * n,
                luck=[1e-5] * n,
                bad=0,
                good=0,
                peers_bad=0,
                wanted=1,
                at=at,
            )
        return Flag.objects.create(
            **of,
            id=uuid4(),
            worker=asked.public_id,
            account_id=asked.pk,
            reasons=[["bursts", 29, 30, 0.1]],
            asked_at=at,
            handled_by=[],
        ).pk


# Workers who are asked. The first holds no office: no other page has the name.
NAMES = {"asked": "Zubeda Savaalwali", "seated": "Mohsin Chowkanna", "found": "Firdaus Saabitwala"}
SAID = "At the fair of Khanyar my nephew typed them all."  # an answer
# Figures of the reasons, longer than random draws would ever hold; and how they are shown.
HITS, OF = 294_170_613, 308_110_947
SHOWN = ("29,41,70,613", "30,81,10,947")
# Offices that decide about questions to workers of the small world's programme.
DECIDERS = {"national_president", "national_general_secretary", "state_president", "state_general_secretary"}


def ask_three(cast: Cast) -> list[Flag]:
    """One is asked and has answered, one is asked and has not, and one's is a finding; as the acts leave it."""
    cast._open("asked")
    cast._seat("seated", "booth_worker", "JK-B001", 1)
    cast._seat("found", "booth_worker", "JK-B004", 1)
    flags, at = [], present()
    for role, name in NAMES.items():
        with system("test"):
            Account.objects.filter(pk=cast.accounts[role].pk).update(name=name)
            if role == "asked":  # of the others no phone is kept
                kept = keep_sealed_phone(phone="+919876543210")
                Account.objects.filter(pk=cast.accounts[role].pk).update(phone_id=kept)
        _hasty(cast, role, "JK-JAM" if role == "found" else "JK-SRI")
        flags.append(
            ask_worker(
                programme=cast.world.programme,
                measure=ENROLMENTS,
                worker=cast.accounts[role].public_id,
                by=cast.actor("state_president"),
                at=at,
            )
        )
    for role, flag in (("asked", flags[0]), ("found", flags[2])):
        answer_flag(flag_id=flag.pk, text=SAID, by=cast.actor(role), at=at)
    with system("test"):
        Flag.objects.filter(pk=flags[2].pk).update(step=Flag.Step.FOUND, decided_at=at)
    return flags


def _hasty(cast: Cast, role: str, unit: str) -> None:
    n, odd = len(BUILT), list(BUILT).index(Indicator.BURSTS)
    with system("test"):
        Look.objects.create(
            programme=cast.world.programme,
            measure=ENROLMENTS,
            unit=cast.world.units[unit],
            worker=cast.accounts[role].public_id,
            entries=OF,
            hits=[HITS] * n,
            total=[OF] * n,
            scores=[4.0 if nr == odd else 0.0 for nr in range(n)],
            peers=[0.1] * n,
            tails=[1e-9 if nr == odd else 1.0 for nr in range(n)],
            luck=[1e-5 if nr == odd else 1.0 for nr in range(n)],
            bad=0,
            good=0,
            peers_bad=0,
            wanted=1,
            at=present(),
        )


def words_of(cast: Cast, flags: list[Flag]) -> re.Pattern[str]:
    """Match the words of a page that would give one of them away; the names of office-bearers it may have.

    Spaces may be missing, as they are where a PDF is read.
    """
    ids = [str(cast.accounts["asked"].public_id), *(str(flag.pk) for flag in flags)]
    words = (NAMES["asked"], SAID, *ids, *map(str, (HITS, OF)), *SHOWN)
    said = [r"\s*".join(map(re.escape, one.split())) for one in words]
    return re.compile("|".join(said))
