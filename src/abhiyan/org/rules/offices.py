"""The standard offices of every installation; codes stay. An organisation adds its own (`own_offices`).

rank orders the unit page and says who is senior within one unit: the lower, the more senior.
"""

from dataclasses import dataclass

DATA_OFFICER = "data_officer"


@dataclass(frozen=True, slots=True)
class Seat:
    """One office: names by language, what it may do, and in which kinds of unit it is expected.

    given_in: kinds of unit where it exists, though nobody misses it where it is vacant. in_bodies: kinds of body whose
    seat it is; such an office is given in a body alone, and gives no right over the unit.
    """

    code: str
    en: str
    hi: str
    rank: int
    capabilities: frozenset[str] = frozenset()
    expected_in: tuple[str, ...] = ()
    seats: int = 1
    sees_people: bool = True
    given_in: tuple[str, ...] = ()
    in_bodies: tuple[str, ...] = ()


_LEAD = frozenset(
    {"org.read", "org.appoint", "org.decide", "org.bodies", "org.offices", "org.release", "org.factors"}
    | {"people.read", "people.reveal", "people.export"}
    | {"programmes.make", "programmes.run", "programmes.targets", "tasks.ask", "notices.publish"}
    | {"enrolment.enrol", "enrolment.place", "enrolment.correct", "enrolment.strike_off"}
    | {"imports.units", "imports.pins", "imports.paper", "imports.totals", "results.import"}
    | {"imports.appointments"}
    | {"plans.read", "plans.make", "messages.read", "messages.release", "channels.manage"}
    | {"messages.send", "messages.circular", "polls.keep", "verification.plan"}
    | {"helpdesk.type", "helpdesk.answer", "forms.make", "contact.meet", "cards.print", "opinions.pass"}
)
_DISTRICT = (
    _LEAD
    - {"imports.units", "imports.pins", "imports.totals", "results.import", "plans.make"}
    - {
        "org.offices",
        "channels.manage",
        "messages.release",
        "messages.send",
        "polls.keep",
        "programmes.make",
        "notices.publish",
        "verification.plan",
    }
)
_MANDAL = _DISTRICT - {"people.export", "forms.make"}
_CLUSTER = frozenset(
    {"org.read", "org.appoint", "org.decide", "people.read", "people.reveal"}
    | {"programmes.targets", "tasks.ask", "enrolment.enrol", "enrolment.place", "enrolment.correct"}
    | {"helpdesk.type", "helpdesk.answer", "contact.meet"}
)
_BOOTH = frozenset(
    {"org.read", "org.appoint", "people.read", "people.reveal", "enrolment.enrol", "enrolment.correct"}
    | {"tasks.ask", "helpdesk.type", "helpdesk.answer", "contact.meet"}
)
_WORKER = frozenset({"people.read", "enrolment.enrol", "contact.meet"})
_ELECTORAL = frozenset(
    {"org.read", "org.appoint", "org.decide", "org.release", "people.read", "programmes.run"}
    | {"programmes.targets", "tasks.ask", "enrolment.place", "messages.read", "plans.read", "contact.meet"}
    | {"opinions.pass", "org.represent"}
)
_IT = frozenset(
    {"org.read", "org.factors", "imports.units", "imports.pins", "imports.paper", "results.import"}
    | {"channels.manage", "messages.read", "helpdesk.named", "data.stop"}
)
_OFFICER = frozenset({"org.approve", "org.officers", "org.read", "data.stop", "data.watch"})
_LEADS_ALONG = frozenset({"org.read", "tasks.ask"})
_ELECTED = frozenset({"org.read", "org.represent", "plans.read", "contact.meet"})
_AGENT = frozenset({"people.read", "helpdesk.type", "helpdesk.answer"})
_FRIENDS = frozenset(
    {"org.read", "people.read", "people.reveal"} | {"enrolment.enrol", "enrolment.place", "enrolment.correct"}
)

# sees_people is false of who sees the items handed out to them, or what is asked and why: no lists, not the people.
SEATS: tuple[Seat, ...] = (
    Seat("national_president", "National president", "राष्ट्रीय अध्यक्ष", 10, _LEAD, ("nation",)),
    Seat(
        "national_general_secretary",
        "National general secretary",
        "राष्ट्रीय महामंत्री",
        20,
        _LEAD,
        ("nation",),
        seats=9,
    ),
    Seat("state_president", "State president", "प्रदेश अध्यक्ष", 10, _LEAD, ("state",)),
    Seat(
        "state_general_secretary", "State general secretary", "प्रदेश महामंत्री", 20, _LEAD, ("state",), seats=5
    ),
    Seat("region_in_charge", "Region in-charge", "संभाग प्रभारी", 30, _DISTRICT, ("region",)),
    Seat("district_president", "District president", "ज़िला अध्यक्ष", 10, _DISTRICT, ("district",)),
    Seat("district_in_charge", "District in-charge", "ज़िला प्रभारी", 20, _DISTRICT, ("district",)),
    Seat("mandal_president", "Mandal president", "मंडल अध्यक्ष", 10, _MANDAL, ("mandal",)),
    Seat("mandal_in_charge", "Mandal in-charge", "मंडल प्रभारी", 20, _MANDAL, ("mandal",)),
    Seat("cluster_in_charge", "Cluster in-charge", "शक्ति केंद्र प्रभारी", 10, _CLUSTER, ("cluster",)),
    Seat("booth_president", "Booth president", "बूथ अध्यक्ष", 10, _BOOTH, ("booth",)),
    Seat("booth_worker", "Booth worker", "बूथ कार्यकर्ता", 50, _WORKER, seats=20),
    Seat("zone_in_charge", "Zone in-charge", "ज़ोन प्रभारी", 10, _ELECTORAL, ("zone",)),
    Seat(
        "constituency_in_charge", "Constituency in-charge", "लोकसभा प्रभारी", 10, _ELECTORAL, ("constituency",)
    ),
    Seat("segment_in_charge", "Segment in-charge", "विधानसभा प्रभारी", 10, _ELECTORAL, ("segment",)),
    Seat(
        "call_centre_agent",
        "Helpline agent",
        "हेल्पलाइन कार्यकर्ता",
        60,
        _AGENT,
        seats=200,
    ),
    Seat(
        "verifier", "Verifier", "सत्यापक", 60, frozenset({"verification.check"}), seats=500, sees_people=False
    ),
    Seat("it_administrator", "IT administrator", "आईटी प्रशासक", 70, _IT, seats=3, sees_people=False),
    # Named by the data officers above alone, those of the top on the server's console: decision 0010.
    Seat(
        DATA_OFFICER,
        "Data officer",
        "डेटा अधिकारी",
        80,
        _OFFICER,
        ("nation", "state", "district"),
        seats=2,
        sees_people=False,
    ),
    Seat(
        "national_vice_president",
        "National vice-president",
        "राष्ट्रीय उपाध्यक्ष",
        25,
        _LEADS_ALONG,
        seats=15,
        sees_people=False,
        given_in=("nation",),
    ),
    Seat(
        "national_secretary",
        "National secretary",
        "राष्ट्रीय मंत्री",
        30,
        _LEADS_ALONG,
        seats=20,
        sees_people=False,
        given_in=("nation",),
    ),
    Seat(
        "state_vice_president",
        "State vice-president",
        "प्रदेश उपाध्यक्ष",
        25,
        _LEADS_ALONG,
        seats=15,
        sees_people=False,
        given_in=("state",),
    ),
    Seat(
        "state_secretary",
        "State secretary",
        "प्रदेश मंत्री",
        30,
        _LEADS_ALONG,
        seats=20,
        sees_people=False,
        given_in=("state",),
    ),
    Seat(
        "member_of_parliament",
        "Member of parliament",
        "सांसद",
        20,
        _ELECTED,
        sees_people=False,
        given_in=("constituency",),
    ),
    Seat("legislator", "Legislator", "विधायक", 20, _ELECTED, sees_people=False, given_in=("segment",)),
    Seat(
        "friends_organiser",
        "Friends organiser",
        "मित्र संयोजक",
        45,
        _FRIENDS,
        seats=31,  # of a constituency: one in charge and 30 beside them
        given_in=("state", "constituency", "segment", "district", "mandal"),
    ),
    Seat(
        "call_centre_supervisor",
        "Helpline supervisor",
        "हेल्पलाइन प्रमुख",
        55,
        _AGENT | {"org.read"},
        seats=10,
        given_in=("state", "district"),
    ),
    Seat(
        "wing_president",
        "Wing president",
        "मोर्चा अध्यक्ष",
        100,
        sees_people=False,
        given_in=("nation", "state", "district"),
        in_bodies=("wing",),
    ),
    Seat(
        "body_convener",
        "Convener",
        "संयोजक",
        110,
        sees_people=False,
        in_bodies=("committee", "wing", "department"),
    ),
    # The maker of a body says how many it has.
    Seat(
        "body_member",
        "Member",
        "सदस्य",
        120,
        seats=200,
        sees_people=False,
        in_bodies=("committee", "wing", "department"),
    ),
    Seat(
        "call_supervisor",
        "Supervisor of a call centre",
        "कॉल केंद्र पर्यवेक्षक",
        100,
        sees_people=False,
        given_in=("state", "district"),
        in_bodies=("centre",),
    ),
    Seat(
        "call_agent",
        "Caller of a call centre",
        "कॉल केंद्र कॉलर",
        120,
        seats=200,
        sees_people=False,
        given_in=("state", "district"),
        in_bodies=("centre",),
    ),
)
