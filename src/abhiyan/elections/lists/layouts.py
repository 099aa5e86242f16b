"""The columns of lists of results, of results by part, and of correspondence; and why a row is refused."""

from django.utils.translation import gettext_lazy as _

from abhiyan.imports.tables.layout import CellKind, Field, Layout

MOST_VOTES = 2_000_000_000
LARGEST_NUMBER = 9_999

STATE = Field(
    "state",
    "State",
    "प्रदेश",
    "state name, state eci, eci state code, state code, राज्य, राज्य कोड",
    max_length=60,
)
YEAR = Field("year", "Year", "साल", "election year, वर्ष, चुनाव वर्ष", CellKind.YEAR)
UNIT = Field("unit_code", "Unit code", "इकाई कोड", "unit", CellKind.CODE, max_length=64)
CANDIDATE = Field("candidate", "Candidate", "प्रत्याशी", "candidate name, उम्मीदवार, अभ्यर्थी", required=True)
PARTY = Field("party", "Party", "दल", "party name, पार्टी, राजनीतिक दल", required=True)
PARTY_CODE = Field(
    "party_code", "Party abbreviation", "दल का संक्षेप", "party abbr, party code, abbreviation", max_length=60
)
POSITION = Field("position", "Position", "स्थान", "rank, candidate position, क्रम", CellKind.INTEGER, least=0)


def _number(key: str, en: str, hi: str, also: str, *, required: bool = False) -> Field:
    return Field(key, en, hi, also, CellKind.INTEGER, required=required, least=1, most=LARGEST_NUMBER)


def _votes(also: str, *, required: bool = False) -> Field:
    return Field("votes", "Votes", "मत", also, CellKind.INTEGER, required=required, least=0, most=MOST_VOTES)


def _electors(also: str) -> Field:
    return Field(
        "electors",
        "Electors",
        "मतदाता संख्या",
        also,
        CellKind.INTEGER,
        least=0,
        most=MOST_VOTES,
        is_never_zero=True,
    )


PC_NUMBER = _number(
    "pc_number",
    "Lok Sabha constituency number",
    "लोकसभा क्षेत्र संख्या",
    "pc no, pc number, parliamentary constituency no, parliament no, parliamentary no, lok sabha no, लोकसभा संख्या",
)
AC_NUMBER = _number(
    "ac_number",
    "Assembly constituency number",
    "विधानसभा क्षेत्र संख्या",
    "ac no, ac number, segment no, assembly no, vidhan sabha no, विधानसभा संख्या",
)
NUMBER = _number(
    "number",
    "Constituency number",
    "निर्वाचन क्षेत्र संख्या",
    "seat no, constituency no, const no, constituency code, क्षेत्र संख्या",
)
_AC_NAMES = "ac name, assembly, assembly name, assembly constituency, vidhan sabha, विधानसभा क्षेत्र, विधानसभा"
PC_NAME = Field(
    "pc_name",
    "Lok Sabha constituency name",
    "लोकसभा क्षेत्र का नाम",
    "pc name, parliamentary constituency, parliament constituency, lok sabha, लोकसभा क्षेत्र, लोकसभा",
)
AC_NAME = Field("ac_name", "Assembly constituency name", "विधानसभा क्षेत्र का नाम", _AC_NAMES)

RESULTS = Layout(
    key="results",
    personal=False,
    fields=(
        YEAR,
        STATE,
        NUMBER,
        PC_NUMBER,
        AC_NUMBER,
        Field("name", "Constituency", "निर्वाचन क्षेत्र", "constituency name, const name, seat, क्षेत्र"),
        PC_NAME,
        AC_NAME,
        Field(
            "reservation",
            "Reserved seat",
            "आरक्षण",
            "reservation, pc type, ac type, constituency type, seat type, आरक्षित",
            max_length=20,
        ),
        CANDIDATE,
        PARTY,
        PARTY_CODE,
        _votes("total votes, votes polled, votes secured, वोट, कुल मत, प्राप्त मत"),
        POSITION,
        _electors("total electors, मतदाता, कुल मतदाता"),
        Field("note", "Note", "टिप्पणी", "remark, remarks, टीप", max_length=400),
        UNIT,
    ),
)

SEGMENTS = Layout(
    key="segments",
    personal=False,
    fields=(
        YEAR,
        STATE,
        PC_NUMBER,
        AC_NUMBER,
        Field(
            "booth",
            "Booth number",
            "बूथ संख्या",
            "booth, part no, polling station no, ps no, बूथ, भाग संख्या, मतदान केंद्र संख्या",
            CellKind.CODE,
            max_length=20,
        ),
        Field(
            "name",
            "Segment",
            "विधानसभा क्षेत्र",
            f"segment name, विधानसभा खंड, part name, booth name, polling station, {_AC_NAMES}",
        ),
        CANDIDATE,
        PARTY,
        PARTY_CODE,
        _votes("total votes, votes polled, वोट, प्राप्त मत", required=True),
        POSITION,
        _electors("मतदाता, कुल मतदाता"),
        UNIT,
    ),
)

CORRESPONDENCE = Layout(
    key="correspondence",
    personal=False,
    fields=(
        Field("state_from", "State before", "पहले का प्रदेश", "old state, from state, state", max_length=60),
        _number(
            "number_from", "Number before", "पहले की संख्या", "old number, from number, old no", required=True
        ),
        Field("state_to", "State now", "अब का प्रदेश", "new state, to state", max_length=60),
        _number("number_to", "Number now", "अब की संख्या", "new number, to number, new no", required=True),
        Field(
            "weight",
            "Weight",
            "भार",
            "share, part, भाग, हिस्सा",
            CellKind.DECIMAL,
            required=True,
            least=0,
            most=1,
        ),
    ),
)

REASONS = {
    "year_differs": _("The row is of %(year)s, the election of %(expected)s."),
    "state_missing": _("%(field)s is empty. Fill it in, or say for the whole file which state it is of."),
    "state_unknown": _(
        "%(field)s is not a state: %(excerpt)s. Use the Election Commission's code, like S24."
    ),
    "state_outside": _("%(state)s is not in the unit this list is for."),
    "number_missing": _("The number of the constituency is missing."),
    "number_unknown": _(
        "%(state)s has no constituency %(number)s in that year's numbering (%(least)s to %(most)s)."
    ),
    "seat_named": _(
        "“%(excerpt)s” was constituency %(right)s of %(state)s that year, not %(number)s. "
        "Correct the number or the name."
    ),
    "seat_elsewhere": _(
        "“%(excerpt)s” was constituency %(right)s of %(right_state)s that year. Correct the "
        "state and the number."
    ),
    "state_part": _(
        "%(state)s had no constituencies of its own that year: it was part of %(right_state)s. Write that state, with"
        " the numbers of that year."
    ),
    "number_doubtful": _(
        "%(state)s has other numbers in this file than it had that year. Number %(number)s "
        "may be a different constituency. Correct the numbers."
    ),
    "no_letters_here": _("%(field)s is not a name but “%(excerpt)s”. Are the columns shifted?"),
    "number_for_party": _("%(field)s is not a party but “%(excerpt)s”. Are the columns shifted?"),
    "votes_missing": _(
        "%(field)s is empty. If there was no vote because nobody else stood, write “uncontested” as note."
    ),
    "uncontested_votes": _(
        "The seat is marked uncontested, but has votes or several candidates. Correct one of them."
    ),
    "name_differs": _(
        "Constituency %(number)s is called “%(first)s” in row %(first_row)s and “%(excerpt)s” here."
    ),
    "electors_differ": _(
        "Constituency %(number)s has %(first)s electors in row %(first_row)s and %(here)s here."
    ),
    "candidate_doubled": _("The same candidate is in row %(first_row)s already."),
    "nota_doubled": _("“None of the above” is in row %(first_row)s already."),
    "position_wrong": _("%(field)s is %(excerpt)s; by votes it is %(rank)s in this constituency."),
    "above_electors": _(
        "Constituency %(number)s has %(votes)s votes and only %(electors)s electors. Correct one of them."
    ),
    "seat_refused": _(
        "A constituency is imported whole or not at all; row %(first_row)s of this one is refused."
    ),
    "seat_missing": _("%(state)s: constituency %(number)s is missing. Incomplete results give wrong totals."),
    "seats_missing": _(
        "%(state)s: %(count)s constituencies are missing (%(numbers)s). Incomplete results give wrong totals."
    ),
    "states_missing": _("No constituency of %(states)s is in the file."),
    "segments_stand": _("Results by segment use this candidate. Undo their list first."),
    "unit_unknown": _("There is no unit with the code %(excerpt)s."),
    "unit_doubled": _("The unit %(excerpt)s is given to another constituency in row %(first_row)s already."),
    "unit_taken": _("The unit %(excerpt)s is constituency %(number)s of %(state)s already."),
    "seat_unknown": _(
        "The election has no result for constituency %(number)s of %(state)s. Import that first."
    ),
    "part_missing": _(
        "Neither a segment's number nor a booth's is given, and the name is not of a special station."
    ),
    "candidate_unknown": _("“%(excerpt)s” was not a candidate in constituency %(number)s."),
    "candidate_unclear": _(
        "Several people called “%(excerpt)s” stood in constituency %(number)s. Give their position too."
    ),
    "part_differs": _(
        "This part has %(first)s electors in row %(first_row)s and %(here)s here. Correct one of them."
    ),
    "part_above_electors": _(
        "Part %(part)s has %(votes)s votes and only %(electors)s electors. Correct one of them."
    ),
    "part_refused": _("A part is imported whole or not at all; row %(first_row)s of this one is refused."),
    "above_segment": _(
        "In the booths of segment %(segment)s the candidate has %(parts)s votes, in the whole segment only %(total)s."
    ),
    "part_doubled": _("This candidate's votes in this part are in row %(first_row)s already."),
    "above_total": _("By part the candidate has %(parts)s votes, in the whole constituency only %(total)s."),
    "pair_doubled": _("The same two constituencies are in row %(first_row)s already."),
    "no_votes": _("Every candidate has 0 votes. Leave the constituency out until there is a result."),
    "part_no_votes": _("Every candidate has 0 votes in this part. Leave out a part without a poll."),
    "weight_zero": _("%(field)s is 0. Leave such a row out."),
    "weights_sum": _("The weights of constituency %(number)s sum to %(sum)s, not to 1."),
}
