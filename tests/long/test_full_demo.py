"""The demo at its full size, made and served by its command as a newcomer makes it."""

import csv
import json
import re
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from abhiyan.sample.claims import TRUTH
from abhiyan.sample.run import PEOPLE, READY
from abhiyan.site.tests.conftest import Installation
from abhiyan.verification.rules.flags import CLEAR, LEAST

from .demo import demo_served
from .office import office, unfit


@pytest.fixture(scope="module")
def served() -> Iterator[Installation]:
    with demo_served("--full") as made:
        yield made


def number(served: Installation, query: str) -> int:
    return int(served.run("psql", "-d", "abhiyan", "-Atc", query))


def test_it_has_the_published_figures(served: Installation) -> None:
    for kind, n in (("booth", 11_838), ("district", 300), ("constituency", 65), ("segment", 90)):
        assert number(served, f"select count(*) from units_unit where kind = '{kind}'") == n
    # One in thirty of about 110,000 claims of the state's drive was sent again, and the last day ends now. By
    # midnight there are some 117,000, invented entries among them. A district's drive and two trials have some
    # thousand each.
    largest = "select max(n) from (select count(*) as n from enrolment_claim group by programme_id) t"
    assert 95_000 < number(served, largest) < 121_000


def test_it_lists_its_people_and_is_healthy(served: Installation) -> None:
    assert (served.home / READY).exists()
    said = (served.home.parent / "said").read_text()
    people = (served.home / PEOPLE).read_text().splitlines()
    assert len(people) > 20 and all(line.strip() in said for line in people)
    with urllib.request.urlopen(f"http://localhost:{served.port}/healthz", timeout=30) as answer:
        assert json.loads(answer.read())["status"] == "ok"
    told = json.loads(served.run("doctor", "--json"))
    assert told["ok"], told


def test_every_entry_is_its_workers(served: Installation) -> None:
    nobodys = """select count(*) from enrolment_claim c where channel in (3, 4)
        and not exists (select from people_account a where a.public_id = c."by")"""
    assert number(served, nobodys) == 0
    assert number(served, "select count(*) from enrolment_claim where channel in (3, 4)") > 30_000


def test_workers_who_invent_are_found_first_each_with_a_clear_reason(served: Installation) -> None:
    """The order finds 95 in 100 of as many as there are: invented entries leave clear traces."""
    with (served.home / TRUTH).open() as file:
        told = [(line["worker"], line["invented"] == "yes") for line in csv.DictReader(file)]
    entries = Counter(worker for worker, _is_invented in told)
    invented = Counter(worker for worker, is_invented in told if is_invented)
    who = {one for one in invented if entries[one] >= LEAST}
    looked = f"""select worker from verification_look where entries >= {LEAST}
        and (select max(score) from unnest(scores) score) >= {CLEAR} order by wanted desc, worker"""
    first = served.run("psql", "-d", "abhiyan", "-Atc", looked).split()[: len(who)]
    assert len(who) > 10 and sum(one in who for one in first) >= 0.95 * len(who)


def test_of_those_asked_some_wait_some_have_answered_and_some_are_checked_afresh(
    served: Installation,
) -> None:
    for step in ("asked", "answered", "checking"):
        assert number(served, f"select count(*) from verification_flag where step = '{step}'") >= 1


def test_one_finding_is_confirmed_by_a_second_person_with_the_workers_answer(served: Installation) -> None:
    found = "select count(*) from verification_flag where step = 'found' and said <> '' and bad > told / 2"
    assert number(served, found) == 1
    approved = (
        "select count(*) from org_release where act = 'verification.finding' and decided_by <> asked_by"
    )
    assert number(served, approved) == 1


@pytest.fixture(scope="module")
def president(served: Installation) -> Iterator[httpx.Client]:
    """A browser of the demo's state president."""
    where, english = f"http://localhost:{served.port}", {"Accept-Language": "en"}
    with httpx.Client(base_url=where, headers=english, follow_redirects=True, timeout=120) as client:
        page = client.get("/sign-in/").text
        found = re.search(r'value="([0-9a-f-]{36})" aria-label="[^"]*, State president"', page)
        assert found is not None
        sent = {"account": found[1], **sealed(client, "/sign-in/")}
        client.post("/demo/sign-in/", data=sent, headers={"Referer": where})
        yield client


def sealed(client: httpx.Client, page: str) -> dict[str, str]:
    """Return what every form sends besides."""
    name = "csrfmiddlewaretoken"
    return {name: re.findall(rf'name="{name}" value="([^"]+)"', client.get(page).text)[0]}


SLIDES = {  # what slides are of, and a word that is on them, in Hindi and English
    "unit": ("unit=JK-D627&programme={programme}", {"hi": "लक्ष्य", "en": "target"}),
    "programme": ("unit=JK&programme={programme}", {"hi": "लक्ष्य", "en": "target"}),
    "comparison": ("unit=JK&frame={frame}", {"hi": "अंतर", "en": "gap"}),
    "round": ("round={round}", {"hi": "समीक्षा", "en": "reviewed"}),
}


@pytest.fixture(scope="module")
def things(served: Installation) -> dict[str, str]:
    """Return the subjects of the demo's slides, by the names in their addresses: public ids."""

    def one(query: str) -> str:
        return served.run("psql", "-d", "abhiyan", "-Atc", f"select public_id from {query}").strip()

    return {
        "programme": one("programmes_programme order by id limit 1"),
        "frame": one("verification_frame where number = 2"),
        "round": one("review_round where of_office = '' and kind = 'mandal'"),
    }


@pytest.mark.parametrize("language", ["hi", "en"])
@pytest.mark.parametrize("what", list(SLIDES))
def test_slides_of_the_demo_are_drawn_with_all_their_words_in_their_boxes(
    president: httpx.Client, things: dict[str, str], language: str, what: str, tmp_path: Path
) -> None:
    office()
    where, words = SLIDES[what]
    page = f"/review/slides/new/?{where.format(**things)}"
    level = {"programme": "mandal", "comparison": "district"}.get(what, "")  # of 367 mandals 40 are shown
    made = president.post(page, data={"language": language, "level": level, **sealed(president, page)})
    deck = tmp_path / f"demo-{what}-{language}.pptx"
    deck.write_bytes(president.get(f"{made.url.path}file/pptx/").content)
    assert president.get(f"{made.url.path}file/pdf/").content.startswith(b"%PDF")
    assert unfit(deck, tmp_path, drawn_too=words[language]) == []
