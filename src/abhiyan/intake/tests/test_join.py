"""Joining by the web: the story, and its words to each reader."""

import re
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test import Client

from abhiyan.core.scope import system
from abhiyan.enrolment import choosing
from abhiyan.enrolment.models import Drive
from abhiyan.enrolment.tests.make import Human, Ladder, World
from abhiyan.enrolment.tests.web import blanks, code_sent, join, main, today, typed, web_world
from abhiyan.people.tests.make import browser
from abhiyan.units.models import Hierarchy, Kind, Placement
from abhiyan.units.words import write_words

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return web_world()


def test_the_notice_comes_first_and_age_before_every_other_question(world: World) -> None:
    page = browser().get("/join/").content.decode()
    order = [
        page.index(mark) for mark in ('class="notice"', 'name="adult"', 'name="birth_year"', 'name="name"')
    ]
    assert order == sorted(order)
    assert page.index('name="name"') < page.index('name="where"') < page.index('name="phone"')
    assert 'name="membership"' in page and 'name="messages"' in page
    assert "checked" not in page


def test_somebody_joins_by_the_web_with_a_code_and_is_counted(world: World) -> None:
    client = join(world, world.asha, unit="JK-B001")
    page = client.get("/join/winter/done/").content.decode()
    assert "Asha Devi, you are a member" in page
    assert "Rajbagh School" in page
    assert world.asha.phone[3:] not in page
    assert world.ladder(world.booth) == Ladder(reported=1, counted=1)
    assert world.tallies() == world.recounted()


def test_the_end_of_joining_has_the_card_with_its_code_and_a_link_to_share_and_no_way_out(
    world: World,
) -> None:
    client = join(world, world.asha, unit="JK-B001")
    page = client.get("/join/winter/done/").content.decode()
    card = page.partition('class="card"')[2].partition("<h2>")[0]
    assert 'class="qr"' in card
    (shared,) = re.findall(r'href="(https://wa\.me/\?text=[^"]*)"', page)
    assert unquote(shared).endswith("/join/winter/?unit=JK-B001"), "friends join at the same booth"
    assert "/me/leave/" not in page and 'href="/me/"' in page
    assert "/me/leave/" in client.get("/me/").content.decode()


def test_several_open_drives_are_a_choice(world: World) -> None:
    with system("test"):
        world._drive(world.units, world.roll, "spring", today(), today())
    page = browser().get("/join/").content.decode()
    assert "/join/winter/" in page and "/join/spring/" in page
    assert page.count("You belong to the organisation. You get a member number and a card.") == 2


def test_a_closed_drive_takes_nothing(world: World) -> None:
    with system("test"):
        world.programme.state = "closed"
        world.programme.save()
    page = browser().get("/join/winter/")
    assert b'<form method="post" action="/join' not in page.content
    assert browser().post("/join/winter/", typed(world.asha)).status_code == 200
    assert world.count("enrolment_claim") == 0


def test_a_no_to_eighteen_leaves_a_number_and_nothing_else(world: World) -> None:
    client = browser()
    form = typed(world.child, adult="no")
    for _twice in range(2):
        answer = client.post("/join/winter/", form)
        assert answer.status_code == 422
        assert "We kept nothing of what you typed" in answer.content.decode()
        assert "Planted-Marker" not in answer.content.decode()
    assert world.rows("select n from enrolment_refused_count") == [(1,)]
    assert world.count("people_session") == world.count("enrolment_claim") == world.count("people_phone") == 0


def test_a_minor_by_the_year_of_birth_is_refused_before_any_code(world: World) -> None:
    answer = browser().post("/join/winter/", typed(world.child))
    assert answer.status_code == 422
    assert "You must be at least 18 years old." in answer.content.decode()
    assert world.count("messaging_message") == world.count("people_code") == 0
    assert world.rows("select n from enrolment_refused_count") == [(1,)]


def test_errors_stand_at_their_fields_and_typed_values_stay(world: World) -> None:
    answer = browser().post("/join/winter/", {"adult": "yes", "name": "Asha Devi", "phone": "98765 432"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Write ten digits; now there are 8." in page
    assert 'value="Asha Devi"' in page and 'value="98765 432"' in page
    assert "Give the year of birth" in page and "without this consent" in page
    hindi = (
        browser(language="hi").post("/join/winter/", {"adult": "yes", "phone": "98765 432"}).content.decode()
    )
    assert "ten digits" not in hindi


def test_two_of_a_family_join_one_after_the_other_and_each_sees_only_themselves(world: World) -> None:
    client = join(world, world.asha, unit="JK-B001")
    answer = client.post("/join/winter/", typed(world.mohan, unit="JK-B001"))
    assert answer["Location"] == "/join/winter/done/"  # the phone is proven in this browser: no second code
    page = client.get("/join/winter/done/").content.decode()
    assert "Mohan Lal, you are a member" in page
    assert "Asha" not in page
    assert world.ladder(world.booth) == Ladder(reported=2, counted=2)


def test_a_second_of_the_family_joins_from_another_browser(world: World) -> None:
    join(world, world.asha, unit="JK-B001")
    client = join(world, world.mohan)
    assert "Asha" not in client.get("/join/winter/done/").content.decode()


def test_the_fifth_on_a_phone_is_told_so_only_after_the_code(world: World) -> None:
    for n in range(4):
        join(world, Human(f"Person {'ABCD'[n]}", 1980 + n, world.asha.phone))
    client = browser()
    answer = client.post("/join/winter/", typed(Human("Person E", 1990, world.asha.phone)))
    assert answer["Location"].endswith("/code/")
    client.post("/join/winter/code/", {"code": code_sent(world.asha.phone)})
    assert "4 people have already joined" in client.get("/join/winter/done/").content.decode()


def test_before_the_phone_is_proven_known_unknown_withdrawn_and_minor_are_answered_alike(
    world: World,
) -> None:
    join(world, world.asha, unit="JK-B001")
    leaver = join(world, world.bilal)
    assert leaver.post("/me/leave/").status_code == 200
    browser().post("/join/winter/", typed(world.child))
    pages = []
    for phone in (world.asha.phone, world.chandra.phone, world.bilal.phone, world.child.phone):
        client = browser()
        answer = client.post("/join/winter/", typed(Human("Same Name", 1970, phone)))
        code_page = client.get("/join/winter/code/")
        me = browser()
        asked = me.post("/me/", {"phone": phone})
        last4 = phone[-4:]
        pages.append(
            (
                answer.status_code,
                answer["Location"],
                main(code_page.content).replace(last4, "").replace(" ".join(last4), ""),
                asked.status_code,
                asked["Location"],
                main(me.get("/me/code/").content).replace(last4, "").replace(" ".join(last4), ""),
                main(me.post("/me/code/", {"code": "000000"}).content)
                .replace(last4, "")
                .replace(" ".join(last4), ""),
            )
        )
    assert pages[0] == pages[1] == pages[2] == pages[3]


def test_where_codes_are_off_the_page_says_the_same_and_the_phone_hears_the_rest(world: World) -> None:
    join(world, world.asha, unit="JK-B001")
    leaver = join(world, world.bilal)
    leaver.post("/me/leave/")
    with system("test"):
        Drive.objects.update(codes_off=[{"unit": "JK-SRI", "from": str(today()), "to": str(today())}])
    pages = []
    for human in (world.asha, world.chandra, world.bilal):
        client = browser()
        answer = client.post("/join/winter/", typed(human, unit="JK-B001"))
        assert answer["Location"] == "/join/winter/received/"
        pages.append(main(client.get(answer["Location"]).content))
    assert pages[0] == pages[1] == pages[2]
    assert blanks(world.asha.phone, "drive.already") and not blanks(world.chandra.phone, "drive.already")
    # chandra is counted in her own shade; nobody brings bilal back but his own phone
    assert world.ladder(world.booth) == Ladder(reported=3, unsigned=1, counted=1)
    assert (
        browser().post("/join/winter/", typed(world.chandra, unit="JK-B004"))["Location"].endswith("/code/")
    )


def test_sent_again_the_form_finds_its_first_outcome(world: World) -> None:
    client = browser()
    form = typed(world.asha, unit="JK-B001")
    client.post("/join/winter/", form)
    client.post("/join/winter/code/", {"code": code_sent(world.asha.phone)})
    first = client.get("/join/winter/done/").content
    assert client.post("/join/winter/", form)["Location"] == "/join/winter/done/"
    assert main(client.get("/join/winter/done/").content) == main(first)
    assert world.count("enrolment_claim") == 1


def test_another_person_on_the_same_page_is_another_claim(world: World) -> None:
    client = browser()
    form = typed(world.asha)
    client.post("/join/winter/", form)
    client.post("/join/winter/code/", {"code": code_sent(world.asha.phone)})
    client.post("/join/winter/", form | {"name": world.mohan.name, "birth_year": str(world.mohan.birth_year)})
    assert "Mohan Lal" in client.get("/join/winter/done/").content.decode()
    assert world.count("enrolment_membership") == 2


def test_a_code_works_once_in_its_own_browser_only(world: World) -> None:
    client = browser()
    client.post("/join/winter/", typed(world.asha))
    code = code_sent(world.asha.phone)
    assert browser().post("/join/winter/code/", {"code": code})["Location"] == "/join/winter/?sent=1"
    wrong = client.post("/join/winter/code/", {"code": f"{(int(code) + 1) % 1_000_000:06d}"})
    assert wrong.status_code == 422
    assert world.count("enrolment_claim") == 0
    assert client.post("/join/winter/code/", {"code": code}).status_code == 302
    assert client.post("/join/winter/code/", {"code": code})["Location"] == "/join/winter/done/"
    assert world.count("enrolment_claim") == 1


def test_a_code_sent_twice_at_once_leads_to_the_card(world: World) -> None:
    client, twin = browser(), browser()
    client.post("/join/winter/", typed(world.asha))
    # The second press goes out before the first is answered.
    twin.cookies.load(client.cookies.output(header="", sep=";"))
    code = code_sent(world.asha.phone)
    assert client.post("/join/winter/code/", {"code": code})["Location"] == "/join/winter/done/"
    late = twin.post("/join/winter/code/", {"code": code})
    assert client.get(late["Location"])["Location"] == "/join/winter/done/"
    assert world.count("enrolment_claim") == 1


def test_what_waits_for_its_code_is_sealed_and_gone_when_it_has_served(world: World) -> None:
    client = browser()
    client.post("/join/winter/", typed(Human("Planted Waiting", 1970, world.asha.phone)))
    (before,) = world.rows("select data::text from people_session where ended_at is null")
    assert "draft" in str(before) and "Planted" not in str(before) and world.asha.phone[3:] not in str(before)
    again = client.get("/join/winter/?again=1").content.decode()
    assert 'value="Planted Waiting"' in again
    client.post("/join/winter/code/", {"code": code_sent(world.asha.phone)})
    assert "draft" not in str(world.rows("select data::text from people_session where ended_at is null"))


def test_too_many_codes_to_one_phone_are_refused_with_what_was_typed(world: World) -> None:
    for _n in range(7):  # five of the phone, and two of its network
        assert browser().post("/join/winter/", typed(world.asha)).status_code == 302
    answer = browser().post("/join/winter/", typed(world.asha))
    assert answer.status_code == 429
    assert answer["Retry-After"]
    assert 'value="Asha Devi"' in answer.content.decode()


def test_an_unknown_place_is_taken_and_goes_to_the_worklist(world: World) -> None:
    join(world, world.asha)
    assert world.rows("select is_placed from enrolment_claim") == [(False,)]
    join(world, world.bilal, where="Nowhere at all", unit="-")
    assert world.rows("select count(*) from enrolment_claim where not is_placed") == [(2,)]


def test_a_place_that_fits_nothing_or_much_is_asked_again(world: World) -> None:
    answer = browser().post("/join/winter/", typed(world.asha, where="Nowhere at all"))
    assert answer.status_code == 422
    assert "No place found" in answer.content.decode()
    answer = browser().post("/join/winter/", typed(world.asha, where="x" * 101))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "at most 100" in page and "Write it another way" not in page
    assert browser().post("/join/winter/", typed(world.asha, unit="HP-B001")).status_code == 422
    assert browser().post("/join/winter/", typed(world.asha, unit="no-such")).status_code == 422


def test_a_place_is_picked_down_the_tree_without_script(world: World) -> None:
    client = browser()
    form = typed(world.asha) | {"name": "Kept Name"}
    page = client.post("/join/winter/", form | {"open": ""}).content.decode()
    assert 'value="JK-SRI"' in page and 'value="Kept Name"' in page
    page = client.post("/join/winter/", form | {"open": "JK-SRI"}).content.decode()
    assert 'name="open" value="JK-BL1"' in page
    page = client.post("/join/winter/", form | {"open": "JK-BL1"}).content.decode()
    assert '<input type="radio" name="unit" value="JK-B001"' in page
    answer = client.post("/join/winter/", form | {"under": "JK-BL1", "unit": "JK-B001"})
    assert answer.status_code == 302
    fragment = client.get("/join/winter/places/?open=JK-BL1").content.decode()
    assert 'value="JK-B001"' in fragment and "<html" not in fragment


def test_a_pin_code_lists_its_places(world: World) -> None:
    with system("test"), connection.cursor() as cursor:
        cursor.execute(
            "insert into units_pin (pin, unit_id) values ('190001', %s), ('190001', %s), ('190002', %s)",
            [world.booth.pk, world.next_booth.pk, world.booth.pk],
        )
    page = browser().get("/join/winter/places/?where=190001").content.decode()
    assert 'value="JK-B001"' in page and 'value="JK-B002"' in page
    join(world, world.asha, where="१९०००२")
    assert world.ladder(world.booth) == Ladder(reported=1, counted=1)


def test_a_pin_code_of_a_whole_district_opens_its_places(world: World) -> None:
    with system("test"), connection.cursor() as cursor:
        cursor.execute(
            "insert into units_pin (pin, unit_id) select '190005', id from units_unit where code in ('JK-SRI', 'HP')"
        )
    page = browser().get("/join/winter/places/?where=190005").content.decode()
    assert 'name="open" value="JK-BL1"' in page and 'value="HP' not in page
    answer = browser().post("/join/winter/", typed(world.asha, where="190005"))
    assert answer.status_code == 422 and "Choose your place from the list" in answer.content.decode()


def test_a_pin_code_that_has_a_district_says_so(world: World) -> None:
    with system("test"), connection.cursor() as cursor:
        cursor.execute(
            "insert into units_pin (pin, unit_id) select '190005', id from units_unit where code = 'JK-SRI'"
        )
    page = browser().get("/join/winter/places/?where=190005").content.decode()
    assert "190005 is in Srinagar. Which place is it there?" in page


def test_a_pin_code_that_has_a_mandal_opens_its_booths(world: World) -> None:
    with system("test"), connection.cursor() as cursor:
        cursor.execute(
            "insert into units_pin (pin, unit_id) select '190006', id from units_unit where code = 'JK-SRI-M1'"
        )
    page = browser().get("/join/winter/places/?where=190006").content.decode()
    assert 'name="unit" value="JK-SRI-M1"' in page and 'name="open" value="JK-SRI-M1"' in page
    below = browser().get("/join/winter/places/?open=JK-SRI-M1").content.decode()
    assert re.search('value="JK-SRI-M1-C1"|value="JK-B001"', below)


def test_a_town_by_its_name_comes_instead_of_everything_in_it(world: World) -> None:
    with system("test"):
        town = world.units["JK-SRI-M1"]
        for unit in (world.booth, world.next_booth):
            unit.names = {"en": f"{unit.code}, {town.names['en']}", "hi": unit.code}
            unit.save()
        write_words((unit.pk, unit.kind, unit.names) for unit in world.units.values())
    page = browser().get("/join/winter/places/", {"where": town.names["en"]}).content.decode()
    assert re.findall('name="unit" value="([^"-][^"]*)"', page) == ["JK-SRI-M1"]
    assert 'name="open" value="JK-SRI-M1"' in page


def test_what_was_not_found_is_no_question(world: World) -> None:
    page = browser().get("/join/winter/places/", {"where": "Nowhere"}).content.decode()
    assert "Which one is it?" not in page and "Nothing found for “Nowhere”" in page


def test_no_word_of_a_place_is_said_twice() -> None:
    path = ["Reasi", "Katra", "Katra Bazar, Katra", "Village 1, Katra"]
    assert choosing._above("56/126, Katra booth", path) == "Village 1, Katra, Katra Bazar, Reasi"
    assert choosing._above("56/126, Katra", path) == "Village 1, Katra Bazar, Reasi"


def test_a_word_for_village_beside_a_name_finds_it(world: World) -> None:
    page = browser().get("/join/winter/places/?where=गाँव+JK-B001").content.decode()
    assert 'value="JK-B001"' in page


@pytest.mark.parametrize(
    ("where", "codes"),
    [
        *(
            (text, {"JK-B003"})
            for text in ("srinagar college", "college, srinagar", "कॉलेज श्रीनगर", "श्रीनगर college")
        ),
        ("जिला श्रीनगर गाँव हज़रतबल", {"JK-SRI-M2", "JK-B003"}),
        *((text, set()) for text in ("bahu college", "कॉलेज बाहु", "himachal shimla")),
    ],
)
def test_a_place_is_found_by_its_name_and_its_district(world: World, where: str, codes: set[str]) -> None:
    with system("test"):
        write_words((unit.pk, unit.kind, unit.names) for unit in world.units.values())
    page = browser().get("/join/winter/places/", {"where": where}).content.decode()
    assert set(re.findall('name="unit" value="([^"-][^"]*)"', page)) == codes
    assert ("No place found. Write the village and district" in page) == (not codes)


def test_each_step_is_judged_by_the_server_and_keeps_nothing(world: World) -> None:
    client = browser()
    wrong = typed(world.asha, name="सुनीता देवी 2", birth_year="३०००", phone="98765") | {"step": "about"}
    said = client.post("/join/winter/", wrong, headers={"accept-language": "hi"}).json()
    assert set(said["wrong"]) == {"name", "birth_year"}, "the phone is of a later step"
    assert "जन्म" in said["wrong"]["birth_year"] and not said["minor"]
    said = client.post("/join/winter/", wrong | {"step": "contact"}).json()
    assert set(said["wrong"]) == {"phone"} and "ten digits" in said["wrong"]["phone"]
    said = client.post("/join/winter/", typed(world.asha, birth_year="15-08-1979") | {"step": "about"}).json()
    assert said == {"wrong": {}, "minor": False}
    said = client.post("/join/winter/", typed(world.child, adult="no") | {"step": "about"}).json()
    assert (
        said["minor"]
        and world.count("enrolment_claim") == 0
        and not world.rows("select 1 from people_person")
    )


def test_only_places_the_drive_takes_are_offered_and_any_other_is_refused_before_a_code(world: World) -> None:
    """The drive goes by the organisational tree, in which no block stands."""
    with system("test"), connection.cursor() as cursor:
        cursor.execute(
            "insert into units_pin (pin, unit_id) values ('190003', %s), ('190003', %s), ('190003', %s)",
            [world.units["JK-BL1"].pk, world.booth.pk, world.units["JK-SRI"].pk],
        )
    client = browser()

    def offered(query: str) -> set[str]:
        page = client.get(f"/join/winter/places/?{query}").content.decode()
        return set(re.findall(r'type="radio" name="unit" value="([^"]+)"', page)) - {"-"}

    assert offered("where=JK-BL1") == set()
    assert offered("where=JK-B") == {"JK-B001", "JK-B002", "JK-B003", "JK-B004"}
    assert offered("where=190003") == {"JK-B001"}
    # The way down leads through a block, which itself is no answer.
    assert offered("open=JK-SRI") == set()
    assert offered("open=JK-BL1") == {"JK-B001", "JK-B002", "JK-B003"}
    for code in ("JK-BL1", "JK-SRI", "HP-B001"):
        answer = client.post("/join/winter/", typed(world.asha, unit=code))
        assert answer.status_code == 422, code
        assert "outside this drive" in answer.content.decode()
    world.missed_call(of=world.bilal)
    form = typed(world.bilal, unit="JK-BL1")
    assert browser().post(f"/j/{world.link(world.bilal)}/", form).status_code == 422
    assert world.count("messaging_message") == 0


def test_where_no_place_of_the_drive_stands_in_the_administrative_tree_its_own_tree_is_shown(
    world: World,
) -> None:
    with system("test"):
        Placement.objects.filter(hierarchy=Hierarchy.ADMINISTRATIVE, unit__kind=Kind.BOOTH).delete()
    page = browser().get("/join/winter/places/?open=JK-SRI").content.decode()
    assert 'value="JK-SRI-M1"' in page and "JK-BL1" not in page
    page = browser().get("/join/winter/places/?open=JK-BL1").content.decode()
    assert "Jammu and Kashmir" in page and 'value="JK-SRI"' in page, "elsewhere the way begins anew"
    join(world, world.asha, where="JK-B001")
    assert world.ladder(world.booth) == Ladder(reported=1, counted=1)


def test_a_notice_renewed_meanwhile_is_read_again(world: World) -> None:
    answer = browser().post("/join/winter/", typed(world.asha, notice="7.en"))
    assert answer.status_code == 422
    assert "The notice has changed" in answer.content.decode()


def test_consents_are_kept_one_by_one_with_their_proof(world: World) -> None:
    join(world, world.asha, messages="on")
    kept = world.rows(
        "select purpose, notice_version, language, channel from people_consent order by purpose"
    )
    assert kept == [(1, 1, "en", 1), (3, 1, "en", 1)]


# §5, bad input


@pytest.mark.parametrize(
    "garbage",
    ["", "abc", "12345", "+1", "9" * 400, "0194 2470000", "98765\x0043210", "=cmd|' /C calc'!A0", "१२३"],
)
def test_garbage_phones_are_refused_at_the_field(world: World, garbage: str) -> None:
    answer = browser().post("/join/winter/", typed(world.asha, phone=garbage))
    assert answer.status_code == 422
    assert 'id="id_phone_error"' in answer.content.decode()
    assert world.count("people_code") == 0


def test_a_foreign_phone_is_refused_with_the_reason(world: World) -> None:
    answer = browser().post("/join/winter/", typed(world.asha, phone="+44 7400 123456"))
    assert "Indian mobile numbers only" in answer.content.decode()


def test_right_to_left_and_zero_width_characters_are_cleaned_out_of_a_name(world: World) -> None:
    join(world, Human("\u202eAsha\u200b \u2066Devi\u2069", 1980, world.asha.phone))
    assert world.rows("select name from people_person") == [("Asha Devi",)]


@pytest.mark.parametrize("field", ["name", "phone", "birth_year", "where", "unit", "notice"])
def test_a_null_character_is_refused(world: World, field: str) -> None:
    answer = browser().post("/join/winter/", typed(world.asha) | {field: "a\x00b"})
    assert answer.status_code == 422
    assert b"\x00" not in answer.content


def test_a_null_character_in_the_key_of_a_form_is_harmless(world: World) -> None:
    join(world, world.asha, key="a\x00b")
    assert world.count("enrolment_membership") == 1


def test_half_a_surrogate_pair_is_refused(world: World) -> None:
    answer = browser().post(
        "/join/winter/",
        "adult=yes&membership=on&birth_year=1980&phone=9906000001&name=%ED%A0%80Asha",
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == 422


def test_a_name_of_two_megabytes_is_refused_and_not_sent_back(world: World) -> None:
    answer = browser().post("/join/winter/", typed(world.asha, name="A" * 1_900_000))
    assert answer.status_code == 422
    assert "at most 200 characters" in answer.content.decode()
    assert len(answer.content) < 100_000


def test_a_name_of_ten_megabytes_is_not_even_read(world: World) -> None:
    client = Client(HTTP_ACCEPT_LANGUAGE="en", raise_request_exception=False)
    answer = client.post("/join/winter/", typed(world.asha, name="A" * 10_000_000))
    assert answer.status_code == 400
    assert world.count("enrolment_claim") == 0


@pytest.mark.parametrize("year", ["", "31-13-80", "3000", "1800", "-1", "19801", "0", "121", "nineteen"])
def test_what_is_no_year_of_birth_is_refused_at_the_field(world: World, year: str) -> None:
    answer = browser().post("/join/winter/", typed(world.asha, birth_year=year))
    assert answer.status_code == 422
    assert 'id="id_birth_year_error"' in answer.content.decode()


@pytest.mark.parametrize(
    "year",
    ["१९८०", "19 80", "15-08-1980", "1/2/80", "1980-01-01", "46", "४६", "46 years", "उम्र ४६ वर्ष", "Age: 46"],
)
def test_a_year_a_date_and_an_age_are_understood(world: World, year: str) -> None:
    join(world, world.asha, birth_year=year)
    assert world.rows("select birth_year from people_person") == [(1980,)]


def test_the_year_that_an_age_makes_is_shown_before_it_is_kept(world: World) -> None:
    client = browser()
    page = client.post("/join/winter/", typed(world.asha, birth_year="४६"), follow=True).content.decode()
    assert "Born about 1980" in page
    assert world.count("enrolment_claim") == 0


def test_a_child_is_told_so_whatever_way_the_year_is_written(world: World) -> None:
    for year in ("2015", "15-08-2015", "11 years", "11", "१७"):
        page = browser().post("/join/winter/", typed(world.asha, birth_year=year)).content.decode()
        assert "You must be at least 18 years old." in page, year
    assert world.count("enrolment_claim") == 0
