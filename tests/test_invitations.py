"""An invitation says whose it is, who invites, that it is free and from which age; the link comes last.

Every share of the product is one of `ui.invitations`. Its pages are asked in each language that the public reads.
"""

import ast
import re
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.conf import LazySettings
from django.utils import translation

import abhiyan
from abhiyan.core import words
from abhiyan.core.scope import system
from abhiyan.enrolment.models import Roll
from abhiyan.enrolment.tests.web import join, officer, web_world
from abhiyan.pages import languages
from abhiyan.people.models import Account
from abhiyan.ui.invitations import Invitation

SOURCE = Path(abhiyan.__file__).parent
LANGUAGES = ["en", "hi", "ur"]
ORGANISATIONS = {"en": "Jan Sangathan", "hi": "जन संगठन", "ur": "جن سنگٹھن"}
FREE = {"en": "It is free", "hi": "मुफ", "ur": "مفت"}
LINK = "https://jnsg.in/join/winter/?unit=JK-B001"
SHARE = re.compile(r"https://wa\.me/\?text=([^\"\s]+)")
# Verbs that say whether a man or a woman speaks.
OF_ONE_SEX = re.compile("(?:रह|देत|करत|चाहत|बुलात|कहत)[ाीे]")


def shares(page: str) -> list[str]:
    """The texts that a page offers to send by WhatsApp."""
    return [unquote(each) for each in SHARE.findall(unescape(page))]


def is_whole(said: str, language: str, *, minimum: int) -> bool:
    """Return True if an invitation has all its parts, in their order."""
    text, _space, link = said.rpartition(" ")
    return (
        link.startswith(("http://", "https://"))
        and ORGANISATIONS[language] in text
        and FREE[language] in text
        and re.findall("[0-9]+", text) == [str(minimum)]
        and text.count(":") == 1
        and not OF_ONE_SEX.search(text)
    )


@pytest.fixture(autouse=True)
def organisation(settings: LazySettings) -> None:
    settings.ORGANISATION, settings.ORGANISATION_NAMES = ORGANISATIONS["en"], ORGANISATIONS


@pytest.fixture
def urdu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: LazySettings) -> None:
    monkeypatch.setenv("ABHIYAN_LANGUAGES", str(tmp_path / "languages"))
    settings.LOCALE_PATHS = [tmp_path / "languages"]
    languages.add_language(languages.SHIPPED["ur"])


@pytest.mark.parametrize("minimum", [18, 21])
@pytest.mark.parametrize("by", ["", "Sunita Devi"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_invitation_has_all_its_parts(language: str, by: str, minimum: int, urdu: None) -> None:
    one = Invitation(name="Winter drive (sample)", address=LINK, by=by, minimum=minimum, place="Katra")
    with translation.override(language):
        said, shared = one.text, shares(one.whatsapp)
        assert words.local_person(by) in said and "sample" not in said
    assert is_whole(said, language, minimum=minimum) and said.endswith(f" {LINK}"), said
    assert shared == [said]


def test_every_share_is_an_invitation_or_says_figures() -> None:
    """One address of WhatsApp in the source, and few callers of it. All but the invitation send figures or a message
    to an office-bearer, with no link to join."""
    holders = [path for path in SOURCE.rglob("*.*") if path.suffix in (".py", ".html", ".js", ".typ")]
    found = [
        path
        for path in holders
        if "tests" not in path.parts
        and re.search(r"wa\.me/|whatsapp://|api\.whatsapp", path.read_text("utf-8"))
    ]
    assert found == [SOURCE / "ui" / "invitations.py"]
    callers = {
        str(path.relative_to(SOURCE))
        for path in holders
        if path.suffix == ".py"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "by_whatsapp"
    }
    assert callers == {
        "ui/invitations.py",
        "programmes/views/sharing.py",
        "pages/views/bearer.py",
        "pages/views/morning.py",
    }


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_that_share_invite_by_name_in_the_language_of_the_reader(language: str, urdu: None) -> None:
    world = web_world()
    worker = officer(world, "booth_worker", "JK-B001")
    with system("test"):
        Roll.objects.update(minimum_age=21)
        Account.objects.update(name="Sunita Sharma")
    of_office = "en" if language == "ur" else language  # Urdu is for the public
    worker.cookies["language"] = of_office
    own = f"/drives/{world.programme.public_id}/my-link/"
    worker.post(own)
    asha = join(world, world.asha, unit="JK-B001")
    asha.cookies["language"] = language
    asked = [
        (worker, "/", "Sunita Sharma", of_office),
        (worker, f"{own}?unit=JK-B001", "Sunita Sharma", of_office),
        (asha, "/join/winter/done/", "Asha Devi", language),
    ]
    for client, page, by, read_in in asked:
        (said,) = shares(client.get(page).content.decode())
        assert words.local_person(by, read_in) in said and is_whole(said, read_in, minimum=21), said
