import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django import forms
from django.template import TemplateSyntaxError
from django.utils import translation

from abhiyan.ui import charts, maps, tables
from abhiyan.ui.ladder import EarlierDrive, LadderShown
from abhiyan.ui.templatetags import look
from abhiyan.ui.tests.conftest import Render

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
EVIL = "<script>alert(1)</script>\"'"
FULL = LadderShown(
    name=EVIL,
    target=600_000,
    reported=521_340,
    counted=403_912,
    unsigned=60_000,
    confirmed=302_455,
    estimate=0.94,
    low=0.9,
    high=0.97,
    pace_pct=60,
    day=43,
    short=EVIL,
    hidden_reason=EVIL,
    definitions={"counted": EVIL},
)


@pytest.mark.parametrize(
    ("value", "text"), [(None, "–"), ("many", "many"), (True, "True"), (1234567, "12,34,567"), (1.5, "2")]
)
def test_indian_digits_take_any_number(value: Any, text: str) -> None:
    assert look.indian(value) == text


@pytest.mark.parametrize("value", ["4213", "+919876504213", 4213, "98765-04213"])
def test_only_the_last_four_digits_of_a_phone_are_shown(value: Any) -> None:
    assert look.masked(value) == "+91 ••••• •4213"


@pytest.mark.parametrize("value", ["", None, "12", "abc"])
def test_a_phone_without_four_digits_shows_none(value: Any) -> None:
    assert look.masked(value) == "+91 ••••• •••••"


def test_a_masked_phone_is_heard_digit_by_digit() -> None:
    assert 'aria-label="phone ending in 4 2 1 3"' in look.phone("9876504213")


@pytest.mark.parametrize(
    ("passed", "text"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59), "59 minutes ago"),
        (timedelta(hours=5), "5 hours ago"),
        (timedelta(days=3), "3 days ago"),
        (timedelta(days=40), "11 Oct 2026"),
        (timedelta(hours=-2), "20 Nov 2026"),
    ],
)
def test_time_passed_is_said_in_words(passed: timedelta, text: str) -> None:
    assert look.ago(NOW - passed, NOW) == text


def test_months_are_spelt_as_people_spell_them() -> None:
    from django.utils.formats import date_format

    with translation.override("hi"):
        long = [date_format(date(2026, month, 1), "F") for month in range(1, 13)]
        assert long == [
            "जनवरी",
            "फ़रवरी",
            "मार्च",
            "अप्रैल",
            "मई",
            "जून",
            "जुलाई",
            "अगस्त",
            "सितंबर",
            "अक्टूबर",
            "नवंबर",
            "दिसंबर",
        ]
        short = [date_format(date(2026, month, 1), "M") for month in range(1, 13)]
        assert short == [
            "जन॰",
            "फ़र॰",
            "मार्च",
            "अप्रैल",
            "मई",
            "जून",
            "जुल॰",
            "अग॰",
            "सित॰",
            "अक्टू॰",
            "नव॰",
            "दिस॰",
        ]


def test_days_have_no_hours() -> None:
    assert look.ago(date(2026, 11, 20), NOW) == "today"
    assert look.ago(date(2026, 11, 17), NOW) == "3 days ago"
    assert look.ago(None, NOW) == "–"
    with translation.override("hi"):
        assert look.ago(date(2026, 11, 17), NOW) == "3 दिन पहले"


@pytest.mark.parametrize(
    ("name", "letters"), [("Rohini Koul", "RK"), ("सुदेश कुमारी", "सु"), ("Asha", "A"), ("", "–"), (None, "–")]
)
def test_initials_keep_the_vowel_sign_of_their_letter(name: Any, letters: str) -> None:
    assert look.initials(name) == letters


def test_an_unknown_icon_is_refused_when_the_page_is_made(render: Render) -> None:
    assert "icons.svg" in look.icon("check")
    with pytest.raises(TemplateSyntaxError):
        look.icon("no-such-icon")


def test_ids_of_ladders_differ_on_one_page_and_are_the_same_next_time(render: Render) -> None:
    source = "{% ladder l %}{% ladder l %}"
    first, second = render(source, l=FULL), render(source, l=FULL)
    assert first == second
    ids = [part.split('"')[0] for part in first.split(' id="')[1:]]
    assert len(ids) == len(set(ids)) == 10


def test_words_given_to_a_component_are_escaped(render: Render) -> None:
    place = maps.MapPlace(name=EVIL, lon=75.0, lat=33.0, ladder=FULL, href=f"/u/{EVIL}")
    trend = charts.Trend(
        name=EVIL,
        begins_on=date(2026, 10, 9),
        ends_on=date(2026, 12, 8),
        days=[charts.Day(on=date(2026, 10, 9), reported=3)],
    )
    html = render(
        "{% ladder full %}{% ladder none %}{% mini full %}{% symbol_map places label=evil %}{% trend trend %}"
        "{% funnel steps label=evil %}{% sort_header 'x' evil %}{% phone evil %}{{ evil|masked }}{{ evil|initials }}",
        path="/?x=%22%3E%3Cscript%3E",
        full=FULL,
        none=LadderShown(name=EVIL, short=EVIL, hidden_reason=EVIL),
        places=[place],
        trend=trend,
        steps=[charts.FunnelStep(name=EVIL, value=1, note=EVIL)],
        evil=EVIL,
    )
    assert "<script" not in html
    assert "alert(1)&lt;/script&gt;" in html


def test_the_words_of_a_trend_are_drawn_after_its_lines_so_that_none_crosses_them(render: Render) -> None:
    days = [charts.Day(on=date(2026, 10, 9 + n), reported=40 * n, counted=30 * n) for n in range(9)]
    trend = charts.Trend(name="m", begins_on=days[0].on, ends_on=date(2026, 12, 8), days=days, target=400)
    html = render("{% trend trend %}", trend=trend).split("</svg>\n<div")[0].split('<svg class="trend"')[1]
    lines, words = html.split("</svg>", 1)
    words, *days_told = words.split('<g class="d"')
    assert "<text" not in lines and "<line" in lines and "<path" in lines
    assert words.count("<text") >= 5 and "<line" not in words and "<path" not in words
    assert "9 Oct" in days_told[0] and "17 Oct: Reported 320 · Counted 240" in days_told[-1]
    assert all(day.index("<line") < day.index("<text") for day in days_told)


@pytest.mark.parametrize(
    "ladder",
    [
        LadderShown(name="nothing known"),
        LadderShown(name="no target", target=0, reported=0, counted=0, confirmed=0),
        LadderShown(name="all", target=10**9, reported=10**9, counted=10**9, unsigned=10**9, confirmed=10**9),
        LadderShown(name="half an interval", estimate=0.5, low=0.3),
        {"name": "a mapping", "reported": 4},
    ],
)
def test_a_ladder_stands_whatever_is_known(render: Render, ladder: Any) -> None:
    for language in ("en", "hi"):
        with translation.override(language):
            html = render("{% ladder l %}{% mini l %}", l=ladder)
            assert html.count("<tr") >= 5
            assert "None" not in html
            assert "nan%" not in html


def test_all_rows_of_a_ladder_have_the_same_cells_so_that_their_bars_begin_at_one_place(
    render: Render,
) -> None:
    html = render("{% ladder l %}", l=FULL).partition("<tbody>")[2].partition('<tr class="axis"')[0]
    rows = [re.findall(r'<td class="([^"]*)"( colspan)?', row) for row in html.split("<tr")[1:]]
    free, *drawn = rows
    assert free == [("num", ""), ("num of", ""), ("free", "")]
    assert len(drawn) == 3 and all(row == [("num", ""), ("num of", ""), ("plot", "")] for row in drawn)


def test_what_an_estimate_says_is_seen_and_how_it_was_made_is_on_a_press(render: Render) -> None:
    said = LadderShown(
        name="m", estimate=0.8, low=0.7, high=0.9, note="80 of 100.", how=EVIL, more=("/f/", "More")
    )
    html = render("{% ladder l %}", l=said)
    assert '<p class="small">80 of 100. <a href="/f/">More</a></p>' in html
    assert (
        html.index("80 of 100.") < html.index("<details") < html.index("alert(1)") < html.index("</details>")
    )
    assert "<details" not in render("{% ladder l %}", l=LadderShown(name="m", note="80 of 100."))
    assert said.told == f"80 of 100. {EVIL}"


def test_a_part_of_a_ladder_says_among_which_figures_it_is_and_nothing_is_added_up(render: Render) -> None:
    of = LadderShown(name="m", counted=37_498, unsigned=31_460, parts=[("Renewed", None), ("Moved", 430)])
    html = re.sub(r"<[^>]+>", "", render("{% ladder l %}", l=of))
    assert "Among counted and phone not answered yet: Renewed &lt;10 · Moved 430" in " ".join(html.split())
    assert "68,958" not in html


def test_an_earlier_drive_of_another_size_is_a_sentence_and_no_bar(render: Render) -> None:
    before = EarlierDrive("Drive of 2019", 1_600_000, "The office")
    far = render("{% ladder l %}", l=LadderShown(name="m", target=37_000, counted=10_349, before=before))
    assert "Drive of 2019 lies far above this picture: 16,00,000." in far and "ladder before" not in far
    near = render("{% ladder l %}", l=LadderShown(name="m", target=1_000_000, counted=9, before=before))
    assert "ladder before" in near and "far above" not in near


def test_reported_has_a_number_and_neither_share_nor_bar(render: Render) -> None:
    html = render("{% ladder l %}", l=FULL)
    (row,) = re.findall(r'<tr class="r1">.*?</tr>', html, re.DOTALL)
    assert "5,21,340" in row and "%" not in row and "<svg" not in row


def test_a_column_of_numbers_groups_them_and_leaves_words_alone(render: Render) -> None:
    html = render(
        "{% table 'T' rows as row %}{% num 'N' row %}{% endtable %}",
        rows=[1_234_567, "<10", None, EVIL, True],
    )
    cells = re.findall(r'<td data-l="N"[^>]*>(.*?)</td>|<td[^>]*data-l="N"[^>]*>(.*?)</td>', html)
    shown = ["".join(cell) for cell in cells]
    assert shown[:3] == ["12,34,567", "&lt;10", "–"] and "<script" not in shown[3] and shown[4] == "True"


def test_a_target_of_nothing_is_said_once(render: Render) -> None:
    html = render(
        "{% ladder l %}", l=LadderShown(name="Members", target=0, counted=3, pace_pct=50, day=5, days=10)
    )
    assert ">Target 0</text>" in html and ">0</text>" not in html


def test_hindi_rungs_are_those_of_the_glossary(render: Render) -> None:
    with translation.override("hi"):
        html = render("{% ladder l %}", l=FULL)
    for word in ("बताए गए", "गिने गए", "पुष्ट", "अनुमान से सही", "जवाब बाकी"):
        assert word in html


def test_a_head_turns_its_order_and_keeps_the_filters(render: Render) -> None:
    sorting = tables.Sorting(key="counted", descending=True, order_by=("-counted",))
    html = render(
        "{% sort_header 'counted' 'Counted' num=True %}{% sort_header 'name' 'Name' %}",
        path="/units/?q=kat&page=3&sort=-counted",
        sorting=sorting,
    )
    assert 'class="num" aria-sort="descending"' in html
    assert 'href="?q=kat&amp;sort=counted"' in html
    assert 'href="?q=kat&amp;sort=name"' in html


def test_a_pager_says_what_is_shown_and_what_is_not(render: Render) -> None:
    leaf = tables.Leaf(
        rows=[0] * 50, first=1, last=50, total=11_838, more=True, number=1, pages=237, is_first=True
    )
    html = render("{% pager leaf hidden='14 closed booths are left out.' %}", path="/?q=a", leaf=leaf)
    assert "Showing 1–50 of 11,838. 14 closed booths are left out." in html
    assert 'href="?q=a&amp;page=237"' in html
    assert 'href="?q=a&amp;format=csv"' in html
    unknown = tables.Leaf(rows=[0], first=51, last=51, total=None, more=True, after="abc", is_first=False)
    html = render("{% pager leaf exportable=False %}", path="/?after=x&q=a", leaf=unknown)
    assert "more follow" in html
    assert 'href="?after=abc&amp;q=a" rel="next"' in html
    assert "csv" not in html


class Form(forms.Form):
    name = forms.CharField(label="Name", help_text="As on the roll.")
    side = forms.ChoiceField(label="Side", widget=forms.RadioSelect, choices=[("a", "A"), ("b", "B")])
    agreed = forms.BooleanField(label="I have read it.")
    secret = forms.CharField(widget=forms.HiddenInput, required=False)


def test_an_error_is_bound_to_its_field_and_named_in_the_summary(render: Render) -> None:
    html = render("{{ form }}", form=Form(data={"secret": "s"}))
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'id="id_name_error"' in html
    assert 'id="id_name_helptext"' in html
    assert '<fieldset class="field" aria-describedby="id_side_error">' in html
    assert 'href="#id_name">Name: This field is required.</a>' in html
    assert ">I have read it: This field is required.</a>" in html
    assert html.count('type="hidden"') == 1
    assert "3 things to put right" in html


def test_a_form_without_errors_has_no_summary_and_marks_what_is_optional(render: Render) -> None:
    class Optional(forms.Form):
        note = forms.CharField(label="Note", required=False)

    html = render("{{ form }}", form=Optional())
    assert "put right" not in html
    assert "(optional)" in html


def test_filters_keep_the_order_and_begin_at_the_first_page(render: Render) -> None:
    class Filter(forms.Form):
        q = forms.CharField(label="Name", required=False)

    html = render("{% filters form %}", path="/?sort=-n&page=4&q=kat", form=Filter({"q": "kat"}))
    assert '<input type="hidden" name="sort" value="-n">' in html
    assert 'name="page"' not in html
    assert 'href="?">Show all' in html


def test_save_data_leaves_the_fonts_out(render: Render) -> None:
    from django.template import engines
    from django.test import RequestFactory

    template = engines["django"].from_string('{% extends "ui/base_public.html" %}')
    assert "fonts.css" in template.render({}, RequestFactory().get("/"))
    assert "fonts.css" not in template.render({}, RequestFactory().get("/", headers={"Save-Data": "on"}))
