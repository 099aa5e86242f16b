"""A programme that counts three things: no page shows the target of one and hides those of the others."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils.translation import override

from abhiyan.contact.rules.kinds import CALLED, LISTED, TALKED
from abhiyan.core import printing
from abhiyan.core.clock import day_in
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.core.tests.pdfs import text_of
from abhiyan.org.here import Here
from abhiyan.pages.access import addresses_by_name
from abhiyan.programmes import actions, queries
from abhiyan.programmes.models import InCharge, Programme
from abhiyan.programmes.rules.ladder import COUNTED, REPORTED, TallyChange
from abhiyan.programmes.views import sharing
from abhiyan.site.tests.cast import SYSTEM, Cast
from abhiyan.targets import actions as target_actions
from abhiyan.targets import queries as target_queries
from abhiyan.ui.numbers import short
from abhiyan.units.queries import row_of_unit

pytestmark = pytest.mark.django_db(transaction=True)
TARGETS = {TALKED: 7_77_701, LISTED: 70_00_802, CALLED: 50_00_903}
SHOWN = {TALKED: "7,77,701", LISTED: "70,00,802", CALLED: "50,00,903"}
# Pages of one measure by what they are for. Their breadcrumbs lead to the programme.
OF_ONE = {"contact:calling": "call centres alone"}
NAMES = {TALKED: "Talked with", LISTED: "People on lists", CALLED: "Talked with by a call centre"}


@pytest.fixture
def cast() -> Cast:
    return Cast.make()


def contacts(cast: Cast, targets: dict[int, int]) -> Programme:
    """An open programme of contact in a district, whose president is in charge of it."""
    unit, today = cast.world.units["JK-SRI"].pk, day_in("Asia/Kolkata", NOW)
    with system("test"):
        made = actions.make_programme(
            template="contact",
            names={"en": "Every door", "hi": "हर द्वार"},
            owner_id=cast.world.units["JK"].pk,
            unit_ids=[unit],
            opens_on=today,
            closes_on=today + timedelta(days=30),
            by=SYSTEM,
            at=NOW,
        )
        for measure, n in targets.items():
            target_actions.set_target(
                programme_id=made.pk, measure=measure, unit_id=unit, n=n, by=SYSTEM, at=NOW
            )
        actions.open_programme(programme_id=made.pk, by=SYSTEM, at=NOW)
        actions.name_in_charge(
            programme_id=made.pk,
            unit_id=unit,
            account=cast.accounts["district_in_charge"].public_id,
            role="in_charge",
            by=SYSTEM,
            at=NOW,
        )
        charge = InCharge.objects.get(programme=made).pk
    by = cast.actor("district_in_charge")
    with cast.as_("district_in_charge"):
        actions.answer_charge(in_charge_id=charge, accepts=True, by=by, at=NOW)
    made.refresh_from_db()
    return made


def asked(name: str, one: Programme) -> str:
    """A page as the programme or a unit fills it, or an empty address where it is about something else."""
    for given in ({}, {"public_id": one.public_id}, {"code": "JK-SRI"}):
        try:
            return f"{reverse(name, kwargs=given)}?unit=JK-SRI&programme={one.public_id}"
        except NoReverseMatch:
            continue
    return ""


def read(client: Client, address: str) -> str:
    answer: Any = client.get(address, follow=True)
    return answer.text if answer.status_code == 200 and "html" in answer["Content-Type"] else ""


@pytest.mark.parametrize("role", ["district_in_charge", "state_president"])
def test_a_page_that_shows_a_target_of_one_measure_shows_or_leads_to_those_of_the_others(
    cast: Cast, role: str
) -> None:
    one, client = contacts(cast, TARGETS), cast.client(role)
    seen, short_of = set(), []
    for name in sorted(addresses_by_name()):
        if name in OF_ONE or not (address := asked(name, one)):
            continue
        page = read(client, address)
        # A number is written out, or short where a picture has little room.
        has = {m: text in page or short(TARGETS[m]) in page for m, text in SHOWN.items()}
        if not any(has.values()):
            continue
        seen.add(name)
        short_of += [
            f"{name} lacks {NAMES[m]}"
            for m, there in has.items()
            if not there and not re.search(rf"[?&;](?:amp;)?measure=(?:{one.public_id}-)?{m}\b", page)
        ]
    assert not short_of, short_of
    expected = {"programmes:programme", "targets:targets", "pages:unit"}
    if role == "district_in_charge":
        expected |= {"programmes:list", "pages:today_all", "work:my_work"}
    assert seen >= expected, seen


def test_a_programme_that_nobody_follows_by_the_minute_has_no_launch_page(cast: Cast) -> None:
    one = contacts(cast, TARGETS)
    assert cast.client("state_president").get(f"/launch/{one.public_id}/").status_code == 404


def test_the_guided_form_asks_a_row_for_each_measure_and_the_check_shows_them(cast: Cast) -> None:
    client = cast.client("state_president")
    given = {
        "template": "contact",
        "owner": "JK-SRI",
        "hierarchy": "1",
        "name_en": "Doors",
        "name_hi": "द्वार",
    }
    answer = client.post("/programmes/new/", given | {"owner": "JK"})
    draft = answer["Location"].replace("/who/", "/%s/")
    unit = cast.world.units["JK"].pk
    page = read(client, draft % "target")
    assert all(
        f'name="n_{unit}_{m}"' in page and re.search(rf"<label[^>]*>\s*{NAMES[m]}", page) for m in TARGETS
    )
    said = {f"n_{unit}_{m}": f"{n}" for m, n in TARGETS.items() if m != LISTED}
    answer = client.post(draft % "target", said | {"how": "equally"})
    check = read(client, answer["Location"])
    assert SHOWN[TALKED] in check and SHOWN[CALLED] in check and "Target of People on lists" in check
    one = Programme.objects.get(names__en="Doors")
    with system("test"):
        for measure in (TALKED, CALLED):
            assert queries.gap(programme=one, node=unit, measure=measure, on=NOW.date()).sums
        assert not target_queries.targets(programme=one, units=[unit], measure=LISTED)


def test_what_is_shared_has_each_measure_with_a_target_or_figures_and_no_other(cast: Cast) -> None:
    one = contacts(cast, {TALKED: 400, LISTED: 900})
    booth = cast.world.units["JK-B001"].pk
    day = day_in("Asia/Kolkata", NOW) - timedelta(days=1)  # the last closed day, which outsiders see too
    client, page = cast.client("state_president"), f"/programmes/{one.public_id}/share/?unit=JK-SRI"
    said = read(client, page).split('<pre class="copied"')[1].split("</pre>")[0]
    assert "Talked with: " in said and "of 900" in said and "call centre" not in said
    with system("test"):
        actions.post_changes(
            deltas=[TallyChange(one.pk, CALLED, 3, booth, day, rung, 40) for rung in (REPORTED, COUNTED)],
            at=NOW,
        )
    for language in ("en", "hi"):
        with cast.as_("state_president"), override(language):
            made = sharing.shared(one, _here(cast, one), at=NOW)
            drawn = text_of(
                printing.print_pdf(
                    sharing.TEMPLATE, [made.values()], title="", language=language, at=NOW, with_lines=False
                )
            )
        assert len(made.measures) == 3 and "40" in made.text
        for words in (each for measure in made.measures for each in (measure.name, *measure.sentences)):
            assert "".join(words.split()) in drawn, (words, drawn)


def _here(cast: Cast, one: Programme) -> Here:
    return Here(row_of_unit(cast.world.units["JK-SRI"].pk, one.hierarchy), one.hierarchy, (), "", QueryDict())


def test_slides_of_a_programme_have_a_slide_for_each_measure(cast: Cast) -> None:
    one, client = contacts(cast, TARGETS), cast.client("district_in_charge")
    page = read(client, f"/programmes/{one.public_id}/?unit=JK-SRI&measure={LISTED}")
    (link,) = re.findall(r'href="([^"]*slides[^"]*programme=[^"]*)"', page)
    form = read(client, link.replace("&amp;", "&"))
    chosen = re.search(r'<option value="([^"]*)" selected>([^<]*)', form)
    assert chosen and chosen[1].endswith(f"-{LISTED}") and chosen[2].endswith(NAMES[LISTED])
    answer = client.post(link.replace("&amp;", "&"), {"language": "en", "measure": chosen[1], "level": ""})
    deck = read(client, answer["Location"])
    assert all(SHOWN[m] in deck or short(TARGETS[m]) in deck for m in TARGETS), deck


def test_every_link_of_the_pages_of_targets_keeps_the_measure(cast: Cast) -> None:
    one, client = contacts(cast, TARGETS), cast.client("state_president")
    for path in ("targets/", "targets/versions/", "targets/off/", "targets/preview/", "targets/plan/"):
        page = read(client, f"/programmes/{one.public_id}/{path}?unit=JK-SRI&measure={CALLED}&how=equally")
        looks = f"/programmes/{one.public_id}/targets/preview/"  # a form that sends the measure by a field
        assert f'action="{looks}"' not in page or f'name="measure" value="{CALLED}"' in page
        main = page.split("<main")[1].split("</main>")[0]
        inside = re.findall(
            rf'(?:href|action)="(/programmes/{one.public_id}/targets(?!/versions/[0-9a-f])[^"]*)"', main
        )
        tabs = main.split('class="seg')[1].split("</nav>")[0] if 'class="seg' in main else ""
        lost = [
            each for each in inside if f"measure={CALLED}" not in each and each not in tabs and each != looks
        ]
        assert not lost, (path, lost)
        assert NAMES[CALLED] in page
