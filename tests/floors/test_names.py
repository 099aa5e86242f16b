"""The name of somebody in office is drawn where `ui/bearers.py` decides whether its reader sees it."""

import re
from collections.abc import Iterator

from .source import PACKAGE, sources

# Templates that draw a name as it is, and why its reader may see it.
OF_MEMBERS = "names of members, in the scope of people"
OWN_MEETING = "who called the meeting sees who takes part"
DRAWN_AS_IT_IS = {
    "dialogues/_call.html": "the call of the day",
    "dialogues/call.html": "the call of the day",
    "dialogues/calls.html": "the two calls of the day",
    "dialogues/field_call.html": "the call of the day",
    "doorstep/_field_search.html": OF_MEMBERS,
    "friends/helper_list.html": "names of who wants to help, in the scope of people",
    "enrolment/nameless.html": OF_MEMBERS,
    "enrolment/people.html": OF_MEMBERS,
    "intake/unanswered.html": OF_MEMBERS,
    "enrolment/unplaced.html": OF_MEMBERS,
    "meetings/_counts.html": OWN_MEETING,
    "meetings/door.html": OWN_MEETING,
    "meetings/invite.html": OWN_MEETING,
    "meetings/meeting.html": OWN_MEETING,
    "org/_seat_held.html": "who appoints there sees who holds the office",
    "org/appointment.html": "in the acts of who appoints or decides there",
    "org/release_list.html": "who decided what the reader asked for or may decide",
    "work/_charge.html": "of one's own charge: who gave it, and to whom one reports",
    "work/record.html": "the record of oneself, or of somebody one leads",
    "pages/bearer.html": "the sheet of somebody one leads",
    "pages/today.html": "who leads a unit below one's own",
    "pages/_unit_behind.html": "who leads a unit below one's own",
}
# Files that read the names of accounts. A page draws them by `{% bearer %}`, `Column.account` or
# `names_left_out`; the crawl of tests/test_names_of_others.py looks at what comes out.
BEARER, OWN, TOLD = (
    "drawn by the tag or a column with its account",
    "of one's own line or work",
    "the person concerned",
)
READ_NAMES = {
    "people/names_in_texts.py": "compared with a text and shown to nobody",
    "contact/actions/talks.py": TOLD,
    "contact/activity.py": TOLD,
    "contact/centres.py": BEARER,
    "contact/centres_below.py": BEARER,
    "contact/office.py": BEARER,
    "dialogues/actions/calls.py": TOLD,
    "dialogues/activity.py": TOLD,
    "dialogues/leaders.py": BEARER,
    "elections/actions/dependents.py": OWN,
    "elections/views/below_seats.py": BEARER,
    "elections/views/plans.py": BEARER,
    "intake/todo.py": OWN,
    "paper/queries.py": BEARER,
    "friends/queries/help_offers.py": BEARER,
    "friends/queries/organisers.py": BEARER,
    "enrolment/queries/referrals.py": BEARER,
    "intake/queries/checked.py": TOLD,
    "intake/views/unanswered.py": OWN,
    "forms/views/submissions.py": BEARER,
    "helpdesk/offers.py": OWN,
    "helpdesk/queries.py": BEARER,
    "meetings/queries.py": OWN,
    "meetings/views/meetings.py": BEARER,
    "messaging/circulars.py": BEARER,
    "org/queries/appointers.py": BEARER,
    "org/queries/bodies.py": BEARER,
    "org/queries/line.py": OWN,
    "org/queries/lists.py": BEARER,
    "org/queries/offices.py": BEARER,
    "org/queries/phones.py": BEARER,
    "org/queries/releases.py": OWN,
    "org/queries/taking.py": BEARER,
    "org/queries/talks.py": OWN,
    "org/queries/viewers.py": OWN,
    "polls/views.py": BEARER,
    "programmes/queries/calling.py": BEARER,
    "programmes/queries/holders.py": BEARER,
    "programmes/queries/own_figures.py": BEARER,
    "work/queries/record.py": BEARER,
    "work/queries/schedules.py": BEARER,
    "work/queries/tasks.py": OWN,
    "targets/queries/versions.py": BEARER,
    "review/queries/editions.py": BEARER,
    "review/queries/reviewers.py": BEARER,
    "review/queries/schedules.py": OWN,
    "pages/views/held.py": BEARER,
    "stays/actions/days.py": TOLD,
    "stays/actions/marking.py": TOLD,
    "stays/activity.py": TOLD,
    "stays/activity_days.py": TOLD,
    "stays/queries.py": BEARER,
    "stays/queries_days.py": "the letter of thanks to the leader",
    "verification/queries/agreement.py": OWN,
}
_READS = re.compile(
    r"\bpeople\.(open_names_of|names_of_accounts)\("
    r"|people_account a\b[\s\S]*\ba\.name\b|\ba\.name\b[\s\S]*people_account a\b"
)


def names_in_templates() -> Iterator[str]:
    for path in sorted(PACKAGE.glob("*/templates/**/*.html")):
        where = "/".join(path.parts[-2:])
        drawn = re.search(r"\|person\b", path.read_text())
        if drawn and where not in DRAWN_AS_IT_IS:
            yield f"{where}: draw the name by the tag `bearer`"
        if not drawn and where in DRAWN_AS_IT_IS:
            yield f"{where}: it draws no name as it is any more: take it off the list"


def test_a_template_draws_the_name_of_an_office_bearer_by_the_tag() -> None:
    assert list(names_in_templates()) == [], "against the house rules (docs/style.md)"


def names_read() -> Iterator[str]:
    read = {f"{source.room}/{source.path}" for source in sources("**/*.py") if _READS.search(source.text)}
    for where in sorted(read - READ_NAMES.keys()):
        yield f"{where}: it reads names of accounts: draw them by the tag or a column with `account`, and list it"
    for where in sorted(READ_NAMES.keys() - read):
        yield f"{where}: it reads no names any more: take it off the list"


def test_a_file_that_reads_names_of_accounts_says_how_they_are_drawn() -> None:
    assert list(names_read()) == [], "against the house rules (docs/style.md)"
