"""A list with names as a file: asked for, waited for and taken at the list's own address (`?format=names`).

Its view reads it each time, in the scope of that moment, and takes the form too (`ui.lists.page_with_list`).
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateformat import format as dated
from django.utils.timezone import localtime
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from abhiyan.core import clock, languages
from abhiyan.core.refusals import NotFound, Refused, or_refuse
from abhiyan.core.words import name_in_language
from abhiyan.org import queries
from abhiyan.org.actions.named_lists import WordsTyped, ask_for_names, take_names
from abhiyan.org.models import Release
from abhiyan.org.queries import NotYours
from abhiyan.org.rules.named_lists import ACT, NamedList, wanted
from abhiyan.org.rules.releases import CAPABILITY
from abhiyan.org.viewer import Request
from abhiyan.people.actions import reading
from abhiyan.ui.acts import act_page
from abhiyan.ui.bearers import REASON
from abhiyan.ui.fields import NoteField
from abhiyan.ui.lists import Table
from abhiyan.ui.numbers import grouped
from abhiyan.units import queries as units


class NamedListForm(forms.Form):
    """Ask what a list with names is needed for, and as which file."""

    reason = NoteField(label=_("What do you need the list for?"), max_length=300)
    kind = forms.ChoiceField(
        label=_("File"),
        choices=[("xlsx", _("Excel (XLSX)")), ("csv", "CSV")],
        initial="xlsx",
        widget=forms.RadioSelect,
    )


class NamedLists:
    """`ui.lists.Approvals`, by releases."""

    def offers(self, table: Table[Any]) -> bool:
        viewer = _request(table).viewer
        return viewer.may(CAPABILITY[ACT]) and _unit_of(table) is not None

    def page(self, table: Table[Any]) -> HttpResponseBase:
        request, at = _request(table), clock.now()
        if not table.naming:
            raise NotFound
        unit_id = or_refuse(_unit_of(table), NotYours(capability=CAPABILITY[ACT]))
        which = wanted(request.path, _pairs(request))
        n = table.counted(reading.MOST_EXPORTED)
        release = _own(request, which, at=at)
        context: dict[str, Any] = {
            "back": which.href,
            "here": "appointments",
            "crumbs": [(table.caption, which.href), (say("With names"), "")],
        }
        if release is not None and release.state == Release.State.RELEASED:
            return _take(table, release, which, n, at, context)
        context["title"] = say("With names: %(list)s") % {"list": table.caption}
        if release is not None:
            text = [
                say("You have asked for this list. Approvals lists who can approve it."),
                *named_list_words(release),
            ]
            return _said(request, text, context)
        if refused := _why_not(which, n):
            return _said(request, [str(refused)], context)

        def ask_release(given: dict[str, Any]) -> Release:
            return ask_for_names(
                wanted=which,
                told={"kind": given["kind"], **_told(table)},
                n=n,
                unit_id=unit_id,
                reason=given["reason"],
                by=request.actor,
                at=at,
            )

        return act_page(
            request,
            ask_release,
            form=NamedListForm(request.POST if request.method == "POST" else None),
            text=[
                say("Somebody else must approve a file with names: a data officer, or the level above."),
                *_sentences(_told(table), n),
            ],
            button=say("Ask for the file"),
            said=_("Request sent. Approvals lists who can approve it."),
            done=reverse("org:releases"),
            **context,
        )


def _request(table: Table[Any]) -> Request:
    request: Request = table.request  # type: ignore[assignment]  # the middleware has given it its viewer
    return request


def _pairs(request: HttpRequest) -> Iterator[tuple[str, str]]:
    """Yield the names and values of the address."""
    for name, values in request.GET.lists():
        yield from ((name, str(value)) for value in values)


def _unit_of(table: Table[Any]) -> int | None:
    """The unit whose rows a list has, where its reader may take names out; else None."""
    viewer = _request(table).viewer
    home = viewer.home
    if home is not None and table.unit_id in (None, home.unit_id):
        return home.unit_id if viewer.may_at(CAPABILITY[ACT], home.lo) else None
    if table.unit_id is None:
        return None
    spans = units.all_spans([table.unit_id]).get(table.unit_id, [])
    return table.unit_id if viewer.may_at(CAPABILITY[ACT], *(lo for lo, _hi in spans)) else None


def _why_not(which: NamedList, n: int) -> Refused | None:
    """Return the reason why it cannot be asked for."""
    if which.is_typed or not all(_is_code(value) for name, value in which.asked if name == "unit"):
        return WordsTyped()
    return reading.ListTooLong(most=reading.MOST_EXPORTED) if n > reading.MOST_EXPORTED else None


def _is_code(unit: str) -> bool:
    """Return True if it is a unit's code: its name, or anything else, was typed."""
    try:
        return bool(units.unit(unit))
    except NotFound:
        return False


def _own(request: Request, which: NamedList, *, at: datetime) -> Release | None:
    """Return the reader's own request for this very list that still waits or may be used; an approved one comes
    first."""
    account_id = request.viewer.account_id
    if account_id is None:
        return None
    facts = which.said()
    releases = [
        release
        for release in queries.releases_asked(account_id, act=ACT, at=at)
        if {key: release.payload.get(key) for key in facts} == facts
    ]
    return min(releases, key=lambda release: release.state != Release.State.RELEASED, default=None)


def _take(
    table: Table[Any], release: Release, which: NamedList, n: int, at: datetime, shown: dict[str, Any]
) -> HttpResponseBase:
    request = _request(table)

    def taken(_given: dict[str, Any]) -> HttpResponseBase:
        take_names(public_id=release.public_id, wanted=which, n=n, by=request.actor, at=at)
        request.__dict__[REASON] = (
            release.reason
        )  # names from other units count, with what they were approved for
        return table.written(str(release.payload["kind"]), with_names=True)

    until = dated(localtime(release.expires_at), "j M Y, H:i")
    return act_page(
        request,
        taken,
        title=say("Approved: %(list)s, with names") % {"list": table.caption},
        text=[
            say("You can take the file once, until %(when)s. We record who takes it.") % {"when": until},
            *_sentences(release.payload, n),
        ],
        button=say("Download once"),
        done=lambda file: file,
        **shown,
    )


def _said(request: Request, text: Sequence[str], shown: dict[str, Any]) -> HttpResponse:
    """The page without a form."""
    return render(request, "ui/ask.html", {"text": text, "is_open": False, **shown})


def _told(table: Table[Any]) -> dict[str, Any]:
    """Describe a list in both languages: its title, what narrows it, its columns."""
    facts_by_part: dict[str, dict[str, Any]] = {"caption": {}, "narrowed": {}, "columns": {}}
    for code in languages.OWN:
        with override(code):
            facts_by_part["caption"][code] = str(table.caption)
            facts_by_part["narrowed"][code] = list(_narrowed(table))
            facts_by_part["columns"][code] = table.titles()
    return facts_by_part


def _narrowed(table: Table[Any]) -> Iterator[str]:
    """Yield what narrows a list, in words where its form has some."""
    fields_by_name = (
        {bound_field.html_name: bound_field for bound_field in table.narrowed}
        if table.narrowed is not None
        else {}
    )
    for name, value in wanted("", _pairs(table.request)).asked:
        if name not in fields_by_name:
            yield f"{name}: {value}"
            continue
        field = fields_by_name[name].field
        choices = {str(key): text for key, text in getattr(field, "choices", ())}
        yield f"{fields_by_name[name].label}: {choices.get(value, value)}"


def _sentences(told: Any, n: int) -> list[str]:
    narrowed = name_in_language(told["narrowed"])
    return [
        say("List: %(list)s.") % {"list": name_in_language(told["caption"])},
        say("Narrowed by %(how)s.") % {"how": "; ".join(narrowed)} if narrowed else say("All of its rows."),
        say("Rows: %(n)s. Columns: %(columns)s.")
        % {"n": grouped(n), "columns": ", ".join(name_in_language(told["columns"]))},
    ]


def named_list_words(release: Release) -> list[str]:
    """Say exactly which list it is, to the person who decides."""
    return _sentences(release.payload, int(release.payload["rows"]))


def named_list_page(release: Release) -> str:
    """Return the address where an approved list is taken."""
    pairs = [(name, value) for name, value in release.payload["asked"]]
    return NamedList(release.payload["path"], (*pairs, ("format", "names"))).href
