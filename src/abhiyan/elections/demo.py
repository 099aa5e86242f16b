"""The sample of the demo: real results, a few alliances, classes by rules; and three plans made from them.

One plan is passed down to the booths.
"""

import random
from collections.abc import Mapping, Sequence
from datetime import datetime

from abhiyan.core.actor import Actor
from abhiyan.core.samples import SampleGround
from abhiyan.core.scope import system
from abhiyan.elections import actions
from abhiyan.elections.queries.planning import Aims
from abhiyan.elections.reference import DATA, PACKAGED_ORIGIN
from abhiyan.elections.rules import classes
from abhiyan.imports.samples import bring_sample_list

FILES: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("results", "ls2019_results.csv", {"election": "LS2019"}),
    ("results", "ls2024_results.csv", {"election": "LS2024"}),
    ("results", "jk_assembly_2024_results.csv", {"election": "JK2024"}),
    ("segments", "jk_ls2024_ac_segments.csv", {"election": "LS2024", "state": "U08"}),
)
NDA = {"en": "National Democratic Alliance", "hi": "राष्ट्रीय जनतांत्रिक गठबंधन"}
NC_AND_CONGRESS = {"en": "National Conference and Congress", "hi": "नेशनल कॉन्फ्रेंस और कांग्रेस"}
# Election, state ("": everywhere), names, lead, allies: parties that announced it before the vote and won a seat.
ALLIANCES: tuple[tuple[str, str, Mapping[str, str], str, Sequence[str]], ...] = (
    (
        "LS2019",
        "",
        NDA,
        "BJP",
        ("SHS", "JD(U)", "LJP", "SAD", "ADAL", "ADMK", "AJSUP", "RLTP", "NDPP"),
    ),
    (
        "LS2024",
        "",
        NDA,
        "BJP",
        (
            *("TDP", "JD(U)", "SHS", "LJP(RV)", "JSP", "JD(S)", "RLD"),
            *("NCP", "UPPL", "AGP", "HAM(S)", "ADAL", "AJSU", "SKM"),
        ),
    ),
    ("LS2024", "U08", NC_AND_CONGRESS, "JKNC", ("INC",)),
    ("JK2024", "", NC_AND_CONGRESS, "JKNC", ("INC", "CPI(M)")),
)
PARTY = "BJP"
# The second asks for more seats than the party had candidates in: a contradiction the plan finds.
PLANS: tuple[tuple[dict[str, str], Aims], ...] = (
    ({"en": "46 of 90 seats (sample)", "hi": "90 में से 46 सीटें (नमूना)"}, Aims(seats_goal=46)),
    (
        {"en": "80 of 90 seats with 15,00,000 votes (sample)", "hi": "15,00,000 मतों से 90 में से 80 सीटें (नमूना)"},
        Aims(seats_goal=80, votes_goal=1_500_000),
    ),
    (
        {"en": "Hold 29 seats and win 17 more (sample)", "hi": "29 सीटें बनाए रखें, 17 और जीतें (नमूना)"},
        Aims(method="hold", seats_goal=46),
    ),
)


def sample(ground: SampleGround) -> None:
    """Results of every packaged file, by import; what was made of them, and the plans for the state."""
    for kind, name, options in FILES:
        bring_sample_list(kind, DATA / name, options=options | {"origin": PACKAGED_ORIGIN}, at=ground.at)
    _plan(
        ground.seed,
        ground.ids["JK"],
        by=ground.actor("state_president"),
        nation=ground.actor("national_president"),
        at=ground.at,
    )


def _plan(seed: str, state_id: int, *, by: Actor, nation: Actor, at: datetime) -> None:
    """Alliances, a figure the press rounded, classes of the segments, and the plans for the state.

    by: who answers for the state; nation: for all of them.
    """
    draws = random.Random(f"plans {seed}")  # noqa: S311  # sample data
    with system("demo"):
        actions.state_figure(
            election="LS2019",
            party=PARTY,
            share_pct=37.4,
            source="Newspapers after 23 May 2019, rounded",
            by=nation,
            at=at,
        )
        for election, state, names, lead, allies in ALLIANCES:
            actions.make_alliance(
                election=election,
                state=state,
                names=names,
                lead=lead,
                parties=allies,
                by=by if state else nation,
                at=at,
            )
        for election in ("LS2024", "JK2024"):
            actions.sort_units(
                election=election, unit_id=state_id, rows=classes.DEFAULT, party=PARTY, by=by, at=at
            )
        made = [
            actions.make_plan(
                names=names,
                election="JK2024",
                unit_id=state_id,
                party=PARTY,
                aims=aims,
                is_sample=True,
                seed=draws.randrange(2**31),
                by=by,
                at=at,
            )
            for names, aims in PLANS
        ]
        # A programme takes a plan's votes over where it has units: the first is passed down to those.
        actions.cascade_seats(public_id=made[0].public_id, basis="electors", down_to="booth", by=by, at=at)
