"""A language for the public as one file: what is refused, what is missing, and joining in Urdu."""

import re
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.conf import LazySettings
from django.test import Client
from playwright.sync_api import Browser

from abhiyan.core import languages as known
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.actions import confirming
from abhiyan.enrolment.models import Drive
from abhiyan.enrolment.tests.make import CHANNEL, World
from abhiyan.enrolment.tests.server import Server
from abhiyan.enrolment.tests.test_browser import fill, send, send_code
from abhiyan.enrolment.tests.web import blanks, filled, join, main, offered, officer, today, web_world
from abhiyan.intake.actions import texts
from abhiyan.messaging import actions as messaging
from abhiyan.messaging import queries
from abhiyan.messaging.rules import inbound, words
from abhiyan.messaging.rules.words import TextWord
from abhiyan.pages import languages
from abhiyan.people import actions as people
from abhiyan.people import queries as notices
from abhiyan.people.rules.notices import SAMPLE
from abhiyan.people.tests.make import browser
from abhiyan.site import cli
from abhiyan.ui.tests.axe import unsound
from abhiyan.ui.tests.test_browser import SIZES

DEVANAGARI = re.compile("[\u0900-\u097f]+")
URDU = languages.SHIPPED["ur"].read_text("utf-8")
HEAD = 'code = "ta"\nname = "தமிழ்"\notherwise = "en"\nmark = "யாரும் சரிபார்க்கவில்லை."\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: LazySettings) -> Path:
    """Return the folder of this test's languages, and of no other's."""
    monkeypatch.setenv("ABHIYAN_LANGUAGES", str(tmp_path / "languages"))
    settings.LOCALE_PATHS = [tmp_path / "languages"]
    return tmp_path / "languages"


@pytest.fixture
def urdu(folder: Path) -> Path:
    languages.add_language(languages.SHIPPED["ur"])
    return folder


@pytest.fixture
def world(urdu: Path, transactional_db: None) -> World:
    return urdu_world()


def urdu_world() -> World:
    """A drive whose notice can be read in Urdu."""
    made = web_world()
    with system("tests publish a notice in Urdu, too"):
        version = people.publish_notice(
            code="membership", texts=SAMPLE, by=CHANNEL, at=made.now, is_sample=True
        )
        Drive.objects.update(notice_version=version)
    return made


def written(folder: Path, text: str) -> Path:
    path = folder.parent / "language.toml"
    path.write_text(text, "utf-8")
    return path


def in_urdu() -> Client:
    client = browser()
    assert client.post("/language/", {"language": "ur", "next": "/join/"})["Location"] == "/join/"
    return client


def test_the_shipped_urdu_has_no_mistake_and_nobody_has_reviewed_it() -> None:
    found = languages.read_language_file(languages.SHIPPED["ur"])
    assert not found.language.is_reviewed and found.language.is_mirrored
    assert not [remark for remark in found.remarks if remark.startswith(("words", "notice"))]
    gone = [remark for remark in found.remarks if "used no longer" in remark]
    assert not gone, "the public reads it no longer, or languages.PUBLIC lost its file"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("code = ", "the file: Invalid value"),
        (
            HEAD.replace('"ta"', '"fr"'),
            "code: fr is no language of the Eighth Schedule; write one of as (Assamese)",
        ),
        (HEAD.replace('"ta"', '"hi"'), "code: हिंदी comes with Abhiyan"),
        (HEAD.replace('"en"', '"fr"'), 'otherwise: write "hi" or "en"'),
        (HEAD.replace("mark", "marc"), "marc: not known here; did you mean mark?"),
        (HEAD.replace("mark", "marc"), "mark: missing; write it at the top of the file"),
        (HEAD.replace('"தமிழ்"', "7"), "name: write a text in quotes"),
        (HEAD.replace('"ta"', '["ta"]'), "code: write a text in quotes"),
        (HEAD.replace('"தமிழ்"', '" "'), "name: missing"),
        ("a = " + "[" * 9_999, "the file: "),
        (HEAD + '[pages]\n"" = "Content-Type: text/plain; charset=x"\n', 'pages."": the English is missing'),
        (HEAD + '[pages]\nName.x.y = "z"\n', 'pages.Name."x": write one text in quotes'),
        (HEAD + 'reviewed_by = "Asha"\n', "reviewed_by, reviewed_on: write both"),
        (HEAD + 'reviewed_on = "today"\n', "reviewed_on: write a day, such as 2026-11-23"),
        (HEAD + "pages = 1\n", "pages: not a table; write [pages]"),
        (HEAD + "[[pages]]\n", "pages: not a table; write [pages]"),
        (
            HEAD + '[replies]\n"text.hepl" = "x"\n',
            'replies."text.hepl": no such message to the public; did you mean text.help?',
        ),
        (HEAD + '[replies]\n"duty.office" = "x"\n', 'replies."duty.office": no such message to the public'),
        (
            HEAD + '[replies]\n"drive.already" = "{organisation}"\n',
            'replies."drive.already": lacks {link}; put it where',
        ),
        (
            HEAD + '[replies]\n"drive.already" = "{organisation} {link} {phone}"\n',
            'replies."drive.already": {phone} is filled by nothing; the blanks here are: {link}, {organisation}',
        ),
        (
            HEAD + '[replies]\n"drive.already" = "{organisation} {link} {link.__class__}"\n',
            'replies."drive.already": a bracket is left over',
        ),
        (
            HEAD + '[replies]\n"drive.already" = "{organisation} {link} [x"\n',
            'replies."drive.already": a bracket is left',
        ),
        (
            HEAD + f'[replies]\n"drive.already" = "{{organisation}} {{link}} {"ந" * 200}"\n',
            'replies."drive.already": 4 SMS long, at most 2 are paid for; shorten it',
        ),
        (HEAD + '[words]\nyse = ["ஆம்"]\n', "words.yse: no such list; did you mean yes?"),
        (HEAD + '[words]\nyes = "ஆம்"\n', "words.yes: write words in quotes between brackets"),
        (HEAD + '[words]\nyes = ["!"]\n', "words.yes: write words in quotes between brackets"),
        (HEAD + '[words]\nyes = ["நி"]\nno = ["நி"]\n', "words: one phrase under two words (நி: no and yes)"),
        (HEAD + '[words]\nyes = ["stop"]\n', "words: one phrase under two words (stop: yes and stop)"),
        (
            HEAD + '[notice]\ntitle = "x"\n',
            "notice: lacks first_reply, no_name, no_contact, by_call, short, who,",
        ),
        (HEAD + '[notice]\ntitle = "{name.x}{phone}"\n', "notice.title: {phone} is filled by nothing"),
        (HEAD + '[notice.who]\nheading = "x"\n', "notice.who: write heading and text"),
        (HEAD + f'[notice]\nshort = "{"ந" * 301}"\n', "notice.short: 301 characters; it goes out by SMS"),
        (HEAD + '[pages]\nName = ["a", "b"]\n', 'pages."Name": write one text in quotes'),
        (
            HEAD + '[pages]\n"%(n)s message" = "x"\n',
            'pages."%(n)s message": write two texts, for one and for more',
        ),
        (
            HEAD + '[pages]\n"%(n)s message" = ["x", "y"]\n',
            'pages."%(n)s message": these signs differ from the English: %(n)s',
        ),
        (
            HEAD + '[pages]\nName = "<script>x</script>"\n',
            'pages."Name": these signs differ from the English: </script>, <script>',
        ),
        (
            HEAD + "[pages]\nName = 'x\" onfocus=\"y'\n",
            'pages."Name": these signs differ from the English: "',
        ),
        (
            HEAD + '[pages]\n"missing in an SMS".name = "%s"\n',
            'pages.missing in an SMS."name": these signs differ',
        ),
        (HEAD + '[pages]\nName = "a\\u202eb"\n', "pages.Name: has a sign nobody sees, U+202E; delete it"),
    ],
)
def test_a_file_with_a_mistake_is_refused_with_its_place_and_remedy(
    folder: Path, text: str, said: str
) -> None:
    with pytest.raises(languages.Wrong) as refused:
        languages.add_language(written(folder, text))
    assert any(line.startswith(said) for line in refused.value.lines), refused.value.lines
    assert not folder.exists()


def test_a_file_that_is_no_text_or_too_large_is_refused(folder: Path) -> None:
    path = written(folder, "")
    for content, said in ((b"\xff\xfe", "not in UTF-8"), (b"#" * (languages.LARGEST + 1), "larger than")):
        path.write_bytes(content)
        with pytest.raises(languages.Wrong, match=said):
            languages.add_language(path)


def test_a_refused_version_leaves_the_one_before_as_it_was(urdu: Path) -> None:
    before = (urdu / "ur" / "language.toml").read_bytes()
    done = CliRunner().invoke(
        cli.main, ["language", "add", str(written(urdu, URDU.replace("{link}", "{lnik}")))]
    )
    assert done.exit_code == 1 and "nothing has changed" in done.output
    assert 'replies."drive.already": {lnik} is filled by nothing' in done.output
    assert (urdu / "ur" / "language.toml").read_bytes() == before


def test_the_file_to_fill_in_is_taken_as_it_is_written_and_what_it_lacks_is_said(folder: Path) -> None:
    done = CliRunner().invoke(cli.main, ["language", "new", "ta"])
    assert done.exit_code == 0 and "# सदस्य बनें" in done.output
    text = done.output.replace('name = ""', 'name = "தமிழ்"').replace('mark = ""', 'mark = "x"')
    path = written(folder, text)
    checked = CliRunner().invoke(cli.main, ["language", "check", str(path)])
    assert checked.exit_code == 0, checked.output
    for said in (
        'replies."code.join": missing; people get it in English',
        "words.yes: missing",
        "notice: missing",
    ):
        assert said in checked.output
    assert 'pages."Become a member": missing; people read it in English' in checked.output
    assert not folder.exists(), "looking changes nothing"
    added = CliRunner().invoke(cli.main, ["language", "add", str(path)])
    assert added.exit_code == 0 and "abhiyan migrate" in added.output
    assert "தமிழ்" in CliRunner().invoke(cli.main, ["language", "list"]).output


def test_what_a_language_lacks_is_shown_in_the_one_its_file_names(folder: Path, db: None) -> None:
    added = (
        HEAD + '[replies]\n"drive.already" = "{organisation} {link} ஆம்"\n[pages]\n"Become a member" = "சேர"\n'
    )
    languages.add_language(written(folder, added))
    web_world()
    page = browser(language="ta").get("/join/").content.decode()
    assert '<html lang="hi"' in page, "nobody has reviewed it: only who chooses it reads it"
    client = browser()
    client.post("/language/", {"language": "ta", "next": "/join/"})
    page = client.get("/join/").content.decode()
    assert '<html lang="ta" dir="ltr">' in page and "சேர" in page and "Your consent" in page
    assert known.UNREVIEWED in page and "யாரும் சரிபார்க்கவில்லை" in page
    published = queries.active_texts()
    with system("test"):
        own, other = (queries.text_for(published, code, "ta") for code in ("drive.already", "text.help"))
        assert own and "ஆம்" in own.text and other and other.language == "en"
        assert notices.notice("membership", "ta").language == "en"


def test_somebody_joins_in_urdu_and_the_messages_are_in_it(world: World) -> None:
    client = in_urdu()
    answer = client.get("/join/")
    page = answer.content.decode()
    assert '<html lang="ur" dir="rtl">' in page and "رکن بنیں" in page
    assert "یہ ترجمہ ابھی کسی نے جانچا نہیں ہے۔" in page and known.UNREVIEWED in page
    assert 'lang="ur" dir="auto"' in page and "جڑنے سے پہلے" in page, "the notice"
    assert not DEVANAGARI.search(re.sub(r'lang="hi">[^<]*<', "", main(answer.content))), (
        "no word of the page is Hindi"
    )
    join(world, world.asha, client)
    page = client.get("/me/").content.decode()
    assert '<html lang="ur" dir="rtl">' in page and "آپ کے بارے میں ہمارے پاس کیا ہے" in page
    assert world.rows("select language from people_person") == [("ur",)]
    assert world.rows("select language from people_consent limit 1") == [("ur",)]
    assert world.rows("select distinct language from messaging_message") == [("ur",)]
    assert client.get("/sign-in/")["Content-Language"] == "en", "pages of office-bearers"


def test_a_text_in_urdu_is_answered_in_urdu(world: World) -> None:
    sms = inbound.Sms("generic", "1", world.asha.phone, "+911800000001", "مدد", NOW)
    told = texts.TextIn(
        text=sms, hook="sms", number=sms.number, meaning="join", programme_id=world.programme.pk
    )
    assert texts.hear_text(text_in=told, by=CHANNEL, at=NOW) is None
    assert world.rows("select template, language from messaging_message") == [("text.help", "ur")]


def test_an_officer_may_look_at_a_page_in_urdu_and_reads_their_own_as_before(world: World) -> None:
    client = officer(world, "state_president", "JK")
    client.post("/language/", {"language": "ur", "next": "/join/"})
    assert client.get("/join/")["Content-Language"] == "ur"
    assert client.get("/notice/")["Content-Language"] == "en"
    assert client.post("/language/", {"language": "ta"}).status_code == 422


def test_the_notice_is_written_in_urdu_where_it_is_filled_in(world: World, settings: LazySettings) -> None:
    settings.ORIGIN = "https://join.example.org"
    client = officer(world, "state_president", "JK")
    given = offered(client)
    assert "ہم کیا رکھتے ہیں" in given["text_ur"]
    given = {
        name: text.replace("[name of the organisation]", "S").replace("[संगठन का नाम]", "S")
        for name, text in filled(given).items()
    }
    refused = client.post("/notice/", given | {"step": "publish"})
    assert refused.status_code == 422 and "[پتہ]" in refused.content.decode()
    without = given | {"text_ur": "", "step": "publish"}
    assert client.post("/notice/", without).status_code == 302
    assert notices.languages_of_notice("membership", 3) == ["en", "hi"]
    whole = given | {"text_ur": re.sub(r"\[[^\]]*\]", "جے", given["text_ur"]), "seen": "3", "step": "publish"}
    assert client.post("/notice/", whole).status_code == 302
    assert notices.languages_of_notice("membership", 4) == ["en", "hi", "ur"]


def test_the_demo_offers_its_notice_in_urdu_too(urdu: Path, db: None) -> None:
    with system("test"):
        people.ensure_sample_notice(by=CHANNEL, at=NOW)
    assert notices.languages_of_notice("membership", 1) == ["en", "hi", "ur"]


def test_a_changed_reply_is_the_next_version_and_one_that_is_gone_is_used_no_longer(
    world: World, urdu: Path
) -> None:
    first = messaging.publish_templates
    with system("test"):
        assert queries.texts_lacking() == [] and first(at=world.now, by=CHANNEL) == 0
        languages.add_language(written(urdu, URDU.replace("آپ پہلے سے رکن ہیں۔", "آپ رکن ہیں۔")))
        assert first(at=world.now, by=CHANNEL) == 1
        newest = queries.active_texts("drive.already")["drive.already", "ur"]
        assert newest.version == 2 and "آپ رکن ہیں۔" in newest.text
        languages.add_language(written(urdu, URDU.replace('"drive.already" =', '# "drive.already" =')))
        assert first(at=world.now, by=CHANNEL) == 0
        assert ("drive.already", "ur") not in queries.active_texts()


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("ہاں", TextWord.YES),
        ("جی ہاں", TextWord.YES),
        ("هاں", TextWord.YES),  # as an Arabic keyboard writes it
        ("نہیں", TextWord.NO),
        ("نهيں", TextWord.NO),
        ("ہاں نہیں", None),
        ("میرا نام ہٹا دو", TextWord.LEAVE),
        ("پیغام مت بھیجو", TextWord.STOP),
        ("مدد", TextWord.HELP),
        ("مجھے جوڑیں", TextWord.JOIN),
        ("آشا دیوی، 1980، 190001", None),
    ],
)
def test_words_of_urdu_are_understood(urdu: Path, text: str, word: TextWord | None) -> None:  # it lies there
    said = words.read_said_text(text)
    assert (said.word, said.language) == (word, "ur")


def test_urdu_is_not_understood_where_its_file_is_not(folder: Path) -> None:  # empty
    assert words.read_said_text("ہاں").word is None


def asked(world: World) -> str:
    """The address of a question to somebody who joined two days ago."""
    world.now = datetime.combine(today() - timedelta(days=2), time(6, 30), UTC)
    world.web_join(of=world.bilal)
    with system("test"):
        confirming.ask_new_members(at=world.now + timedelta(hours=25))
    return "/q/" + blanks(world.bilal.phone, "ask.confirm")[-1]["link"].rstrip("/").rpartition("/")[2] + "/"


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("size", ["phone", "desk"])
def test_somebody_joins_in_urdu_in_a_browser(chromium: Browser, urdu: Path, size: str) -> None:
    world = urdu_world()
    server = Server().start(ABHIYAN_ORIGIN="http://localhost", ABHIYAN_LANGUAGES=str(urdu))
    base = f"http://127.0.0.1:{server.port}"
    width, height = SIZES[size]
    context = chromium.new_context(viewport={"width": width, "height": height}, base_url=base)
    page = context.new_page()

    def sound(name: str) -> None:
        assert page.evaluate("[document.dir, document.documentElement.lang]") == ["rtl", "ur"]
        assert known.UNREVIEWED in page.inner_text("main")
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert unsound(page, f"urdu-{name}-{size}") == []

    try:
        page.goto("/join/")
        page.click("button[lang=ur]")
        page.wait_for_selector("html[lang=ur]")
        sound("join")
        page.goto(asked(world))
        sound("question")
        page.goto("/join/")
        fill(page, world.asha)
        send(page)
        page.wait_for_selector("[name=code]")
        sound("code")
        send_code(page, world.asha)
        page.wait_for_url("**/done/")
        sound("done")
        page.goto("/me/")
        sound("me")
    finally:
        context.close()
        server.stop()
