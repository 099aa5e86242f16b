"""Choosing a unit: by name, or step by step down a tree. A page, a fragment for htmx, and JSON for programs."""

import re

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from abhiyan.core.numbers import whole_number
from abhiyan.core.words import active_language

from . import queries
from .choosing import UnitChoice
from .choosing import choices as made
from .models import Kind
from .rules import levels

SHOWN = 20


def _hierarchy(request: HttpRequest) -> int:
    return levels.BY_SLUG.get(request.GET.get("in", ""), levels.ORGANISATIONAL)


def _answer(request: HttpRequest, choices: list[UnitChoice], total: int, **more: object) -> HttpResponse:
    if request.GET.get("format") == "json" or request.headers.get("Accept", "").startswith(
        "application/json"
    ):
        choice_facts = [{name: getattr(c, name) for name in UnitChoice.__dataclass_fields__} for c in choices]
        return JsonResponse(
            {"units": choice_facts, "total": total}, json_dumps_params={"ensure_ascii": False}
        )
    name = request.GET.get("name", "")
    context = {
        "choices": choices,
        "left_out": max(0, total - len(choices)),
        "hierarchy": levels.SLUGS[_hierarchy(request)],
        "name": name if re.fullmatch(r"[a-z_]{1,30}", name) else "unit",
        "here": "units",
    } | more
    page = "units/_unit_choices.html" if "HX-Request" in request.headers else "units/unit_choose.html"
    return render(request, page, context)


@require_GET
def unit_search(request: HttpRequest) -> HttpResponse:
    """Units by what was typed (q), perhaps below one (within) or of some kinds (kind); at most SHOWN."""
    text = request.GET.get("q", "").strip()[:100]
    kinds = [kind for kind in request.GET.getlist("kind") if kind in Kind.values]
    within = None
    if code := request.GET.get("within"):
        within = (queries.unit(code).pk, _hierarchy(request))
    rows = (
        queries.search_units(text, language=active_language(), within=within, kinds=kinds, limit=SHOWN)
        if text
        else []
    )
    return _answer(request, made(rows), len(rows), text=text)


@require_GET
def unit_children(request: HttpRequest, code: str) -> HttpResponse:
    """Show the units directly beneath a unit in a hierarchy (in), a page at a time (offset)."""
    hierarchy = _hierarchy(request)
    unit = queries.unit(code)
    page = queries.children(
        unit.pk,
        hierarchy,
        language=active_language(),
        limit=queries.MOST,
        offset=whole_number(request.GET.get("offset", ""), most=10**7) or 0,
    )
    above = [(row.code, row.name()) for row in queries.path_of_unit(unit.pk, hierarchy)]
    return _answer(request, made(page.rows), page.total, above=above)
