"""One estimate and one sentence about it, wherever it is read."""

import csv
import io
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from html import unescape
from types import SimpleNamespace
from typing import Any

import pypdfium2
import pytest
from django.conf import settings
from django.db.models import Q
from django.template import Context
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st
from pptx import Presentation

from abhiyan.core import schema
from abhiyan.core.scope import Scope, scoped, system
from abhiyan.core.tests.given import NOW
from abhiyan.core.tests.pdfs import text_of, written
from abhiyan.enrolment.rules.measures import ENROLMENTS
from abhiyan.org.models import Appointment
from abhiyan.org.queries import scope_of
from abhiyan.people.actions import sessions
from abhiyan.people.models import Account
from abhiyan.people.tests.make import body
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.models import Programme
from abhiyan.programmes.queries import Truth, truth_of
from abhiyan.programmes.rules.estimated import Estimated, RealOf100, RealShare
from abhiyan.programmes.rules.ladder import Ladder
from abhiyan.review.tests.test_rounds import opened, review_of
from abhiyan.review.views import printing
from abhiyan.sample import build, tree
from abhiyan.site.tests.cast import SYSTEM, Cast
from abhiyan.site.tests.emptying import empty
from abhiyan.ui.lists import Column
from abhiyan.ui.templatetags import pictures
from abhiyan.units.models import Hierarchy, Kind, Unit
from abhiyan.units.rules.levels import SLUGS
from abhiyan.verification.actions import (
    close_frame,
    draw_frame,
    frames,
    freeze_frame,
    open_page,
    refresh_estimates,
)
from abhiyan.verification.here import ShownLine
from abhiyan.verification.models import Check, Estimate, Frame
from abhiyan.verification.queries.beside import BesideLine
from abhiyan.verification.queries.estimates import StratumTally, estimate_of_unit, finished, unchecked
from abhiyan.verification.queries.latest import ask_latest
from abhiyan.verification.queries.public import PublicUnit
from abhiyan.verification.rules.beside import FrameFigures
from abhiyan.verification.rules.estimates import Planted
from abhiyan.verification.rules.outcomes import Stands
from abhiyan.verification.tests.conftest import two_districts
from abhiyan.verification.tests.test_checks import drawn, entered
from abhiyan.verification.views.frames import EstimateRow

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast() -> Cast:
    return two_districts()


def checked(cast: Cast, *, finished: int) -> Frame:
    """A frame of 90 people in two districts: of the checks in one so many are answered, a fifth of them not genuine;
    in the other none is."""
    frame = drawn(cast, 90)
    with system("test"):
        of = Check.objects.filter(frame=frame, stratum__unit__code="JK-SRI", arm=Check.Arm.RANDOM)
        for nth, check in enumerate(of.order_by("pk")[:finished]):
            found = Check.Outcome.GENUINE if nth % 5 else Check.Outcome.NOT_GENUINE
            Check.objects.filter(pk=check.pk).update(outcome=found, done_at=NOW)
    refresh_estimates(at=NOW)
    with system("test"):  # repeat calls: more were reported than entered
        Estimate.objects.filter(frame=frame, shade=Estimate.Shade.ENTERED).update(reported=131)
    open_page(programme=frame.programme, by=cast.actor("state_president"), at=NOW)
    return frame


def words(client: Client, path: str) -> str:
    """Return what somebody reads on a page, without its spaces: paper has none either."""
    main = body(client, path).partition("<main")[2]
    return "".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def deck(client: Client, where: str) -> tuple[str, str]:
    """The address of slides, and all that is written on them, without its spaces."""
    made = client.post(f"/review/slides/new/{where}", {"language": "en"})
    assert made.status_code == 302, made.content.decode()[:2000]
    page = str(made["Location"])
    file = Presentation(io.BytesIO(client.get(f"{page}file/pptx/").content))
    said = [shape.text_frame.text for slide in file.slides for shape in slide.shapes if shape.has_text_frame]
    return page, "".join("".join(said).split())


def everywhere(cast: Cast, frame: Frame, unit: str) -> dict[str, str]:
    """Return what every page, slide and sheet of paper says of a unit in a frame, without spaces."""
    client = cast.client("state_president")
    page = reverse("verification:frame", args=[frame.public_id])
    paper = client.get(reverse("review:dossier_print", args=[unit])).content
    leader = cast.accounts["state_president"].public_id
    return {
        "unit": words(client, reverse("pages:unit", args=[unit])),
        "today": words(client, "/today/"),
        "record": words(cast.client("national_president"), reverse("work:record_of", args=[leader])),
        "dossier": words(client, reverse("review:dossier", args=[unit])),
        "paper": "".join(text_of(paper, n) for n in range(len(pypdfium2.PdfDocument(paper)))),
        "frame": words(client, f"{page}?unit={unit}"),
        "beside": words(client, f"{page}beside/?unit={unit}"),
        "deck": deck(client, f"?unit={unit}")[1],
        "comparison": deck(client, f"?unit={unit}&frame={frame.public_id}")[1],
        "public": words(
            cast.client("anonymous"), reverse("verification:public", args=[frame.programme.public_id])
        ),
    }


@dataclass(frozen=True)
class Place:
    """One unit of the world: the tree it is read in, and who reads it as their own."""

    code: str
    role: str
    is_home: bool = False  # whether the role sits there: then Today is about it
    tree: int = Hierarchy.ORGANISATIONAL


PLACES = (
    Place("IN", "national_president", True),
    Place("JK", "state_president", True),
    Place("JK-SRI", "district_in_charge", True),
    Place("JK-JAM", "district_elsewhere", True),
    Place("JK-SRI-M1", "mandal_president", True),
    Place("JK-JAM-M1", "district_elsewhere"),
    Place("JK-SRI-M1-C1", "cluster_in_charge", True),
    Place("JK-B001", "booth_president", True),
    Place("JK-B004", "district_elsewhere"),
    Place("JK-PC1", "constituency_in_charge", True, Hierarchy.ELECTORAL),
    Place("JK-AC75", "constituency_in_charge", False, Hierarchy.ELECTORAL),
)


def frozen_at(cast: Cast, at: datetime, checks: int, *, ends_on: date) -> Frame:
    """A frame that is frozen and drawn by the acts."""
    plan = frames.FramePlan(
        checks=checks, floor=1, source="drand round 7", due_at=at + timedelta(hours=1), ends_on=ends_on
    )
    one = freeze_frame(programme=cast.world.programme, measure=ENROLMENTS, plan=plan, by=SYSTEM, at=at)
    return draw_frame(public_id=one.public_id, value="8c3fa0", by=SYSTEM, at=at + timedelta(hours=2))


def answered(frame: Frame, unit: str, *, is_signed: bool, most: int, false_each: int = 0) -> None:
    """So many checks of a district are answered; every so-manieth is not genuine."""
    of = Check.objects.filter(frame=frame, stratum__unit__code=unit, arm=Check.Arm.RANDOM, outcome="")
    for nth, check in enumerate(of.filter(stratum__is_signed=is_signed).order_by("pk")[:most], start=1):
        is_false = bool(false_each) and nth % false_each == 0
        told = Check.Outcome.NOT_GENUINE if is_false else Check.Outcome.GENUINE
        Check.objects.filter(pk=check.pk).update(outcome=told, done_at=NOW - timedelta(days=2))


@pytest.fixture
def world(cast: Cast) -> tuple[Cast, Frame, Frame]:
    """A closed frame and one under way. In Jammu few of the counted are checked, and enough of all: as in Pulwama."""
    cast.world.now -= timedelta(days=1)  # before today, so that outsiders count them too
    entered(cast, "booth_president", 60)
    cast.world.now += timedelta(days=1)
    first = frozen_at(cast, NOW - timedelta(days=3), 64, ends_on=NOW.date() - timedelta(days=2))
    with system("test"):
        answered(first, "JK-SRI", is_signed=True, most=100)
        answered(first, "JK-JAM", is_signed=True, most=12)
        answered(first, "JK-JAM", is_signed=False, most=100, false_each=4)
    refresh_estimates(at=NOW - timedelta(days=2))
    close_frame(public_id=first.public_id, by=SYSTEM, at=NOW - timedelta(days=1))
    cast.crowd(30, "JK-B001", "70069", days_ago=1)
    second = frozen_at(cast, NOW, 20, ends_on=date(2027, 12, 1))
    refresh_estimates(at=NOW)
    with system("test"):
        first.refresh_from_db()
    open_page(programme=first.programme, by=cast.actor("state_president"), at=NOW)
    return cast, first, second


def truth_at(cast: Cast, role: str, place: Place) -> Truth:
    """Return the truth of a unit for a reader: from the function that writes it, and from nothing else."""
    programme, unit = cast.world.programme, cast.world.units[place.code]
    with cast.as_(role), override("en"):
        found = ask_latest([programme.pk], [unit.pk], NOW.date())()[programme.pk, ENROLMENTS, unit.pk]
        ladder = programmes.unit_ladder(node=unit.pk, hierarchy=place.tree, programme=programme, at=NOW)
        return truth_of(found, entries=ladder.entries, is_rounded=ladder.is_rounded)


def pages_about(cast: Cast, role: str, place: Place, *, frame: Frame) -> dict[str, str]:
    """The pages, papers and slides about one unit, as a reader finds them; without spaces."""
    client, where = cast.client(role), f"?unit={place.code}&in={SLUGS[place.tree]}"
    programme = reverse("programmes:programme", args=[frame.programme.public_id])
    paper = client.get(reverse("review:dossier_print", args=[place.code]) + f"?in={SLUGS[place.tree]}")
    found = {
        "unit": words(client, reverse("pages:unit", args=[place.code]) + f"?in={SLUGS[place.tree]}"),
        "dossier": words(client, reverse("review:dossier", args=[place.code]) + f"?in={SLUGS[place.tree]}"),
        "dossier on paper": "".join(written(paper.content).split()),
    }
    if place.tree == Hierarchy.ORGANISATIONAL:
        found["programme"] = words(client, programme + where)
    if place.is_home:
        found["today"] = words(client, "/today/")
    return found


def slides_about(client: Client, where: str) -> dict[str, str]:
    """A deck of a unit: its page, and the text of both files; without spaces."""
    page, pptx = deck(client, where)
    pdf = client.get(f"{page}file/pdf/")
    assert pdf.status_code == 200
    return {
        "deck": words(client, page),
        "deck as PPTX": pptx,
        "deck as PDF": "".join(written(pdf.content).split()),
    }


def squeezed(text: str) -> str:
    return "".join(text.split())


SAID = re.compile(r"Of[\d,]+peopleentered.{5,60}?(?:arereal|saywhichareso)")
FEW = "notenoughchecks"


def assert_one_truth(name: str, text: str, truth: Truth, *, is_title: bool = False) -> None:
    """A page says the sentence, says what it covers unless it is a title, and says no other."""
    sentence = squeezed(truth.sentence.rstrip("."))
    assert sentence in text, (name, truth.sentence)
    if not is_title:
        assert squeezed(truth.covers) in text, (name, truth.covers)
    others = {each for each in SAID.findall(text) if not sentence.startswith(each)}
    assert not others, (name, others)
    if truth.real is not None:
        assert FEW not in text, name


def test_every_page_slide_paper_and_file_says_one_sentence_about_one_estimate(
    world: tuple[Cast, Frame, Frame],
) -> None:
    cast, first, _second = world
    truths = {place.code: truth_at(cast, place.role, place) for place in PLACES}
    assert all(truths[code].real for code in ("IN", "JK", "JK-SRI", "JK-JAM", "JK-PC1"))
    assert truths["JK-SRI"].sentence.endswith("checks)."), "all were genuine: a bound, never 100 of 100"
    assert all(
        truths[code].sentence.startswith("Grade ")
        for code in ("JK-SRI-M1", "JK-JAM-M1", "JK-B001", "JK-B004")
    )
    with cast.as_("state_president"):
        (jammu,) = ask_latest([first.programme_id], [cast.world.units["JK-JAM"].pk], NOW.date())().values()
    assert jammu.counted.rate is None and jammu.counted.finished < 19 < jammu.entered.finished
    for place in PLACES:
        truth = truths[place.code]
        for name, text in pages_about(cast, place.role, place, frame=first).items():
            assert_one_truth(f"{place.code}: {name}", text, truth)
    for place in PLACES[1:4]:
        for name, text in slides_about(cast.client(place.role), f"?unit={place.code}").items():
            sentence = squeezed(truths[place.code].sentence.rstrip("."))
            assert sentence in text, (place.code, name)
    client = cast.client("state_president")
    for code in ("JK", "JK-SRI", "JK-JAM"):
        exact = truth_at(cast, "state_president", next(place for place in PLACES if place.code == code))
        for name in ("frame", "frame_beside"):
            page = reverse(f"verification:{name}", args=[first.public_id])
            text = words(client, f"{page}?unit={code}")
            assert squeezed(exact.sentence) in text and squeezed(exact.covers) in text, (code, name)


def test_lists_and_their_files_have_the_numbers_and_the_sentence(world: tuple[Cast, Frame, Frame]) -> None:
    cast, first, _second = world
    client = cast.client("state_president")
    below = reverse("programmes:below", args=[first.programme.public_id])
    programme = reverse("programmes:programme", args=[first.programme.public_id])
    for level, above in (("district", "JK"), ("mandal", "JK"), ("booth", "JK-SRI")):
        file = b"".join(client.get(f"{below}?unit={above}&level={level}&format=csv")).decode()
        rows = {row["Code"]: row for row in csv.DictReader(io.StringIO(file.removeprefix("\ufeff")))}
        for place in PLACES:
            if place.code not in rows:
                continue
            truth, row = truth_at(cast, "state_president", place), rows[place.code]
            assert row["Back-checks"].startswith(truth.note), place.code
            numbers = [
                row[name] for name in ("Real, of 100", "Real, of 100, at least", "Real, of 100, at most")
            ]
            real = truth.real or RealOf100()
            assert numbers == ["" if n is None else str(n) for n in (real.about, real.low, real.high)]
    for code in ("JK-SRI", "JK-JAM"):
        truth = truth_at(cast, "state_president", next(place for place in PLACES if place.code == code))
        beside = reverse("verification:frame_beside", args=[first.public_id])
        for page in (f"{reverse('pages:unit', args=['JK'])}", f"{programme}?unit=JK", f"{beside}?unit=JK"):
            assert squeezed(truth.short) in words(client, page), (code, page)


def test_a_review_says_the_sentence_of_the_unit(world: tuple[Cast, Frame, Frame]) -> None:
    cast, _first, _second = world
    one = opened(cast)
    review = review_of(one, "JK-SRI-M1")
    place = next(place for place in PLACES if place.code == "JK-SRI-M1")
    truth = truth_at(cast, "district_in_charge", place)
    text = words(cast.client("district_in_charge"), reverse("review:review", args=[review.public_id]))
    assert_one_truth("review", text, truth)


def test_from_outside_the_sentence_is_the_same_with_counts_in_whole_tens(
    world: tuple[Cast, Frame, Frame],
) -> None:
    cast, first, _second = world
    place = next(place for place in PLACES if place.code == "JK-SRI")
    inside, outside = (truth_at(cast, role, place) for role in (place.role, "district_elsewhere"))
    assert inside.real == outside.real and inside.short == outside.short and inside.note != outside.note

    def bare(text: str) -> str:
        return re.sub(r"\d[\d,]*", "n", text)

    assert bare(inside.sentence) == bare(outside.sentence)
    for name, text in pages_about(
        cast, "district_elsewhere", replace(place, is_home=False), frame=first
    ).items():
        assert_one_truth(name, text, outside)
    page = reverse("verification:frame_beside", args=[first.public_id])
    assert squeezed(outside.sentence) in words(cast.client("district_elsewhere"), f"{page}?unit=JK-SRI")


def test_on_the_public_page_the_closed_frame_comes_first_in_whole_tens(
    world: tuple[Cast, Frame, Frame],
) -> None:
    cast, first, second = world
    state = next(place for place in PLACES if place.code == "JK")
    inside = truth_at(cast, "state_president", state)
    text = words(cast.client("anonymous"), reverse("verification:public", args=[first.programme.public_id]))
    assert text.index(f"Roundofchecks{first.number}") < text.index(f"Roundofchecks{second.number}")
    (said,) = SAID.findall(text)[:1]
    assert re.sub(r"\d+", "n", said) in re.sub(r"\d+", "n", squeezed(inside.sentence))
    assert int(re.findall(r"Of([\d,]+)people", said)[0].replace(",", "")) % 10 == 0
    covers = re.findall(r"Covers([\d,]+)oftoday's([\d,]+)entries;([\d,]+)ofthemwereasked", text)
    assert covers and all(int(n.replace(",", "")) % 10 == 0 for n in covers[0])


@st.composite
def strata(draw: st.DrawFn) -> list[tuple[bool, StratumTally]]:
    """Strata of one unit in a frame, with whether a phone gave a sign, and what came of their checks."""
    made = []
    for is_signed in draw(st.lists(st.booleans(), min_size=1, max_size=4)):
        tally = StratumTally(
            draw(st.integers(1, 400)), is_phoneless=not is_signed and draw(st.integers(0, 4)) == 0
        )
        left = min(tally.items, draw(st.integers(0, 40)))
        for told in (Stands.GENUINE, Stands.NOT_GENUINE, Stands.REFUSED, Stands.NOT_REACHED):
            n = draw(st.integers(0, left))
            left -= n
            tally.of[told] += n
        tally.of[Stands.OPEN] += left
        made.append((is_signed, tally))
    return made


def estimated_of(of: list[tuple[bool, StratumTally]], *, is_open: bool, n_reported: int) -> Estimated:
    """Return the estimate kept and read of such a unit: the whole and its two parts."""

    def share(tallies: list[StratumTally]) -> RealShare:
        if not tallies:
            return RealShare()
        drawn_share = RealShare(
            sum(each.items for each in tallies),
            finished(tallies),
            sum(sum(each.of.values()) for each in tallies) - finished(tallies),
            unchecked=unchecked(tallies),
        )
        one = estimate_of_unit(tallies, Planted())
        return replace(drawn_share, rate=one.rate, low=one.low, high=one.high) if one else drawn_share

    whole = share([tally for _is_signed, tally in of])
    return Estimated(
        frozen_on=date(2026, 11, 13),
        wanted=19,
        href="/",
        reported=whole.items + n_reported,
        entered=whole,
        counted=share([tally for is_signed, tally in of if is_signed]),
        unanswered=share([tally for is_signed, tally in of if not is_signed]),
        since=date(2026, 10, 23),
        finished=whole.finished,
        ends_on=date(2026, 12, 1) if is_open else None,
        kind="drive",
        measure=1,
    )


def everybody_says(one: Estimated, *, is_rounded: bool) -> dict[str, str]:
    """Return what each function that makes pages, lists, papers and files says of it."""
    of = FrameFigures(one.reported, one.entered, one.counted, one.unanswered)
    line = BesideLine(0, True, 1, "JK", {"en": "Jammu"}, "state", 1, of, 40, one.since)
    programme = Programme(kind="drive", opens_on=date(2026, 10, 23), closes_on=date(2026, 12, 15))
    frame = Frame(programme=programme, measure=1, state=Frame.State.CLOSED, frozen_at=NOW, ends_on=NOW.date())
    viewer: Any = SimpleNamespace(sees_exact_at=lambda _lo: not is_rounded)
    shown = ShownLine(replace(line, after=date(2026, 10, 23)), frame, viewer, on=NOW.date(), entries=900)
    drawn = programmes.ladder_picture(
        Ladder(reported=990, counted=600, unsigned=300, is_rounded=is_rounded),
        name="Members",
        programme=programme,
        measure=1,
        on=NOW.date(),
        checked=one,
    )
    columns: tuple[Column[None], ...] = programmes.checked_columns(lambda _row: drawn)
    sheet = printing._ladder(drawn, "")
    return {
        "sentence": truth_of(one, entries=900, is_rounded=is_rounded).sentence,
        "note": str(drawn.note),
        "ladder": re.sub(r"<[^>]+>", " ", str(pictures.ladder(Context(), drawn)).replace("popover", "")),
        "cell of a list": str(pictures.estimate(drawn)),
        "cell of a comparison": shown.short,
        "comparison": shown.truth.note,
        "row of a frame": EstimateRow(Estimate(), one, not is_rounded).truth.short,
        "paper": f"{sheet['note']} {sheet['real']['value']}",
        "file": " ".join(str(column.value(None)) for column in columns if column.value),
        **({"public": PublicUnit(Unit(), one).truth.note} if is_rounded else {}),
    }


@given(strata(), st.booleans(), st.booleans(), st.integers(0, 900))
def test_nothing_says_not_enough_checks_where_something_else_gives_a_figure(
    of: list[tuple[bool, StratumTally]], is_open: bool, is_rounded: bool, n_reported: int
) -> None:
    one = estimated_of(of, is_open=is_open, n_reported=n_reported)
    with override("en"):
        texts = everybody_says(one, is_rounded=is_rounded)
    meant = re.compile(r"How many of 100 are real, at least and at most")
    figures = {name for name, text in texts.items() if "of 100" in meant.sub("", text)}
    figures |= {name for name, text in texts.items() if "too few checks" in text}
    few = {
        name
        for name, text in texts.items()
        if re.search(r"not enough checks|of 19 checks|than 19 checks", text)
    }
    assert not (figures and few), (texts, one)
    if one.entered.rate is not None and (one.entered.items >= 10 or not is_rounded):
        assert figures == set(texts), (set(texts) - figures, one)


def test_without_enough_checks_every_page_slide_and_paper_gives_one_reason(cast: Cast) -> None:
    frame = checked(cast, finished=7)
    for name, said in everywhere(cast, frame, "JK").items():
        text = said.casefold()
        if name != "comparison":  # it has no ladder of the unit itself
            why = "notenoughchecks(7of19):12arelacking"
            assert ("notenoughchecks:fewerthan19areanswered" if name == "public" else why) in text, name
        assert not re.search(r"\d+of100arereal", text), name


def test_the_dossier_compares_in_the_frame_of_its_ladder(cast: Cast) -> None:
    first = checked(cast, finished=22)
    cast.crowd(30, "JK-B001", "70069")
    with system("test"):
        Frame.objects.filter(pk=first.pk).update(frozen_at=NOW - timedelta(days=9))
    later = drawn(cast, 20)
    refresh_estimates(at=NOW)
    assert later.number == first.number + 1
    said = words(cast.client("state_president"), reverse("review:dossier", args=["JK"]))
    beside = said.partition("Notreal,atleast")[2].partition("Trend:")[0]
    assert "notenoughchecks" not in beside
    assert re.search(r"131", beside) and "Of90peopleentered" in said, "of the first frame, in both"


def test_the_public_page_speaks_the_language_of_each_reader(cast: Cast) -> None:
    frame = checked(cast, finished=22)
    page = reverse("verification:public", args=[frame.programme.public_id])
    assert "peopleentered" in words(cast.client("anonymous"), page)
    hindi = words(cast.client("anonymous", "hi"), page)
    assert "peopleentered" not in hindi and "जोड़ेगए90लोगोंमेंहर100में" in hindi, (
        "kept for half a minute, in no language"
    )


def test_a_frame_is_rounded_for_who_does_not_see_the_people_and_exact_for_who_does(cast: Cast) -> None:
    frame = checked(cast, finished=22)
    of = Estimate.objects.filter(frame=frame, shade=Estimate.Shade.ENTERED)
    with system("test"):
        of.filter(unit__code="JK-SRI").update(items=43)
        of.filter(unit__code="JK").update(items=87)
    page = reverse("verification:frame", args=[frame.public_id])
    for path in (f"{page}?unit=JK", f"{page}beside/?unit=JK"):
        for role, whole, part in (("state_president", 87, 43), ("district_elsewhere", 90, 40)):
            client = cast.client(role)
            assert f"Of{whole}peopleentered" in words(client, path), (path, role)
            cells = re.findall(r'data-l="Entries"[^>]*>\s*(\d+)\s*<', body(client, path))
            (row,) = re.findall(r"<tr[^>]*>(?:(?!</tr>).)*Srinagar.*?</tr>", body(client, path), re.DOTALL)
            checks = re.findall(r'data-l="(?:Checks finished|Drawn)"[^>]*>\s*(\d+)\s*<', row)
            assert role == "state_president" or not any(int(n) % 10 for n in checks), (path, checks)
            assert str(part) in cells and (role == "state_president" or "43" not in cells), (path, role)
    every = reverse("verification:frames", args=[frame.programme.public_id])
    for role, shown in (("state_president", ["87"]), ("district_elsewhere", ["90"])):
        cells = re.findall(r'data-l="Entries"[^>]*>\s*(\d+)\s*<', body(cast.client(role), every))
        assert cells == shown, role


def signed_in(account: Account) -> Client:
    """The browser of somebody of the sample, both proofs shown."""
    client = Client(HTTP_ACCEPT_LANGUAGE="en", raise_request_exception=False)
    with scoped(Scope(account=account.pk)):
        made = sessions.start(account_id=account.pk, device="", origin="", at=NOW, strong=True)
    client.cookies[settings.SESSION_COOKIE_NAME] = made.token
    client.cookies["language"] = "en"
    return client


def truths_in(programme: Programme, account: Account, unit_id: int, tree: int) -> dict[int, Truth]:
    """Return somebody's truths of a unit of a tree, by measure, if a frame has a figure or a grade of it."""
    with scoped(scope_of(account.pk, NOW.date())), override("en"):
        found = ask_latest([programme.pk], [unit_id], NOW.date())()
        ladders = programmes.ladders(node=unit_id, hierarchy=tree, programmes=[programme], at=NOW)
        none = programmes.blank(is_rounded=False)
        return {
            measure: truth_of(one, entries=ladder.entries, is_rounded=ladder.is_rounded)
            for (_programme, measure, _unit), one in found.items()
            for ladder in [ladders.get((programme.pk, measure), none)]
            if one.entered.rate is not None or one.grade
        }


def running_in(account: Account, unit_id: int, tree: int) -> set[int]:
    """Return the programmes that pages of a unit show somebody."""
    with scoped(scope_of(account.pk, NOW.date())):
        running, _node = programmes.running_at(unit_id, tree, NOW.date())
        return {one.programme.pk for one in running}


@pytest.mark.slow
def test_in_the_sample_every_unit_with_an_estimate_has_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """All its units on pages and in files; two of each level on Today, records, paper and slides too."""
    monkeypatch.setattr(tree, "BOOTHS", 900)
    empty()
    with schema.working_as("jobs"):
        build.build_demo("one truth", at=NOW, claims=6_000, say=lambda _text: None)
    with system("test"):
        chief = Account.objects.get(
            pk=Appointment.objects.filter(
                office__code="national_president", unit__code="IN", state=Appointment.State.ACTIVE
            ).values_list("account_id")[:1]
        )
        of_frames = Frame.objects.exclude(state=Frame.State.FROZEN).values("programme")
        checked_ones = list(Programme.objects.filter(pk__in=of_frames, hierarchy=Hierarchy.ORGANISATIONAL))
        has_figure = Q(rate__isnull=False) | ~Q(grade="")
        rows = Estimate.objects.filter(has_figure).values_list("frame__programme", "unit").distinct()
        units_of = defaultdict(set)
        for programme_id, unit_id in rows:
            units_of[programme_id].add(unit_id)
        units = {
            unit.pk: unit for unit in Unit.objects.filter(pk__in={u for of in units_of.values() for u in of})
        }
    client, seen, levels = signed_in(chief), Counter[str](), Counter[str]()
    for programme in checked_ones:
        below = reverse("programmes:below", args=[programme.public_id])
        files: dict[tuple[str, int], dict[str, str]] = {}
        for unit_id in sorted(units_of[programme.pk]):
            unit = units[unit_id]
            is_across = unit.kind in (Kind.CONSTITUENCY, Kind.SEGMENT)
            home = Hierarchy.ELECTORAL if is_across else Hierarchy.ORGANISATIONAL
            truths = truths_in(programme, chief, unit_id, home)
            if not truths:
                continue
            seen[programme.kind] += 1
            levels[unit.kind] += 1
            tree_of = SLUGS[home]
            pages = {}
            if not is_across:
                page = reverse("programmes:programme", args=[programme.public_id])
                pages["programme"] = words(client, f"{page}?unit={unit.code}")
            # A programme of one district has no place on the page of a constituency that its border cuts.
            runs = programme.pk in running_in(chief, unit_id, home)
            if runs:
                dossier = reverse("review:dossier", args=[unit.code])
                pages["dossier"] = words(client, f"{dossier}?in={tree_of}")
            if levels[unit.kind] <= 2 and runs:
                paper = client.get(reverse("review:dossier_print", args=[unit.code]) + f"?in={tree_of}")
                pages["paper"] = "".join(written(paper.content).split())
                if programme.kind == "drive" and truths[ENROLMENTS].real:
                    where = f"?unit={unit.code}&in={tree_of}&programme={programme.public_id}"
                    for name, text in slides_about(client, where).items():
                        assert squeezed(truths[ENROLMENTS].sentence.rstrip(".")) in text, (unit.code, name)
            for measure, truth in truths.items():
                if runs:  # its page shows one measure of one programme
                    page = reverse("pages:unit", args=[unit.code])
                    which = f"programme={programme.public_id}&measure={measure}"
                    pages["unit"] = words(client, f"{page}?in={tree_of}&{which}")
                for name, text in pages.items():
                    # A dossier has a ladder of its first measure, and a row for each other.
                    shown = [truth.note, truth.short] if name in ("dossier", "paper") else [truth.note]
                    assert any(squeezed(words) in text for words in shown), (unit.code, name, shown)
                if (unit.kind, measure) not in files:
                    file = client.get(f"{below}?unit=IN&level={unit.kind}&measure={measure}&format=csv")
                    content = b"".join(file) if file.streaming else file.content
                    lines = csv.DictReader(io.StringIO(content.decode().removeprefix("\ufeff")))
                    files[unit.kind, measure] = {row["Code"]: row["Back-checks"] for row in lines}
                if unit.code in files[unit.kind, measure]:
                    assert files[unit.kind, measure][unit.code].startswith(truth.note), unit.code
    assert seen["drive"] > 20 and len(levels) >= 4, (seen, levels)


def test_today_names_the_unit_with_fewest_real_entries_where_checks_tell_it_apart(cast: Cast) -> None:
    frame = checked(cast, finished=20)

    def today(**of_jammu: Any) -> str:
        with system("test"):
            found = Estimate.objects.filter(frame=frame, shade=Estimate.Shade.ENTERED)
            whole: dict[str, Any] = {"items": 400, "genuine": 300, "rate": 0.82, "low": 0.73, "high": 0.87}
            whole |= {"unchecked": 0, "method": "exact"}
            found.filter(unit__code__in=("JK", "JK-SRI")).update(**whole)
            found.filter(unit__code="JK-JAM").update(**(whole | of_jammu))
        return body(cast.client("state_president"), "/").partition("People to call")[2]

    page = today(rate=0.61, low=0.43, high=0.77)
    leader = cast.accounts["district_elsewhere"].public_id
    assert "At most 77 of 100 are real" in page and f"/bearers/{leader}/" in page
    assert "Membershipdrive:LeastrealJammuAtmost77of100arereal" in words(
        cast.client("state_president"), "/today/"
    )
    assert "are real" not in today(rate=0.61, low=0.3, high=0.86), "the intervals cannot tell it apart"
    assert "are real" not in today(rate=0.9, low=0.85, high=0.95), "it is better than the whole"
