"""A copy on a phone brings no day of its own into a record: every form of every kind of record, opened at two times."""

import re
from collections import defaultdict
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from abhiyan.core.scope import system
from abhiyan.core.tests import given
from abhiyan.core.tests.given import NOW
from abhiyan.forms.rules.questions import QuestionKind
from abhiyan.forms.tests.make import form_in_use, question
from abhiyan.pages.views.field import record_kinds
from abhiyan.site.tests.addresses import address, filled, more_things, things
from abhiyan.site.tests.cast import Cast
from abhiyan.units.models import Unit
from abhiyan.work.actions.schedules import Asking, ask_units
from abhiyan.work.models import Schedule

DAY = timedelta(days=1)
NOT_OF_A_DAY = {
    "csrfmiddlewaretoken": "of the session",
    "key": "sealed when it was shown; a record that comes late is not timed by it (doorstep.views.door)",
}


class RecordForms(HTMLParser):
    """Collects the values of fields and the addresses of each form of a record. It leaves out a field of the day that
    the page itself names, which follows the phone (ui/days.js)."""

    def __init__(self, day: str) -> None:
        super().__init__()
        self.day = day
        self.found: dict[str, dict[str, str]] = defaultdict(dict)
        self._code = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._code = told.get("data-record", "")
            if self._code:
                self.found[self._code] |= {
                    f"<{name}>": told.get(name, "") for name in ("action", "data-page")
                }
        follows = told.get("type") == "date" and told.get("value") == self.day
        asks = follows or told.get("name") in NOT_OF_A_DAY  # not compared
        if self._code and tag in ("input", "option", "button", "textarea") and not asks:
            self.found[self._code][f"{told.get('name')}={told.get('value')}"] = told.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._code = ""


def forms_of(client: Client, where: str) -> dict[str, dict[str, str]]:
    """The forms of a copy; none where it does not open."""
    with transaction.atomic():
        answer = client.get(where, headers={"x-abhiyan-kept": "1"})
        transaction.set_rollback(True)
    text = answer.content.decode() if answer.status_code == 200 else ""
    own = re.search(r'data-day="([^"]*)" data-copy="1"', text)
    parser = RecordForms(own[1] if own else "")
    parser.feed(text)
    return parser.found


@pytest.fixture(scope="module")
def pages(
    open_database: None, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, tuple[Client, set[str]]]:
    """For each role: a browser, and the addresses of pages with a form of a record."""
    cast = Cast.make()
    clients = cast.everybody()
    own = things(cast, "district_in_charge", "JK-SRI", "JK-B001", cast.membership(cast.own_member))
    foreign = things(cast, "district_elsewhere", "JK-JAM", "JK-B004", cast.membership(cast.foreign_member))
    others = more_things(cast, foreign, tmp_path_factory.mktemp("results"))
    ask_meeting(cast)
    places = {
        address(one.page, of, **filled(one.page, others))
        for one in record_kinds().values()
        if one.tile
        for of in (own, foreign)
    }
    named = {
        role: places | set(client.get("/field/keep.json").json()["pages"]) for role, client in kept(clients)
    }
    return {role: (clients[role], where) for role, where in named.items()}


def kept(clients: dict[str, Client]) -> list[tuple[str, Client]]:
    """The roles that have field pages."""
    return [(role, one) for role, one in clients.items() if one.get("/field/keep.json").status_code == 200]


def ask_meeting(cast: Cast) -> None:
    """Ask booths for a meeting, whose form is filled with today, and for a report whose form asks a day."""
    day = form_in_use(cast.world.state, question("day", QuestionKind.DAY, required=True)).form
    common: dict[str, Any] = {"first_on": NOW.date() - 2 * DAY, "last_on": NOW.date() + 60 * DAY}
    common |= {"office": "booth_president", "kind": "booth"}
    with cast.as_("state_president"):
        n = Unit.objects.filter(kind="booth", code__startswith="JK-B").count()
        for asking in (
            Asking(title="Meeting", wanted="meeting", rhythm="weekly", **common),
            Asking(title="Day asked", wanted="report", rhythm="weekly", form_id=day.pk, **common),
        ):
            by = cast.actor("state_president")
            ask_units(asking=asking, unit_id=cast.world.state.pk, expected=n, by=by, at=NOW - DAY)
    with system("test"):
        assert Schedule.objects.filter(typed_title__in=("Meeting", "Day asked")).count() == 2


def test_no_form_of_a_copy_has_a_day_that_does_not_follow_the_phone(
    pages: dict[str, tuple[Client, set[str]]],
) -> None:
    seen, wrong = set(), []
    for client, places in pages.values():
        for where in places:
            given.time(NOW)
            first = forms_of(client, where)
            given.time(NOW + DAY)
            later = forms_of(client, where)
            seen |= set(first)
            for code, fields in first.items():
                changed = set(fields.items()) ^ set(later[code].items()) if code in later else set()
                of_today = {each for each in fields.items() if NOW.date().isoformat() in each[1]}
                wrong += [(where, code, each) for each in changed | of_today if not is_asked(each, fields)]
    assert wrong == [], "Use a field of type date, or let the form ask which days it is for (data-periods)."
    assert seen == {code for code, kind in record_kinds().items() if kind.tile}, (
        "each kind of record has a page here"
    )


def is_asked(field: tuple[str, str], fields: dict[str, str]) -> bool:
    """Return True for a day within the address of a period, where the form asks which period it is for."""
    periods = [name for name in fields if name.startswith("period-asked=")]
    is_address = field[0] in ("<action>", "<data-page>") or field[0].startswith("period-asked=")
    return is_address and bool(periods) and bool(re.search(r"from=\d{4}-\d\d-\d\d", field[1]))
