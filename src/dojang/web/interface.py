"""The interface description (OpenAPI 3.1): what FastAPI derives from the routes, and what it cannot know.

Every operation may answer with a problem document; those that want a session may answer 401 and 403.
"""

from typing import Any

from fastapi import FastAPI

PROBLEM_REFERENCE = {"$ref": "#/components/schemas/Problem"}
PROBLEM_SCHEMA: dict[str, Any] = {
    "title": "Problem",
    "description": "What went wrong and what to do about it (RFC 9457), in the language of Accept-Language.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "next", "fields", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "description": "Names the problem; explains it, fetched"},
        "title": {"type": "string", "description": "What happened"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "Why"},
        "code": {"type": "string", "description": "Stable and dotted: decide by this, never by the words"},
        "next": {"type": "string", "description": "What to do next"},
        "alternative": {"type": "string", "description": "Another way there is"},
        "retry_after_s": {"type": "integer", "description": "When waiting helps: how long"},
        "fields": {"type": "object", "description": "Values to act on: tries left, places at fault, a support code"},
        "request_id": {"type": "string"},
    },
}
_REFUSALS = {
    "401": "There is no session, or it has ended",
    "403": "The account may not do this",
}
_OF_FRAMEWORK = ("HTTPValidationError", "ValidationError")
_METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})


class DescribedApi(FastAPI):
    """A FastAPI application whose description is complete."""

    def openapi(self) -> dict[str, Any]:
        """Return the description, made at the first call."""
        if self.openapi_schema is None:
            self.openapi_schema = _completed(super().openapi())
        return self.openapi_schema


def _completed(document: dict[str, Any]) -> dict[str, Any]:
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name in _OF_FRAMEWORK:
        schemas.pop(name, None)
    schemas["Problem"] = PROBLEM_SCHEMA
    for operations in document["paths"].values():
        for method, operation in operations.items():
            if method in _METHODS:
                _complete(operation)
    return document


def _complete(operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    responses.pop("422", None)  # the framework's own answer to malformed requests, which is not ours
    if operation.get("security"):
        for status, description in _REFUSALS.items():
            responses[status] = _problem(description)
    responses["default"] = _problem("Refused or failed: see `code`")


def _problem(description: str) -> dict[str, Any]:
    return {
        "description": description,
        "headers": {"Retry-After": {"description": "Seconds", "schema": {"type": "integer"}}},
        "content": {"application/problem+json": {"schema": PROBLEM_REFERENCE}},
    }
