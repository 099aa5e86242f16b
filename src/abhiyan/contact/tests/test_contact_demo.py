"""The demo shows a list of beneficiaries half worked, one that waits for approval, and a convention with its deck."""

import pytest
from django.db.models import Count

from abhiyan.contact import centres_below, demo, demo_calls, office
from abhiyan.contact.models import CallQueue, ContactEntry, ContactList, ContactTry
from abhiyan.core.samples import SampleGround
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.helpdesk.models import Ticket
from abhiyan.meetings import demo as meetings
from abhiyan.meetings.models import Meeting
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.models import Send
from abhiyan.messaging.tests.test_reach import enter
from abhiyan.people import actions as people
from abhiyan.people.models import Account
from abhiyan.polls.models import Poll
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.models import Item, Programme
from abhiyan.review.tests.test_slides import slides
from abhiyan.site.tests.cast import SYSTEM, Cast
from abhiyan.units import queries as units

from .at_calls import centre_in, seated

pytestmark = pytest.mark.django_db(transaction=True)  # an import runs in transactions of its own


def test_the_demo_has_a_list_half_worked_one_that_waits_and_a_next_step_for_each_role(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cast = Cast.make()
    for role, office_of, unit in (
        ("district_president", "district_president", "JK-SRI"),
        ("state_officer", "data_officer", "JK"),
        ("other_president", "booth_president", "JK-B002"),
        ("nation_officer", "data_officer", "IN"),
    ):
        cast._seat(role, office_of, unit, 1)
    centre, quiet = (centre_in(cast.world.units[code].pk) for code in ("JK-SRI", "JK-JAM"))
    for n, (role, body, code) in enumerate(
        (
            ("call_agent", centre, "JK-SRI"),
            ("call_supervisor", centre, "JK-SRI"),
            ("quiet_supervisor", quiet, "JK-JAM"),
        )
    ):
        office_of = "call_agent" if role == "call_agent" else "call_supervisor"
        cast.accounts[role] = seated(body, cast.world.units[code].pk, n, office_of)
    ids = {code: unit.pk for code, unit in cast.world.units.items()}
    ids[demo.DISTRICT] = ids["JK-SRI"]
    places = {
        "district_president": "JK-SRI",
        "booth_president": "JK-B001",
        "booth_worker": "JK-B001",
        "state_president": "JK",
        "call_agent": "JK-SRI",
        "national_president": "IN",
    }
    with system("test"):
        messaging.publish_templates(at=NOW, by=SYSTEM)
        for n, role in enumerate(("booth_president", "other_president", "booth_worker")):
            (kept,) = people.keep_phones(phones=[f"+91990608{n:04d}"])
            Account.objects.filter(pk=cast.accounts[role].pk).update(phone_id=kept)
    shown = {role: (cast.actor(role), ids[code]) for role, code in places.items()}
    holders = {
        "booth_president": {
            ids["JK-B001"]: cast.actor("booth_president"),
            ids["JK-B002"]: cast.actor("other_president"),
        },
        "data_officer": {ids["JK"]: cast.actor("state_officer"), ids["IN"]: cast.actor("nation_officer")},
        "call_agent": {ids["JK-SRI"]: cast.actor("call_agent")},
    }
    enter(ids["JK"], closes_at=None, kind=Poll.Kind.NONE)
    ground = SampleGround("one seed", NOW, ids, shown, holders, cast.world.programme.pk)
    monkeypatch.setattr(demo_calls, "SILENT", 1)
    demo.sample(ground)
    with system("test"):
        meetings.convene(ground)
    with system("test"):
        run, calls = Programme.objects.filter(kind="contact").order_by("pk")
        first, waits, called, by_line = ContactList.objects.order_by("pk")
        span = units.spans([ids["JK-SRI"]], run.hierarchy)[ids["JK-SRI"]]
        whole, _below = office.contacts_below(run, ids["JK-SRI"], span, at=NOW)
        confirmed = Item.objects.filter(programme=run, measure=1, confirmed_at__isnull=False).count()
        outcomes = set(ContactTry.objects.filter(programme=run).values_list("outcome", flat=True))
        leased = ContactEntry.objects.filter(state="leased").count()
        needs = Ticket.objects.filter(programme_id=run.pk).count()
        silent = ContactEntry.objects.filter(list=first, why_out="opted_out").count()
        assert programmes.recount_facts(at=NOW).is_right
    assert run.is_sample and (first.state, first.scheme, waits.state) == ("approved", "PMUY", "asked")
    assert first.source and first.n_rows == 2 * demo.DOORS
    assert whole.doors == first.n_rows and 0.3 < whole.met / whole.doors < 0.6
    assert outcomes == {*demo.OUTCOMES, "entitled"} and confirmed > 10
    assert (needs, silent) == (len(demo.NEEDS) - 1, demo.SILENT) and 0 < leased <= 30
    assert "Open my doors" in cast.client("booth_president").get("/today/").text
    state = cast.client("state_president")
    with system("test"):
        convention, send = Meeting.objects.get(), Send.objects.get()
    page = f"/review/slides/new/?meeting={convention.public_id}"
    assert page in state.get(f"/meetings/{convention.public_id}/").text
    deck = state.post(page, {"language": "en"})["Location"]
    titles = [title for title, _words in slides(bytes(state.get(f"{deck}file/pptx/").content))]
    assert (send.state, send.n_asked > 20) == ("done", True)
    came = meetings.CAME_TO_CONVENTION
    assert titles[0] == f"0 seen by name, {came} reported, {send.n_asked} invited by message"
    assert "At the doors most often: Talked" in titles
    assert waits.purpose in cast.client("state_officer").get("/releases/").text

    # The calls: one centre is at work, one is silent, and each role has a next step.
    with system("test"):
        states = dict(ContactEntry.objects.filter(list=called).values_list("state").annotate(n=Count("pk")))
        below = {row.body_id: row for row in centres_below.centres_below(calls, (0, 2**62), at=NOW)}
    with system("test"):
        queue = CallQueue.objects.get(by_bridge=True)
    assert (queue.list_ids, queue.unit_id, by_line.n_rows) == (
        [by_line.pk],
        ids["JK-SRI"],
        demo.CALLED_BY_LINE,
    )
    assert (calls.owner_id, calls.is_sample, called.unit_id) == (ids["IN"], True, ids["JK"])
    assert states["done"] > 0 and states["later"] > 0 and states["ready"] > 0
    assert (below[centre].calls > 0, below[centre].at_work, below[centre].is_silent) == (True, 1, False)
    assert below[quiet].is_silent and below[quiet].head
    agent = cast.client("call_agent")
    agent.post("/contact/calls/next/", {"languages": "hi"})
    shown_call = agent.get("/contact/calls/").text
    assert "data-call=" in shown_call and "line is switched off" in shown_call
    assert (
        "Callers, who needs help first"
        in cast.client("call_supervisor").get(f"/contact/centre/{centre}/").text
    )
    assert "Your call centre is silent since yesterday" in cast.client("quiet_supervisor").get("/today/").text
    assert "1 of 2 call centres are silent since yesterday" in state.get("/today/").text
    assert (
        f"/contact/{calls.public_id}/calling/remind/"
        in state.get(f"/contact/{calls.public_id}/calling/").text
    )
