"""Units are found in both scripts, however spelt."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from abhiyan.core.refusals import NotFound
from abhiyan.units import actions, queries
from abhiyan.units.models import Pin
from abhiyan.units.queries import trees, words_above
from abhiyan.units.rules import fold, levels
from abhiyan.units.tests.make import AT, DAY, NATION, SYSTEM, grow

ALIKE = [
    "Sunita Suneeta सुनीता",
    "Ramban रामबन Raamban",
    "Anantnag अनंतनाग Ananthnag",
    "Kupwara कुपवाड़ा Kupvara",
    "Shopian शोपियां शोपियाँ Sopian",
    "Krishna कृष्ण Krisna",
    "Bandipora Bandipore बांदीपोरा Bandipoora",
    "Rajouri राजौरी",
    "Kashmir कश्मीर Kasmir",
    "Jammu जम्मू Jamu",
    "Baramulla बारामूला Baramula",
    "Kathua कठुआ",
    "Samba सांबा साम्बा",
    "Kishtwar किश्तवाड़",
    "Reasi रियासी Riasi",
    "Poonch Punch पुंछ पुँछ",
    "Srinagar श्रीनगर Shrinagar",
    "Pulwama पुलवामा Poolwama",
    "Udhampur उधमपुर ऊधमपुर Udampur",
    "Fatehpur Phatehpur फ़तेहपुर फतेहपुर",
    "Vaishno Waishno वैष्णो",
    "School स्कूल Skool",
    "Zila ज़िला Jila",
    "Sunita সুনীতা ਸੁਨੀਤਾ સુનીતા ସୁନୀତା సునీత ಸುನೀತಾ സുനിത",
    "Rajeshwari রাজেশ্বরী રાજેશ્વરી రాజేశ్వరి ರಾಜೇಶ್ವರಿ രാജേശ്വരി",
    "Gopal গোপাল ਗੋਪਾਲ ગોપાલ ଗୋପାଳ గోపాల్ ಗೋಪಾಲ ഗോപാൽ",
    "Ilango இளங்கோ",
]
APART = [("Jammu", "Samba"), ("Reasi", "Rajouri"), ("Doda", "Budgam"), ("Rampur", "Ramban"), ("12", "120")]
# Two names each of scripts that are written in Latin letters here, and of some that are not.
APART += [
    *(("সুনীতা", "সীমা"), ("రాజేశ్వరి", "రేణుక"), ("ਗੁਰਮੀਤ", "ਗੋਪਾਲ"), ("સુનીતા", "સીમા"), ("ସୁନୀତା", "ସୀମା")),
    *(("முருகன்", "மோகன்"), ("ಸುನೀತಾ", "ಸೀಮಾ"), ("മോഹൻ", "മീന"), ("ꯃꯩꯇꯩ", "ꯃꯤꯇꯩ"), ("සුනිල්", "සීමා")),
    *(("سنیتا", "سیما"), ("ᱥᱩᱱᱤᱛᱟ", "ᱥᱤᱢᱟ")),
]


@pytest.mark.parametrize("spellings", ALIKE)
def test_spellings_of_one_name_sound_alike(spellings: str) -> None:
    assert len({tuple(fold.folded_words(word)) for word in spellings.split()}) == 1, spellings


@pytest.mark.parametrize(("one", "other"), APART)
def test_other_names_sound_otherwise(one: str, other: str) -> None:
    assert fold.folded_words(one) != fold.folded_words(other)


def test_numbers_are_numbers_in_any_digits() -> None:
    assert fold.folded_words("Ward-05") == fold.folded_words("वार्ड ५") == fold.folded_words("WARD 5")


@pytest.mark.parametrize(
    "text", ["", "   ", "\u0000", "\u202e\u200b", "%_\\", "'\"{}", "x" * 100_000, "अ" * 5_000]
)
def test_odd_texts_fold_to_a_few_short_words(text: str) -> None:
    words = fold.folded_words(text)
    assert len(words) <= fold.MOST_WORDS
    assert all(len(word) <= fold.LONGEST_WORD and word.isalnum() for word in words)


TREE: dict[str, Any] = {
    "IN": {
        "JK": {
            "R1": {
                "D-RAMBAN": {"M-RAMBAN": {"C1": {"B-001": {}, "B-002": {}}}},
                "D-DODA": {"M2": {"C2": {"B-003": {}}}},
            }
        }
    }
}
NAMES = {
    "IN": {"en": "India", "hi": "भारत"},
    "JK": {"en": "Jammu and Kashmir", "hi": "जम्मू और कश्मीर"},
    "R1": {"en": "Chenab", "hi": "चिनाब"},
    "D-RAMBAN": {"en": "Ramban", "hi": "रामबन"},
    "M-RAMBAN": {"en": "Ramban", "hi": "रामबन"},
    "C1": {"en": "Ganderbal Chowk"},
    "B-001": {"en": "Government Primary School Ramban"},
    "B-002": {"en": "Government Girls School Sunita Nagar", "hi": "राजकीय कन्या विद्यालय सुनीता नगर"},
    "D-DODA": {"en": "Doda", "hi": "डोडा"},
    "M2": {"en": "Bhaderwah", "hi": "भद्रवाह"},
    "C2": {"en": "Thathri"},
    "B-003": {"en": "Government Primary School Doda"},
}


@pytest.fixture
def ids(db: None) -> dict[str, int]:
    return grow(TREE, names=NAMES)


def found(text: str, **more: Any) -> list[str]:
    return [row.code for row in queries.search_units(text, **more)]


def test_the_higher_unit_comes_first(ids: dict[str, int]) -> None:
    assert found("ramban") == found("रामबन") == ["D-RAMBAN", "M-RAMBAN", "B-001"]


def test_every_word_counts_and_the_last_may_be_half_typed(ids: dict[str, int]) -> None:
    assert found("primary school") == ["B-003", "B-001"]
    assert found("school do") == ["B-003"]
    assert found("Kash") == ["JK"]
    assert found("कश") == ["JK"]
    assert found("ganderbal doda") == []


@pytest.mark.parametrize(
    "text",
    [
        *("Chenab Bhaderwah", "bhaderwah chenab", "bhaderwah, chenab", "भद्रवाह चिनाब", "चिनाब, भद्रवाह"),
        *("चिनाब bhaderwah", "गाँव भद्रवाह जिला चिनाब", "Vill. Bhaderwah, Distt. Chenab", "bhaderwah tehsil"),
        *("kashmir bhaderwah chenab", "chenab bhade", "chinaab bhadarwa"),
    ],
)
def test_a_place_is_found_by_its_name_beside_those_above_it(ids: dict[str, int], text: str) -> None:
    assert found(text) == ["M2"]


def test_a_name_above_and_one_below_find_both_places(ids: dict[str, int]) -> None:
    assert found("doda bhaderwah") == found("भद्रवाह, डोडा") == ["M2", "B-003"]


def test_a_unit_whose_own_name_has_every_word_comes_before_those_that_have_some_above(
    ids: dict[str, int],
) -> None:
    assert found("school ramban") == ["B-001", "B-002"]
    assert found("primary ramban") == ["B-001"]
    assert found("school chenab ramban") == ["B-001", "B-002"]
    assert found("doda school", kinds=["booth"]) == ["B-003"]


def test_a_place_of_another_branch_does_not_count_as_above(ids: dict[str, int]) -> None:
    assert found("thathri ramban") == found("थाथरी रामबन") == []
    org = levels.ORGANISATIONAL
    assert found("doda thathri", within=(ids["D-DODA"], org), kinds=["cluster"]) == ["C2"]
    assert found("doda thathri", within=(ids["D-RAMBAN"], org), kinds=["cluster"]) == []


def test_names_above_are_of_any_tree(ids: dict[str, int]) -> None:
    actions.place_units(hierarchy=levels.ELECTORAL, places=[(ids["IN"], None)], on=DAY, by=SYSTEM, at=AT)
    seat = actions.make_unit(
        unit=actions.NewUnit(code="A-1", kind="constituency", names={"en": "Udhampur"}), by=SYSTEM, at=AT
    )
    actions.place_units(
        hierarchy=levels.ELECTORAL, places=[(seat, ids["IN"]), (ids["B-001"], seat)], on=DAY, by=SYSTEM, at=AT
    )
    assert found("udhampur school") == ["B-001"]


@pytest.mark.parametrize(("rare", "looked_at"), [(1, 20_000), (2_000, 20_000), (2_000, 0)])
def test_common_and_rare_words_find_the_same(
    ids: dict[str, int], monkeypatch: pytest.MonkeyPatch, rare: int, looked_at: int
) -> None:
    monkeypatch.setattr(words_above, "_RARE", rare)
    monkeypatch.setattr(words_above, "_LOOKED_AT", looked_at)
    assert found("school ramban") == ["B-001", "B-002"]
    assert found("school kashmir") == ["B-003", "B-001", "B-002"]
    assert found("school kashmir", within=(ids["D-DODA"], levels.ORGANISATIONAL)) == ["B-003"]


@pytest.mark.parametrize("text", ["Gandarbal", "Gandurbal", "Ganderbl", "गांदरबल", "gandrebal"])
def test_a_word_spelt_nearly_so_is_found(ids: dict[str, int], text: str) -> None:
    assert found(text) == ["C1"]


def test_a_word_nobody_has_is_passed_over(ids: dict[str, int]) -> None:
    assert found("Thathri xyzzq") == ["C2"]


def test_hindi_and_latin_find_each_other(ids: dict[str, int]) -> None:
    assert found("Suneeta") == found("सुनीता") == ["B-002"]
    assert found("भद्रवाह") == found("bhadarwah") == ["M2"]


@pytest.mark.parametrize(
    "text",
    ["Ram Ban", "ram baan", "राम बन", "school ram ban", "Sunitanagar", "girls suneetanagar", "सुनीतानगर"],
)
def test_spaces_inside_a_name_do_not_matter(ids: dict[str, int], text: str) -> None:
    wanted = {"B-001" if "school" in text else "B-002" if "nagar" in text or "नगर" in text else "D-RAMBAN"}
    assert set(found(text)[:1]) == wanted


def test_a_code_is_found_in_either_case_and_half_typed(ids: dict[str, int]) -> None:
    assert found("b-003")[0] == "B-003"
    assert found("B-00") == ["B-001", "B-002", "B-003"]


def test_search_within_a_unit_and_by_kind(ids: dict[str, int]) -> None:
    org = levels.ORGANISATIONAL
    assert found("school", within=(ids["D-DODA"], org)) == ["B-003"]
    assert found("ramban", kinds=["mandal"]) == ["M-RAMBAN"]
    wanted = ["booth", "mandal", "district"]
    assert found("ramban", kinds=wanted) == ["D-RAMBAN", "M-RAMBAN", "B-001"]
    assert found("ramban", kinds=wanted, as_listed=True) == ["B-001", "M-RAMBAN", "D-RAMBAN"]
    assert found("b-00", within=(ids["D-DODA"], org)) == ["B-003"]


def test_results_say_where_they_stand(ids: dict[str, int]) -> None:
    (row,) = queries.search_units("sunita", language="hi")
    assert row.name("hi") == "राजकीय कन्या विद्यालय सुनीता नगर"
    assert [names["en"] for names in row.above] == [
        "India",
        "Jammu and Kashmir",
        "Chenab",
        "Ramban",
        "Ramban",
        "Ganderbal Chowk",
    ]


@pytest.mark.parametrize(
    "text", ["", " ", "\u0000", "%", "_", "\\", "' or 1=1 --", "{}", "(", "\u202e", "x" * 10_000, "gggg"]
)
def test_odd_texts_find_nothing_and_break_nothing(ids: dict[str, int], text: str) -> None:
    assert found(text) == []


def test_the_number_of_queries_does_not_grow_with_what_is_found(ids: dict[str, int]) -> None:
    with CaptureQueriesContext(connection) as few:
        queries.search_units("ramban")
    made = actions.make_units(
        units=[actions.NewUnit(code=f"X{n}", kind="booth", names={"en": f"Ramban {n}"}) for n in range(150)],
        by=SYSTEM,
        at=AT,
    )
    actions.place_units(
        hierarchy=levels.ORGANISATIONAL,
        places=[(unit, ids["C2"]) for unit in made.values()],
        on=DAY,
        by=SYSTEM,
        at=AT,
    )
    with CaptureQueriesContext(connection) as many:
        assert len(queries.search_units("ramban", limit=100)) == 100
    assert len(many) <= len(few)


def test_words_above_cost_as_many_queries_whatever_is_found(ids: dict[str, int]) -> None:
    with CaptureQueriesContext(connection) as few:
        assert found("doda school bhaderwah") == ["B-003"]
    made = actions.make_units(
        units=[actions.NewUnit(code=f"X{n}", kind="booth", names={"en": f"School {n}"}) for n in range(150)],
        by=SYSTEM,
        at=AT,
    )
    actions.place_units(
        hierarchy=levels.ORGANISATIONAL,
        places=[(unit, ids["C2"]) for unit in made.values()],
        on=DAY,
        by=SYSTEM,
        at=AT,
    )
    with CaptureQueriesContext(connection) as many:
        assert len(found("doda school bhaderwah", limit=100)) == 100
    assert len(many) <= len(few)


# Lists


def test_children_come_a_page_at_a_time_in_one_query(ids: dict[str, int]) -> None:
    org = levels.ORGANISATIONAL
    with CaptureQueriesContext(connection) as ran:
        page = queries.children(ids["C1"], org, language="hi", limit=1)
    assert len(ran) == 1
    assert (page.total, [row.code for row in page.rows]) == (2, ["B-001"])
    assert [row.code for row in queries.children(ids["C1"], org, limit=1, offset=1).rows] == ["B-001"]
    assert [row.code for row in queries.children(ids["C1"], org, sort="code", descending=True).rows] == [
        "B-002",
        "B-001",
    ]
    assert [row.code for row in queries.children(ids["C1"], org, containing="सुनीत").rows] == ["B-002"]
    assert [row.code for row in queries.children(ids["C1"], org, containing="b-001").rows] == ["B-001"]
    for other_script_or_spaces in ("रामबन", "प्राइमरी राम बन", "AMBAN"):
        assert [
            row.code for row in queries.children(ids["C1"], org, containing=other_script_or_spaces).rows
        ] == ["B-001"]
    assert [row.has_children for row in queries.children(ids["R1"], org).rows] == [True, True]
    assert queries.children(ids["B-001"], org).total == 0
    assert len(queries.children(ids["C1"], org, limit=10**9).rows) == 2


def test_what_stands_in_no_tree_is_counted_at_its_root(ids: dict[str, int]) -> None:
    assert queries.count_not_placed(levels.ORGANISATIONAL) == 0
    assert queries.count_not_placed(levels.ELECTORAL) == 5  # IN, JK, B-001, B-002, B-003


def test_counts_below_are_of_today(ids: dict[str, int]) -> None:
    org = levels.ORGANISATIONAL
    assert queries.counts_below(ids["D-RAMBAN"], org) == {"mandal": 1, "cluster": 1, "booth": 2}
    actions.move_unit(unit_id=ids["B-001"], hierarchy=org, to=ids["C2"], on=AT.date(), by=SYSTEM, at=AT)
    assert queries.counts_below(ids["D-RAMBAN"], org)["booth"] == 1


def test_counts_of_a_wide_unit_are_kept_until_the_tree_changes(
    ids: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trees, "_WIDE", 1)
    monkeypatch.setattr(trees, "_kept", {})
    org = levels.ORGANISATIONAL
    first = queries.counts_below(ids["IN"], org)
    with CaptureQueriesContext(connection) as ran:
        assert queries.counts_below(ids["IN"], org) == first
    assert len(ran) == 1
    new = actions.make_unit(
        unit=actions.NewUnit(code="B-9", kind="booth", names={"en": "9"}), by=SYSTEM, at=AT
    )
    actions.place_units(hierarchy=org, places=[(new, ids["C2"])], on=DAY, by=SYSTEM, at=AT)
    assert queries.counts_below(ids["IN"], org)["booth"] == first["booth"] + 1


def test_units_of_a_pin(ids: dict[str, int]) -> None:
    Pin.objects.create(pin="182144", unit_id=ids["M-RAMBAN"])
    Pin.objects.create(pin="182144", unit_id=ids["B-001"])
    assert [row.code for row in queries.by_pin("182 144")] == ["M-RAMBAN", "B-001"]
    assert [row.code for row in queries.by_pin("१८२१४४")] == ["M-RAMBAN", "B-001"]
    assert queries.by_pin("") == []


def test_where_a_unit_stands(db: None) -> None:
    ids = grow(NATION)
    org = levels.ORGANISATIONAL
    assert queries.stands_below(ids["B1"], ids["R1"])
    assert not queries.stands_below(ids["R1"], ids["B1"])
    assert queries.stands_below(ids["B1"], ids["B1"])
    assert queries.hierarchies_of(ids["B1"]) == [org]
    lo, hi = queries.span(ids["R1"], org)
    assert queries.all_spans([ids["R1"]]) == {ids["R1"]: [(lo, hi)]}
    assert set(queries.ids_below(ids["D3"], org)) == {ids[c] for c in ("D3", "M3", "C3", "B4", "B5", "B6")}
    assert [row.code for row in queries.roots(org)] == ["IN"]
    assert {
        code: len(path) for code, path in queries.paths_of_units([ids["B1"], ids["HP"]], org).items()
    } == {
        ids["B1"]: 7,
        ids["HP"]: 2,
    }
    with pytest.raises(NotFound):
        queries.span(ids["R1"], levels.ELECTORAL)
    with pytest.raises(NotFound):
        queries.unit("nobody")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("katra", ["कटरा"]),
        ("कटरा", ["Katra"]),
        ("kupwara", ["कुपवाड़ा"]),
        ("Singhpura", ["सिंहपुरा"]),
        ("atr", ["Katra"]),
        ("reasi katra", ["Katra Reasi"]),
        ("", ["Katra"]),
        ("BJ", ["BJP", "भाजपा"]),
    ],
)
def test_a_name_of_a_short_list_fits_as_written_and_as_it_sounds(text: str, names: list[str]) -> None:
    assert fold.fits_name(text, *names)
    assert not text or (
        not fold.fits_name(text, "Poonch", "पुंछ") and not fold.fits_name(f"{text} Poonch", *names)
    )
