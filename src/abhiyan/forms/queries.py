"""Which forms there are for somebody, and what was filled in."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.expressions import RawSQL

from abhiyan.core.refusals import needed
from abhiyan.org.rules.ranges import literal
from abhiyan.org.viewer import Viewer

from .filling import FilledForm, answers_form
from .models import Form, FormVersion, Submission
from .rules import answers as rules

__all__ = ["FilledForm", "answers_form", "forms_for", "latest_version", "submission_for", "typed_answers"]

MAKE = "forms.make"  # who holds it at a unit makes and changes its forms

# Forms of units that stand above the viewer's own, in them or below.
_NEAR = """select its.unit_id from units_placement its
 where its.lo is not null and %s::int8multirange && int8range(its.lo, its.hi)"""


def forms_near(viewer: Viewer) -> QuerySet[Form]:
    """Every form of the viewer's units, of those above and of those below, also drafts and ended ones."""
    held = literal((one.lo, one.hi) for one in viewer.appointments) if viewer.is_strong else "{}"
    return Form.objects.select_related("unit").filter(unit_id__in=RawSQL(_NEAR, [held]))  # noqa: S611  # a parameter


def forms_for(viewer: Viewer) -> QuerySet[Form]:
    """The forms in use that a viewer may choose from or fill in: of their own units, of those above and below."""
    in_use = FormVersion.objects.filter(form=OuterRef("pk"), used_from__isnull=False)
    return forms_near(viewer).filter(Exists(in_use), ended_at=None)


def latest_version(form_id: int) -> FormVersion | None:
    """The version of a form that is in use; None while there is only a draft."""
    found = FormVersion.objects.select_related("form").filter(form_id=form_id, used_from__isnull=False)
    return found.order_by("-number").first()


def submission_for(submission_id: UUID) -> Submission:
    """A submission in the viewer's sight, with its form's version and unit; or NotFound."""
    found = Submission.objects.select_related("version__form", "unit", "body").filter(pk=submission_id)
    return needed(found.first())


def typed_answers(one: Submission) -> Mapping[str, Any]:
    """The answers as they stand in the fields of `answers_form`, as its `initial`."""
    return {key: rules.typed(answer) for key, answer in one.answers.items()}
