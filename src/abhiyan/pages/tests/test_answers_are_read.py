"""Somebody reads each answer that a worker writes at a door, in a call or at a stay.

A new field of a form that phones keep fails here until `READ` says who reads it.
"""

from abhiyan.forms.queries.heard import room_questions
from abhiyan.pages.views.field import record_kinds

# The reader of an answer -> its fields. Questions of forms are all on the board of what the field heard.
READ = {
    "the board of what the field heard, by the room's own question": ("TalkForm.outcome", "WalkForm.outcome"),
    "the board of grades, and the next caller": ("CallForm.organisation",),
    "the board of calls to booth presidents": ("CallForm.outcome",),
    "the act, which refuses a talk without it": ("CallForm.has_asked",),
    "the helpline, as a request": (
        "CallForm.kind",
        "CallForm.need",
        "StayReportForm.kind",
        "StayReportForm.need",
        "TalkForm.need",
        "TalkForm.scheme",
        "WalkForm.need",
        "WalkForm.scheme",
    ),
    "the worker who comes again, and quotes of the list for its meeting": ("TalkForm.note", "WalkForm.note"),
    "the organiser near them, as somebody who wants to help": tuple(
        f"{form}.{field}"
        for form in ("CallForm", "StayReportForm", "TalkForm", "WalkForm")
        for field in ("helper", "helper_phone", "may_text")
    ),
    "the list of promised visits": ("TalkForm.follow_up", "WalkForm.follow_up"),
    "whether it counts": (
        "StayMarkForm.clock",
        "StayMarkForm.place",
        "TalkForm.clock",
        "TalkForm.phone",
        "TalkForm.place",
        "WalkForm.clock",
        "WalkForm.door",
        "WalkForm.phone",
        "WalkForm.place",
    ),
    "the roll": ("DoorForm.birth_year", "DoorForm.given", "DoorForm.key", "DoorForm.name", "DoorForm.notice")
    + ("DoorForm.phone",),
    "the counts of why people joined": ("DoorForm.heard",),
    "the page of the meeting and its ladder": (
        "AttendanceForm.invitee",
        "AttendanceForm.n",
        "AttendanceForm.phone",
        "AttendanceForm.walk_ins",
    ),
    "the board of what units owe": ("HoldForm.on", "HoldForm.people", "HoldForm.text", "ReportForm.text"),
}


def answers() -> set[str]:
    """The fields of all forms that phones keep, as Form.field."""
    made = {form for kind in record_kinds().values() for form in kind.checked}
    return {f"{form.__name__}.{name}" for form in made for name in form.base_fields}


def test_each_answer_of_the_field_is_read() -> None:
    differ = ", ".join(sorted(answers() ^ {each for some in READ.values() for each in some}))
    assert not differ, f"say in READ where the answers are read: {differ}"


def test_each_room_question_is_counted_once_and_its_code_is_no_number() -> None:
    codes = [each.code for each in room_questions()]
    assert codes and len(codes) == len(set(codes)) and not any(code[0].isdigit() for code in codes)
