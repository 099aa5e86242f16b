"""Imports: bring a list, say what its columns are, see what would come of it, take it in, take it back."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, JsonResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from abhiyan.core import clock
from abhiyan.core.numbers import whole_number
from abhiyan.core.refusals import NotFound, Refused, or_refuse
from abhiyan.core.words import active_language
from abhiyan.imports import actions, authority, queries
from abhiyan.imports.kinds import ImportKind, Lacking, kind_of_import, registered
from abhiyan.imports.models import StagedImport
from abhiyan.imports.running import error_text
from abhiyan.imports.tables.reasons import NOTES
from abhiyan.org.viewer import Request, Viewer
from abhiyan.ui import tables
from abhiyan.ui.acts import act_page, form_page
from abhiyan.ui.lists import Column, Table, list_response
from abhiyan.units import queries as units

from .forms import OPTION, PLAIN_BYTES, BeginForm, ColumnsForm, EmptyForm, ImportFilters, kinds_of
from .states import WORKING, import_state

State = StagedImport.State
SHOWN = 10  # refused rows and differences on the import's own page


@dataclass(frozen=True)
class StepQuestion:
    """The question before a step, and the word after it."""

    title: str | Promise
    text: str | Promise
    button: str | Promise
    said: str | Promise = ""


TAKES = gettext_lazy("Refused rows are left out. You can undo the whole import later.")
BEFORE = {
    "commit": StepQuestion(gettext_lazy("Import these rows?"), TAKES, gettext_lazy("Import now")),
    "undo": StepQuestion(
        gettext_lazy("Undo this import?"),
        gettext_lazy(
            "Everything this import made or changed goes back to what it was. If somebody has changed the same rows "
            "since, nothing is undone and the page says why."
        ),
        gettext_lazy("Undo the import"),
    ),
    "discard": StepQuestion(
        gettext_lazy("Discard this list?"),
        gettext_lazy("The uploaded file is deleted at once. Nothing of it was imported."),
        gettext_lazy("Discard"),
        gettext_lazy("The list was discarded. Nothing of it was imported."),
    ),
}


@dataclass(frozen=True)
class OutcomeRows:
    """The number of rows with an outcome."""

    title: str
    n: int
    tone: str = ""


def _seen(public_id: UUID) -> tuple[StagedImport, ImportKind]:
    staged = queries.import_for(public_id)
    return staged, kind_of_import(staged.kind)


def _page(
    request: Request, template: str, staged: StagedImport | None, status: int = 200, **more: Any
) -> HttpResponse:
    crumbs = [(_("Imports"), reverse("imports:list"))]
    if staged is not None:
        crumbs.append((staged.file_name, reverse("imports:one", args=[staged.public_id])))
        of_kind, (label, tone) = kind_of_import(staged.kind), import_state(staged)
        more |= {"staged": staged, "state_label": label, "state_tone": tone, "of_kind": of_kind}
    crumbs = [crumb for crumb in (*crumbs, (str(more.pop("crumb", "")), "")) if crumb[0]]
    context = {"here": "imports", "crumbs": crumbs, "at": clock.now()} | more
    return render(request, f"pages/imports/{template}.html", context, status=status)


@dataclass(frozen=True, slots=True)
class ImportListRow:
    """An import, as the list of all of them shows it. place: the unit it is for."""

    staged: StagedImport
    place: str

    @property
    def taken(self) -> int | None:
        return _taken(self.staged) or None

    @property
    def state(self) -> tuple[str | Promise, str]:
        return import_state(self.staged)


COLUMNS: tuple[Column[ImportListRow], ...] = (
    Column("file", gettext_lazy("File"), lambda row: row.staged.file_name, order="file_name", is_name=True),
    Column("kind", gettext_lazy("List"), lambda row: _title(row.staged.kind), order="kind"),
    Column(
        "brought", gettext_lazy("Brought"), lambda row: row.staged.created_at, order="created_at", css="nums"
    ),
    Column("unit", gettext_lazy("Unit"), lambda row: row.place),
    Column("state", gettext_lazy("Status"), lambda row: row.state[0], order="state"),
    Column("taken", gettext_lazy("Correct rows"), lambda row: row.taken, css="num"),
    Column(
        "refused", gettext_lazy("Refused"), lambda row: row.staged.counts.get("refused") or None, css="num"
    ),
)


def _title(key: str) -> str:
    return next((str(import_kind.title) for import_kind in registered() if import_kind.key == key), key)


@require_GET
def imports_page(request: Request) -> HttpResponseBase:
    """Show every import in sight, newest first."""
    filters = ImportFilters(request.GET)
    filled = filters.cleaned_data if filters.is_valid() else {}
    chosen = {name: value for name, value in filled.items() if value}
    table = Table(
        request,
        COLUMNS,
        queries.imports().filter(**chosen),
        name="imports",
        caption=_("Imports"),
        sort="-brought",
        finish=_with_places,
        is_counted=False,
        is_numbered=False,
    )
    context = {
        "here": "imports",
        "crumbs": [(_("Imports"), "")],
        "filters": filters,
        "kinds": kinds_of(request.viewer),
        "whose": _whose(request.viewer),
        "is_narrowed": bool(chosen),
    }
    return list_response(request, "pages/imports/list.html", table, context)


def _with_places(rows: list[StagedImport]) -> list[ImportListRow]:
    places = units.names_of_units({row.unit_id for row in rows if row.unit_id}, language=active_language())
    return [
        ImportListRow(row, places.get(row.unit_id, "") if row.unit_id else _("All units")) for row in rows
    ]


def _whose(viewer: Viewer) -> str:
    """Say whose lists this page shows somebody, as the policy has it."""
    if viewer.scope.everything:
        return _("Every list that was brought is shown here.")
    whole = [str(kind.title) for kind in registered() if kind.key in viewer.scope.imports]
    if not whole:
        return _("Shown here: the lists you brought, and those for your units.")
    blanks = {"kinds": ", ".join(whole)}
    if viewer.appointments:
        return (
            _(
                "Shown here: the lists you brought, those for your units, and for the whole organisation: %(kinds)s."
            )
            % blanks
        )
    return _("Shown here: the lists you brought, and those for the whole organisation: %(kinds)s.") % blanks


def _taken(row: StagedImport) -> int:
    if row.state not in (State.DONE, State.UNDONE, State.CHECKED, State.COMMITTING):
        return 0
    return queries.count_taken_rows(row)


@require_http_methods(["GET", "POST"])
def begin_import_page(request: Request, key: str) -> HttpResponseBase:
    """Show the kind's questions, and take the file.

    Answers JSON to imports.js, which sends the file piece by piece. A link may answer some of the questions
    beforehand: `?option_batch=1042-7`.
    """
    of_kind = kind_of_import(key)
    if of_kind not in kinds_of(request.viewer):
        raise NotFound
    named = {name: value for name, value in request.GET.items() if name.startswith(OPTION)}
    form = BeginForm(of_kind, request.viewer, request.POST or None, request.FILES or None, initial=named)
    by_pieces = "application/json" in request.headers.get("Accept", "")
    form.fields["file"].required = not by_pieces
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                staged = actions.begin_import(
                    kind_key=key,
                    file_name=file.name if file else form.cleaned_data["file_name"],
                    file_bytes=file.size if file else form.cleaned_data["file_bytes"] or 0,
                    options=form.options,
                    unit_id=form.unit_id,
                    by=request.actor,
                    at=clock.now(),
                )
            except Refused as refused:
                if (field := form.field_of(refused.field)) is None:
                    raise
                form.add_error(field, str(refused))
            else:
                if file is not None:
                    _receive(request, staged.public_id, file, 0)
                    return redirect("imports:one", staged.public_id)
                return JsonResponse(_upload(staged), status=201)
        if by_pieces:
            name, errors = next(iter(form.errors.items()), ("", [""]))
            label = f"{form.fields[name].label}: " if name in form.fields and name != "file" else ""
            text = f"{label}{errors[0]}"
            return JsonResponse({"code": "not_valid", "message": text}, status=422)
    return _page(
        request,
        "begin",
        None,
        status=status,
        form=form,
        of_kind=of_kind,
        fields=[
            {
                "label": f.label(active_language()),
                "required": f.is_in_each_row,
                "needed": f.needed,
                "also": f.also_called[:3],
            }
            for f in of_kind.layout.fields
        ],
        empty=EmptyForm(of_kind, request.viewer) if of_kind.places else None,
        plain_mb=PLAIN_BYTES >> 20,
        most_mb=of_kind.max_bytes >> 20,
        crumb=of_kind.title,
    )


def _receive(request: Request, public_id: UUID, file: Any, offset: int) -> None:
    file.seek(offset)
    while part := file.read(actions.PIECE_BYTES):
        offset = _received(request, public_id, offset, part, size=file.size)


def _received(request: Request, public_id: UUID, offset: int, part: bytes, *, size: int) -> int:
    """Keep a piece; after the last one a list whose columns are all known is checked at once."""
    received = actions.receive(
        public_id=public_id, offset=offset, piece=part, by=request.actor, at=clock.now()
    )
    if received == size:
        actions.check_when_sure(public_id=public_id, by=request.actor, at=clock.now())
    return received


def _upload(staged: StagedImport) -> dict[str, Any]:
    return {
        "page": reverse("imports:one", args=[staged.public_id]),
        "piece": reverse("imports:piece", args=[staged.public_id]),
        "received": staged.received_bytes,
        "piece_bytes": actions.PIECE_BYTES,
    }


@require_http_methods(["GET", "POST"])
def import_piece_answer(request: Request, public_id: UUID) -> HttpResponse:
    """Take a piece of an upload; a GET says where it goes on.

    POST: one piece, its place in the header Upload-Offset; answers the next.
    """
    staged, _kind = _seen(public_id)
    if request.method == "GET":
        return JsonResponse(_upload(staged))
    offset = whole_number(request.headers.get("Upload-Offset", ""), most=10**15)
    if offset is None:
        return JsonResponse({"code": "wrong_offset", "received": staged.received_bytes}, status=409)
    if (whole_number(request.headers.get("Content-Length", ""), most=10**15) or 0) > actions.PIECE_BYTES:
        raise actions.PieceTooLarge
    try:
        received = _received(request, public_id, offset, request.body, size=staged.file_bytes)
    except actions.WrongOffset as refused:
        return JsonResponse({"code": refused.code, "received": refused.facts["received"]}, status=409)
    return JsonResponse({"received": received})


@require_POST
def rest(request: Request, public_id: UUID) -> HttpResponseBase:
    """Go on with an interrupted upload by the same file: from imports.js the question where, else the file whole."""
    staged, _kind = _seen(public_id)
    file = request.FILES.get("file")
    by_pieces = "application/json" in request.headers.get("Accept", "")
    size = request.POST.get("file_bytes", "")
    try:
        received = actions.go_on(
            public_id=public_id,
            file_name=(file.name if file else request.POST.get("file_name", "")) or "",
            file_bytes=(file.size if file else whole_number(size, most=10**15)) or 0,
            by=request.actor,
        )
    except actions.AnotherFile as refused:
        if by_pieces:
            return JsonResponse({"code": refused.code, "message": str(refused)}, status=422)
        messages.error(request, str(refused))
        return redirect("imports:one", public_id)
    if by_pieces:
        return JsonResponse(_upload(staged))
    if file is not None:
        _receive(request, public_id, file, received)
    return redirect("imports:one", public_id)


@require_GET
def import_page(request: Request, public_id: UUID) -> HttpResponse:
    """Show one import, wherever it stands, and what can be done next."""
    staged, of_kind = _seen(public_id)
    return _one(request, staged, of_kind)


def _one(
    request: Request,
    staged: StagedImport,
    of_kind: ImportKind,
    *,
    form: ColumnsForm | None = None,
    status: int = 200,
) -> HttpResponse:
    steps = {step: queries.may_ask_step(staged, step) for step in ("check", "commit", "undo", "discard")}
    preview = queries.preview_of(staged) if steps["check"] or staged.state == State.FAILED else None
    rows = queries.causes_first(staged)[:SHOWN] if staged.counts.get("refused") else []
    changed: Sequence[Any] = ()
    if of_kind.differences is not None and staged.state in (State.CHECKED, State.DONE):
        changed = of_kind.differences(staged.id, 0, SHOWN)
    is_theirs = authority.allows(request.actor, of_kind.capability, unit_id=staged.unit_id)
    may = {step: is_theirs and is_possible for step, is_possible in steps.items()}
    waits = queries.waits(staged, at=clock.now()) if may["commit"] else None
    shown_form = form or (ColumnsForm(of_kind, preview) if preview and may["check"] else None)
    return _page(
        request,
        "one",
        staged,
        status=status,
        preview=preview,
        form=shown_form,
        fields=_fields(of_kind, preview, shown_form) if preview and shown_form else [],
        problems=[] if preview is None else [(p.blocking, str(p)) for p in preview.problems],
        counts=_counts(staged, of_kind),
        undone=sum(staged.undone.values()),
        discarded=[(of_kind.discarded.get(code, code), n) for code, n in staged.discarded.items()],
        notes=_notes(staged, of_kind),
        told=queries.notes_on_list(staged),
        refused=_refused(rows, staged),
        may_correct=queries.may_correct(staged, request.actor),
        differences=_differences(changed, of_kind),
        lacking=queries.lacking_rows(staged, 0, SHOWN),
        options=_options(staged, of_kind),
        sure=_sure(staged) if may["commit"] else None,
        takes=TAKES,
        unit=units.names_of_units({staged.unit_id}, language=active_language()).get(staged.unit_id, "")
        if staged.unit_id
        else "",
        error=error_text(staged),
        is_nothing=staged.state in (State.CHECKED, State.DONE) and queries.is_all_refused(staged),
        may=may,
        waits=str(waits or ""),
        working=WORKING.get(staged.state, ""),
        is_working=staged.state in WORKING or (staged.state == State.RECEIVED and not staged.look),
        upload=_upload(staged) if is_theirs and staged.state == State.RECEIVING else None,
        total=sum(staged.counts.values()),
        belongs=of_kind.belongs(staged.options) if of_kind.belongs is not None else None,
    )


def _fields(of_kind: ImportKind, preview: Any, form: ColumnsForm) -> list[dict[str, Any]]:
    fields = []
    for spec in of_kind.layout.fields:
        column = preview.mapping.get(spec.key)
        samples = preview.columns[column].samples[:3] if column is not None else ()
        bound = form[f"column_{spec.key}"]
        fields.append(
            {"bound": bound, "required": spec.is_in_each_row, "needed": spec.needed, "samples": samples}
        )
    return fields


def _counts(staged: StagedImport, of_kind: ImportKind) -> list[OutcomeRows]:
    counts, is_done = staged.counts, staged.state != State.CHECKED
    outcome_rows = [
        OutcomeRows(outcome.said(is_done=is_done), counts[code], outcome.tone)
        for code, outcome in of_kind.outcomes.items()
        if counts.get(code)
    ]
    if counts.get("refused"):
        outcome_rows.append(OutcomeRows(_("Refused"), counts["refused"], "bad"))
    if counts.get("skipped"):
        outcome_rows.append(OutcomeRows(_("Blank rows, repeated headers and totals"), counts["skipped"]))
    return outcome_rows


def _notes(staged: StagedImport, of_kind: ImportKind) -> list[tuple[str, str, int]]:
    notes = []
    for key, n in staged.notes.items():
        field, _slash, note = key.partition("/")
        if not field:
            continue  # of the list as a whole: queries.notes_on_list
        notes.append((_label(of_kind, field, field), str(NOTES.get(note, note)), n))
    return notes


def _options(staged: StagedImport, of_kind: ImportKind) -> list[tuple[str, str]]:
    return [
        (str(option.title), dict(option.choices()).get(value, value) if option.choices else value)
        for option in of_kind.options
        if (value := staged.options.get(option.key))
    ]


def _refused(rows: Any, staged: StagedImport) -> list[dict[str, Any]]:
    of_kind = kind_of_import(staged.kind)
    unseen = 1 if of_kind.is_ours is not None and of_kind.is_ours(staged.options) else 0
    return [
        {
            "row": row.row - unseen,
            "field": _label(of_kind, row.field),
            "excerpt": row.facts.get("excerpt", ""),
            "reason": queries.reason_text(of_kind, row),
        }
        for row in rows
    ]


def _differences(changed: Sequence[Any], of_kind: ImportKind) -> list[dict[str, Any]]:
    return [
        {"it": difference, "field": _label(of_kind, difference.field, difference.field)}
        for difference in changed
    ]


def _label(of_kind: ImportKind, key: str, otherwise: str = "") -> str:
    spec = of_kind.layout.field(key)
    return spec.label(active_language()) if spec else otherwise


@require_POST
def columns(request: Request, public_id: UUID) -> HttpResponse:
    """Say which column is which; with `then=check` the check begins at once. A sheet may be chosen first."""
    staged, of_kind = _seen(public_id)
    preview = or_refuse(queries.preview_of(staged), actions.ImportMovedOn)
    if sheet := request.POST.get("sheet"):
        actions.look_at_file(public_id=public_id, at=clock.now(), by=request.actor, sheet=sheet)
        return redirect("imports:one", public_id)
    form = ColumnsForm(of_kind, preview, request.POST)
    if not form.is_valid():
        return _one(request, staged, of_kind, form=form, status=422)
    problems = actions.set_mapping(public_id=public_id, mapping=form.mapping, by=request.actor)
    if blocking := [str(problem) for problem in problems if problem.blocking]:
        for text in blocking:
            form.add_error(None, text)
        return _one(request, staged, of_kind, form=form, status=422)
    actions.check(public_id=public_id, by=request.actor, at=clock.now())
    return redirect("imports:one", public_id)


@form_page
def import_step_page(request: Request, public_id: UUID, step: str) -> HttpResponseBase:
    """Import, undo or discard a list, once that was asked; check it."""
    staged, of_kind = _seen(public_id)
    if step not in (*BEFORE, "check"):
        raise NotFound
    authority.require_for_list(request.actor, of_kind.capability, unit_id=staged.unit_id)
    page = reverse("imports:one", args=[public_id])
    if step == "check":
        return _check(request, public_id, page)
    if not queries.may_ask_step(staged, step):
        messages.info(request, str(actions.ImportMovedOn.message))  # done meanwhile, by oneself or another
        return redirect(page)
    if step == "commit" and (waits := queries.waits(staged, at=clock.now())):
        messages.warning(request, str(waits))
        return redirect(page)
    question = BEFORE[step]
    act_on = {"commit": actions.commit, "undo": actions.undo, "discard": actions.discard_import}[step]
    return act_page(
        request,
        lambda _cleaned: act_on(public_id=public_id, by=request.actor, at=clock.now()),
        title=question.title,
        text=[question.text],
        button=question.button,
        said=question.said,
        done=reverse("imports:list") if step == "discard" else page,
        back=page,
        is_danger=step != "commit",
        form=_sure(staged, request.POST if request.method == "POST" else None) if step == "commit" else None,
        detail="pages/imports/_asked.html",
        staged=staged,
        of_kind=of_kind,
        counts=_counts(staged, of_kind) if step != "discard" else [],
        told=queries.notes_on_list(staged) if step == "commit" else [],
        here="imports",
        crumbs=[(_("Imports"), reverse("imports:list")), (staged.file_name, page), (question.button, "")],
    )


def _sure(staged: StagedImport, posted: QueryDict | None = None) -> forms.Form | None:
    """Return a tick for what a list does beyond its rows, where it does anything."""
    if not (confirms := queries.act_to_confirm(staged)):
        return None
    form = forms.Form(posted)
    form.fields["sure"] = forms.BooleanField(label=confirms)
    return form


def _check(request: Request, public_id: UUID, page: str) -> HttpResponseBase:
    if request.method == "POST":
        try:
            actions.check(public_id=public_id, by=request.actor, at=clock.now())
        except (actions.ImportMovedOn, actions.NotReady) as refused:
            messages.error(request, str(refused))
    return redirect(page)


@require_GET
def progress(request: Request, public_id: UUID) -> HttpResponse:
    """Show the progress of the step; have the page loaded again when it is over."""
    staged, _kind = _seen(public_id)
    if staged.state not in WORKING and not (staged.state == State.RECEIVED and not staged.look):
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(
        request, "pages/imports/_progress.html", {"staged": staged, "working": WORKING.get(staged.state, "")}
    )


@require_GET
def refused(request: Request, public_id: UUID) -> HttpResponseBase:
    """List every refused row by number, field and reason, as a page or file.

    The person who brought it gets a file to correct.
    """
    staged, _kind = _seen(public_id)
    rows = queries.refused_rows(staged)
    to_correct = request.GET.get("correct", "")
    ending = to_correct or request.GET.get("as") or request.GET.get("format", "")
    if ending in tables.FILES:
        head: Sequence[str] = [_("Row"), _("Field"), _("Value in file"), _("Reason")]
        lines: Iterator[Sequence[Any]] = (
            (refusal["row"], refusal["field"], refusal["excerpt"], refusal["reason"])
            for row in rows.iterator(chunk_size=2000)
            for refusal in _refused([row], staged)
        )
        if to_correct:
            lines = actions.take_refused(public_id=public_id, by=request.actor, at=clock.now())
            head = next(lines)
        return tables.file_response("refused-rows" if to_correct else "refused", ending, head, lines)
    leaf = tables.following(rows.order_by(), request.GET, keys=["row", "id"])
    return _page(
        request,
        "refused",
        staged,
        leaf=leaf,
        refused=_refused(leaf.rows, staged),
        may_correct=queries.may_correct(staged, request.actor),
        crumb=_("Refused rows"),
    )


@require_GET
def import_differences_page(request: Request, public_id: UUID) -> HttpResponse:
    """Show everything a list would change, or has changed, of what exists: old and new."""
    staged, of_kind = _seen(public_id)
    if of_kind.differences is None:
        raise NotFound
    changes, turns = _part(request, partial(of_kind.differences, staged.id))
    rows = _differences(changes, of_kind)
    return _page(request, "differences", staged, differences=rows, **turns, crumb=_("Differences"))


def _part(request: Request, read: Callable[[int, int], Iterable[Any]]) -> tuple[list[Any], dict[str, int]]:
    """Return the page that was asked for of what is read by offset and number; and the pages before and after it."""
    number = whole_number(request.GET.get("page", ""), most=10**6) or 1
    lines = list(read((number - 1) * tables.PER_PAGE, tables.PER_PAGE + 1))
    after = number + 1 if len(lines) > tables.PER_PAGE else 0
    return lines[: tables.PER_PAGE], {"before": number - 1, "after": after}


@require_GET
def import_lacking_page(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show what is known and missing from a list, though it covers its place; as a page, CSV or a sheet."""
    staged, _kind = _seen(public_id)
    ending = request.GET.get("as", "")
    if ending in ("csv", "xlsx"):
        head = [_("Code"), _("Name"), _("Kind")]
        return tables.file_response(
            "lacking", ending, head, ((unit.code, unit.name, unit.kind) for unit in _all_lacking(staged))
        )
    lacking_units, turns = _part(request, partial(queries.lacking_rows, staged))
    return _page(request, "lacking", staged, lacking=lacking_units, **turns, crumb=_("Not in the list"))


def _all_lacking(staged: StagedImport) -> Iterator[Lacking]:
    first = 0
    while some := queries.lacking_rows(staged, first, 1_000):
        yield from some
        first += len(some)
