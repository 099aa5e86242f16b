"""Service texts as DLT registers them: out with variables, back with ids, and nothing leaves without one."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from abhiyan.core import environment
from abhiyan.core.actor import Actor
from abhiyan.core.doctor import FAIL, OK, WARN, DoctorFinding
from abhiyan.core.models import AuditEntry
from abhiyan.core.scope import system
from abhiyan.imports.tests.workbooks import MadeSheet, xlsx_file
from abhiyan.messaging import actions, doctor, metrics, queries, registrations
from abhiyan.messaging.adapters import Console, File
from abhiyan.messaging.commands import import_ids
from abhiyan.messaging.models import Message, Registration, Template
from abhiyan.messaging.rules import bulk, texts
from abhiyan.messaging.rules import registered as rules
from abhiyan.people.models import Notice

from .bulk import Kept
from .carrier import ENTITY, HEADER, REQUIRED, exported, imported, pattern, registered
from .sending import send_due

pytestmark = [pytest.mark.django_db, pytest.mark.at("2026-11-20T11:30+05:30")]
AT = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)  # 11:30 in India
PHONE = "+919419000001"
ORIGIN = "https://campaign.example.org"
BLANKS = {
    "duty.meeting": {
        "unit": "Booth 12",
        "title": "Workers' day",
        "day": "28-11-2026",
        "place": "Hall",
        "word": "F2HM",
    },
    "code.sign_in": {"code": "123456", "leave": ""},
}
HOSTILE = st.sampled_from(
    [
        "",
        "x",
        "प्राथमिक विद्यालय, कक्ष क्रमांक २, ग्राम पंचायत भवन के सामने, पुराना बस अड्डा",
        "Block office of the organisation, opposite the old bus stand, near the water tank",
        "{#var#}",
        "{organisation}[ {stop}]",
        "a\nb\tc",
        "👩‍👩‍👧‍👦" * 40,
        "A" * 500,
        ".*",
    ]
) | st.text(max_size=200)

SMS_TEXTS = {place: text for place, text in texts.TEXTS.items() if place[0] not in texts.EMAIL_ONLY}
BLANKS_OF_TEXTS = sorted({blank for text in texts.TEXTS.values() for blank in texts.blanks(text)})


@pytest.fixture
def required(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in REQUIRED.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def published() -> None:
    with system("test"):
        actions.publish_templates(at=AT, by=Actor.system("test"))
        for of in rules.NOTICES.values():
            publish(of, 100, "We keep your name.")


def publish(of: str, version: int, short: str) -> None:
    notice = {"title": "N", "sections": [], "published_at": AT}
    Notice.objects.create(code=of, version=version, language="en", short=short, **notice)


def queue(template: str, *, key: str = "k", kind: int | None = None, **blanks: str) -> None:
    with system("test"):
        actions.queue_message(
            template=template,
            phone=PHONE,
            language="en",
            blanks={"link": f"{ORIGIN}/q/abc/"} | BLANKS.get(template, {}) | blanks,
            key=key,
            kind=texts.text_kind(template) if kind is None else kind,
            at=AT,
        )


def states() -> dict[str, tuple[str, str]]:
    with system("test"):
        return {one.template: (one.state, one.reason) for one in Message.objects.order_by("queued_at")}


def found() -> list[DoctorFinding]:
    with system("test"):
        return list(doctor.registrations(AT))


@settings(max_examples=60, deadline=None)
@given(drawn=st.fixed_dictionaries(dict.fromkeys(BLANKS_OF_TEXTS, HOSTILE)), is_number=st.booleans())
def test_every_text_with_any_value_is_held_or_matches_its_registered_form(
    drawn: dict[str, str], is_number: bool
) -> None:
    fixed = {"organisation": "संगठन", "notice": "We keep your name. (1/2)"}
    for (code, language), text in SMS_TEXTS.items():
        values = {blank: drawn[blank] for blank in texts.blanks(text)} | fixed
        for blank in texts.blanks(text) & rules.ADDRESSES:
            if values[blank] and not (blank == "hear" and is_number):
                values[blank] = f"{ORIGIN}/{values[blank]}"
        values = rules.fitted(code, values)
        made = rules.content(code, text, values, origin=ORIGIN)
        forms = {one for one, _parts in rules.contents(code, text, fixed=fixed, origin=ORIGIN)}
        is_whole = rules.may_be_filled(code, values) and all(
            values[blank].strip() for blank in texts.required_blanks(text)
        )
        assert made in forms or not is_whole, (code, language, "has a form that is not exported")
        if not rules.misfit(code, text, values, origin=ORIGIN):
            assert pattern(made).fullmatch(texts.fill_text(text, values)), (code, language)


def test_a_question_without_its_word_is_no_form() -> None:
    text = texts.TEXTS["ask.confirm.unnamed", "en"]
    values = dict.fromkeys(texts.blanks(text), "x")
    assert rules.may_be_filled("ask.confirm.unnamed", values)
    for name in ("word", "link"):
        assert not rules.may_be_filled("ask.confirm.unnamed", values | {name: " "}), name


def test_names_of_any_length_go_out_and_an_ordinary_message_of_every_text_fits() -> None:
    for (code, language), text in texts.TEXTS.items():
        name = "ग्राम पंचायत भवन " * 20
        values = {blank: name if blank in rules._CUT else "x" * 25 for blank in texts.blanks(text)}
        values |= dict.fromkeys(texts.blanks(text) & rules.ADDRESSES, f"{ORIGIN}/")
        cut = rules.fitted(code, values)
        assert rules.misfit(code, text, cut, origin=ORIGIN) == "", (code, language)
        assert all(cut[blank].endswith("...") for blank in texts.blanks(text) & rules._CUT)


def test_each_variable_that_takes_several_is_a_blank_of_a_shipped_text() -> None:
    """A blank that is renamed would fall back to 30 characters."""
    used = {blank for text in texts.TEXTS.values() for blank in texts.blanks(text)}
    assert set(rules.VARIABLES) <= used and used >= rules.FIXED_WORDS | rules.ADDRESSES
    assert set(rules.ADDRESS_VARIABLES) <= texts.FIXED | rules.ADDRESSES


def test_the_export_has_every_text_in_every_language_as_carriers_want_it(published: None) -> None:
    rows = exported()
    assert {(row["code"], row["language"]) for row in rows} == set(SMS_TEXTS)
    assert len({row["hash"] for row in rows}) == len(rows)
    for row in rows:
        bare = row["text"].replace(rules.VARIABLE, "")
        assert not set("{}[]|") & set(bare), row
        assert "Abhiyan" in row["text"] and int(row["variables"]) == row["text"].count("{#var#}")
        assert row["class"] in ("service implicit", "service explicit") and int(row["parts"]) >= 1
    assert (
        "{#var#} is your code to sign in to Abhiyan. Tell it to nobody." in rows_of(rows, "code.sign_in")[0]
    )
    assert len(rows_of(rows, "code.join")) == 2, "with and without the number to leave"


def rows_of(rows: list[dict[str, str]], code: str, language: str = "en") -> list[str]:
    return [row["text"] for row in rows if (row["code"], row["language"]) == (code, language)]


def test_ids_come_back_row_by_row_and_each_refusal_names_row_field_and_reason(
    published: None, tmp_path: Path
) -> None:
    rows = registered(exported())
    file = tmp_path / "texts.csv"
    ended, said = imported(rows, file, "--dry-run")
    assert ended == 0 and f"{len(rows)} ids are new" in said
    assert not Registration.objects.exists()
    rows[0]["id"] = "PE-12"
    rows[1]["id"] = "1.10716E+18"
    rows[2]["hash"] = "t0123456789abcdef"
    rows[3]["text"] += "!"
    rows[4]["id"] = rows[5]["id"]
    rows[6]["id"] = ""
    ended, said = imported(rows, file)
    assert ended == 1
    for row, field, reason in (
        (2, "id", "10 to 25 digits"),
        (3, "id", "rounded"),
        (4, "hash", "export again"),
        (5, "text", "not the one that was exported"),
        (7, "id", "another text has this id"),
    ):
        assert f"row {row}, {field}: " in said and reason in said, said
    assert Registration.objects.count() == len(rows) - 6
    with system("test"):
        assert AuditEntry.objects.get(act="messaging.register_ids").n == len(rows) - 6
    ended, said = imported([row | {"id": ""} if n < 6 else row for n, row in enumerate(rows)], file)
    assert ended == 0 and f"{len(rows) - 7} stay as they are" in said


@pytest.mark.parametrize("name", ["ग\u095dवा संगठन", "Sangathan\u200d  of  [all] {stop}", "a|b, “c”\n; =d"])
def test_a_text_with_any_name_of_the_organisation_comes_back_as_it_went_out(
    published: None, tmp_path: Path, settings: object, name: str
) -> None:
    settings.ORGANISATION = name  # type: ignore[attr-defined]
    rows = registered([row for row in exported() if row["code"] == "code.sign_in"])
    ended, said = imported(rows, tmp_path / "texts.csv")
    assert (ended, Registration.objects.count()) == (0, 2), said
    queue("code.sign_in")
    kept = Kept()
    assert send_due(kept, at=AT) == 1
    (english,) = (row for row in rows if row["language"] == "en")
    assert kept.letters[0].registration == english["id"]
    assert pattern(english["text"]).fullmatch(kept.letters[0].text)


def test_ids_that_a_spreadsheet_rounded_are_refused(published: None, tmp_path: Path) -> None:
    rows = exported()[:2]
    rounded = [row | {"id": f"11071600000000{n}0000"} for n, row in enumerate(rows, 1)]
    ended, said = imported(rounded, tmp_path / "texts.csv")
    assert ended == 1 and said.count("rounded") == 2 and not Registration.objects.exists()


@pytest.mark.parametrize("way_out", [Kept, Console, File])
def test_nothing_leaves_without_its_ids_by_any_way_out_and_it_goes_once_they_are_there(
    published: None, required: None, way_out: type[Kept], tmp_path: Path, settings: object
) -> None:
    settings.ORIGIN = ORIGIN  # type: ignore[attr-defined]
    queue("code.sign_in")
    queue("duty.meeting", key="m")
    assert send_due(way_out(), at=AT) == 0
    assert set(states().values()) == {("held", "unregistered")}
    finding = found()
    assert [one.level for one in finding] == [FAIL, FAIL]
    assert (
        "texts have no DLT template id" in finding[0].text and "2 messages are held back" in finding[1].text
    )
    with system("test"):
        assert metrics.METRICS["messages_held"].read(AT) == {"unregistered": 2}
        assert metrics.METRICS["texts_without_dlt_id"].read(AT) == len(registrations.unregistered()) > 100
    ended, said = imported(registered(exported()), tmp_path / "texts.csv")
    assert ended == 0, said
    assert send_due(way_out(), at=AT) == 2
    assert [one.level for one in found()] == [OK]
    with system("test"):
        assert metrics.METRICS["texts_without_dlt_id"].read(AT) == 0


def test_a_letter_carries_entity_header_and_id_also_where_they_are_not_required(
    published: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ABHIYAN_DLT_ENTITY", ENTITY)
    monkeypatch.setenv("ABHIYAN_DLT_HEADER", HEADER)
    rows = [row for row in registered(exported()) if row["code"] == "code.sign_in"]
    assert imported(rows, tmp_path / "texts.csv")[0] == 0
    queue("code.sign_in")
    queue("office.declined", key="o", office="Booth president", unit="Booth 12")
    kept = Kept()
    assert send_due(kept, at=AT) == 2
    ids = {one.template: (one.entity, one.header, one.registration) for one in kept.letters}
    english = next(row["id"] for row in rows if row["language"] == "en")
    assert ids == {"code.sign_in": (ENTITY, HEADER, english), "office.declined": (ENTITY, HEADER, "")}
    assert [one.level for one in found()] == [WARN], "ids are prepared, so the doctor counts what lacks one"


def test_a_text_that_changes_asks_for_a_new_id(
    published: None, required: None, tmp_path: Path, settings: object
) -> None:
    assert imported(registered(exported()), tmp_path / "texts.csv")[0] == 0
    queue("code.sign_in")
    with system("test"):
        was = Template.objects.get(code="code.sign_in", language="en", is_active=True)
        Template.objects.create(
            code=was.code, language="en", version=was.version + 1, kind=was.kind, text=f"Now: {was.text}"
        )
    assert send_due(Kept(), at=AT) == 0 and states()["code.sign_in"] == ("held", "unregistered")
    assert "1 texts have no DLT template id (code.sign_in)" in found()[0].text
    assert [row["code"] for row in exported("--lacking")] == ["code.sign_in"]
    settings.ORGANISATION = "Sangathan"  # type: ignore[attr-defined]
    assert not [row for row in exported() if row["id"]], "its name is in every text"


def test_a_new_notice_asks_for_new_ids_and_the_old_one_goes_on(published: None, tmp_path: Path) -> None:
    assert imported(registered(exported()), tmp_path / "texts.csv")[0] == 0
    with system("test"):
        publish("membership", 101, "We keep your name and place.")
    rows = [row for row in exported() if row["code"] == "drive.reply" and row["language"] == "en"]
    old = [row for row in rows if "We keep your name." in row["text"]]
    new = [row for row in rows if "We keep your name and place." in row["text"]]
    assert old and all(row["id"] and row["used now"] == "no" for row in old)
    assert len(new) == len(old) and not any(row["id"] for row in new)
    assert "yes" in {row["used now"] for row in new}


def test_what_would_not_match_the_registered_text_is_held_and_said(
    published: None, required: None, tmp_path: Path, settings: object
) -> None:
    settings.ORIGIN = ORIGIN  # type: ignore[attr-defined]
    assert imported(registered(exported()), tmp_path / "texts.csv")[0] == 0
    address = "Block office of the organisation, opposite the old bus stand, near the water tank"
    queue("duty.meeting", place=address, unit=address * 3)
    queue("ticket.reply", key="t", number="1042-8", text=address * 4)
    queue("duty.asked", key="a", unit="B", title="T", day="1", link="https://elsewhere.example.org/")
    kept = Kept()
    assert send_due(kept, at=AT) == 1
    assert address in kept.letters[0].text and "..." in kept.letters[0].text
    assert states()["ticket.reply"] == ("held", "misfit")
    assert states()["duty.asked"] == ("held", "unregistered"), (
        "an address of another server is in no template"
    )
    assert "1 with too long a name or word" in found()[0].text


def test_a_bulk_text_is_held_when_a_value_is_longer_than_its_variable(
    published: None, required: None
) -> None:
    with system("test"):
        Template.objects.create(
            code="bulk.ab12.1",
            language="en",
            kind=texts.SERVICE,
            text="{organisation}: meeting at {place}. STOP",
            registration="1107161234567890123",
            entity=ENTITY,
            header=HEADER,
        )
    queue("bulk.ab12.1", key="1", place="x" * (bulk.CARRIED + 1), kind=texts.DUTY)
    assert send_due(Kept(), at=AT) == 0 and states()["bulk.ab12.1"] == ("held", "misfit")
    queue("bulk.ab12.1", key="2", place="x" * bulk.CARRIED, kind=texts.DUTY)
    assert send_due(Kept(), at=AT) == 1


def test_required_ids_need_the_organisations_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ABHIYAN_DLT_REQUIRED", "1")
    assert any("ABHIYAN_DLT_ENTITY" in line for line in environment.wrong_settings())
    monkeypatch.setenv("ABHIYAN_DLT_ENTITY", "PE-1")
    assert any(line.startswith("ABHIYAN_DLT_ENTITY=PE-1") for line in environment.wrong_settings())
    monkeypatch.setenv("ABHIYAN_DLT_ENTITY", ENTITY)
    monkeypatch.setenv("ABHIYAN_DLT_HEADER", "A B")
    assert any(line.startswith("ABHIYAN_DLT_HEADER=A B") for line in environment.wrong_settings())
    monkeypatch.setenv("ABHIYAN_DLT_HEADER", HEADER)
    assert not environment.wrong_settings()


def test_a_code_that_has_no_id_is_said_to_stay(
    published: None, required: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ABHIYAN_SMS", "file")
    assert queries.why_codes_stay("sign_in", "en") == "unregistered"
    rows = [row for row in registered(exported()) if row["code"] == "code.sign_in"]
    assert imported(rows, tmp_path / "texts.csv")[0] == 0
    assert queries.why_codes_stay("sign_in", "en") == ""
    assert queries.why_codes_stay("join", "en") == "unregistered"
    with system("test"):
        (said,) = doctor.codes(AT)
    assert (said.level, "has no DLT template id" in said.text) == (FAIL, True)


@pytest.mark.usefixtures("published")
def test_a_workbook_of_ids_says_what_is_not_read_before_it_asks(tmp_path: Path) -> None:
    rows = registered(exported())
    cells = [[*rows[0], "Remark"], *([*row.values(), "new"] for row in rows)]
    book = MadeSheet(cells, hidden_rows={2}, comments={(1, 1): "later"}, others=[MadeSheet([["x"]], "Old")])
    file = tmp_path / "ids.xlsx"
    file.write_bytes(xlsx_file(book))
    with translation.override("en"):
        ended = CliRunner().invoke(import_ids, [str(file)], input="n\n")
    before = ended.output.partition("Take in these ids?")[0]
    for text in (
        "Only the sheet “List” is read, not: Old.",
        "Rows hidden in the sheet are read like the others: 3.",
        "Comments on cells are not read: B2.",
        "Remark.",
    ):
        assert text in before, ended.output
    assert not Registration.objects.exists()
