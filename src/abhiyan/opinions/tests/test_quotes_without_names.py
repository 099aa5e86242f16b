"""Names in quotes are found in any script, short, joined or with an ending. About words that are both, it asks once."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as some

from abhiyan.core.models import AuditEntry
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.core.words import name_words
from abhiyan.forms.models import FormVersion
from abhiyan.forms.news import AnswersForgotten
from abhiyan.opinions import actions
from abhiyan.opinions.models import Opinion
from abhiyan.opinions.rules.quotes import KnownNames, names_heard, not_cleared
from abhiyan.org.tests.make import World, actor
from abhiyan.people import queries as people
from abhiyan.people.actions.words import write_person_words
from abhiyan.people.models import Account, Person
from abhiyan.people.models_words import UnheardPeople
from abhiyan.people.rules.called import sounds, words_inside
from abhiyan.people.tests.make import browser

from .test_opinions import district, known, mandal, opinion_of, said, top, version

__all__ = ["district", "mandal", "top", "version"]  # fixtures
UNIT = KnownNames(
    [
        "Vikas Sharma",
        "Sunita Devi",
        "Ali",
        "Om Prakash",
        "रामप्रसाद यादव",
        "Meena Bai",
        "Raj Kumar",
        "M. Aslam",
    ]
    + ["Jia", "Asha Devi", "Mohammad Yusuf", "সুনীতা দাস", "Neha", "Ram Avtar", "Roshni", "राम", "Shanti Devi"]
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Sunita Devi says so", ["Sunita", "Devi"]),
        ("रोड का विकास जी ने कहा", ["विकास"]),
        ("Shri Vikas came", ["Vikas"]),
        ("राम प्रसाद ने कहा", ["राम", "प्रसाद"]),
        ("Sunitadevi ka nal", ["Sunitadevi"]),
        ("ओमप्रकाश की दुकान", ["ओमप्रकाश"]),
        ("Ramavtar's lane", ["Ramavtar's"]),
        ("राजकुमार के घर", ["राजकुमार"]),
        ("Dr. Neha", ["Neha"]),
    ],
)
def test_a_title_another_word_of_the_name_or_both_joined_make_a_name_sure(
    text: str, words: list[str]
) -> None:
    assert [each.word for each in names_heard(text, UNIT) if each.is_sure] == words
    assert [each.word for each in not_cleared(names_heard(text, UNIT), words)] == words, "no answer clears it"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ali says the tap is dry", ["Ali"]),
        ("अली की दुकान", ["अली"]),
        ("علی نے کہا", ["علی"]),
        ("தமிழ் அலி", ["அலி"]),
        ("Om and raj", ["Om", "raj"]),
        ("ॐ", ["ॐ"]),
        ("नेहाको बताया", ["नेहाको"]),
        ("सुनीताने सांगितले", ["सुनीताने"]),
        ("সুনীতার বাড়ি", ["সুনীতার"]),
        ("ਸੁਨੀਤਾ", ["ਸੁਨੀਤਾ"]),
        ("सु\u200dनीता", ["सु\u200dनीता"]),
        ("Sunitaji's lane", ["Sunitaji's"]),
        ("Alikhan", ["Alikhan"]),
        ("Mohd.Yusuf said", ["Yusuf"]),
        ("आशा कार्यकर्ता", ["आशा"]),
        ("यहाँ विकास नहीं हुआ", ["विकास"]),
        ("roshni nahi hai", ["roshni"]),
        ("शांति है", ["शांति"]),
        ("राम राम", ["राम"]),
    ],
)
def test_a_word_that_may_be_a_name_is_asked_about_and_an_answer_clears_it(
    text: str, words: list[str]
) -> None:
    heard = names_heard(text, UNIT)
    assert [(each.word, each.is_sure) for each in heard] == [(word, False) for word in words]
    assert not_cleared(heard, words) == []


@pytest.mark.parametrize(
    "text",
    [
        "गाँव में नल सूखा है जी",
        "the main road in the lane",
        "Vaishno Devi road",
        "रोज़ बिजली जाती है",
        "3 rooms, 2024",
    ]
    + ["ہم نے پانی کہا", "नाम", "It rains", ""],
)
def test_words_that_only_fold_like_short_names_are_none(text: str) -> None:
    assert names_heard(text, UNIT) == []


SHORT = KnownNames(["सुनील भट", "उषा", "Dar", "Rina", "রাম", "ਜੀਤ", "ராமு", "علی"])


@pytest.mark.parametrize(
    "text",
    ["उसके साथ बात हुई, आगे बताएँगे", "दर्ज नहीं हुआ", "as they told us", "रानी ने बताया", "data and rain"]
    + ["উস জায়গা", "जीतना है", "ہم نے کہا"],
)
def test_a_word_of_the_language_is_no_short_name_that_is_spelled_otherwise(text: str) -> None:
    assert names_heard(text, SHORT) == []


@pytest.mark.parametrize(
    ("text", "word"),
    [("भटजी ने कहा", "भटजी"), ("Bhat said", "Bhat"), ("Bhatt", "Bhatt"), ("Usha", "Usha"), ("ऊशा", "ऊशा")]
    + [("डार को मिला", "डार"), ("रीना", "रीना"), ("Reena ji", "Reena"), ("राम", "राम"), ("Rama", "Rama")]
    + [("Jeet", "Jeet"), ("ராமுக்கு", "ராமுக்கு"), ("रामु", "रामु"), ("ALI", "ALI"), ("अलीने", "अलीने")],
)
def test_a_short_name_is_found_as_it_is_spelled_and_in_another_script_as_it_sounds(
    text: str, word: str
) -> None:
    assert word in [each.word for each in names_heard(text, SHORT)]


@pytest.mark.django_db
def test_the_office_is_asked_once_and_no_level_after_it(
    world: World, version: FormVersion, mandal: Account, district: Account
) -> None:
    known(world, "Vikas Sharma", "N1111")
    one = opinion_of(said(world, "यहाँ विकास नहीं हुआ"))
    page = reverse("opinions:opinion", args=[one.public_id])
    asked = browser(mandal).post(page, {"text": "यहाँ विकास नहीं हुआ"})
    assert asked.status_code == 422 and 'name="no_names"' in asked.text and "Is this a name" in asked.text
    looked = browser(mandal).post(page, {"text": "यहाँ विकास नहीं हुआ", "no_names": ["विकास", "Sunita"]})
    assert looked.status_code == 200 and "This is what Unit N11 will read" in looked.text
    assert opinion_of(one).no_names == ["विकास"], "only words of the quote"
    passed = {"text": "यहाँ विकास नहीं हुआ", "step": "pass"}
    assert browser(mandal).post(page, passed).status_code == 302
    assert browser(district).post(page, passed).status_code == 302
    with system("test"):
        trail = AuditEntry.objects.filter(act="forms.call_no_names")
        assert [(entry.account_id, entry.n) for entry in trail] == [(mandal.pk, 1)]


@pytest.mark.django_db
def test_a_name_goes_up_in_no_answer_and_an_erasure_empties_the_answers(
    world: World, version: FormVersion, mandal: Account, district: Account
) -> None:
    known(world, "Vikas Sharma", "N1111")
    one = opinion_of(said(world, "विकास शर्मा ने कहा, विकास नहीं हुआ"))
    by = actor(mandal)
    with pytest.raises(actions.QuoteNames, match="विकास"):
        actions.pass_opinion(
            public_id=one.public_id, text="विकास शर्मा ने कहा", no_names=["विकास", "शर्मा"], by=by, at=NOW
        )
    with pytest.raises(actions.QuoteUnsure, match="विकास"):
        actions.say_done(public_id=one.public_id, done="विकास होगा", by=by, at=NOW)
    done = reverse("opinions:opinion_act", args=[one.public_id, "done"])
    asked = browser(mandal).post(done, {"done": "विकास होगा"})
    assert asked.status_code == 422 and 'name="no_names"' in asked.text
    assert browser(mandal).post(done, {"done": "विकास होगा", "no_names": "विकास"}).status_code == 302
    actions.pass_opinion(public_id=one.public_id, text="… विकास नहीं हुआ", by=by, at=NOW)
    with system("test"):
        actions.forget_opinions(forgotten=AnswersForgotten([one.pk], NOW))
        assert Opinion.objects.get().no_names == []


WRITTEN = sorted({name for row in name_words() for name in (row["latin"], row["devanagari"])})
BEHIND = ["", "ji", "जी", "ने", "'s", "bhai", "devi", "देवी", " ", "."]


@given(
    some.lists(some.lists(some.sampled_from(WRITTEN), min_size=1, max_size=3).map(" ".join), max_size=4),
    some.lists(some.tuples(some.sampled_from(WRITTEN), some.sampled_from(BEHIND)), min_size=1, max_size=4),
    some.sampled_from(["", " ", " said "]),
)
def test_names_that_share_no_word_with_a_text_change_nothing(
    bearers: list[str], spoken: list[tuple[str, str]], between: str
) -> None:
    text = between.join(word + ending for word, ending in spoken)
    inside = words_inside(text)
    sharing = [name for name in bearers if sounds(name) & inside]
    assert names_heard(text, KnownNames(sharing)) == names_heard(text, KnownNames(bearers))


@pytest.mark.django_db
def test_the_oldest_of_many_thousand_names_is_compared(world: World) -> None:
    unit = world.unit("N1111")
    with system("test"):
        for first in range(0, 6_000, 500):
            ids = [UUID(int=n) for n in range(first, first + 500)]
            Person.objects.bulk_create(
                Person(
                    id=person_id,
                    public_id=person_id,
                    phone_id=person_id,
                    name="Asha Devi" if person_id.int else "Karn Singh",
                    unit_id=unit,
                    at=NOW + timedelta(minutes=person_id.int),
                )
                for person_id in ids
            )
            write_person_words(person_ids=ids)
        for spoken in ("कर्णसिंह", "Karan Singh", "karanji", "كرن", "কর্ণ"):
            names_met = people.names_in([unit], f"{spoken}, no")
            assert "Karn Singh" in names_met and "Asha Devi" not in names_met, spoken
        assert "Asha Devi" in people.names_in([unit, world.unit("N111")], "Ashaji has none")
        assert people.names_in([world.unit("N111")], "Karan Singh") == []


@pytest.mark.django_db
def test_people_who_joined_or_left_just_now_and_offices_are_compared(world: World, mandal: Account) -> None:
    known(world, "Nalini Pandita", "N1111")
    unit = world.unit("N1111")
    with system("test"):
        person = Person.objects.get(name="Nalini Pandita")
        Person.objects.update(left_at=NOW)
        write_person_words(person_ids=[person.pk])
        assert people.names_in([unit], "Nalini said so") == ["Nalini Pandita"]
        Person.objects.update(left_at=None)
        assert people.names_in([unit], "Nalini said so") == []
        UnheardPeople.objects.create(person_ids=[person.pk])
        assert people.names_in([unit], "Nalini said so") == ["Nalini Pandita"]
        assert people.names_in([world.unit("N111")], "बिलाल ने कहा") == [mandal.name]
