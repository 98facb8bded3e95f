"""Every parameter, body field and answer field of the HTTP API, from the records that make it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from msgspec import inspect as kinds

from docs.tables.api import operations
from docs.tables.markdown import code, plain, table
from wherewithal.surfaces.http.openapi import parameters_of
from wherewithal.surfaces.http.operation import Operation

#: More words than these are told by their number and the first.
_WORDS_SHOWN = 12
_FORMATS = {"uuid": "UUID", "date": "day", "date-time": "moment"}
_SIMPLE = {
    kinds.IntType: "integer",
    kinds.StrType: "text",
    kinds.BoolType: "boolean",
    kinds.FloatType: "number",
    kinds.DateType: "day",
    kinds.DateTimeType: "moment",
    kinds.UUIDType: "UUID",
    kinds.NoneType: "null",
    kinds.AnyType: "any value",
}
_FIELD = re.compile(r"((?:^ {4}#:? .*\n)*)^ {4}(\w+):", re.MULTILINE)


def fields() -> str:
    """Return a part for every route: its parameters, its body, and what it answers."""
    return "\n\n".join(_route(operation) for operation in operations())


def records() -> str:
    """Return a table for every record that an answer is made of, each once."""
    found: dict[str, kinds.StructType] = {}
    for operation in operations():
        for success in operation.successes.values():
            if not isinstance(success.schema, dict):
                _collect(kinds.type_info(success.schema), found)
    return "\n\n".join(_record(found[name]) for name in sorted(found))


def _route(operation: Operation) -> str:
    parts = [f"### {operation.operation_id}", f"`{operation.method} {operation.path}`"]
    rows = [
        (one["in"], code(one["name"]), schema_words(one["schema"]), _must(one), one["description"])
        for one in parameters_of(operation)
    ]
    parts.append(table(("in", "parameter", "type", "required", "meaning"), rows))
    if operation.body is not None:
        body = table(("field of the body", "type", "required", "meaning"), _rows(operation))
        parts.append(body)
    for status, success in operation.successes.items():
        what = success.media_type
        if not isinstance(success.schema, dict):
            name = success.schema.__name__
            what = f"[{name}](#{name.casefold()})"
        parts.append(f"Answers {status}: {plain(success.meaning)}, {what}.")
    return "\n\n".join(parts)


def _must(parameter: dict[str, Any]) -> str:
    return "yes" if parameter["required"] else ""


def _rows(operation: Operation) -> Iterator[tuple[str, str, str, str]]:
    """Yield a row for each field of a body, those inside of objects after them."""
    if operation.body is not None:
        yield from _inner(operation.body.schema, path="")


def _inner(schema: dict[str, Any], *, path: str) -> Iterator[tuple[str, str, str, str]]:
    for name, one in schema.get("properties", {}).items():
        is_required = "yes" if name in schema.get("required", ()) else ""
        words = schema_words(one)
        yield code(f"{path}{name}"), words, is_required, plain(one.get("description"))
        yield from _inner(one, path=f"{path}{name}.")
    for choice in schema.get("oneOf", ()):
        yield from _inner(choice, path=path)


def schema_words(schema: dict[str, Any]) -> str:
    """Return a JSON Schema of ours in words.

    >>> schema_words({"type": ["integer", "null"], "minimum": 0, "maximum": 1200})
    'integer, 0 to 1,200, or null'
    """
    types = schema.get("type", "object")
    named = [types] if isinstance(types, str) else list(types)
    words = named[0]
    if "oneOf" in schema:
        words = "one of these objects"
    elif "enum" in schema:
        words = _choice([word for word in schema["enum"] if word is not None])
    elif words == "integer":
        words += f", {schema['minimum']:,} to {schema['maximum']:,}"
    elif words == "array":
        words = f"list of up to {schema['maxItems']}: {schema_words(schema['items'])}"
    elif words == "string":
        words = _FORMATS.get(schema.get("format", ""), "text")
        if words == "text" and "maxLength" in schema:
            words += f", 1 to {schema['maxLength']} characters"
    return words + (", or null" if "null" in named else "")


def _choice(words: Sequence[object]) -> str:
    shown = [code(str(word)) for word in words]
    if len(shown) > _WORDS_SHOWN:
        return f"one of {len(shown)} words such as {shown[0]}"
    return " or ".join(shown)


def _collect(info: kinds.Type, found: dict[str, kinds.StructType]) -> None:
    if isinstance(info, kinds.StructType) and info.cls.__name__ not in found:
        found[info.cls.__name__] = info
        for field in info.fields:
            _collect(field.type, found)
    for inner in _inside(info):
        _collect(inner, found)


def _inside(info: kinds.Type) -> Sequence[kinds.Type]:
    match info:
        case kinds.UnionType():
            return info.types
        case kinds.VarTupleType() | kinds.ListType():
            return (info.item_type,)
        case kinds.DictType():
            return (info.value_type,)
    return ()


def _record(info: kinds.StructType) -> str:
    meanings = _meanings(info.cls)
    rows = (
        (code(field.encode_name), _type_words(field.type), meanings.get(field.name, ""))
        for field in info.fields
    )
    said = plain((inspect.getdoc(info.cls) or "").split("\n\n")[0])
    head = table(("field", "type", "meaning"), rows)
    return f"### {info.cls.__name__}\n\n{said}\n\n{head}"


def _meanings(cls: type[msgspec.Struct]) -> dict[str, str]:
    """Return what the `#:` comments above a record's fields say."""
    return {
        name: plain(comment.replace("#:", "")) if "#:" in comment else ""
        for comment, name in _FIELD.findall(inspect.getsource(cls))
    }


def _type_words(info: kinds.Type) -> str:
    match info:
        case kinds.StructType():
            return f"[{info.cls.__name__}](#{info.cls.__name__.casefold()})"
        case kinds.EnumType():
            return _choice([member.value for member in info.cls])
        case kinds.LiteralType():
            return _choice(info.values)
        case kinds.VarTupleType() | kinds.ListType():
            return f"list of {_type_words(info.item_type)}"
        case kinds.DictType():
            return f"object of {_type_words(info.value_type)} by name"
        case kinds.UnionType():
            ordered = sorted(info.types, key=lambda one: isinstance(one, kinds.NoneType))
            return " or ".join(_type_words(one) for one in ordered)
    return _SIMPLE.get(type(info), "value")
