"""Every form with the outcomes of a talk has a place for somebody who wants to help, and each place is passed on."""

from abhiyan.contact.news import HELP_WAYS

from .source import sources
from .test_spoken_noes import forms_of_talks

# Forms whose template leads on to `friends:helper_new`; the others take the name themselves.
LEADS_ON = {
    "FriendTalkForm": "friends/templates/friends/friend.html",
    "ToldForm": "intake/templates/intake/field_card.html",
}
# Verifiers ask whether entries are real, and recruit nobody. A callback answers a request; its page leads on.
NOT_CANVASSING = {"CheckForm", "TryForm", "CallNoteForm"}


def test_every_form_of_a_talk_hears_who_wants_to_help() -> None:
    forms = forms_of_talks()
    assert forms.keys() >= {"TalkForm", "CallForm", "FriendTalkForm"}
    deaf = {
        name
        for name, values in forms.items()
        if "wants_help" not in values and name not in LEADS_ON.keys() | NOT_CANVASSING | {"CallForm"}
    }
    assert deaf == set(), "add contact.fields.HelperFields, or a link to friends:helper_new"


def test_pages_that_lead_on_have_the_link() -> None:
    templates = {f"{each.room}/{each.path}": each.text for each in sources("**/*.html")}
    for path in LEADS_ON.values():
        assert " helper %}" in templates[path], path
    for path in ("dialogues/call.html", "dialogues/field_call.html", "stays/field_step.html"):
        room = path.partition("/")[0]
        assert "contact/_helper.html" in templates[f"{room}/templates/{path}"], path


def test_each_place_is_passed_on_by_somebody() -> None:
    text = "".join(each.text for each in (*sources("**/*.py"), *sources("**/*.html")))
    unheard = [way for way in HELP_WAYS if way != "other" and text.count(f'"{way}"') < 2]
    assert unheard == []
