"""The pages of programmes: made in four steps, seen by each role, targets split and locked; all without a script."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from abhiyan.core import clock
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.org.tests.make import TODAY, World, actor
from abhiyan.people.models import Account
from abhiyan.people.tests.make import body, browser
from abhiyan.programmes import actions, queries
from abhiyan.programmes.models import Programme
from abhiyan.programmes.rules.ladder import COUNTED, REPORTED, TallyChange
from abhiyan.targets import actions as target_actions
from abhiyan.targets import queries as target_queries
from abhiyan.targets.queries import splits
from abhiyan.units.models import Placement, Unit

from .make import taken
from .test_make_programme import make

pytestmark = pytest.mark.django_db


def numbers(page: str) -> set[str]:
    """The figures standing alone in an element."""
    return set(re.findall(r">\s*([0-9][0-9,]*)\s*<", page))


@pytest.fixture
def president(world: World) -> Account:
    return world.holder("state_president", "N1", name="Rohini Koul")


@pytest.fixture
def drive(world: World, president: Account) -> Programme:
    at = NOW
    today = clock.day_in(settings.TIME_ZONE, at)
    with system("test"):
        made = actions.make_programme(
            template="membership_drive",
            names={"en": "Membership drive", "hi": "सदस्यता अभियान"},
            owner_id=world.unit("N1"),
            unit_ids=[world.unit("N1")],
            opens_on=today - timedelta(days=9),
            closes_on=today + timedelta(days=10),
            by=actor(president),
            at=at,
        )
        actions.open_programme(programme_id=made.pk, by=actor(president), at=at)
        target_actions.set_target(
            programme_id=made.pk, unit_id=world.unit("N1"), n=1000, by=actor(president), at=at
        )
        actions.post_changes(
            deltas=[
                TallyChange(made.pk, 1, 1, world.unit("N1111"), today - timedelta(days=1), rung, n)
                for rung, n in ((REPORTED, 37), (COUNTED, 23))
            ],
            at=at,
        )
    return made


def test_a_programme_is_made_in_four_steps_and_kept_between_them(world: World, president: Account) -> None:
    client = browser(president)
    page = body(client, "/programmes/new/")
    assert 'value="membership_drive"' in page and 'aria-current="step"' in page
    given = {"template": "membership_drive", "owner": "N1", "hierarchy": "1"}
    today = clock.day_in(settings.TIME_ZONE, NOW)
    assert f'value="{today}"' in page
    given |= {"name_hi": "अभियान", "name_en": "Drive", "opens_on": str(today)}
    answer = client.post("/programmes/new/", given | {"closes_on": str(today - timedelta(days=1))})
    assert answer.status_code == 422 and 'id="id_closes_on_error"' in answer.content.decode()
    answer = client.post("/programmes/new/", given)
    assert answer.status_code == 302
    when = answer["Location"].replace("/who/", "/when/")
    page = body(client, when)
    usual = today + timedelta(days=59)  # nobody said a last day
    assert f'value="{today}"' in page and f'value="{usual}"' in page and "Unit N11" in page
    answer = client.post(
        when, {"opens_on": str(today), "closes_on": str(today + timedelta(days=30)), "units": ["N11"]}
    )
    assert answer.status_code == 302
    who = answer["Location"]
    in_charge = world.holder("district_president", "N11", name="Asha Devi")
    page = body(client, f"{who}?q=asha")
    assert str(in_charge.public_id) in page
    action = re.search(r'action="([^"]*in-charge/[^"]*)"', page)
    assert action is not None
    answer = client.post(
        action[1].replace("&amp;", "&"), {"account": str(in_charge.public_id), "role": "in_charge"}
    )
    assert answer.status_code == 302 and answer["Location"] == who
    page = body(client, who)
    assert "Asha Devi" in page
    target = who.replace("/who/", "/target/")
    answer = client.post(target, {f"n_{world.unit('N11')}_1": "101", "how": "equally"})
    assert answer.status_code == 302
    page = body(client, answer["Location"])
    assert "101" in page and "Asha Devi" in page and "Unit N11" in page
    made = Programme.objects.get()
    assert made.state == "draft"
    answer = client.post(f"/programmes/{made.public_id}/open/")
    assert answer.status_code == 302
    made.refresh_from_db()
    assert made.state == "open" and made.names == {"hi": "अभियान", "en": "Drive"}
    with system("test"):
        assert queries.gap(programme=made, node=world.unit("N11"), on=TODAY).sums
        assert queries.gap(programme=made, node=world.unit("N111"), on=TODAY).sums
    assert "Asha Devi" in body(client, f"/programmes/{made.public_id}/?unit=N11")
    opened = f"/programmes/{made.public_id}/"
    for again in (client.get, client.post):
        for address in (when, f"{opened}open/"):
            answer = again(address)
            if answer["Location"] != opened:  # looking at what is only posted to leads to the check
                answer = client.get(answer["Location"])
            assert answer.status_code == 302 and answer["Location"] == opened
            assert "Drive is open already." in body(client, opened)
    assert client.post(f"{opened}discard/").status_code == 302
    assert Programme.objects.filter(pk=made.pk).exists(), "what is open is not thrown away"
    client.post(f"{opened}close/", {"typed": "drive"})
    client.post(f"{opened}open/")
    assert "Drive is closed." in body(client, opened)


def test_the_check_of_a_draft_warns_that_nobody_is_in_charge_and_no_target_is_set(
    world: World, president: Account
) -> None:
    made = make(world, president)
    client, check = browser(president), f"/programmes/{made.public_id}/draft/check/"
    charge, target = "No in-charge yet. When it opens", "No target is set."
    page = body(client, check)
    assert charge in page and target in page
    with system("test"):
        target_actions.set_target(
            programme_id=made.pk, unit_id=made.owner_id, n=100, by=actor(president), at=NOW
        )
    page = body(client, check)
    assert charge in page and target not in page
    in_charge = world.holder("district_president", "N11", name="Asha Devi")
    with system("test"):
        actions.name_in_charge(
            programme_id=made.pk,
            unit_id=made.owner_id,
            account=in_charge.public_id,
            role="in_charge",
            by=actor(president),
            at=NOW,
        )
    assert charge not in body(client, check)


def test_a_state_chooses_the_tree_of_its_programme_and_is_not_asked_where_there_is_one(
    world: World, president: Account
) -> None:
    client = browser(president)
    page = body(client, "/programmes/new/")
    choices = page.split('name="hierarchy"')[1].split("</select>")[0]
    assert re.findall(r'<option value="(\d)"', choices) == ["1", "2"], (
        "this state has no units of administration"
    )
    given = {"template": "membership_drive", "owner": "N1", "name_en": "By constituencies", "hierarchy": "2"}
    when = client.post("/programmes/new/", given)["Location"].replace("/who/", "/when/")
    assert Programme.objects.get(names__en="By constituencies").hierarchy == 2
    page = body(client, when)
    assert 'value="C1"' in page and 'value="N11"' not in page
    without_constituencies(world, "N2")
    other = browser(world.holder("state_president", "N2"))
    page = body(other, "/programmes/new/")
    assert 'name="owner"' in page and 'name="hierarchy"' not in page
    other.post("/programmes/new/", given | {"owner": "N2", "name_en": "By districts"})
    assert Programme.objects.get(names__en="By districts").hierarchy == 1


def test_units_below_are_chosen_by_name_and_one_named_twice_is_refused_by_it(
    world: World, president: Account
) -> None:
    client = browser(president)
    given = {"template": "membership_drive", "owner": "N1", "name_en": "By name", "hierarchy": "1"}
    when = client.post("/programmes/new/", given)["Location"].replace("/who/", "/when/")
    days = {"opens_on": str(NOW.date()), "closes_on": str(NOW.date() + timedelta(days=30))}
    for named, problem in (
        ("Unit N11\n  unit  n11", "unit n11 is in the list twice"),
        ("Unit N11\nAtlantis", "no unit “Atlantis”"),
        ("Unit N11\nUnit N111", "lies inside another"),
    ):
        refused = client.post(when, days | {"named": named})
        assert refused.status_code == 422 and problem in refused.content.decode(), problem
    with system("test"):
        assert client.post(when, days | {"named": "unit n111\nN12"}).status_code == 302
        (made,) = Programme.objects.filter(names__en="By name")
        assert set(queries.scope_units(made)) == {world.unit("N111"), world.unit("N12")}
        Unit.objects.filter(code="N12").update(names={"en": "Unit N11"})
    page = body(client, when)
    assert "N111</textarea>" in page and re.search(r'value="N12"[^>]*checked', page)
    two = client.post(when, days | {"named": "Unit N11"})
    assert two.status_code == 422 and "2 units are called" in two.content.decode()


def test_a_tree_that_the_chosen_state_has_not_is_refused_at_its_field(
    world: World, president: Account
) -> None:
    without_constituencies(world, "N2")
    world.appoint(president, "state_president", "N2")
    given = {"template": "membership_drive", "owner": "N2", "name_en": "By constituencies", "hierarchy": "2"}
    answer = browser(president).post("/programmes/new/", given)
    assert answer.status_code == 422 and "This unit has no such units below it" in answer.content.decode()
    assert not Programme.objects.exists()


def without_constituencies(world: World, state: str) -> None:
    """A state that is in the tree of the organisation alone."""
    with system("test"):
        place = Placement.objects.get(unit=world.unit(state), hierarchy=2)
        Placement.objects.filter(hierarchy=2, lo__gte=place.lo, lo__lt=place.hi).delete()


def test_the_check_says_how_the_target_is_split(world: World, president: Account) -> None:
    client, draft = browser(president), make(world, president)
    target, check = (f"/programmes/{draft.public_id}/draft/{step}/" for step in ("target", "check"))
    page = body(client, check)
    assert "is split" not in page, "no target, no split"
    assert re.search(r'<h2 id="[^"]*">Check</h2>', page), (
        "the steps above have the number; sections count themselves"
    )
    n = f"n_{world.unit('N1')}_1"
    client.post(target, {n: "80", "how": ""})
    assert re.search(r"How the target of Unit N1 is split</dt><dd>\s*Not yet", body(client, check))
    client.post(target, {n: "80", "how": "equally"})
    page = body(client, check)
    assert re.search(r"equally;\s+District: 2, Mandal: 4, Booth: 8", page)
    assert "Unit N11 40, Unit N12 40" in page and "more</span>" not in page


def test_a_failed_step_answers_422_and_says_why_beside_the_field(world: World, president: Account) -> None:
    client = browser(president)
    answer = client.post("/programmes/new/", {"template": "membership_drive", "owner": "N1"})
    assert answer.status_code == 422
    assert "Give the programme a name" in answer.content.decode()
    assert (
        client.post("/programmes/new/", {"template": "x", "owner": "N2", "name_en": "a"}).status_code == 422
    )
    assert not Programme.objects.exists()
    when = client.post(
        "/programmes/new/",
        {"template": "membership_drive", "owner": "N1", "hierarchy": "1", "name_en": "Drive"},
    )["Location"].replace("/who/", "/when/")
    today = clock.day_in(settings.TIME_ZONE, NOW)
    for opens, closes in (
        (str(today), str(today - timedelta(days=1))),
        ("yesterday", str(today)),
        (str(today - timedelta(days=9)), str(today - timedelta(days=5))),
    ):
        answer = client.post(when, {"opens_on": opens, "closes_on": closes})
        assert answer.status_code == 422
    target = when.replace("/when/", "/target/")
    for n in ("-1", "many", "99999999999"):
        assert client.post(target, {f"n_{world.unit('N1')}_1": n}).status_code == 422
    assert client.get(when.replace("/when/", "/nonsense/")).status_code == 404
    discard = f"/programmes/{Programme.objects.get().public_id}/discard/"
    assert client.post(discard).status_code == 302
    assert not Programme.objects.exists()


def test_every_page_as_every_role(world: World, president: Account, drive: Programme) -> None:
    one = f"/programmes/{drive.public_id}/"
    roles: dict[str, tuple[Client, list[int]]] = {
        "nobody": (browser(), [302, 302, 302, 302]),
        "weak": (browser(president, strong=False), [302, 302, 302, 302]),
        "state": (browser(president), [200, 200, 200, 200]),
        "district": (browser(world.holder("district_president", "N12")), [200, 200, 200, 403]),
        "booth": (browser(world.holder("booth_president", "N1111")), [200, 200, 200, 403]),
        "another state": (browser(world.holder("state_president", "N2")), [200, 404, 404, 200]),
        "nation": (browser(world.holder("national_president", "N")), [200, 200, 200, 200]),
    }
    for role, (client, wanted) in roles.items():
        found = [
            client.get(path).status_code
            for path in ("/programmes/", one, f"{one}targets/", "/programmes/new/")
        ]
        assert found == wanted, role


def test_a_nul_in_a_search_finds_nobody_and_breaks_nothing(
    world: World, president: Account, drive: Programme
) -> None:
    client, draft = browser(president), make(world, president)
    for path in (f"{drive.public_id}/", f"{drive.public_id}/targets/", f"{draft.public_id}/draft/who/"):
        page = body(client, f"/programmes/{path}?q=%00")
        assert "Name as in charge" not in page


def test_a_new_programme_of_more_units_than_one_split_takes_is_split_among_those_directly_below(
    world: World, president: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, draft = browser(president), make(world, president)
    target = f"/programmes/{draft.public_id}/draft/target/"
    assert "By electors, down to the booths" in body(client, target)
    monkeypatch.setattr(splits, "MOST", 3)
    assert "By electors, among the units directly below" in body(client, target)
    asked = {f"n_{world.unit('N1')}_1": "1,25,000", "how": "equally"}
    assert client.post(target, asked).status_code == 302
    with system("test"):
        assert queries.gap(programme=draft, node=world.unit("N1"), on=TODAY).sums
        assert queries.gap(programme=draft, node=world.unit("N11"), on=TODAY).without == 2


def test_targets_of_a_new_programme_are_all_kept_or_none_is(world: World, president: Account) -> None:
    districts = [world.unit("N11"), world.unit("N12")]
    draft = make(world, president, unit_ids=districts)
    with system("test"):
        target_actions.set_target(
            programme_id=draft.pk, unit_id=districts[1], n=7, lock=True, by=actor(president), at=NOW
        )
    client, target = browser(president), f"/programmes/{draft.public_id}/draft/target/"
    asked = {f"n_{unit}_1": "1,000" for unit in districts} | {"how": "equally"}
    assert client.post(target, asked).status_code == 409
    with system("test"):
        below = [*districts, world.unit("N111")]
        assert {
            unit: one.n for unit, one in target_queries.targets(programme=draft, units=below).items()
        } == {districts[1]: 7}


def test_the_target_step_asks_no_more_queries_for_more_units(world: World, president: Account) -> None:
    def asked(*codes: str) -> int:
        draft = make(world, president, unit_ids=[world.unit(code) for code in codes])
        client, target = browser(president), f"/programmes/{draft.public_id}/draft/target/"
        with CaptureQueriesContext(connection) as seen:
            body(client, target)
        return len(seen)

    asked("N11")
    assert asked("N111", "N112", "N121", "N122") == asked("N11")


def test_addresses_that_are_posted_to_lead_to_their_page(
    world: World, president: Account, drive: Programme
) -> None:
    client, one, draft = browser(president), f"/programmes/{drive.public_id}/", make(world, president)
    for address, page in (
        (f"{one}targets/set/", f"{one}targets/"),
        (f"/programmes/{draft.public_id}/open/", f"/programmes/{draft.public_id}/draft/check/"),
    ):
        assert client.get(address)["Location"] == page


def test_a_district_sees_its_own_figures_exactly_and_the_states_rounded(
    world: World, president: Account, drive: Programme
) -> None:
    one = f"/programmes/{drive.public_id}/"
    own = browser(world.holder("district_president", "N11"))
    page = body(own, f"{one}?unit=N11")
    assert {"37", "23"} <= numbers(page)
    page = body(own, f"{one}?unit=N1")
    assert "37" in numbers(page)  # the row of one's own district
    assert "You see another unit" in page and "40" in numbers(page)
    other = browser(world.holder("district_president", "N12"))
    page = body(other, f"{one}?unit=N11")
    assert not {"37", "23"} & numbers(page) and {"40", "20"} <= numbers(page)
    assert "&lt;10" in page
    export = other.get(f"{one}?unit=N1&format=csv")
    text = export.getvalue().decode()
    assert ",37," not in text and "<10" in text


def test_every_list_is_exported_as_it_is_shown(world: World, president: Account, drive: Programme) -> None:
    client, one = browser(president), f"/programmes/{drive.public_id}/"
    for path, wanted in (
        ("/programmes/", ",37,23"),
        (f"{one}?", ",37,23,"),
        (f"{one}targets/?", "Unit N12,N12"),
    ):
        answer = client.get(path + ("?" if "?" not in path else "&") + "format=csv")
        assert wanted in answer.getvalue().decode(), path


def test_targets_are_set_split_and_locked_on_one_page(
    world: World, president: Account, drive: Programme
) -> None:
    client, base = browser(president), f"/programmes/{drive.public_id}/targets/"
    seen = taken(body(client, f"{base}preview/?unit=N1&how=equally&levels=1"))
    answer = client.post(f"{base}split/?unit=N1", seen, follow=True)
    assert answer.status_code == 200
    assert "add up exactly, at every level" in answer.content.decode()
    assert client.post(f"{base}set/?unit=N1", {"about": "N11", "n": "450"}).status_code == 302
    assert "50 are missing" in body(client, f"{base}?unit=N1")
    assert client.post(f"{base}lock/?unit=N1", {"about": "N11", "locked": "on"}).status_code == 302
    answer = client.post(f"{base}set/?unit=N1", {"about": "N11", "n": "1"})
    assert answer.status_code == 409 and "locked" in answer.content.decode()
    seen = taken(body(client, f"{base}preview/?unit=N1&how=electors&levels=1"))
    assert client.post(f"{base}split/?unit=N1", seen).status_code == 302
    with system("test"):
        found = target_queries.targets(programme=drive, units=[world.unit("N11"), world.unit("N12")])
    assert [found[world.unit(code)].n for code in ("N11", "N12")] == [450, 550]
    assert client.post(f"{base}lock/?unit=N1", {"about": "N11"}).status_code == 302
    for n in ("-5", "x", ""):
        assert client.post(f"{base}set/?unit=N1", {"about": "N11", "n": n}).status_code == 422
    assert client.post(f"{base}split/?unit=N1", {"about": "N1", "how": "by magic"}).status_code == 422


def test_a_district_president_may_split_but_not_raise_or_lower_their_own(
    world: World, president: Account, drive: Programme
) -> None:
    with system("test"):
        target_actions.set_target(
            programme_id=drive.pk,
            unit_id=world.unit("N11"),
            n=100,
            by=actor(president),
            at=NOW,
        )
    client = browser(world.holder("district_president", "N11"))
    base = f"/programmes/{drive.public_id}/targets/"
    assert client.post(f"{base}set/?unit=N11", {"about": "N11", "n": "1"}).status_code == 403
    seen = taken(body(client, f"{base}preview/?unit=N11&how=equally&levels=1"))
    assert client.post(f"{base}split/?unit=N11", seen).status_code == 302
    assert client.post(f"{base}split/?unit=N12", {"about": "N12", "how": "equally"}).status_code == 403


def test_an_open_programme_is_renamed_prolonged_and_closed(
    world: World, president: Account, drive: Programme
) -> None:
    client, one = browser(president), f"/programmes/{drive.public_id}/"
    given = {"name_en": "Big drive", "name_hi": "बड़ा अभियान", "closes_on": str(drive.closes_on)}
    assert client.post(f"{one}change/", given).status_code == 302
    assert "Big drive" in body(client, one)
    assert client.post(f"{one}change/", given | {"closes_on": "2020-01-01"}).status_code == 422
    assert f'href="{one}close/"' not in body(client, one), "closing stands on the page that changes it"
    assert f'href="{one}close/"' in body(client, f"{one}change/")
    asked = body(client, f"{one}close/")
    assert "Close this programme: Big drive" in asked and "cannot be opened again" in asked
    for typed in ("", "drive", "Big drives"):
        answer = client.post(f"{one}close/", {"typed": typed})
        assert answer.status_code == 422 and "Open" in body(client, one), typed
    assert client.post(f"{one}close/", {"typed": " बड़ा  अभियान "}).status_code == 302
    assert "Closed" in body(client, one)
    assert client.post(f"{one}close/", {"typed": "Big drive"})["Location"] == one
    assert "Big drive is not open." in body(client, one)


def test_the_pages_are_in_hindi(world: World, president: Account, drive: Programme) -> None:
    client = browser(president, language="hi")
    for path in ("", f"{drive.public_id}/", f"{drive.public_id}/targets/", "new/"):
        page = body(client, f"/programmes/{path}")
        assert 'lang="hi"' in page and "सदस्यता अभियान" in page
        text = re.sub(
            r"<[^>]+>|&[a-z]+;|\{[^}]*\}", " ", re.sub(r"(?s)<head.*?</head>|<script.*?</script>", "", page)
        )
        left = set(re.findall(r"\b(?:Target|Units below|Window|Owner|Split|Save|Next|In charge)\b", text))
        assert not left, (path, left)


def test_no_page_asks_more_queries_for_more_rows(world: World, president: Account, drive: Programme) -> None:
    client = browser(president)

    def asked(path: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            body(client, path)
        return len(seen)

    paths = ["/programmes/", f"/programmes/{drive.public_id}/", f"/programmes/{drive.public_id}/targets/"]
    for path in paths:
        asked(path)  # what is read once and kept
    before = [asked(path) for path in paths]
    at = NOW
    with system("test"):
        for number in range(5):
            more = actions.make_programme(
                template="membership_drive",
                names={"en": f"More {number}"},
                owner_id=world.unit("N1"),
                unit_ids=[world.unit("N1")],
                opens_on=drive.opens_on,
                closes_on=drive.closes_on,
                by=actor(president),
                at=at,
            )
            actions.open_programme(programme_id=more.pk, by=actor(president), at=at)
        target_actions.split_target(
            programme_id=drive.pk,
            unit_id=world.unit("N1"),
            how="equally",
            levels=None,
            by=actor(president),
            at=at,
        )
        actions.fold_changes(at=at)
    assert [asked(path) for path in paths] == before


def test_a_unit_whose_in_charge_declined_says_so_until_somebody_is_named(
    world: World, president: Account, drive: Programme
) -> None:
    client, page = browser(president), f"/programmes/{drive.public_id}/?unit=N11"
    assert "No in-charge here yet." in body(client, page)

    def name(account: Account) -> int:
        with system("test"):
            made = actions.name_in_charge(
                programme_id=drive.pk,
                unit_id=world.unit("N11"),
                account=UUID(str(account.public_id)),
                by=actor(president),
                at=NOW,
            )
        return made.pk

    asha, bilal = (world.holder("district_president", "N11", name=who) for who in ("Asha", "Bilal"))
    declined = browser(asha).post(
        f"/programmes/in-charge/{name(asha)}/", {"answer": "decline", "reason": "Away until March"}
    )
    assert declined.status_code == 302
    for path, says in (
        (page, "No in-charge in Unit N11: Asha declined on"),
        (
            f"/programmes/{drive.public_id}/in-charges/?show=missing",
            "Units without an in-charge, or whose",
        ),
    ):
        shown = body(client, path)
        assert says in re.sub("<[^>]*>", "", shown) and "No in-charge here yet" not in shown
    name(bilal)
    shown = body(client, page)
    assert "No in-charge in" not in shown and "Bilal" in shown


def test_a_programme_of_places_gets_one_in_each_without_a_number_typed(
    world: World, president: Account
) -> None:
    client = browser(president)
    given = {"template": "stays", "owner": "N1", "hierarchy": "1", "name_en": "Stays", "name_hi": "प्रवास"}
    draft = client.post("/programmes/new/", given)["Location"].replace("/who/", "/%s/")
    page = body(client, draft % "when")
    assert "One booth of every village" in page and "Each ward" not in page, "this tree has no wards"
    today = clock.day_in(settings.TIME_ZONE, NOW)
    days = {"opens_on": str(today), "closes_on": str(today + timedelta(days=2))}
    assert client.post(draft % "when", days | {"places": "village"}).status_code == 422
    assert client.post(draft % "when", days | {"places": ""}).status_code == 302
    assert re.search(r'value="places"[^>]*checked', body(client, draft % "target"))
    answer = client.post(draft % "target", {f"n_{world.unit('N1')}_1": "", "how": "places"})
    check = body(client, answer["Location"])
    assert "no booths: 8." in check and "by number of places" in check
    one = Programme.objects.get(names__en="Stays")
    booths = [unit.pk for unit in world.units.values() if unit.kind == "booth" and unit.code.startswith("N1")]
    with system("test"):
        found = target_queries.targets(programme=one, units=[world.unit("N1"), *booths], measure=1)
    assert found.pop(world.unit("N1")).n == 8 and [target.n for target in found.values()] == [1] * 8
    targets = body(client, f"/programmes/{one.public_id}/targets/?unit=N1111")
    assert "of electors" not in targets


def test_a_target_is_typed_as_people_say_it(world: World, president: Account) -> None:
    client, made = browser(president), make(world, president)
    page = f"/programmes/{made.public_id}/targets/"
    for typed, n in (("2 crore", 20_000_000), ("50 लाख", 5_000_000), ("1.5 lakh", 150_000)):
        answer = client.post(f"{page}set/?unit=N1", {"about": "N1", "n": typed})
        assert answer.status_code == 302, typed
        with system("test"):
            assert (
                target_queries.targets(programme=made, units=[world.unit("N1")], measure=1)[
                    world.unit("N1")
                ].n
                == n
            )
