"""The page of duplicates: who sees which pairs, and many merged by two people."""

import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.actions import doubles as acts
from abhiyan.enrolment.models import DataRequest, Enrolment, HeldLeave, Membership
from abhiyan.org import actions as org
from abhiyan.org.models import Release
from abhiyan.people.actions.doubles import keep_doubles
from abhiyan.people.models import Double, Person, Phone
from abhiyan.site.tests.cast import Cast
from abhiyan.units.models import Unit

from .make import Human
from .web import today

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return Cast.make()


def pairs(cast: Cast, *units: tuple[Unit, Unit], twins: int = 0, first: int = 0) -> list[UUID]:
    """Pairs that a search would have found, of people at home in these units. twins: the last so many are."""
    made = []
    for n, (one, other) in enumerate(units, first):
        joined = [
            cast.world.web_join(of=Human(["Asha Devi", "आशा देवी"][m], 1980, f"+91990610{n:03}{m}"), unit=unit)
            for m, unit in enumerate((one, other))
        ]
        with system("tests find"):
            persons = list(
                Person.objects.raw(
                    "select p.* from people_person p join enrolment_membership m on m.person_id = p.id"
                    " where m.public_id = any(%s)",
                    [[each.membership for each in joined]],
                )
            )
            made.append((persons[0].pk, persons[1].pk, 95, n >= first + len(units) - twins))
    with system("tests find"):
        keep_doubles(found=made, at=NOW)
        return [Double.objects.get(first_id=min(a, b)).public_id for a, b, *_rest in made]


def test_pairs_are_work_of_the_district_and_reach_the_state_after_a_week(cast: Cast) -> None:
    pairs(cast, (cast.world.booth, cast.world.next_booth), (cast.world.booth, cast.world.far_booth))
    told = {
        role: cast.client(role).get("/today/").content.decode()
        for role in ("district_in_charge", "state_president")
    }
    assert "1 possible duplicate<" in told["district_in_charge"]
    assert "possible duplicate" not in told["state_president"]
    with system("a week later"):
        Double.objects.update(found_at=NOW - timedelta(days=8))
    late = cast.client("state_president").get("/today/").content.decode()
    said = r'<a href="/people/doubles/"><b>2 possible duplicates</b></a>\s*<div>Late at the desks below</div>'
    assert re.search(said, late)
    mine = cast.client("district_in_charge").get("/today/").content.decode()
    assert "Late at the desks below" not in mine and "1 possible duplicate<" in mine


def test_pair_is_seen_by_who_sees_both_entries(cast: Cast) -> None:
    world = cast.world
    here, across = pairs(cast, (world.booth, world.next_booth), (world.booth, world.far_booth))
    seen = cast.client("district_in_charge").get("/people/doubles/").content.decode()
    assert str(here) in seen and str(across) not in seen
    above = cast.client("state_president").get("/people/doubles/").content.decode()
    assert str(here) in above and str(across) in above
    assert cast.client("booth_worker").get("/people/doubles/").status_code == 403
    assert "1 possible duplicate<" in cast.client("district_in_charge").get("/today/").content.decode()
    assert "possible duplicate" not in cast.client("booth_worker").get("/today/").content.decode()
    narrowed = cast.client("state_president").get("/people/doubles/?unit=JK-JAM").content.decode()
    assert str(here) not in narrowed and str(across) in narrowed


def test_list_reads_as_often_however_long_it_is(cast: Cast) -> None:
    world, client = cast.world, cast.client("district_in_charge")
    pairs(cast, (world.booth, world.booth))
    client.get("/people/doubles/")
    with CaptureQueriesContext(connection) as few:
        client.get("/people/doubles/")
    pairs(cast, *[(world.booth, world.next_booth)] * 6, first=10)
    with CaptureQueriesContext(connection) as more:
        client.get("/people/doubles/")
    assert len(more) <= len(few) + 1


def test_pair_shows_what_is_known_of_both_and_which_stays(cast: Cast) -> None:
    world = cast.world
    (pair,) = pairs(cast, (world.booth, world.next_booth))
    with system("tests confirm"):
        double = Double.objects.get(public_id=pair)
        better = Person.objects.get(pk=double.second_id)
        confirmed = Membership.objects.get(person_id=better.pk)
        Enrolment.objects.filter(membership_id=confirmed.pk).update(confirmed_at=NOW)
    page = cast.client("district_in_charge").get("/people/doubles/").content.decode()
    entries = page.split('class="pair-entry"')[1:]
    assert len(entries) == 2 and "This entry stays" in entries[0] and "This entry stays" not in entries[1]
    assert str(confirmed.public_id) in entries[0] and "Confirmed" in entries[0] and "Counted" in entries[1]
    for entry in entries:
        assert "Web" in entry and f"{today():%Y}" in entry
    client = cast.client("district_in_charge")
    client.post(f"/people/doubles/{pair}/", {"step": "merge"})
    with system("tests look"):
        assert Double.objects.get(public_id=pair).kept_id == better.pk, "it did as it said"
    pairs(cast, (world.booth, world.booth), twins=1, first=5)
    assert "This entry stays" not in client.get("/people/doubles/").content.decode(), "twins both stay"


def test_twins_want_a_reason_and_the_page_keeps_it(cast: Cast) -> None:
    world, client = cast.world, cast.client("district_in_charge")
    (twin,) = pairs(cast, (world.booth, world.booth), twins=1)
    assert 'name="reason"' in client.get("/people/doubles/").content.decode()
    headers = {"HX-Request": "true"}
    for nothing in ({}, {"reason": " "}):
        answer = client.post(f"/people/doubles/{twin}/", {"step": "merge"} | nothing, headers=headers)
        assert answer.status_code == 422 and "write how you know" in answer.content.decode()
    said = "One person with two names. " + 300 * "x"
    answer = client.post(f"/people/doubles/{twin}/", {"step": "merge", "reason": said}, headers=headers)
    assert answer.status_code == 200 and "Undo the merge" in answer.content.decode()
    page = client.get("/people/doubles/?state=merged").content.decode()
    assert f"Reason: {said[:300]}<" in page and "This entry stays" in page


def test_one_press_answers_a_script_with_its_row_alone(cast: Cast) -> None:
    world, client = cast.world, cast.client("district_in_charge")
    one, other = pairs(cast, *[(world.booth, world.next_booth)] * 2)

    def press(pair: UUID, step: str) -> tuple[int, str]:
        answer = client.post(f"/people/doubles/{pair}/", {"step": step}, headers={"HX-Request": "true"})
        return answer.status_code, answer.content.decode()

    for step, said, undo in (
        ("merge", "Merged. They count once.", "Undo the merge"),
        ("undo", "Undone. Both entries are as before.", "Merge"),
        ("apart", "Noted: different people.", ">Undo<"),
        ("again", "The pair is in the list again.", "Different people"),
    ):
        status, row = press(one, step)
        assert status == 200 and said in row and undo in row and "<html" not in row
    status, row = press(other, "undo")
    assert status == 422 and "Somebody has decided this already." in row and "Different people" in row
    page = client.get("/people/doubles/").content.decode()
    for key in ("m", "d"):
        assert f'aria-keyshortcuts="{key}"' in page and f"<kbd>{key}</kbd>" in page
    plain = client.post(f"/people/doubles/{one}/", {"step": "apart"})
    assert "A mistake?" in client.get(plain["Location"]).content.decode()


def test_when_more_are_sure_than_are_taken_at_once_it_is_said(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, client = cast.world, cast.client("district_in_charge")
    pairs(cast, *[(world.booth, world.next_booth)] * 3)
    assert "Look at 3 sure pairs and merge them" in client.get("/people/doubles/").content.decode()
    monkeypatch.setattr(acts, "MOST", 2)
    assert "Look at the 2 surest of 3 pairs and merge them" in client.get("/people/doubles/").content.decode()
    asked = client.get("/people/doubles/many/").content.decode()
    assert (
        "3 pairs are at least" in asked and "This asks for the likeliest 2. 1 more come after them." in asked
    )
    assert asked.count('class="pair-entry"') == 2 * 2
    client.post("/people/doubles/many/", {"reason": "the list of 2019 came twice"})
    with system("tests look"):
        assert len(Release.objects.get(act="people.merge").payload["doubles"]) == 2


def test_many_leaves_out_people_under_dispute_and_says_why(cast: Cast) -> None:
    world, client = cast.world, cast.client("district_in_charge")
    disputed, held, gone, *_rest = pairs(cast, *[(world.booth, world.next_booth)] * 4)
    client.post("/people/doubles/many/", {"reason": "the list of 2019 came twice"})
    with system("tests let something happen meanwhile"):
        release = Release.objects.get(act="people.merge")
        one, two = (
            Person.objects.get(pk=Double.objects.get(public_id=pair).first_id) for pair in (disputed, held)
        )
        DataRequest.objects.create(
            id=uuid4(),
            kind=DataRequest.Kind.CORRECTION,
            phone_id=one.phone_id,
            person_id=one.pk,
            public_id=uuid4(),
            unit_id=one.unit_id,
            asked_at=NOW,
            due_at=NOW,
        )
        HeldLeave.objects.create(phone_id=two.phone_id, rolls=[world.roll.pk], channel=1, at=NOW)
        Double.objects.filter(public_id=gone).delete()
    with cast.as_("state_president"):
        org.decide_release(public_id=release.public_id, allow=True, by=cast.actor("state_president"), at=NOW)
    answer = client.post(f"/people/doubles/many/{release.public_id}/")
    page = client.get(answer["Location"]).content.decode()
    assert "1 pair merged." in page
    assert "Left out: 2. Something about one of them is undecided" in page
    assert "Left out: 1. One of these entries is no longer there." in page
    with system("tests look"):
        assert set(Double.objects.filter(public_id__in=[disputed, held]).values_list("state", flat=True)) == {
            "open"
        }
    assert world.tallies() == world.recounted() and world.orphans() == {}


def test_many_are_merged_once_a_second_person_approved(cast: Cast) -> None:
    world = cast.world
    *two, twin = pairs(cast, *[(world.booth, world.next_booth)] * 3, twins=1)
    client, before = cast.client("district_in_charge"), sum(world.recounted().values())
    with system("tests look"):
        people = Double.objects.filter(public_id__in=two).values_list("first_id", "second_id")
        named = [Membership.objects.get(person_id=person).public_id for each in people for person in each]

    def lists_each_pair(address: str) -> None:
        page = client.get(address).content.decode()
        assert all(f"/people/{member}/" in page for member in named), "who would be merged is named"
        assert page.count('class="pair-entry"') == len(named), "and nobody else"

    def approver_reads_each_pair() -> None:
        page = cast.client("state_president").get(f"/releases/{release.public_id}/decide/?allow=yes")
        with system("tests look"):
            persons = Person.objects.filter(pk__in=[person for each in people for person in each])
            last = [phone.last4 for phone in Phone.objects.filter(pk__in=persons.values("phone_id"))]
        said = page.content.decode()
        assert len(last) == 4 and all(f"•{each}" in said for each in last), "who approves reads whom"
        assert said.count(" = ") == 2 and world.rows(
            "select count(*) from core_audit where act = 'org.read_request'"
        ) == [(1,)]

    lists_each_pair("/people/doubles/many/")
    answer = client.post("/people/doubles/many/", {"reason": "the list of 2019 came twice"})
    assert answer.status_code == 302
    with system("tests look"):
        release = Release.objects.get(act="people.merge")
    assert len(release.payload["doubles"]) == 2 and str(twin) not in release.payload["doubles"]
    many = f"/people/doubles/many/{release.public_id}/"
    assert client.post(many).status_code == 403, "nobody has approved it yet"
    approver_reads_each_pair()
    with cast.as_("state_president"):
        org.decide_release(public_id=release.public_id, allow=True, by=cast.actor("state_president"), at=NOW)
    lists_each_pair(many)
    assert client.post(many).status_code == 302
    assert sum(world.recounted().values()) == before - len(release.payload["doubles"])
    assert client.post(many).status_code == 404, "it is used once"
    assert world.tallies() == world.recounted() and world.orphans() == {}
