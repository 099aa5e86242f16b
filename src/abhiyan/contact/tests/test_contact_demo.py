"""The demo shows a list of beneficiaries half worked, one that waits for approval, and a convention with its deck."""

import pytest

from abhiyan.contact import demo, office
from abhiyan.contact.models import ContactEntry, ContactList, ContactTry
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
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.models import Item, Programme
from abhiyan.review.tests.test_slides import slides
from abhiyan.site.tests.cast import SYSTEM, Cast
from abhiyan.units.models import Poll

pytestmark = pytest.mark.django_db(transaction=True)  # an import runs in transactions of its own


def test_the_demo_has_a_list_half_worked_one_that_waits_and_a_next_step_for_each_role() -> None:
    cast = Cast.make()
    for role, office_of, unit in (
        ("district_president", "district_president", "JK-SRI"),
        ("state_officer", "data_officer", "JK"),
        ("other_president", "booth_president", "JK-B002"),
    ):
        cast._seat(role, office_of, unit, 1)
    ids = {code: unit.pk for code, unit in cast.world.units.items()}
    ids[demo.DISTRICT] = ids["JK-SRI"]
    places = {
        "district_president": "JK-SRI",
        "booth_president": "JK-B001",
        "booth_worker": "JK-B001",
        "state_president": "JK",
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
        "data_officer": {ids["JK"]: cast.actor("state_officer")},
    }
    enter(ids["JK"], closes_at=None, kind=Poll.Kind.NONE)
    ground = SampleGround("one seed", NOW, ids, shown, holders, cast.world.programme.pk)
    demo.sample(ground)
    with system("test"):
        meetings.convene(ground)
    with system("test"):
        run = Programme.objects.get(kind="contact")
        first, waits = ContactList.objects.order_by("pk")
        whole = office.unit_whole(run, ids["JK-SRI"], at=NOW)
        confirmed = Item.objects.filter(programme=run, measure=1, confirmed_at__isnull=False).count()
        outcomes = set(ContactTry.objects.values_list("outcome", flat=True))
        leased = ContactEntry.objects.filter(state="leased").count()
        needs = Ticket.objects.filter(programme_id=run.pk).count()
        silent = ContactEntry.objects.filter(why_out="opted_out").count()
        assert programmes.recount(at=NOW).is_right
    assert run.is_sample and (first.state, first.scheme, waits.state) == ("approved", "PMUY", "asked")
    assert first.source and first.n_rows == 2 * demo.DOORS
    assert whole is not None and whole.doors == first.n_rows and 0.3 < whole.met / whole.doors < 0.6
    assert outcomes == {*demo.OUTCOMES, "entitled"} and confirmed > 10
    assert (needs, silent) == (len(demo.NEEDS) - 1, demo.SILENT) and 0 < leased <= 30
    assert "Open my doors" in cast.client("booth_president").get("/").text
    state = cast.client("state_president")
    with system("test"):
        convention, send = Meeting.objects.get(), Send.objects.get()
    page = f"/review/slides/new/?meeting={convention.public_id}"
    assert page in state.get(f"/meetings/{convention.public_id}/").text
    deck = state.post(page, {"language": "en"})["Location"]
    titles = [title for title, _words in slides(bytes(state.get(f"{deck}file/pptx/").content))]
    assert (send.state, send.n_asked > 20) == ("done", True)
    assert titles[0] == f"{meetings.CAME_TO_CONVENTION} came, {send.n_asked} were invited"
    assert "What people on the list said" in titles
    assert waits.purpose in cast.client("state_officer").get("/releases/").text
