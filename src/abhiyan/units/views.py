"""Choosing a unit: by name, or step by step down a tree. A page, a fragment for htmx, and JSON for programs."""

import re
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from abhiyan.core.words import language, named

from . import queries
from .models import Kind
from .rules import levels

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Choice:
    """One unit to choose. above: names from the root, as one line."""

    code: str
    name: str
    kind: str
    above: str
    is_sample: bool
    is_closed: bool
    has_children: bool


def _choices(rows: list[queries.UnitRow]) -> list[Choice]:
    return [
        Choice(
            code=row.code,
            name=row.name(),
            kind=str(Kind(row.kind).label),
            above=" › ".join(named(names) for names in row.above),
            is_sample=row.is_sample,
            is_closed=row.closed_on is not None,
            has_children=row.has_children,
        )
        for row in rows
    ]


def _hierarchy(request: HttpRequest) -> int:
    return levels.BY_SLUG.get(request.GET.get("in", ""), levels.ORGANISATIONAL)


def _answer(request: HttpRequest, choices: list[Choice], total: int, **more: object) -> HttpResponse:
    if request.GET.get("format") == "json" or request.headers.get("Accept", "").startswith(
        "application/json"
    ):
        found = [{name: getattr(c, name) for name in Choice.__dataclass_fields__} for c in choices]
        return JsonResponse({"units": found, "total": total}, json_dumps_params={"ensure_ascii": False})
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
def search(request: HttpRequest) -> HttpResponse:
    """Units by what was typed (q), perhaps below one (within) or of some kinds (kind); at most SHOWN."""
    text = request.GET.get("q", "").strip()[:100]
    kinds = [kind for kind in request.GET.getlist("kind") if kind in Kind.values]
    within = None
    if code := request.GET.get("within"):
        within = (queries.unit(code).pk, _hierarchy(request))
    rows = queries.search(text, language=language(), within=within, kinds=kinds, limit=SHOWN) if text else []
    return _answer(request, _choices(rows), len(rows), text=text)


@require_GET
def children(request: HttpRequest, code: str) -> HttpResponse:
    """What stands directly beneath a unit in a hierarchy (in), a page at a time (offset)."""
    hierarchy = _hierarchy(request)
    unit = queries.unit(code)
    offset = request.GET.get("offset", "")
    page = queries.children(
        unit.pk,
        hierarchy,
        language=language(),
        limit=queries.MOST,
        offset=int(offset) if re.fullmatch(r"\d{1,7}", offset) else 0,
    )
    above = [(row.code, row.name()) for row in queries.path(unit.pk, hierarchy)]
    return _answer(request, _choices(page.rows), page.total, above=above)
