"""The tags pages are put together of."""

import re

from django.utils.html import format_html

from .conftest import Render


def test_a_page_has_a_title_with_facts_and_what_can_be_done(render: Render) -> None:
    page = render(
        '{% title name "Jammu" none %}<a class="button">Appoint</a>{% endtitle %}', name="<Asha>", none=""
    )
    assert page == (
        '<div class="title"><h1>&lt;Asha&gt;</h1><div class="facts"><span>Jammu</span></div>'
        '<div class="row push noprint"><a class="button">Appoint</a></div></div>'
    )
    assert render('{% title "Asha" %} {% endtitle %}') == '<div class="title"><h1>Asha</h1></div>'


def test_sections_are_named_by_their_headings_and_no_two_alike(render: Render) -> None:
    page = render(
        '{% leaf "Trend" numbered=True %}<p>{{ a }}</p>{% endleaf %}{% leaf "Map" css="measured" %}{% endleaf %}',
        a="<",
    )
    assert '<section class="leaf mt" aria-labelledby="part-1">' in page
    assert '<h2 id="part-1"><span class="no"></span>Trend</h2>' in page and "<p>&lt;</p>" in page
    assert '<section class="leaf measured" aria-labelledby="part-2">' in page
    assert render('{% leaf "Trend" id="here" %}{% endleaf %}').count('"here"') == 2


def test_what_is_captured_can_be_handed_to_a_wrapper(render: Render) -> None:
    page = render(
        '{% capture as link %}<a href="?{{ q }}">Table</a>{% endcapture %}{% leaf "Map" beside=link %}{% endleaf %}',
        q="a&b",
    )
    assert '</h2><a href="?a&amp;b">Table</a></header>' in page
    assert "Sangathan" not in render('{% piece "ui/_empty.html" as made %}', title="Sangathan")
    assert "<h3>None</h3>" in render('{% piece "ui/_empty.html" as made %}{{ made }}', title="None")


def test_a_choice_of_one_is_no_choice(render: Render) -> None:
    two = [("Organisational", "?in=a", True), ("Electoral", "?in=b", False)]
    assert 'aria-current="true">Organisational</a>' in render('{% segments two "Hierarchy" %}', two=two)
    assert render('{% segments two "Hierarchy" %}', two=two[:1]) == ""


def test_a_name_kept_in_several_languages_is_said_and_escaped(render: Render) -> None:
    assert render("{{ names|named }}", names={"en": "<Katra>", "hi": "कटरा"}) == "&lt;Katra&gt;"
    assert "Nobody &lt;here&gt;" in render('{% note text "warn" %}', text="Nobody <here>")
    assert "<b>" in render("{% note text %}", text=format_html("<b>{}</b>", "x"))


VOTES = [("Asha & co", 654321, True), ("Bela", 3, False)]


def test_a_column_said_once_is_a_head_a_label_and_a_cell(render: Render) -> None:
    page = render(
        '{% table "Votes" rows as name, n, won mark=won first=3 %}'
        '{% col "Name" is_name=True %}<b>{{ name }}</b>{% endcol %}'
        '{% num "Number" n|indian sort="n" %}{% text "Won" won %}'
        '{% col "Left out" when=nothing %}x{% endcol %}'
        "{% foot %}<tr><td>{{ rows|length }}</td></tr>{% endfoot %}{% endtable %}",
        rows=VOTES,
    )
    assert 'aria-label="Table: Votes"' in page
    assert (
        '<th scope="col">Name</th><th scope="col" class="num" data-s="Sort:"><a href="?sort=-n">Number</a>'
        in page
    )
    assert (
        '<tr class="sel"><td class="sn">3</td><th scope="row"><b>Asha &amp; co</b></th>'
        '<td class="num" data-l="Number">6,54,321</td><td data-l="Won">True</td></tr>\n<tr><td class="sn">4</td>'
    ) in page
    assert "Left out" not in page
    assert page.endswith("</tbody><tfoot><tr><td>2</td></tr></tfoot></table></div>\n")


def test_a_long_head_wraps_where_its_column_says_so(render: Render) -> None:
    page = render('{% table "Votes" rows as n %}{% num "Number" n css="num wraps" %}{% endtable %}', rows=[3])
    assert '<th scope="col" class="num wraps">Number</th>' in page


def test_a_table_without_rows_says_why(render: Render) -> None:
    page = render(
        '{% table "Votes" rows as row empty="None yet" text="Later." %}{% col "Name" %}{{ row }}{% endcol %}'
        "{% endtable %}",
        rows=[],
    )
    assert "<h3>None yet</h3>" in page
    assert "<p>Later.</p>" in page
    assert "<table" not in page


def test_facts_of_a_title_stand_in_their_order_and_only_where_there_is_one(render: Render) -> None:
    page = render(
        '{% title "Katra" "Mandal" %}{% fact css="nums" %}<b>3</b>{% endfact %}{% fact %} {% endfact %}'
        '{% go "Targets" "/targets/" css="mini" icon="edit" says="Targets of Katra" %}{% endtitle %}'
        '{% title "Other" %}{% endtitle %}'
    )
    assert '<div class="facts"><span>Mandal</span><span class="nums"><b>3</b></span></div>' in page
    assert (
        '<div class="row push noprint"><a class="button mini" href="/targets/" aria-label="Targets of Katra">'
        in page
    )
    assert page.endswith('<div class="title"><h1>Other</h1></div>')


def test_small_pieces_escape_what_they_are_given(render: Render) -> None:
    page = render(
        '{% badge name "ok" %}{% badge name icon="lock" %}{% pair name css="nums" %} {{ name }} {% endpair %}',
        name="<i>",
    )
    assert '<span class="badge ok"><svg' in page
    assert "#check" in page
    assert "#lock" in page
    assert page.endswith('<div><dt>&lt;i&gt;</dt><dd class="nums">&lt;i&gt;</dd></div>')


def test_a_form_of_a_page_carries_its_key_and_is_sent_once(render: Render) -> None:
    page = render('{% post "/lock/" css="row" button="Lock" query="?unit=N1" %}<input name="n">{% endpost %}')
    assert page.startswith(
        '<form method="post" action="/lock/?unit=N1" class="row" novalidate data-once><input type="hidden"'
    )
    assert page.endswith('<input name="n"><button type="submit">Lock</button></form>')
    page = render(
        "{% post asks=True n=n m=m %}{% hidden kept %}{% endpost %}", n="<1>", m=None, kept=[("q", "a&b")]
    )
    assert page.startswith('<form method="post" novalidate data-once data-asks><input type="hidden"')
    sent = re.findall(r'name="([nmq])" value="([^"]*)"', page)
    assert sent == [("n", "&lt;1&gt;"), ("m", "None"), ("q", "a&amp;b")]
    page = render(
        '{% submit "Lock" css="mini" name="n" value=0 disabled=off says=says %}', off=True, says="Lock <1>"
    )
    assert page == (
        '<button type="submit" class="mini" name="n" value="0" disabled aria-label="Lock &lt;1&gt;">Lock</button>'
    )


def test_a_link_asks_what_is_named_and_is_words_alone_without_an_address(render: Render) -> None:
    asks = '{% link name "/units/" css="small" at="#part" unit=unit show="all" q=none %}'
    assert render(asks, name="<b>", unit="N 1&2", none="") == (
        '<a class="small" href="/units/?unit=N+1%262&amp;show=all#part">&lt;b&gt;</a>'
    )
    assert (
        render('{% link "Katra" none %}{% link 2 "?" page=2 %}', none=None) == 'Katra<a href="?page=2">2</a>'
    )


def test_a_sentence_is_said_with_its_values_and_in_what_it_stands(render: Render) -> None:
    left = '{% say "p.small" n=n of=of %}{{ n }} seat of {{ of }}{% plural %}{{ n }} seats\n of {{ of }}{% endsay %}'
    assert render(left, n=1, of="<Jammu>") == '<p class="small">1 seat of &lt;Jammu&gt;</p>'
    assert render(left, n=1234, of=None) == '<p class="small">1,234 seats of –</p>'
    assert render('{% say "note" %}100% <b>{{ name }}</b>{% endsay %}', name="Katra") == (
        '<p class="note"><span>100% <b>Katra</b></span></p>'
    )
    kept = "{% say n=n as left %}{{ n }} left{% endsay %}[{{ left }}]"
    assert render(kept, n="<2>") == "[&lt;2&gt; left]"
    assert (
        render('{% say "li" day=n %}Closed from {{ on }}.{% endsay %}', n=1, on="May")
        == "<li>Closed from May.</li>"
    )


def test_lines_stand_one_under_the_other_or_not_at_all(render: Render) -> None:
    assert render("{% lines texts %}", texts=["a", "<b>"]) == (
        '<ul class="lines" role="list"><li>a</li><li>&lt;b&gt;</li></ul>'
    )
    assert not render("{% lines texts %}", texts=[])


def test_a_choice_may_be_a_value_of_the_pages_own_address(render: Render) -> None:
    choices = [("All", "", False), ("Booths", "booth", True)]
    page = render(
        '{% segments choices "Which" by="kind" at="#parts" %}', choices=choices, path="/x/?side=BJP&page=3"
    )
    assert 'href="?side=BJP#parts"' in page
    assert 'href="?side=BJP&amp;kind=booth#parts" aria-current="true"' in page


def test_a_page_is_called_as_its_heading_says_unless_it_says_another_name(render: Render) -> None:
    page = render(
        '{% extends "ui/base_public.html" %}{% block main %}<h1>{% page_title name %}</h1>{% endblock %}',
        name="A & B",
    )
    assert re.search(r"<title>\s*A &amp; B ·", page)
    assert "<h1>A &amp; B</h1>" in page
    named = '{% extends "ui/base_desk.html" %}{% block title %}Own{% endblock %}'
    page = render(named + '{% block main %}{% title "Katra" %}{% endtitle %}{% endblock %}')
    assert re.search(r"<title>\s*Own ·", page)
    assert re.search(
        r"<title>\s*Katra ·",
        render(
            named.split("{% block")[0] + '{% block main %}{% title "Katra" %}{% endtitle %}{% endblock %}'
        ),
    )


def test_the_way_down_ends_where_the_page_is(render: Render) -> None:
    page = render("{% way units %}", units=[("India", "?unit=IN"), ("Goa", "?unit=GA")])
    assert page == (
        '<nav class="row small" aria-label="Where"><a href="?unit=IN">India</a><span aria-hidden="true">›</span>'
        '<b aria-current="page">Goa</b></nav>'
    )


def test_what_is_copied_and_what_is_drawn_is_escaped_and_heard(render: Render) -> None:
    assert render('{% copied "The secret" text id="s" %}', text="<&") == (
        '<pre class="copied" id="s" translate="no" tabindex="0" role="region" aria-label="The secret">&lt;&amp;</pre>'
    )
    drawn = '{% spot href words links %}<circle r="1"/>{% endspot %}'
    assert render(drawn, href="/a/", words="Seat <1>", links=False) == (
        '<a href="/a/" aria-label="Seat &lt;1&gt;" tabindex="-1"><title>Seat &lt;1&gt;</title><circle r="1"/></a>'
    )
    assert render(drawn, href="", words="Seat <1>", links=True).startswith(
        '<g role="img" aria-label="Seat &lt;1&gt;"><title>'
    )
