"""Offices make forms, change them, put them into use and end them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, lot, sql
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.forms.models import Form, FormVersion
from abhiyan.forms.queries import MAKE, version_near
from abhiyan.forms.rules.questions import FormQuestion, flaws
from abhiyan.forms.rules.ready import ready_forms
from abhiyan.forms.rules.words import refused_in
from abhiyan.org import queries as org

LONGEST_NAME = 120


class FormNameUnfit(Refused):
    """Its facts say why."""

    message = "%(why)s"


class FormUnfit(Refused):
    """The questions are no form. flaws: what is wrong, each with its question (rules.questions.QuestionFlaw)."""

    message = _("Some questions need a correction. Each says what.")


class NoDraft(Refused, status=409):
    message = _("There is no draft. Change the form first.")


def make_form(
    *,
    unit_id: int,
    names: Mapping[str, str],
    questions: Sequence[FormQuestion],
    ready: str = "",
    by: Actor,
    at: datetime,
) -> Form:
    """Make a form with a first draft. ready: code of the ready form that it was copied from.

    It needs `forms.make` at the unit. Refuses NotYours, FormNameUnfit, FormUnfit.
    """
    with transaction.atomic():
        org.require(by, MAKE, at=unit_id)
        clean, plain = _clean_names(names), _plain(questions)
        made = {"made_at": at, "made_by": by.account_id}
        with system("a form is made"):
            form = Form.objects.create(
                public_id=lot.uuid(), names=clean, unit_id=unit_id, ready=ready, **made
            )
            FormVersion.objects.create(form=form, number=1, questions=plain, **made)
        _record("make_form", form, by=by, at=at)
    return form


def ready_in_use(*, ready: str, unit_id: int, owner_id: int, at: datetime) -> FormVersion:
    """Return the copy of a ready form in use for a unit or for the nearest unit above. In the caller's act.

    Without one the system puts a copy into use at the unit `owner_id`, whose office may change it like any other.
    """
    with system("a ready form is asked"):
        version = version_near(unit_id, ready)
        if version is None:
            sql.wait_for(f"ready form {ready} {owner_id}")  # two reports at once make one copy
            version = version_near(unit_id, ready)
        if version is None:
            template, by = ready_forms()[ready], Actor.system("a ready form is asked")
            form = make_form(
                unit_id=owner_id,
                names=template.names,
                questions=template.questions,
                ready=ready,
                by=by,
                at=at,
            )
            use_draft(public_id=form.public_id, by=by, at=at)
            version = form.versions.select_related("form").get()
    return version


def change_draft(
    *, public_id: UUID, names: Mapping[str, str], questions: Sequence[FormQuestion], by: Actor, at: datetime
) -> FormVersion:
    """Change the draft of a form, or begin one: a version in use is never changed. The name counts at once.

    It needs `forms.make` at the form's unit. Refuses NotFound, and as `make_form`.
    """
    with transaction.atomic():
        form = _held(public_id, by=by)
        form.names, plain = _clean_names(names), _plain(questions)
        with system("a form is changed"):
            form.save(update_fields=["names"])
            last = form.versions.latest("number")
            number = last.number if last.used_from is None else last.number + 1
            draft, _new = FormVersion.objects.update_or_create(
                form=form,
                number=number,
                defaults={"questions": plain, "made_at": at, "made_by": by.account_id},
            )
        _record("change_draft", form, by=by, at=at)
    return draft


def use_draft(*, public_id: UUID, by: Actor, at: datetime) -> None:
    """Put the draft of a form into use: from now on it is asked, and never changed.

    It needs the same right as `change_draft`. Refuses NotFound, NoDraft.
    """
    with transaction.atomic():
        form = _held(public_id, by=by)
        with system("a form is put into use"):
            if not form.versions.filter(used_from=None).update(used_from=at):
                raise NoDraft
        _record("use_draft", form, by=by, at=at)


def discard_draft(*, public_id: UUID, by: Actor, at: datetime) -> None:
    """Forget the draft of a form; a form that was never in use goes with it. Needs what `change_draft` needs.

    Refuses NotFound, NoDraft.
    """
    with transaction.atomic():
        form = _held(public_id, by=by)
        _record("discard_draft", form, by=by, at=at)
        with system("a draft is discarded"):
            draft = or_refuse(form.versions.filter(used_from=None).first(), NoDraft)
            (form if draft.number == 1 else draft).delete()


def end_form(*, public_id: UUID, by: Actor, at: datetime) -> None:
    """Offer a form to nobody any more; what uses it goes on, and what was sent stays. `bring_back_form` undoes it.

    Needs what `change_draft` needs. Refuses NotFound.
    """
    _end(public_id, at, "end_form", by=by, at=at)


def bring_back_form(*, public_id: UUID, by: Actor, at: datetime) -> None:
    """Offer a form again that was ended. Needs what `change_draft` needs. Refuses NotFound."""
    _end(public_id, None, "bring_back_form", by=by, at=at)


def _end(public_id: UUID, ended_at: datetime | None, act: str, *, by: Actor, at: datetime) -> None:
    with transaction.atomic():
        form = _held(public_id, by=by)
        form.ended_at = ended_at
        with system("a form is ended, or brought back"):
            form.save(update_fields=["ended_at"])
        _record(act, form, by=by, at=at)


def _held(public_id: UUID, *, by: Actor) -> Form:
    """A form, locked, for somebody who makes forms at its unit."""
    with system("a form"):
        form = or_refuse(Form.objects.select_for_update().filter(public_id=public_id).first())
    org.require(by, MAKE, at=form.unit_id)
    return form


def _clean_names(names: Mapping[str, str]) -> dict[str, str]:
    clean = {language: text for language, name in names.items() if (text := " ".join(name.split()))}
    if not clean or any(len(text) > LONGEST_NAME or "\0" in text for text in clean.values()):
        why = say("Write the name of the form in Hindi or English, at most %(longest)s letters.")
        raise FormNameUnfit(field="name_hi", why=why % {"longest": LONGEST_NAME})
    if refused := next(filter(None, map(refused_in, clean.values())), ""):
        raise FormNameUnfit(field="name_hi", why=refused)
    return clean


def _plain(questions: Sequence[FormQuestion]) -> list[dict[str, object]]:
    if question_flaws := list(flaws(questions)):
        raise FormUnfit(flaws=question_flaws)
    return [question.plain() for question in questions]


def _record(act: str, form: Form, *, by: Actor, at: datetime) -> None:
    audit.record(by=by, at=at, act=f"forms.{act}", subject=str(form.public_id), unit_id=form.unit_id)
