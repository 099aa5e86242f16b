"""Forms and their acts: done once posted, refused beside the field; and the page that asks."""

from typing import Any

import pytest
from django import forms
from django.http import HttpRequest
from django.test import RequestFactory

from abhiyan.core.refusals import NotFound, Refused
from abhiyan.ui.acts import PageAct, act_page, form_problem, tried


class Name(forms.Form):
    name = forms.CharField()


class Taken(Refused):
    message = "Somebody has this name."
    status = 409


def sent(**fields: str) -> HttpRequest:
    return RequestFactory().post("/", fields)


def refuse(refused: Refused) -> Any:
    def act(*_given: object) -> None:
        raise refused

    return act


def test_an_act_is_done_with_what_its_form_cleaned_once_it_is_posted() -> None:
    request = sent(name=" Asha ")
    done = tried(request, Name(request.POST), lambda given: given["name"])
    assert done and done.value == "Asha"
    looked = RequestFactory().get("/")
    assert not tried(looked, Name({"name": "Asha"}), refuse(Taken())), "looking does nothing"


def test_a_refusal_stands_at_its_field_or_above_the_form() -> None:
    request = sent(name="Asha")
    none: dict[str, Any] = {}
    for refused, renamed, field in (
        (Taken(field="name"), none, "name"),
        (Taken(field="worker"), {"worker": "name"}, "name"),
        (Taken(field="elsewhere"), {}, "__all__"),
        (Taken(), {}, "__all__"),
    ):
        form = Name(request.POST)
        outcome = tried(request, form, refuse(refused), **renamed)
        assert (bool(outcome), outcome.status, outcome.refused) == (False, 409, refused)
        assert form.errors == {field: ["Somebody has this name."]}
    with pytest.raises(Taken):
        tried(request, Name(request.POST), refuse(Taken()), has_form=False)
    form = Name({})
    assert tried(request, form, refuse(Taken())).status == 422 and "name" in form.errors


def test_what_concerns_the_whole_page_is_no_matter_of_the_form() -> None:
    request = sent(name="Asha")
    with pytest.raises(NotFound):
        tried(request, Name(request.POST), refuse(NotFound()))


def test_a_page_that_asks_does_nothing_until_it_is_answered() -> None:
    done: list[int] = []
    asked: dict[str, Any] = {
        "title": "End it?",
        "text": ["Calls to it are no longer counted."],
        "button": "End it now",
        "done": "/done/",
        "back": "/back/",
        "is_danger": True,
    }
    page = act_page(RequestFactory().get("/"), lambda _given: done.append(1), **asked)
    text = page.content.decode()  # type: ignore[attr-defined]  # a page, no stream
    assert "End it?" in text and "no longer counted" in text and 'href="/back/"' in text
    assert 'class="danger"' in text and "data-asks" in text and done == []
    answer = act_page(sent(), lambda _given: done.append(1), **asked)
    assert (answer.status_code, answer["Location"], done) == (302, "/done/", [1])
    refused = act_page(sent(), refuse(Taken()), **asked)
    assert refused.status_code == 409 and "Somebody has this name." in refused.content.decode()  # type: ignore[attr-defined]


def test_an_act_of_a_page_is_done_at_once_or_asks_first() -> None:
    told: list[dict[str, Any]] = []

    def name_it(**given: Any) -> int:
        told.append(given)
        return len(told)

    act = PageAct(name_it, form=Name, label="Name it", title="Name it?", text=("It is seen.",))
    done = act.tried(sent(name=" Asha "), by="me")
    assert done and done.value == 1 and told == [{"by": "me", "name": "Asha"}]
    unfit = act.tried(sent(), by="me")
    assert (unfit.status, form_problem(unfit.form) != "", len(told)) == (422, True, 1)
    with pytest.raises(Taken):
        PageAct(lambda: refuse(Taken())()).tried(sent(), has_form=False)
    asked = act.ask(RequestFactory().get("/"), known={"by": "me"}, text=["First."], done="/")
    page = asked.content.decode()  # type: ignore[attr-defined]  # a page, not a file
    assert page.index("First.") < page.index("It is seen.") and "Name it" in page and len(told) == 1
    after = act.ask(sent(name="Bilal"), known={"by": "me"}, done="/done/")
    assert (after.status_code, after["Location"], told[-1]["name"]) == (302, "/done/", "Bilal")
