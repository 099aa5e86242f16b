"""Today: what waits for somebody comes onto it and goes from it; each office lands on its own level."""

import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client
from django.utils import translation

from abhiyan.core import declared, limits
from abhiyan.core.refusals import TooMany
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.actions.referrals import note_referred
from abhiyan.enrolment.models import Membership
from abhiyan.enrolment.tests.web import officer, today
from abhiyan.imports import actions as imports
from abhiyan.imports import queries as imported
from abhiyan.intake.actions import tokens
from abhiyan.org import actions as org
from abhiyan.org import queries as org_queries
from abhiyan.org.models import TakenWork
from abhiyan.org.rules.offices import SEATS
from abhiyan.people.tests.make import body, browser
from abhiyan.programmes import actions as programmes
from abhiyan.programmes import queries
from abhiyan.programmes.models import Programme
from abhiyan.programmes.rules import pace
from abhiyan.site.tests.cast import OFFICES, SYSTEM, Cast
from abhiyan.targets import actions as targets
from abhiyan.units.models import Kind, Placement, Unit

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def cast(open_database: None) -> Cast:
    """Committed once; what each test makes of it is rolled back."""
    return Cast.make()


def test_what_was_approved_stands_on_today_until_it_is_used(cast: Cast) -> None:
    cast._seat("approver", "data_officer", "JK", 1)
    world, at = cast.world, NOW
    asker: dict[str, Any] = {"by": cast.actor("state_president"), "at": at}
    of: dict[str, Any] = {"unit_id": world.state.pk, "reason": "for the printer", **asker}
    settings = {"unit": "JK-SRI", "in": "organisational", "channel": "web", "days": ""}
    with cast.as_("state_president"):
        token = tokens.ask_token(programme_id=world.programme.pk, name="Desks", **of)
        asked = [
            token,
            org.ask_release(act="people.export", payload=settings, **of),
            org.ask_release(act="messages.release", payload={"programme_id": world.programme.pk}, **of),
        ]
    client = cast.client("state_president")

    def shown() -> str:
        return str(client.get("/today/").content.decode())

    assert "Approved:" not in shown()
    for one in asked:
        with cast.as_("approver"):
            org.decide_release(public_id=one.public_id, allow=True, by=cast.actor("approver"), at=at)
    page = shown()
    assert page.count("Approved:") == 3
    for where in (
        f"/drives/{world.programme.public_id}/#tokens",
        "/people/?in=organisational&amp;unit=JK-SRI&amp;channel=web",
        "/messages/?state=held",
    ):
        assert f'href="{where}"' in page, where
    tokens.make_token(release_id=token.public_id, **asker)
    assert shown().count("Approved:") == 2


def owed(cast: Cast, role: str) -> set[str]:
    """Return the addresses of the buttons of somebody's Today."""
    return {
        unescape(href)
        for href in re.findall(r'class="button act[^>]*href="([^"]*)"', body(cast.client(role), "/today/"))
    }


def test_an_import_that_failed_stands_on_today_of_whoever_brought_it_until_it_is_discarded(
    cast: Cast,
    tmp_path: Path,
) -> None:
    by, at = cast.actor("district_in_charge"), NOW
    path = tmp_path / "empty.csv"
    path.write_text("Phone,Name,Birth year,Booth code,Notice version\n")
    assert not [href for href in owed(cast, "district_in_charge") if "/imports/" in href]
    with cast.as_("district_in_charge"):
        public_id = imports.import_file(
            kind_key="paper",
            path=path,
            unit_id=cast.world.district.pk,
            options={"drive": str(cast.world.programme.public_id)},
            by=by,
            at=at,
        )
    page = f"/imports/{public_id}/"
    with system("test"):
        assert imported.import_for(public_id).state == "failed"  # a header and no rows
    assert page in owed(cast, "district_in_charge")
    assert not [role for role in OFFICES if role != "district_in_charge" and page in owed(cast, role)]
    with cast.as_("district_in_charge"):
        imports.discard_import(public_id=public_id, by=by, at=at)
    assert page not in owed(cast, "district_in_charge")


def text(cast: Cast, role: str, language: str = "en", *, path: str = "/today/") -> str:
    """Return the words of all of Today, without its marks."""
    page = str(cast.client(role, language).get(path).content.decode())
    main = page.split("<main", 1)[1].partition(">")[2].split("</main>", 1)[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def test_a_full_limit_stands_on_today_of_who_looks_after_the_server(cast: Cast) -> None:
    def words(role: str) -> str:
        return body(cast.client(role), "/today/")

    assert "was full" not in words("it_administrator")
    for _each in range(declared.CODE_PHONE.allowed):
        limits.count_or_refuse(declared.CODE_PHONE, "join somebody", at=NOW)
    for _each in range(2):
        with pytest.raises(TooMany):
            limits.count_or_refuse(declared.CODE_PHONE, "join somebody", at=NOW)
    said = words("it_administrator")
    assert "The limit code.phone was full" in said and "It refused 2 requests in 24 hours." in said
    assert "was full" not in words("booth_president")


def test_vacancies_are_one_thing_to_do_of_whoever_may_fill_them_and_the_last(cast: Cast) -> None:
    every = "/appointments/?show=vacant"
    below = "/appointments/?office=mandal_president&show=vacant"
    page = text(cast, "district_in_charge")
    assert every in owed(cast, "district_in_charge")
    assert "1 mandal has no president · 2 mandals have no in-charge" in page
    assert "Srinagar has no president" not in page, "nobody appoints their senior"
    found = re.search(r"(\d+) offices are vacant here and below .* Fill ", page)
    assert found and "has no" not in page[found.end() :], "it is the last"
    assert not [href for href in owed(cast, "booth_worker") if "show=vacant" in href]
    cast._seat("president", "district_president", "JK-SRI", 1)
    for n, unit in enumerate(("JK-SRI-M1", "JK-SRI-M2")):
        cast._seat(f"in_charge_{n}", "mandal_in_charge", unit, 1)
    for n in (1, 2, 3):
        cast._seat(f"booth_{n}", "booth_president", f"JK-B00{n}", 1)
    page = text(cast, "district_in_charge")
    assert "1 mandal has no president Srinagar Take it Fill" in page, (
        "one kind of vacancy is a sentence of its own"
    )
    assert below in owed(cast, "district_in_charge")
    cast._seat("second", "mandal_president", "JK-SRI-M2", 1)
    assert not [href for href in owed(cast, "district_in_charge") if "show=vacant" in href]
    with system("test"):
        org.end_appointment(public_id=cast.appointments["second"], reason="term over", by=SYSTEM, at=NOW)
    assert below in owed(cast, "district_in_charge")


def test_today_says_how_many_were_due_and_how_many_a_day_are_needed(cast: Cast) -> None:
    cast.target("JK-SRI", 260)
    assert "Membership drive 1 counted. Due by today: 60. Needed from now on: 13 a day." in text(
        cast, "district_in_charge"
    )
    assert "Membership drive 2 counted." in text(cast, "state_president"), "without a target, what is counted"
    assert "आज तक होने थे: 60।" in text(cast, "district_in_charge", "hi")


def test_the_days_of_a_measure_are_drawn_against_its_need_with_their_table(cast: Cast) -> None:
    """On the page of all of Today, of the first measure; on a programme's page, of the one that is chosen."""
    cast.target("JK-SRI", 260)
    page = f"/programmes/{cast.world.programme.public_id}/"
    for address in ("/today/", f"{page}?unit=JK-SRI"):
        drawn = body(cast.client("district_in_charge"), address).partition('<svg class="trend"')[2]
        assert 'class="lp"' in drawn, f"what was due by each day: {address}"
        (table,) = re.findall(
            r"<details class=\"noprint\"><summary>As a table.*?</details>", drawn, re.DOTALL
        )
        assert re.search(r'<td class="num">1</td>', table), "the last day counts one"
    assert '<svg class="trend"' not in body(cast.client("national_president"), f"{page}?unit=HP"), (
        "nothing is drawn where there is neither target nor entry"
    )


def test_what_others_have_to_decide_or_answer_stands_beside_until_they_have(cast: Cast) -> None:
    cast._seat("approver", "data_officer", "JK", 1)
    by, at = cast.actor("state_president"), NOW
    with cast.as_("state_president"):
        asked = org.ask_release(
            act="people.export",
            unit_id=cast.world.state.pk,
            reason="for the printer",
            payload={},
            by=by,
            at=at,
        )
        offer = org.appoint(
            account_id=cast.accounts["no_office"].pk,
            office="district_president",
            unit_id=cast.world.district.pk,
            starts_on=today(),
            by=by,
            at=at,
        )
    page = text(cast, "state_president")
    assert "I wait for" in page and "for the printer" in page
    assert "no_office has not accepted yet District president, Srinagar" in page
    assert "I wait for" not in text(cast, "district_in_charge"), "somebody else asked"
    with cast.as_("approver"):
        org.decide_release(public_id=asked.public_id, allow=True, by=cast.actor("approver"), at=at)
    person = cast.actor("no_office")
    org.answer_offer(public_id=offer.public_id, is_accepted=True, by=person, at=NOW)
    assert "I wait for" not in text(cast, "state_president")


def test_somebody_above_sees_who_has_not_answered_their_charge(cast: Cast) -> None:
    with system("test"):
        for unit, role in (("JK-SRI", "district_in_charge"), ("JK-JAM", "district_elsewhere")):
            programmes.name_in_charge(
                programme_id=cast.world.programme.pk,
                unit_id=cast.world.units[unit].pk,
                account=cast.accounts[role].public_id,
                by=SYSTEM,
                at=NOW,
            )
    page = f"/programmes/{cast.world.programme.public_id}/in-charges/?show=waiting"
    said = "I wait for 2 people named in charge have not answered Membership drive: Srinagar, Jammu"
    assert said in text(cast, "state_president")
    assert f'href="{page}"' in body(cast.client("state_president"), "/today/")
    listed = body(cast.client("state_president"), page)
    assert "district_in_charge" in listed and "district_elsewhere" in listed
    with system("test"):
        (charge,) = queries.open_charges(cast.accounts["district_elsewhere"].pk)
    with cast.as_("district_elsewhere"):
        programmes.answer_charge(
            in_charge_id=charge.pk, accepts=True, by=cast.actor("district_elsewhere"), at=NOW
        )
    said = "1 person named in charge has not answered Membership drive: Srinagar"
    assert said in text(cast, "state_president")
    assert "district_elsewhere" not in body(cast.client("state_president"), page)
    assert "named in charge" not in text(cast, "mandal_president")


def test_an_office_of_another_tree_is_led_to_its_own_unit(cast: Cast) -> None:
    page = body(cast.client("constituency_in_charge"), "/today/")
    (href,) = set(re.findall(r'href="(/units/JK-PC1/[^"]*programme=[^"]*)"', page))
    assert cast.client("constituency_in_charge").get(unescape(href)).status_code == 200
    assert 'href="/programmes/' not in page.split("Where we stand", 1)[1].split("</section>", 1)[0]


def test_a_constituency_has_the_targets_of_its_booths_and_its_segments_behind_are_named(cast: Cast) -> None:
    for booth in ("JK-B001", "JK-B002"):
        cast.target(booth, 100)
    assert "Due by today" not in text(cast, "constituency_in_charge"), "one of its booths has no target"
    cast.target("JK-B003", 60)
    cast._seat("segment_in_charge", "segment_in_charge", "JK-AC20", 2)
    page = text(cast, "constituency_in_charge")
    assert "1 counted. Due by today: 60. Needed from now on: 13 a day." in page
    assert (
        "Membership drive: 2 of 2 segments are behind, by 59 in all"
        " Lal Chowk (Assembly) needs 45 more, Hazratbal (Assembly) 14."
        " Lal Chowk (Assembly) 45 fewer than due by today segment_in_charge Call"
        " Hazratbal (Assembly) 14 fewer than due by today nobody leads it" in page
    )
    client = cast.client("constituency_in_charge")
    today_ = unescape(body(client, "/today/"))
    (all_behind,) = re.findall(r'href="(/programmes/[^"]*level=segment[^"]*)"', today_)
    assert "Lal Chowk (Assembly)" in body(client, all_behind)
    assert re.search(r"आज तक होने थे|Due by today", body(client, "/units/JK-PC1/?in=electoral"))
    (votes,) = re.findall(r'href="(/units/JK-PC1/membership-and-votes/)"', today_)
    assert "Membership beside votes" in body(client, votes)
    assert "membership-and-votes" not in body(cast.client("state_president"), "/today/")


def test_nobody_is_late_on_the_first_day(cast: Cast) -> None:
    with system("test"):
        Programme.objects.update(opens_on=today())
    assert "Nothing is counted" not in text(cast, "mandal_president")


@pytest.mark.parametrize(
    ("role", "said"),
    [
        ("call_centre_agent", "Your work is to answer the helpline"),
        ("verifier", "Checks appear here when a draw needs them."),
        ("it_administrator", "You look after lists and channels."),
    ],
)
def test_an_office_without_pages_of_its_own_is_told_so_and_has_a_link_unless_it_checks_or_answers(
    cast: Cast, role: str, said: str
) -> None:
    page = text(cast, role, path="/")
    assert "Nothing to do today" in page and said in page and "All done" not in page
    recruits = role == "it_administrator"
    everything = text(cast, role)
    assert ("Invite people" in everything) is recruits, (
        "a checker recruits nobody, nor does the helpline's desk"
    )
    assert "Invite people" not in text(cast, "data_officer")
    assert said not in text(cast, role, "hi", path="/")


def test_a_booth_worker_is_led_to_the_doors(cast: Cast) -> None:
    assert f"/field/?unit=JK-B001&drive={cast.world.programme.public_id}" in owed(cast, "booth_worker")
    assert "Membership drive, Rajbagh School." in text(cast, "booth_worker"), "of which drive, and where"
    assert not [href for href in owed(cast, "mandal_president") if "/field/" in href]


def test_the_link_of_a_booth_leads_to_joining_there(cast: Cast) -> None:
    page = body(cast.client("booth_worker"), "/")
    (shared,) = re.findall(r'href="(https://wa\.me/\?text=[^"]*)"', page)
    (address,) = re.findall(r"https?://\S+", unquote(unescape(shared)).partition("text=")[2])
    assert re.search(r"/join/winter/\?unit=JK-B001&by=[A-Z0-9]{7}$", address), "their own link"
    form = body(browser(), address.partition("/join")[1] + address.partition("/join")[2])
    assert re.search(r'name="unit"\s+value="JK-B001"\s+checked', form)
    (poster,) = re.findall(r'href="(/drives/[^"]*/poster/[^"]*)"', page)
    assert "Rajbagh School" in body(cast.client("booth_worker"), poster)
    (above,) = re.findall(r'text=([^"]*)"', body(cast.client("mandal_president"), "/today/"))
    assert "unit=JK-SRI-M1" in unquote(unescape(above)), "and that of a mandal in the mandal"


def test_who_enters_people_finds_their_own_link_and_its_poster_from_today(cast: Cast) -> None:
    worker = cast.client("booth_worker")
    (page,) = re.findall(r'href="(/drives/[^"]*/my-link/[^"]*)"', body(worker, "/"))
    assert page.endswith("?unit=JK-B001") and "What came of it" in body(worker, page)
    made = body(worker, page)
    assert "unit=JK-B001&amp;by=" in made
    (poster,) = re.findall(r'href="(/drives/[^"]*/poster/\?unit=JK-B001&amp;by=[^"]*)"', made)
    assert re.search(r'href="/drives/[^"]*/poster/hi/\?unit=JK-B001&amp;by=', body(worker, unescape(poster)))
    assert "/my-link/" not in body(cast.client("verifier"), "/")


def test_a_worker_sees_first_what_came_of_their_own_week(cast: Cast) -> None:
    page = body(cast.client("booth_worker"), "/")
    assert "The last 7 days" not in page, "nothing is said of a week without work"
    code = unquote(unescape(page)).partition("&by=")[2][:7]
    cast.crowd(2, "JK-B001", "70077")
    with system("test"):
        for member in Membership.objects.order_by("-pk")[:2]:
            note_referred(
                code=code,
                programme_id=cast.world.programme.pk,
                membership=member.public_id,
                by=SYSTEM,
                at=NOW,
            )
    said = text(cast, "booth_worker", path="/")
    assert "2 people joined by your link" in said
    assert said.index("The last 7 days") < said.index("To do"), "before what is to be done"
    assert "The last 7 days" not in text(cast, "booth_president", path="/"), "nobody else's"
    assert "The last 7 days" not in text(cast, "mandal_president", path="/")


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize("code", ["HP-B001", "JK", "NO-SUCH", "%00", "x" * 500, "<script>"])
def test_a_link_that_names_no_place_of_the_drive_is_the_link_without_one(code: str) -> None:
    form = browser().get("/join/winter/", {"unit": unquote(code)})
    assert form.status_code == 200
    assert "checked" not in form.content.decode().partition('id="place"')[2].partition("<fieldset>")[0]
    assert b"<script>alert" not in form.content


def test_a_list_that_waits_for_whoever_brought_it_stands_on_their_today(cast: Cast, tmp_path: Path) -> None:
    at = NOW
    path = tmp_path / "pins.csv"
    path.write_text("PIN,Unit\n180001,JK-SRI\n")
    with cast.as_("it_administrator"):
        public_id = imports.import_file(
            kind_key="pins",
            path=path,
            unit_id=cast.world.state.pk,
            options={},
            by=cast.actor("it_administrator"),
            at=at,
        )
    with system("test"):
        assert imported.import_for(public_id).state == "received"
    assert "A list waits for you pins.csv: Columns to settle" in text(cast, "it_administrator")
    assert f"/imports/{public_id}/" in owed(cast, "it_administrator")
    assert f"/imports/{public_id}/" not in owed(cast, "state_president")


def test_an_administrator_of_lists_sees_the_imports_of_the_last_days(cast: Cast, tmp_path: Path) -> None:
    at = NOW
    path = tmp_path / "booths.csv"
    path.write_text("Phone,Name,Birth year,Booth code,Notice version\n")
    with cast.as_("it_administrator"):
        imports.import_file(
            kind_key="pins",
            path=path,
            unit_id=cast.world.state.pk,
            options={},
            by=cast.actor("it_administrator"),
            at=at,
        )
    page = text(cast, "it_administrator")
    assert "Imports of the last 7 days booths.csv" in page
    assert "Imports of the last 7 days" not in text(cast, "state_president")


def test_the_vacancies_below_a_unit_lead_to_the_list_of_vacancies(cast: Cast) -> None:
    client = cast.client("district_in_charge")
    page = unescape(body(client, "/units/JK-SRI/"))
    (href,) = re.findall(r'<a href="([^"]*)">See all vacancies</a>', page)
    listed = body(client, href)
    assert "Mandal president" in listed and "/appointments/new/?unit=JK-SRI-M2" in listed


def test_a_release_stands_on_today_of_those_who_may_decide_it_until_one_has(cast: Cast) -> None:
    at = NOW
    with cast.as_("it_administrator"):
        asked = org.ask_release(
            act="channels.token",
            unit_id=cast.world.state.pk,
            reason="For the call centre",
            payload={},
            by=cast.actor("it_administrator"),
            at=at,
        )

    def shown() -> set[str]:
        owed = {role: text(cast, role).partition("I wait for")[0] for role in OFFICES}
        return {role for role, page in owed.items() if "For the call centre" in page}

    with system("test"):
        deciding = {
            role
            for role in OFFICES
            if asked.pk in {one.pk for one in org_queries.releases_of(cast.accounts[role].pk, at=at)[0]}
        }
    assert deciding and deciding < OFFICES.keys() - {"it_administrator"}
    assert shown() == deciding
    decider = deciding.pop()
    with cast.as_(decider):
        org.decide_release(public_id=asked.public_id, allow=False, by=cast.actor(decider), at=at)
    assert shown() == {"it_administrator"}, "who asked is told that it was refused"


def plant(cast: Cast, kind: Kind, hierarchy: int, *, around: str) -> Unit:
    """A unit of a kind the small world lacks, above one it has."""
    with system("test"):
        made = Unit.objects.create(
            code=f"JK-{kind.value}", kind=kind, names={"en": f"The {kind.value}"}, is_sample=True
        )
        below = Placement.objects.get(unit=cast.world.units[around], hierarchy=hierarchy, valid_to=None)
        assert below.lo is not None
        Placement.objects.create(
            hierarchy=hierarchy,
            unit=made,
            parent_id=below.parent_id,
            depth=below.depth,
            lo=below.lo - 1,
            hi=below.hi,
            leaves=below.leaves,
            valid_from=below.valid_from,
        )
    cast.world.units[made.code] = made
    return made


def test_everybody_in_office_lands_on_the_unit_of_their_office(cast: Cast) -> None:
    plant(cast, Kind.REGION, 1, around="JK-SRI")
    plant(cast, Kind.ZONE, 2, around="JK-PC1")
    units: dict[str, Unit] = {}
    for unit in cast.world.units.values():
        units.setdefault(unit.kind, unit)
    units["booth"] = cast.world.booth
    for seat in SEATS:
        if seat.in_bodies:
            continue  # a seat in a body is at home in no unit
        unit = units[(*seat.expected_in, *seat.given_in, "booth")[0]]
        hierarchy = 2 if unit.kind in ("zone", "constituency", "segment") else 1
        client = officer(cast.world, seat.code, unit.code, hierarchy=hierarchy)
        page = body(client, "/today/")
        (home,) = re.findall(r'<a class="button secondary" href="(/units/[^"]*)">', page)
        assert home == f"/units/{unit.code}/?in={('organisational', 'electoral')[hierarchy - 1]}", seat.code
        assert f"<span>{seat.en}</span>" in page
        assert unit.names["en"] in body(client, home)


def test_one_of_those_who_lead_a_unit_takes_a_row_and_gives_it_back(cast: Cast) -> None:
    cast._seat("colleague", "district_president", "JK-SRI", 1)
    one, other = cast.client("district_in_charge"), cast.client("colleague")

    def said(role: str) -> str:
        return text(cast, role).partition("vacant here and below")[2].partition("Fill")[0]

    assert "Take it" in said("district_in_charge") and "Take it" in said("colleague")
    assert "Take it" not in text(cast, "mandal_president"), "nobody else leads there"
    cast.target("JK-SRI-M1", 100)
    assert text(cast, "district_in_charge").index("behind") < text(cast, "district_in_charge").index(
        "Launch day"
    )
    assert one.post("/today/take/", {"what": "vacant"}).status_code == 302
    assert "You have taken this. Give it back" in said("district_in_charge")
    assert "district_in_charge has taken this." in said("colleague") and "Take it" not in said("colleague")
    sheet = f"/bearers/{cast.accounts['district_in_charge'].public_id}/"
    assert f'class="bearer" href="{sheet}"' in body(other, "/today/").partition("vacant here and below")[2]
    for back in ("", "1"):
        assert other.post("/today/take/", {"what": "vacant", "back": back}).status_code == 302
        assert "district_in_charge has taken this." in said("colleague"), "it is not theirs"
    one.post("/today/take/", {"what": "vacant", "back": "1"})
    assert "Take it" in said("district_in_charge") and "has taken" not in said("colleague")
    other.post("/today/take/", {"what": "vacant"})
    assert "colleague has taken this." in said("district_in_charge")
    with system("test"):
        TakenWork.objects.update(taken_at=NOW - timedelta(days=15))
    assert "Take it" in said("district_in_charge"), "after two weeks it is free again"
    one.post("/today/take/", {"what": "vacant"})
    with system("test"):
        org.end_appointment(
            public_id=cast.appointments["district_in_charge"], reason="term over", by=SYSTEM, at=NOW
        )
    cast._seat("third", "district_in_charge", "JK-SRI", 1)
    assert "Take it" in said("colleague"), "who took it leads here no more"
    other.post("/today/take/", {"what": "vacant"})
    assert "You have taken this." in said("colleague")


@pytest.mark.parametrize("what", ["", "no-such-row", "\x00", "x" * 5_000])
def test_only_what_is_on_ones_own_today_can_be_taken(cast: Cast, what: str) -> None:
    assert cast.client("district_in_charge").post("/today/take/", {"what": what}).status_code == 404
    assert cast.client("booth_worker").post("/today/take/", {"what": "vacant"}).status_code == 403
    with system("test"):
        assert not TakenWork.objects.exists()


@pytest.mark.parametrize(
    ("lately", "yesterday", "days_left", "said"),
    [
        (70, 12, 14, ["Since yesterday: 12.", "At the pace of the last 7 days it ends at 240 (60%)."]),
        (None, 3, 14, ["Since yesterday: 3."]),  # too early for a forecast
        (
            -7,
            None,
            14,
            ["At the pace of the last 7 days it ends at 100 (25%)."],
        ),  # people left: it never falls
        (70, 0, 0, ["Since yesterday: 0."]),  # over
    ],
)
def test_today_says_what_came_and_where_the_pace_ends(
    lately: int | None, yesterday: int | None, days_left: int, said: list[str]
) -> None:
    with translation.override("en"):
        assert pace.outlook(100, 400, lately=lately, yesterday=yesterday, days_left=days_left) == said


@pytest.mark.parametrize("role", ["state_president", "mandal_president", "booth_worker"])
def test_today_names_three_things_and_all_of_today_names_every_one(cast: Cast, role: str) -> None:
    first, everything = body(cast.client(role), "/"), body(cast.client(role), "/today/")
    shown, whole = (re.findall(r'class="button act', page) for page in (first, everything))
    assert len(shown) == min(3, len(whole)) > 0
    assert f"{len(whole)} thing" in first and 'href="/today/"' in first


def test_somebody_pins_the_programme_that_is_first_on_their_own_today(cast: Cast) -> None:
    client, other = cast.client("state_president"), cast.client("district_in_charge")
    second = another_programme(cast, "Second drive")  # with a target, so that it is shown

    def first(of: Client) -> str:
        return str(re.findall(r'id="pinned"><a[^>]*>([^<]*)<', body(of, "/"))[0])

    assert first(client) == first(other) == "Membership drive"
    everything = body(client, "/today/")
    assert f'action="/programmes/{second.public_id}/pin/"' in everything
    pinned = client.post(f"/programmes/{second.public_id}/pin/")
    assert pinned.status_code == 302 and pinned["Location"] == "/"
    assert first(client) == "Second drive" and first(other) == "Membership drive", "it is one's own"
    assert "1 other programme" in text(cast, "state_president", path="/")
    assert body(client, "/today/").count("Unpin:") == 1
    client.post(f"/programmes/{cast.world.programme.public_id}/pin/")
    assert first(client) == "Membership drive", "one at a time"
    client.post(f"/programmes/{second.public_id}/pin/")
    client.post(f"/programmes/{second.public_id}/pin/", {"back": "1"})
    assert first(client) == "Membership drive"
    with system("test"):
        Programme.objects.filter(pk=second.pk).update(state=Programme.State.DRAFT)
    assert cast.client("booth_worker").post(f"/programmes/{second.public_id}/pin/").status_code == 404


def another_programme(cast: Cast, name: str) -> Programme:
    """A second programme that runs in the state, begun a day after the first."""
    with system("test"):
        one = Programme.objects.get(pk=cast.world.programme.pk)
        made = programmes.make_programme(
            template="membership_drive",
            names={"en": name, "hi": name},
            owner_id=one.owner_id,
            unit_ids=[one.owner_id],
            opens_on=one.opens_on + timedelta(days=1),
            closes_on=one.closes_on,
            by=SYSTEM,
            at=NOW,
        )
        targets.set_target(programme_id=made.pk, unit_id=cast.world.state.pk, n=500, by=SYSTEM, at=NOW)
        Programme.objects.filter(pk=made.pk).update(state=Programme.State.OPEN)
    return made
