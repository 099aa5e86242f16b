"""Forms for tests: questions of every kind, and a version in use."""

from typing import Any

from abhiyan.core import lot
from abhiyan.core.scope import system
from abhiyan.forms.models import Form, FormVersion
from abhiyan.forms.rules.questions import AnswerChoice, Condition, FormQuestion, QuestionKind
from abhiyan.org.tests.make import AT
from abhiyan.units.models import Unit

FEW = AnswerChoice("few", {"en": "Few", "hi": "कम"})
MANY = AnswerChoice("many", {"en": "Many", "hi": "बहुत"})
HELD = FormQuestion("held", QuestionKind.YES_NO, {"en": "Was it held?", "hi": "बैठक हुई?"}, required=True)
CAME = FormQuestion(
    "came",
    QuestionKind.WHOLE,
    {"en": "How many came?", "hi": "कितने लोग आए?"},
    required=True,
    most=500,
    when=Condition("held", "=", "yes"),
)


def question(key: str, kind: QuestionKind, **more: Any) -> FormQuestion:
    """A question labelled with its own key."""
    return FormQuestion(key, kind, {"en": key.title(), "hi": f"सवाल {key}"}, **more)


OF_EVERY_KIND = (
    HELD,
    CAME,
    question("share", QuestionKind.DECIMAL, least=-10, most=100),
    question("words", QuestionKind.TEXT, most=40),
    question("mood", QuestionKind.ONE, choices=(FEW, MANY)),
    question("topics", QuestionKind.SEVERAL, choices=(FEW, MANY), most=1),
    question("day", QuestionKind.DAY, most="2026-12-31"),
    question("place", QuestionKind.PLACE),
    question("picture", QuestionKind.PICTURE),
    question("said", QuestionKind.NOTE),
)


def form_in_use(unit: Unit, *questions: FormQuestion) -> FormVersion:
    """A form of a unit, whose first version is in use."""
    with system("test"):
        form = Form.objects.create(
            public_id=lot.uuid(), names={"en": "Meeting", "hi": "बैठक"}, unit=unit, made_at=AT
        )
        plain = [one.plain() for one in questions or (HELD, CAME)]
        return FormVersion.objects.create(form=form, number=1, questions=plain, made_at=AT, used_from=AT)
