"""Answers of people in calls are counted, and are gone once they say no or have everything erased."""

from typing import Any

import pytest

from abhiyan.contact.actions import CallTold, hear_no_to_lists, note_centre_call, ring, take_next
from abhiyan.core import news
from abhiyan.core.refusals import or_refuse
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.forms.models import Form, FormVersion, Submission, SubmissionStep
from abhiyan.forms.queries import heard
from abhiyan.forms.queries.heard import HeardIn
from abhiyan.opinions.actions import pass_opinion
from abhiyan.opinions.models import Opinion, QuotePassed
from abhiyan.opinions.queries import quotes_up
from abhiyan.org.tests.make import World, actor
from abhiyan.people.models import Account
from abhiyan.people.news import PhoneSaidNo
from abhiyan.programmes.models import Programme
from abhiyan.programmes.news import ItemsErased
from abhiyan.units import queries as units

from .at_calls import people_to_call, queue_of
from .at_doors import entries

pytestmark = pytest.mark.django_db


def told(world: World, code: str = "N1") -> dict[str, int]:
    """Every answer below a unit, as its own leader reads it: the outcomes of calls beside the answers of scripts.
    And how often each form was filled in, each talk held."""
    with system("test"):
        (lo, hi) = units.all_spans([world.unit(code)])[world.unit(code)][0]
        of = HeardIn(lo, hi, NOW, sees_all=True)
        forms, talks = heard.forms_answered(of), heard.room_questions()
        found = heard.heard_in(of, forms, talks)
        filled = heard.heard_forms(of, forms, talks)
        return {each.answer: each.n for each in found} | {each.label: each.n for each in filled}


def quoted(world: World, code: str) -> list[str]:
    with system("test"):
        (lo, hi) = units.all_spans([world.unit(code)])[world.unit(code)][0]
        return [quote.words for quote in quotes_up(world.unit(code), HeardIn(lo, hi, NOW))]


@pytest.mark.parametrize("how", ["no", "erased"])
def test_what_somebody_said_in_a_call_is_counted_until_their_no_or_their_erasure(
    world: World, run: Programme, centre: int, caller: Account, how: str
) -> None:
    choice: dict[str, Any] = {"key": "first", "kind": "one", "label": {"en": "First?"}}
    choice["choices"] = [{"code": "water", "label": {"en": "Water"}}]
    words = {"key": "words", "kind": "text", "label": {"en": "Words"}}
    with system("test"):
        form = Form.objects.create(
            public_id=run.public_id, names={"en": "Script"}, unit_id=run.owner_id, made_at=NOW, ready="call"
        )
        FormVersion.objects.create(form=form, number=1, questions=[choice, words], made_at=NOW, used_from=NOW)
    queue_of(run, people_to_call(run, world.unit("N1111"), 1), form_id=form.pk)
    turn = or_refuse(take_next(body_id=centre, languages=("hi",), by=actor(caller), at=NOW))
    ring(turn=turn.pk, by=actor(caller), at=NOW)
    answers = {"first": "water", "words": "The tap is dry"}
    note_centre_call(turn=turn.pk, told=CallTold("talked", answers=answers), by=actor(caller), at=NOW)
    assert told(world) == {
        "Water": 1,
        "In own words": 1,
        "Talked": 1,
        "Script": 1,
        "Calls by call centres": 1,
    }
    desk = world.holder("mandal_president", "N111")
    with system("test"):
        one = Opinion.objects.get()
    pass_opinion(public_id=one.public_id, text="The tap is dry", by=actor(desk), at=NOW)
    assert quoted(world, "N11") == ["The tap is dry"]

    phone = or_refuse(entries(pk=turn.entry_id)[0].phone_id)
    with system("test"):
        if how == "no":
            hear_no_to_lists(phone_no=PhoneSaidNo(phone, "all", NOW))
        else:
            news.tell(ItemsErased((), phone, NOW))
    assert told(world) == {} and quoted(world, "N11") == []
    with system("test"):
        kept = [Submission.objects.get().answers, SubmissionStep.objects.earliest("pk").answers]
        assert (kept == [{}, {}]) == (how == "erased"), "an erasure empties the history too"
        assert QuotePassed.objects.get().text == ("" if how == "erased" else "The tap is dry")
