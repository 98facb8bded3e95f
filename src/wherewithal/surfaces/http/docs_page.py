"""The document as a page: plain HTML without a script, a font or a picture from anywhere."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from html import escape
from typing import Any

_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem}
h2{margin-top:2.5rem;border-bottom:1px solid #d5dbe3}h3{margin:2rem 0 .25rem}
code,pre{font:14px/1.45 ui-monospace,monospace;background:#f3f5f8;border-radius:4px}
code{padding:.1em .3em}pre{padding:.75rem;overflow:auto}
table{border-collapse:collapse;width:100%}
td,th{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid #e3e8ee}
.method{font-weight:700;color:#0b5}summary{cursor:pointer}
"""
_STYLE_HASH = b64encode(sha256(_STYLE.encode()).digest()).decode("ascii")
#: Nothing is loaded, and only this one style is used.
CONTENT_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
).encode("ascii")


def docs_page(document: dict[str, Any]) -> bytes:
    """Return the page of an OpenAPI document."""
    info = document["info"]
    parts = [
        "<!doctype html><html lang=en><head><meta charset=utf-8>",
        "<meta name=viewport content='width=device-width,initial-scale=1'>",
        f"<title>{escape(info['title'])} API</title><style>{_STYLE}</style></head><body>",
        f"<h1>{escape(info['title'])} API {escape(info['version'])}</h1>",
        f"<p>{escape(info['description'])}</p>",
        "<p>For programs: <a href='/openapi.json'>openapi.json</a>.</p>",
        *_sections(document),
        "</body></html>",
    ]
    return "".join(parts).encode()


def _sections(document: dict[str, Any]) -> Iterator[str]:
    for tag in document["tags"]:
        yield f"<h2>{escape(tag['name'])}</h2>"
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                if tag["name"] in operation["tags"]:
                    yield from _operation(path, method, operation)


def _operation(path: str, method: str, operation: dict[str, Any]) -> Iterator[str]:
    yield (
        f"<h3 id='{escape(operation['operationId'])}'><span class=method>{method.upper()}</span> "
        f"<code>{escape(path)}</code></h3><p><strong>{escape(operation['summary'])}.</strong> "
        f"{escape(operation['description'])}</p>"
    )
    yield "<table><tr><th>parameter</th><th>in</th><th>meaning</th></tr>"
    for parameter in operation["parameters"]:
        name = escape(parameter["name"]) + (" (required)" if parameter["required"] else "")
        yield f"<tr><td><code>{name}</code></td><td>{parameter['in']}</td>"
        yield f"<td>{escape(parameter['description'])}</td></tr>"
    yield "</table>"
    body = operation.get("requestBody")
    if body:
        yield from _content("Body", body["content"])
    for status, answer in operation["responses"].items():
        title = f"{status}: {answer['description']}"
        yield from _content(title, answer["content"])


def _content(title: str, content: dict[str, Any]) -> Iterator[str]:
    yield f"<details><summary>{escape(title)}</summary>"
    for media_type, one in content.items():
        for name, example in one["examples"].items():
            value = example["value"]
            text = value if isinstance(value, str) else json.dumps(value, indent=2)
            yield f"<p>{escape(name)} (<code>{escape(media_type)}</code>)</p>"
            yield f"<pre>{escape(text)}</pre>"
    yield "</details>"
