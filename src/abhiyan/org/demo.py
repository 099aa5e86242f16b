"""The sample of the demo: committees and wings of the state and of some districts, with holders and vacancies; page
committees of some booths."""

from datetime import timedelta

from abhiyan.core.samples import BY, SampleGround
from abhiyan.core.scope import system
from abhiyan.org import actions as org
from abhiyan.org.models import BodyKind
from abhiyan.org.rules.body_kinds import WantedKind

STATE, NATION = "JK", "IN"
FIRST = ("अनिल", "रेखा", "विजय", "पूजा", "मोहन", "कविता", "संजय", "नीलम", "दीपक")
LAST = ("शर्मा", "गुप्ता", "सिंह", "वर्मा", "कौल")
YOUTH = {"en": "Youth wing", "hi": "युवा मोर्चा"}
# Unit, kind, names, what it is for, members' seats, which office leads it (none: vacant), members there are.
BODIES: tuple[tuple[str, str, dict[str, str], str, int, str, int], ...] = (
    (
        "JK",
        "committee",
        {"en": "Programme committee", "hi": "कार्यक्रम समिति"},
        "कार्यक्रमों की तैयारी देखती है और हर हफ़्ते रिपोर्ट देती है।",
        7,
        "body_convener",
        5,
    ),
    ("JK", "committee", {"en": "Media committee", "hi": "मीडिया समिति"}, "अख़बारों से बात करती है।", 5, "", 2),
    ("JK", "wing", YOUTH, "युवाओं को अभियान से जोड़ता है।", 4, "wing_president", 4),
    ("JK-D627", "wing", YOUTH, "", 4, "wing_president", 2),
    ("JK-D14", "wing", {"en": "Women's wing", "hi": "महिला मोर्चा"}, "", 4, "wing_president", 3),
    ("JK-D5", "wing", {"en": "Farmers' wing", "hi": "किसान मोर्चा"}, "", 4, "", 1),
)


WINGS = (
    YOUTH,
    {"en": "Women's wing", "hi": "महिला मोर्चा"},
    {"en": "Farmers' wing", "hi": "किसान मोर्चा"},
    {"en": "Workers' wing", "hi": "श्रमिक मोर्चा"},
    {"en": "Students' wing", "hi": "विद्यार्थी मोर्चा"},
    {"en": "Teachers' wing", "hi": "शिक्षक मोर्चा"},
    {"en": "Traders' wing", "hi": "व्यापारी मोर्चा"},
)
PAGE_COMMITTEES = 3  # booths that have one
LEADERS = ("state_general_secretary", "state_secretary")  # besides who holds an office there already


def sample(ground: SampleGround) -> None:
    """Make the bodies, the leaders of other states, and some page committees."""
    with system("demo"):
        _sit(ground)
        _lead_states(ground)
        _add_page_committees(ground)


def _sit(ground: SampleGround) -> None:
    """Set up the bodies, and fill them but for some seats."""
    bearers: list[org.OfficeBearer] = []
    for unit, kind, names, duty, seats, leads, members in BODIES:
        if unit not in ground.ids:
            continue
        body = org.make_body(
            unit_id=ground.ids[unit],
            kind=kind,
            names=names,
            seats=seats,
            duty=duty,
            by=BY,
            at=ground.at - timedelta(days=70),
        )
        for office in ((leads,) if leads else ()) + ("body_member",) * members:
            n = len(bearers)
            bearers.append(
                org.OfficeBearer(
                    phone=f"+9160000990{n:02d}",
                    name=f"{FIRST[n % len(FIRST)]} {LAST[n // 2 % len(LAST)]}",
                    office=office,
                    unit_id=body.unit_id,
                    since=ground.today - timedelta(days=69 - n),
                    body_id=body.pk,
                )
            )
    org.appoint_many(bearers=bearers, by=BY, at=ground.at)


def _lead_states(ground: SampleGround) -> None:
    """A thin nation: every state has its president, two general secretaries, a secretary and the presidents of seven
    wings, the nation has seven wings too. None of the other states has members."""
    presidents = ground.holders.get("state_president", {})
    bearers: list[org.OfficeBearer] = []
    for code in sorted(state_code for state_code in ground.ids if "-" not in state_code):
        unit_id, bodies = ground.ids[code], _wings(ground, code)
        offices: list[tuple[str, int | None]] = [("wing_president", body_id) for body_id in bodies]
        if code != NATION:
            lacking = () if unit_id in presidents else ("state_president",)
            offices += [(office, None) for office in (*lacking, *LEADERS)]
        for office, body_id in offices:
            n = len(bearers)
            bearers.append(
                org.OfficeBearer(
                    phone=f"+9160001{n:05d}",
                    name=f"{FIRST[n % len(FIRST)]} {LAST[n // len(FIRST) % len(LAST)]}",
                    office=office,
                    unit_id=unit_id,
                    since=ground.today - timedelta(days=30 + n % 300),
                    body_id=body_id,
                )
            )
    org.appoint_many(bearers=bearers, by=BY, at=ground.at)


def _add_page_committees(ground: SampleGround) -> None:
    """Two leaders make a kind of committee of the state's own, and a few booths set one up. The last lacks members."""
    at = ground.at
    wanted = WantedKind(
        names={"en": "Page committee", "hi": "पन्ना समिति"},
        levels=("booth",),
        leads="body_convener",
        seats=(("body_member", 10),),
        expected=1,
    )
    release = org.ask_body_kind(
        unit_id=ground.ids[STATE],
        wanted=wanted,
        reason="हर बूथ पर ग्यारह लोग पन्नों का काम बाँटें।",
        by=ground.actor("state_president"),
        at=at,
    )
    org.decide_release(public_id=release.public_id, allow=True, by=ground.actor("national_president"), at=at)
    bearers: list[org.OfficeBearer] = []
    for place, booth in enumerate(sorted(ground.holders.get("booth_president", {}))[:PAGE_COMMITTEES]):
        body = org.make_body(
            unit_id=booth,
            kind=BodyKind.objects.get(unit_id=ground.ids[STATE]).code,
            names={"en": "Page committee", "hi": "पन्ना समिति"},
            by=BY,
            at=at,
        )
        members = 10 if place < PAGE_COMMITTEES - 1 else 6
        for office in ("body_convener", *("body_member",) * members):
            n = len(bearers)
            bearers.append(
                org.OfficeBearer(
                    phone=f"+9160002000{n:02d}",
                    name=f"{FIRST[n % len(FIRST)]} {LAST[n // len(FIRST) % len(LAST)]}",
                    office=office,
                    unit_id=booth,
                    since=ground.today,
                    body_id=body.pk,
                )
            )
    org.appoint_many(bearers=bearers, by=BY, at=ground.at)


def _wings(ground: SampleGround, code: str) -> list[int]:
    """Make the wings of a state or the nation that are not there yet; their ids."""
    there = {unit: names["en"] for unit, kind, names, *_rest in BODIES if kind == "wing" and unit == code}
    return [
        org.make_body(
            unit_id=ground.ids[code],
            kind="wing",
            names=names,
            seats=1,
            by=BY,
            at=ground.at - timedelta(days=60),
        ).pk
        for names in WINGS
        if names["en"] != there.get(code)
    ]
