"""openapi.json: every operation of the API, made from the shapes its requests are checked by."""

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from .hotpath import shapes

_TAG = "claims"
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": shapes.LONGEST_KEY, "pattern": "^[!-~]+$"},
}
_RETRY = {"Retry-After": {"schema": {"type": "integer", "minimum": 1}, "description": "Seconds to wait."}}
_REFUSALS = {
    "401": "No valid token: unknown, ended and expired are answered alike.",
    "405": "Only POST.",
    "413": "The body is too large, or holds more than a thousand claims.",
    "415": "The body is not application/json.",
    "422": "Does not fit the shape (code malformed, with errors), or the rules of the drive. Nothing was stored, of a "
    "batch neither.",
    "429": "Too many requests.",
    "503": "The register cannot be reached. Send the same again: nothing is lost or doubled.",
}


@require_safe
def document(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  # alike for everybody
    """Answer GET /api/v1/openapi.json."""
    answer = JsonResponse(specification(), json_dumps_params={"ensure_ascii": False})
    answer["Cache-Control"] = "public, max-age=300"
    return answer


@cache
def specification() -> dict[str, Any]:
    """Return openAPI 3.1, as a tree of plain values."""
    from pydantic.json_schema import models_json_schema  # large, and asked for rarely

    taken = (shapes.ClaimIn, shapes.ClaimsIn)
    models = (shapes.Accepted, shapes.Refusal, shapes.Answers)
    references, schemas = models_json_schema(
        [*((model, "validation") for model in taken), *((model, "serialization") for model in models)],
        ref_template="#/components/schemas/{model}",
    )
    ref_by_model = {model: reference for (model, _mode), reference in references.items()}
    definitions = {name: _plain(schema) for name, schema in schemas["$defs"].items()}
    example = definitions[ref_by_model[shapes.ClaimIn]["$ref"].rpartition("/")[2]]["examples"][0]

    def content(model: type[Any]) -> dict[str, Any]:
        return {"application/json": {"schema": ref_by_model[model]}}

    def operation(name: str, summary: str, text: str, body: type[Any], shown: Any) -> dict[str, Any]:
        return {
            "operationId": name,
            "summary": summary,
            "description": text,
            "tags": [_TAG],
            "security": [{"token": []}],
            "parameters": [_KEY],
            "requestBody": {
                "required": True,
                "content": {
                    "application/json": {
                        "schema": ref_by_model[body],
                        "examples": {"usual": {"value": shown}},
                    }
                },
            },
            "responses": {
                status: {
                    "description": text,
                    "content": content(shapes.Refusal),
                    **({"headers": _RETRY} if status in ("429", "503") else {}),
                }
                for status, text in _REFUSALS.items()
            },
        }

    put_operation = operation(
        "enrol",
        "One claim: somebody joins",
        "Answered when it is on disk. Send it again with the same key whenever the answer did not arrive: a resend "
        "finds the first. What the register knows of the phone is not told.",
        shapes.ClaimIn,
        example,
    )
    put_operation["responses"] |= {
        "201": {"description": "Stored.", "content": content(shapes.Accepted)},
        "409": {"description": "The key was used for another phone.", "content": content(shapes.Refusal)},
    }
    many = operation(
        "enrol_batch",
        "Up to a thousand claims in one commit",
        "One answer for each claim, in order. Claims without a key take the header's, with /0, /1 … behind it. When "
        "any claim does not have the shape, the whole is refused, and the refusal lists what is wrong in each.",
        shapes.ClaimsIn,
        {"claims": [example]},
    )
    many["responses"] |= {
        "200": {"description": "All stored.", "content": content(shapes.Answers)},
        "207": {"description": "Some refused, each for its own reason.", "content": content(shapes.Answers)},
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": settings.ORGANISATION or "Abhiyan",
            "version": "1",
            "description": "Machine channels of a membership drive. A token belongs to one drive, one channel and the "
            "units below one, and can only write. Answers speak the language of Accept-Language (hi, en).",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": settings.ORIGIN}],
        "tags": [
            {"name": _TAG, "description": "Claims that somebody joins."},
            {"name": "about", "description": "This API itself."},
        ],
        "paths": {
            "/api/v1/claims": {"post": put_operation},
            "/api/v1/claims/batch": {"post": many},
            "/api/v1/openapi.json": {
                "get": {
                    "operationId": "openapi",
                    "summary": "This document",
                    "tags": ["about"],
                    "security": [],
                    "responses": {
                        "200": {
                            "description": "OpenAPI 3.1.",
                            "content": {"application/json": {"schema": {"type": "object"}}},
                        }
                    },
                }
            },
        },
        "components": {
            "schemas": definitions,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a shape without the titles pydantic makes of field names."""
    for field in schema.get("properties", {}).values():
        field.pop("title", None)
    return schema
