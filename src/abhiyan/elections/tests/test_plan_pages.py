"""The pages of plans: made in two steps, seats by hand and locked, versions, sides and cascade; without a script."""

import csv
import re
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from abhiyan.core.scope import system
from abhiyan.elections import actions
from abhiyan.elections.models import Contest, Plan, ResultFile
from abhiyan.elections.queries import planning
from abhiyan.elections.queries.planning import Aims
from abhiyan.elections.reference import PACKAGED_ORIGIN
from abhiyan.elections.views.plans import often
from abhiyan.org.tests.make import AT, SYSTEM, World, actor
from abhiyan.people.models import Account
from abhiyan.people.tests.make import body, browser
from abhiyan.targets.views.splitting import plans_offered
from abhiyan.units.models import Unit

from .make import bring, reasons, rows_of, written
from .test_make_plan import SEATS, make, seats
from .test_passing_down import plan, president, world

__all__ = ["plan", "president", "world"]
pytestmark = pytest.mark.django_db


def text(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


STEP_TWO = "/elections/plans/new/?owner=N1&election=LS2024&state=S08"
GOALS = {"party": "BJP", "alliance": "", "method": "uniform", "name_en": "Three", "seats_goal": "3"}


def test_without_results_a_new_plan_says_what_comes_first(db: None) -> None:
    client = browser(World().holder("state_president", "N1"))
    for path in ("/elections/plans/", "/elections/plans/new/"):
        page = body(client, path)
        assert "A plan starts from a past result" in page and 'name="election"' not in page


def test_who_made_a_plan_is_named_in_the_script_of_the_page(world: World) -> None:
    plan = make(world, world.holder("state_president", "N1", name="आशा देवी"), Aims(seats_goal=3))
    reader = world.holder("state_general_secretary", "N1", name="Kamla Devi")
    all_versions = f"/elections/plans/{plan.public_id}/?versions=all"
    for path in ("/elections/plans/", all_versions):
        page = body(browser(reader), path)
        assert "Asha Devi" in page and "आशा" not in page, path
        assert "आशा देवी" in body(browser(reader, language="hi"), path)


def test_a_plan_says_where_its_last_result_is_from_and_when_it_came(world: World, president: Account) -> None:
    plan = make(world, president, Aims(seats_goal=3))
    client, path = browser(president), f"/elections/plans/{plan.public_id}/"
    assert "Source of the last result: results.csv, 20 Nov 2026 " in text(body(client, path))
    with system("test"):
        ResultFile.objects.update(origin=PACKAGED_ORIGIN)
    said = "Election Commission of India, as collected in public repositories, 20 Nov 2026"
    assert f"Source of the last result: {said}" in text(body(client, path))
    assert f"Source: {said}" in text(body(client, STEP_TWO))


def test_a_plan_is_made_in_two_steps_and_looked_at_before(world: World, president: Account) -> None:
    client = browser(president)
    assert "No plan here yet" in body(client, "/elections/plans/")
    page = body(client, "/elections/plans/new/")
    assert 'value="N1"' in page and 'value="LS2024"' in page
    page = body(client, STEP_TWO)
    assert 'value="BJP"' in page and "results.csv" in page
    answer = client.post(STEP_TWO, GOALS | {"then": "look"})
    assert answer.status_code == 200 and "Nothing is saved yet" in answer.content.decode()
    assert not Plan.objects.exists()
    answer = client.post(STEP_TWO, GOALS | {"then": "make", "votes_goal": "1,15,00,000"})
    assert answer.status_code == 302
    with system("test"):
        made = Plan.objects.get()
    assert (made.seats_goal, made.votes_goal, made.names["en"]) == (3, 11_500_000, "Three")
    page = text(body(client, answer["Location"]))
    assert "3 of 4 seats, 1,15,00,000 votes; last time 1 seat and 1,150 votes" in page
    assert "The goal is 1,15,00,000 votes. All voters together" in page
    assert "2 seats are to be won from others. They need" in page
    assert "results.csv, row 6" in page  # the source of the last votes
    said = r"If every seat swings about \+[\d.]+ points: (\d to \d seats; 3 is reached .+?\.) Votes: "
    (headline,) = re.findall(said, page)
    assert page.index(headline) < page.index("to be won from others"), "the range is the plan's headline"
    assert "Split to booths" in page and "holds in 95 of 100 random tries" in page
    page = text(body(client, answer["Location"] + "?show="))
    assert "results.csv, row 2" in page and "no candidate last time" in page and "by the swing" in page
    page = text(body(client, "/elections/plans/?q=thr"))
    assert "Three" in page and "what does not fit" in page
    assert client.post(STEP_TWO, GOALS | {"then": "make"}).status_code == 302
    assert text(body(client, "/elections/plans/")).count("what does not fit") == 1  # three seats can be won
    assert "No plan fits" in body(client, "/elections/plans/?q=nothing")


def test_what_does_not_fit_is_told_at_its_field(world: World, president: Account) -> None:
    client = browser(president)
    answer = client.post(STEP_TWO, GOALS | {"name_en": "", "share_goal_pct": "200", "seats_goal": "many"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "Give it a name" in page and not Plan.objects.exists()
    for wrong, told in (
        ({"seats_goal": "9" * 20}, "Write at most 100000."),
        ({"votes_goal": "9" * 20}, "Write at most 2000000000."),
        ({"votes_goal": "12,5"}, "Commas or spaces are in the wrong places"),
        ({"swing": "100.5"}, "In points a swing is from −100 to 100"),
    ):
        answer = client.post(STEP_TWO, GOALS | wrong | {"then": "look"})
        assert answer.status_code == 422 and told in answer.content.decode(), wrong
    assert (
        client.post(STEP_TWO, GOALS | {"method": "proportional", "swing": "300", "then": "look"}).status_code
        == 200
    )
    assert client.get("/elections/plans/new/?owner=N2&election=LS2024").status_code == 422
    assert client.get("/elections/plans/new/?owner=N1&election=LS1801").status_code == 422


def test_seats_are_set_and_locked_in_one_form_and_make_one_version(
    world: World, president: Account, plan: Plan
) -> None:
    client = browser(president)
    path = f"/elections/plans/{plan.public_id}/seats/"
    page = body(client, path)
    before = seats(plan)
    assert page.count('type="checkbox"') == 4
    ids = [seat.contest_id for seat in before.values()]
    form = {"seat": ids} | {f"votes_{seat.contest_id}": str(seat.votes) for seat in before.values()}
    answer = client.post(path, form)
    assert answer.status_code == 302 and Plan.objects.count() == 1  # nothing changed
    answer = client.post(path, form | {f"lock_{one}": "on" for one in ids[:3]})
    locked = Plan.objects.model(public_id=answer["Location"].split("/")[3])
    page = body(client, f"/elections/plans/{locked.public_id}/?show=locked")
    assert page.count('<td class="sn">') == 3
    form |= {f"lock_{one}": "on" for one in ids[:3]}
    again = f"/elections/plans/{locked.public_id}/seats/"
    answer = client.post(again, form | {f"votes_{ids[3]}": "abc"})
    assert answer.status_code == 422 and "write a whole number" in answer.content.decode()
    answer = client.post(again, form | {f"votes_{ids[3]}": "4,00"})
    assert answer.status_code == 422 and "12,34,567" in answer.content.decode()
    answer = client.post(again, form | {f"votes_{ids[3]}": "999999999999"})
    assert answer.status_code == 422 and "2,00,00,00,000 votes at most" in answer.content.decode()
    answer = client.post(again, form | {f"votes_{ids[3]}": "0,400"})
    with system("test"):
        newest = Plan.objects.get(number=3)
    assert seats(newest)[4].votes == 400 and seats(newest)[4].by_hand
    assert client.post(again, form).status_code == 302  # the same form again
    with system("test"):
        assert Plan.objects.order_by("number").values_list("number", flat=True).last() == 3
    page = text(body(client, f"/elections/plans/{newest.public_id}/compare/"))
    assert "Seat 4" in page and "+400" in page and "Unit C1" not in page
    page = text(body(client, f"/elections/plans/{newest.public_id}/compare/?other={plan.public_id}&show=all"))
    assert "Unit C1" in page and "version 1" in page
    assert "newer version" in body(client, f"/elections/plans/{plan.public_id}/")


def test_what_is_looked_at_is_what_is_made_and_looking_needs_no_name(
    world: World, president: Account
) -> None:
    client = browser(president)
    assert "optional" not in text(body(client, STEP_TWO)).split("Name in Hindi")[1][:80]
    looked = client.post(STEP_TWO, GOALS | {"name_en": "", "then": "look"})
    assert looked.status_code == 200 and "Give it a name" not in looked.content.decode()
    assert client.post(STEP_TWO, GOALS | {"then": "make"}).status_code == 302
    with system("test"):
        made = Plan.objects.get()
    low, _middle, high = made.found["range"][:3]
    assert f"{low}–{high}" in text(looked.content.decode())
    answer = client.post(STEP_TWO, GOALS | {"seats_goal": "1", "then": "look"})
    assert "The last result reaches these goals already" in answer.content.decode()


@pytest.mark.parametrize(
    "aims",
    [
        Aims(seats_goal=3),
        Aims(seats_goal=4, method="hold"),
        Aims(method="proportional", share_goal_pct=45.0),
        Aims(method="hand"),
    ],
)
def test_a_plans_seats_are_its_range_on_every_page_list_and_menu(
    world: World, president: Account, aims: Aims
) -> None:
    one = make(world, president, aims)
    low, point, high = one.found["range"][:3]
    seats, words = f"{low}–{high}", f"{low} to {high} seats"
    if low == high:
        seats, words = str(low), f"{low} seat{'s' * (low != 1)}"
    client, path = browser(president), f"/elections/plans/{one.public_id}/"
    page = body(client, path)
    assert text(page.partition('<p class="lead">')[2].partition("</p>")[0]).startswith(words), point
    goals = text(page.partition("Goal, plan, last time")[2].partition("</table>")[0])
    assert re.search(rf"Seats (\d|–) {seats} ", goals), goals
    assert f"{words}, " in text(page.partition('id="h5"')[2]), "its versions"
    assert f" {seats} " in text(body(client, "/elections/plans/").partition("<tbody")[2])
    assert f" {seats} " in text(body(client, path + "sides/").partition("<tbody")[2])
    file = client.get("/elections/plans/?format=csv").getvalue().decode("utf-8-sig")
    (row,) = csv.DictReader(file.splitlines())
    assert (row["Seats, at least"], row["Seats, at most"]) == (str(low), str(high))
    with system("test"), override("en"):
        assert [called for _pk, called in plans_offered()] == [
            f"All of it: {words}, version 1, of {one.unit.names['en']}"
        ]


def test_goals_change_as_a_new_version(world: World, president: Account, plan: Plan) -> None:
    client = browser(president)
    path = f"/elections/plans/{plan.public_id}/change/"
    assert 'value="3"' in body(client, path)
    answer = client.post(path, {"method": "proportional", "share_goal_pct": "30"})
    assert answer.status_code == 302
    with system("test"):
        newest = Plan.objects.get(number=2)
    assert (newest.seats_goal, newest.share_goal_pct, newest.method) == (None, 30, "proportional")
    assert client.post(path, {"method": "uniform"}).status_code == 409


def test_an_incomplete_result_is_said_wherever_a_plan_is_worked_out(world: World, president: Account) -> None:
    told = "The last result is incomplete: 4 of 543 seats."
    client = browser(president)
    looked = client.post(STEP_TWO.replace("S08", ""), GOALS | {"then": "look"})
    assert told in looked.content.decode()
    assert told not in client.post(STEP_TWO, GOALS | {"then": "look"}).content.decode()
    of_all = make(world, president, Aims(seats_goal=3), state="")
    for more in ("", "sides/"):
        assert told in body(client, f"/elections/plans/{of_all.public_id}/{more}"), more


def test_votes_missing_are_of_the_seats_to_be_won_from_others(world: World, president: Account) -> None:
    with system("test"):
        Contest.objects.update(electors=2_000)  # with a turnout of 80 % the seat held needs more votes, too
    of = make(world, president, Aims(seats_goal=2, turnout_pct=80))
    found = {number: planning.seat_found(of, seat.contest_id) for number, seat in seats(of).items()}
    new = [one for one in found.values() if one.won and not one.last_won]
    assert found[1].won and found[1].last_won and found[1].need > found[1].last_votes and len(new) == 1
    page = text(body(browser(president), f"/elections/plans/{of.public_id}/"))
    missing = new[0].need - new[0].last_votes
    assert f"1 seat is to be won from others. It needs {missing} more votes." in page


def test_with_and_without_allies_side_by_side(world: World, president: Account, plan: Plan) -> None:
    client = browser(president)
    path = f"/elections/plans/{plan.public_id}/sides/"
    assert "This party has no alliance" in body(client, path)
    with system("test"):
        actions.make_alliance(
            election="LS2024",
            state="S08",
            names={"en": "Front"},
            lead="BJP",
            parties=["AD"],
            by=SYSTEM,
            at=AT,
        )
    page = text(body(client, path))
    assert "BJP alone" in page and "BJP with Front" in page
    lines = body(client, path + "?format=csv").splitlines()
    assert len(lines) == 5 and "BJP with Front: Short by (votes)" in lines[0]


def test_votes_are_passed_down_set_and_locked_on_the_page(
    world: World, president: Account, plan: Plan
) -> None:
    client = browser(president)
    path = f"/elections/plans/{plan.public_id}/below/"
    page = text(body(client, path))
    assert "Unit C1" in page and "not yet" in page and ": 3." in page  # three seats without a unit
    assert "Pass it down" in body(client, path + "?unit=C1")
    answer = client.post(path + "pass/", {"unit": "C1", "basis": "electors", "down_to": "booth"})
    assert answer.status_code == 302
    page = text(body(client, path + "?unit=C1"))
    assert "The units right below add up exactly" in page and "by electors" in page
    answer = client.post(path + "set/", {"about": "N111", "n": "7"})
    assert answer.status_code == 302 and answer["Location"].endswith("?unit=C1")
    page = text(body(client, path + "?unit=C1"))
    assert "locked" in page and "by hand" in page and "+" in page
    assert client.post(path + "lock/", {"about": "N111"}).status_code == 302
    answer = client.post(path + "set/", {"about": "N111", "n": "999999"})
    assert answer.status_code == 422 and "Unlock one, or change its number" in answer.content.decode()
    answer = client.post(path + "set/", {"about": "N1111", "n": "6"}, follow=True)
    assert "more than its" not in answer.content.decode()
    with system("test"):
        Unit.objects.filter(code="N1111").update(electors=5)
    answer = client.post(path + "set/", {"about": "N1111", "n": "6"}, follow=True)
    page = text(answer.content.decode())
    assert "N1111: 6 votes are more than its 5 electors" in page and "more than its electors" in page
    page = text(body(client, f"/elections/plans/{plan.public_id}/"))
    assert "with more votes than electors: 1. The worst has 6 votes and 5 electors" in page
    asked = {"unit": "N111", "basis": "class", "down_to": "booth"}
    page = text(client.post(path + "pass/", asked, follow=True).content.decode())
    assert (
        "Numbers changed: 0" in page and "have no figures to split by class, so we split by electors" in page
    )
    assert len(body(client, path + "?unit=N111&format=csv").splitlines()) == 3
    assert client.get(path + "?unit=N2").status_code == 404


def test_the_checker_says_which_reading_fits(world: World, president: Account) -> None:
    client = browser(president)
    path = "/elections/plans/check/"
    body(client, path)
    page = text(body(client, path + "?typed=65+constituencies+x+5,000+%3D+325,000"))
    assert "The plan adds up." in page
    page = text(body(client, path + "?typed=65+x+5,000+%3D+325,000&parts=6.7"))
    assert "The number is per unit" in page and "33,500 per unit" in page
    page = text(body(client, path + "?typed=65+x+750+%3D+325,000&parts=6.7"))
    assert "The number is per part" in page and "5,025 per unit" in page
    page = text(body(client, path + "?typed=65+constituencies,+750+each,+3.25+lakh"))
    assert "The plan does not add up." in page and "Read as: 65 × 750 = 3,25,000" in page
    assert "3,25,000 in all would need 5,000 per unit." in page
    page = text(body(client, path + "?typed=24+लाख+÷+403+%3D+5955"))
    assert "It adds up." in page and "24,00,000 ÷ 403 is 5,955.33." in page
    page = text(body(client, path + "?typed=51%25+of+8.79+crore+%3D+5+crore"))
    assert "It does not fit." in page and "51% of 8,79,00,000 is 4,48,29,000." in page
    assert "51% of 200 is 102." in text(body(client, path + "?typed=51%25+of+200+%3D+…"))
    assert client.get(path + "?typed=65+and+5").status_code == 422
    assert "Negative numbers do not fit" in client.get(path + "?typed=−65+x+5000%3D1").content.decode()
    assert client.get(path + "?typed=65+x+5%3D9&parts=x").status_code == 422


def test_a_plan_out_of_sight_is_not_there_and_who_may_not_change_sees_no_buttons(
    world: World, president: Account, plan: Plan
) -> None:
    stranger = browser(world.holder("state_president", "N2", name="Other State"))
    path = f"/elections/plans/{plan.public_id}/"
    for more in ("", "seats/", "change/", "compare/", "sides/", "below/"):
        assert stranger.get(path + more).status_code == 404
    assert plan.names["en"] not in body(stranger, "/elections/plans/")
    district = browser(world.holder("district_president", "N11", name="Asha Devi"))
    page = body(district, path)
    assert "/seats/" not in page and "/change/" not in page
    assert district.get(path + "seats/").status_code == 403
    assert district.post(path + "below/pass/", {"unit": "C1"}).status_code == 403
    assert district.get("/elections/plans/new/").status_code == 403


def test_files_hold_what_is_shown(world: World, president: Account, plan: Plan) -> None:
    client = browser(president)
    path = f"/elections/plans/{plan.public_id}/"
    lines = body(client, path + "?format=csv").splitlines()
    assert len(lines) == 5 and "results.csv, row" in lines[2]
    assert len(body(client, path + "?format=csv&show=missing").splitlines()) == 2
    assert len(body(client, path + "?format=csv&q=seat+2").splitlines()) == 2
    assert len(body(client, "/elections/plans/?format=csv").splitlines()) == 2
    first = [body(client, f"{path}?format=csv&sort={sort}").splitlines()[1] for sort in ("votes", "-votes")]
    assert first[0] != first[1]


def test_everything_is_said_in_hindi_too(world: World, president: Account, plan: Plan) -> None:
    client = browser(president, "hi")
    path = f"/elections/plans/{plan.public_id}/"
    for more in ("", "seats/", "change/", "compare/", "sides/", "below/", "below/?unit=C1"):
        page = body(client, path + more)
        main = text(page.split("<main", 1)[1].split("</main>")[0])
        assert not re.search(r"\b(?:the|Seats|Votes|Compare|Missing|Back|Constituency|goals?)\b", main), main
    for address in ("/elections/plans/", "/elections/plans/new/", STEP_TWO, "/elections/plans/check/"):
        main = text(body(client, address).split("<main", 1)[1].split("</main>")[0])
        assert not re.search(r"\b(?:the|Seats|Votes|Name|Which|Next|Check)\b", main), main


def test_the_page_asks_as_many_questions_however_many_seats_and_versions(
    world: World, president: Account, plan: Plan, tmp_path: Path
) -> None:
    two = {number: SEATS[number] for number in (1, 2)}
    staged = bring(written(tmp_path, rows_of(two, year=2019), name="earlier.csv"), election="LS2019")
    assert staged.state == "done", reasons(staged)
    with system("test"):
        Contest.objects.filter(election__code="LS2019", number=1).update(unit=world.units["C2"])
    small = make(world, president, Aims(method="hand"), election="LS2019", state="S05")
    contest = next(iter(seats(plan).values())).contest_id
    large = plan
    for number in range(planning.VERSIONS_SHOWN + 1):
        with system("test"):
            large = actions.lock_seats(
                public_id=large.public_id,
                contest_ids=[contest],
                locked=number % 2 == 0,
                by=actor(president),
                at=AT,
            )
    client = browser(president)
    questions = []
    for one in (small, small, large):  # the first asks what is asked once only
        with CaptureQueriesContext(connection) as asked:
            page = body(client, f"/elections/plans/{one.public_id}/")
        questions.append(len(asked))
    assert questions[1] == questions[2] <= questions[0]
    assert (
        len(re.findall(r'">\s*version ', page)) == planning.VERSIONS_SHOWN - 1 and "All versions: 12" in page
    )
    page = body(client, f"/elections/plans/{large.public_id}/?versions=all")
    assert len(re.findall(r'">\s*version ', page)) == 11 and "All versions" not in page


def test_making_a_plan_reads_the_result_once_and_asks_no_more_for_more_elections(
    world: World, president: Account, tmp_path: Path
) -> None:
    client = browser(president)

    def asked(path: str, form: dict[str, str] | None = None) -> list[str]:
        with CaptureQueriesContext(connection) as seen:
            answer = client.get(path) if form is None else client.post(path, form)
        assert answer.status_code == 200
        return [str(one["sql"]) for one in seen.captured_queries]

    def of_sides() -> int:
        looked = asked(STEP_TWO, GOALS | {"then": "look"})
        candidates = [sql for sql in looked if '"elections_candidacy"."position"' in sql]
        assert len(candidates) == 1 and sum('sum("elections_candidacy"' in sql.lower() for sql in looked) == 1
        return len(looked)

    of_sides()
    before = (len(asked("/elections/plans/new/")), of_sides())
    two = {number: SEATS[number] for number in (1, 2)}
    for year in (2014, 2019):
        path = written(tmp_path, rows_of(two, year=year), name=f"{year}.csv")
        assert bring(path, election=f"LS{year}").state == "done"
    with system("test"):
        for name, ally in (("One", "AD"), ("Two", "SP")):
            actions.make_alliance(
                election="LS2024", state="", names={"en": name}, lead="BJP", parties=[ally], by=SYSTEM, at=AT
            )
    assert (len(asked("/elections/plans/new/")), of_sides()) == before


def test_two_versions_are_compared_from_one_reading_of_each(
    world: World, president: Account, plan: Plan
) -> None:
    with system("test"):
        newer = actions.next_version(public_id=plan.public_id, by=actor(president), at=AT)
    client = browser(president)
    with CaptureQueriesContext(connection) as seen:
        body(client, f"/elections/plans/{newer.public_id}/compare/")
    assert sum('FROM "elections_plan_seat"' in str(one["sql"]) for one in seen.captured_queries) == 2


def test_odd_addresses_and_forms_are_answered(world: World, president: Account, plan: Plan) -> None:
    client = browser(president)
    path = f"/elections/plans/{plan.public_id}/"
    for asked in (
        "?sort=moon&show=moon&page=99999&q=%00",
        "compare/?other=moon&show=moon",
        "sides/?page=moon",
        "below/?unit=%00",
        "below/?unit=" + "x" * 3000,
        "below/?unit=N1",
        "seats/?page=-1&sort=--name",
    ):
        assert client.get(path + asked).status_code in (200, 400, 404), asked
    for where, form in (
        ("seats/", {"seat": ["9" * 30, "-1", "x"], "lock_1": "on"}),
        ("change/", {"method": "moon", "share_goal_pct": "nan", "swing": "1e999"}),
        ("change/", {"method": "uniform", "votes_goal": "9" * 15}),
        ("below/pass/", {"unit": "C1", "basis": "moon", "down_to": "moon"}),
        ("below/set/", {"about": "C1", "n": "5"}),
        ("below/set/", {"about": "N111", "n": "-5"}),
        ("below/lock/", {"about": "N111", "locked": "on"}),
        ("below/pass/", {}),
    ):
        assert client.post(path + where, form).status_code in (302, 404, 422), (where, form)
    for asked in ("?typed=%00", "?typed=" + "9" * 400, "?typed=1x1%3D1&parts=-1", "?typed=x%3Dx&parts=NaN"):
        assert client.get("/elections/plans/check/" + asked).status_code in (200, 422), asked
    for asked in (
        "?election=LS2024",
        "?owner=N1&election=%00&state=%00",
        "?owner=N1&election=LS2024&state=S99",
    ):
        assert client.get("/elections/plans/new/" + asked).status_code in (200, 422), asked


@pytest.mark.parametrize(
    ("pct", "words"),
    [
        (None, ""),
        (0, "almost never"),
        (5, "about 1 time in 10"),
        (54, "every second time"),
        (56, "about 6 times in 10"),
        (95, "almost every time"),
    ],
)
def test_how_often_a_goal_is_reached_is_said_in_words(pct: float | None, words: str) -> None:
    with override("en"):
        assert often(pct) == words
