"""The interface description: OpenAPI 3.1 that holds together, problems, sessions and serials as they are."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from builders.edge import Caller, EdgeOffice
from dojang.web.app import Audience

OPENAPI_METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}
JSON_SCHEMA_TYPES = {"string", "integer", "number", "boolean", "object", "array", "null"}


@pytest.fixture(scope="module")
def document(edge: EdgeOffice) -> dict[str, Any]:
    found: dict[str, Any] = edge.caller()("GET", "/openapi.json").json
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Every JSON object within."""
    if isinstance(value, dict):
        yield value
        for one in value.values():
            yield from nodes(one)
    elif isinstance(value, list):
        for one in value:
            yield from nodes(one)


def test_it_is_openapi_3_1_with_the_members_that_must_be_there(document: dict[str, Any]) -> None:
    assert re.fullmatch(r"3\.1\.\d+", document["openapi"])
    assert {"title", "version"} <= document["info"].keys()
    assert document["info"]["license"] == {"name": "Apache-2.0", "identifier": "Apache-2.0"}
    assert document.keys() <= {"openapi", "info", "paths", "components", "tags", "servers", "security"}
    for path, method, operation in operations(document):
        assert path.startswith("/")
        assert method in OPENAPI_METHODS
        assert operation["responses"]
        assert operation["description"]
        assert all(one["description"] for one in operation["responses"].values())
        assert all(re.fullmatch(r"[1-5](\d\d|XX)|default", status) for status in operation["responses"])


def test_every_reference_leads_somewhere_and_everything_is_referred_to(document: dict[str, Any]) -> None:
    referred = {one["$ref"] for one in nodes(document) if "$ref" in one}
    schemas = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert referred == schemas


def test_names_are_fit_for_generated_clients(document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[A-Za-z]\w*", name) for name in document["components"]["schemas"])
    assert not any("__" in name for name in document["components"]["schemas"])


def test_parameters_and_paths_agree(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        declared = [(one["name"], one["in"]) for one in operation.get("parameters", [])]
        assert len(declared) == len(set(declared))
        assert {name for name, place in declared if place == "path"} == set(re.findall(r"\{(\w+)\}", path)), path
        assert all(one.get("required") for one in operation.get("parameters", []) if one["in"] == "path"), path
        assert method != "get" or "requestBody" not in operation


def test_schemas_use_json_schemas_types(document: dict[str, Any]) -> None:
    for schema in nodes(document["components"]["schemas"]):
        if isinstance(schema.get("type"), str):
            assert schema["type"] in JSON_SCHEMA_TYPES
        if isinstance(schema.get("pattern"), str):
            re.compile(schema["pattern"])
        if isinstance(schema.get("required"), list) and "properties" in schema:
            assert set(schema["required"]) <= schema["properties"].keys()


def test_every_operation_describes_its_problems(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        answer = operation["responses"]["default"]["content"]
        assert answer == {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}, (
            path,
            method,
        )
        assert "422" not in operation["responses"], "the framework's own document is never sent"
        assert ("401" in operation["responses"]) == ("403" in operation["responses"]) == ("security" in operation)


def test_the_described_problem_is_the_one_that_is_sent(document: dict[str, Any], caller: Caller) -> None:
    schema = document["components"]["schemas"]["Problem"]
    of_python = {str: "string", int: "integer", dict: "object"}
    for sent in (caller("GET", "/v1/applications").json, caller("POST", "/v1/accounts").json):
        assert set(schema["required"]) <= sent.keys() <= schema["properties"].keys()
        for name, value in sent.items():
            assert of_python[type(value)] == schema["properties"][name]["type"]


def test_who_wants_a_session_says_so(document: dict[str, Any], caller: Caller) -> None:
    schemes = document["components"]["securitySchemes"].values()
    assert {(one["type"], one["scheme"]) for one in schemes} == {("http", "bearer"), ("http", "basic")}
    for path, method, operation in operations(document):
        filled = path.replace("{kind}", "passport").replace("{side}", "front")
        answer = caller(method.upper(), re.sub(r"\{\w+\}", "1", filled))
        assert (answer.status == 401) == ("security" in operation), (method, path)


def test_serial_numbers_are_text_everywhere(document: dict[str, Any]) -> None:
    found = 0
    for one in nodes(document):
        for name, schema in one.get("properties", {}).items() if isinstance(one.get("properties"), dict) else ():
            if "serial" in name:
                found += 1
                assert _types(schema.get("items", schema)) <= {"string", "null"}, name
        if one.get("in") == "path" and "serial" in one.get("name", ""):
            found += 1
            assert _types(one["schema"]) == {"string"}
    assert found >= 7


def _types(schema: dict[str, Any]) -> set[str]:
    return {one["type"] for one in schema.get("anyOf", [schema]) if isinstance(one.get("type"), str)}


@pytest.mark.parametrize("audience", list(Audience))
def test_each_audience_has_a_description_of_its_own(edge: EdgeOffice, audience: Audience) -> None:
    described = edge.caller([audience])("GET", "/openapi.json").json
    paths = set(described["paths"])
    assert {
        Audience.SUBSCRIBER: "/v1/applications",
        Audience.OPERATOR: "/v1/operator/reviews",
        Audience.RELYING_PARTY: "/v1/verifications",
        Audience.PROTOCOLS: "/crl/issuing.crl",
    }[audience] in paths
    assert {one["$ref"].rpartition("/")[2] for one in nodes(described) if "$ref" in one} <= described["components"][
        "schemas"
    ].keys()
