"""Reads XML from anyone: no entities, no network, no document type, bounded size and depth."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from wherewithal.dmn.diagnostics import Diagnostic, error, near_miss

#: Bytes; the largest public models are below 3 MB.
SIZE_MAX = 32 * 1024 * 1024
#: Nested boxed expressions; XML itself is bounded at 256 by the parser.
DEPTH_MAX = 200

#: By namespace URI of the model: the version of the standard.
VERSIONS = {
    "http://www.omg.org/spec/DMN/20130901": "1.0",
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd": "1.1",
    "http://www.omg.org/spec/DMN/20151101/dmn11.xsd": "1.1",
    "http://www.omg.org/spec/DMN/20180521/MODEL/": "1.2",
    "https://www.omg.org/spec/DMN/20191111/MODEL/": "1.3",
    "https://www.omg.org/spec/DMN/20211108/MODEL/": "1.4",
    "https://www.omg.org/spec/DMN/20230324/MODEL/": "1.5",
    "https://www.omg.org/spec/DMN/20240513/MODEL/": "1.6",
}

Element = etree._Element  # noqa: SLF001 - lxml names its element type so


def read_root(data: bytes, *, file: str) -> tuple[Element | None, list[Diagnostic]]:
    """Return the `definitions` element, or None and what is wrong."""
    if len(data) > SIZE_MAX:
        message = f"the file has {len(data)} bytes; at most {SIZE_MAX} are read"
        return None, [error("file-too-large", file, message)]
    # UTF-16 and UTF-32 put zeros between the characters of the declaration.
    if b"<!DOCTYPE" in data.replace(b"\0", b""):
        message = "the file declares a document type; remove the <!DOCTYPE ...> declaration"
        return None, [error("doctype-refused", file, message)]
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as problem:
        found = _first_problem(problem)
        return None, [error("malformed-xml", file, f"the file is not well-formed XML: {found}")]
    if root.getroottree().docinfo.internalDTD is not None:
        message = "the file declares a document type; remove the <!DOCTYPE ...> declaration"
        return None, [error("doctype-refused", file, message)]
    return _require_dmn(root, file)


def _first_problem(problem: Exception) -> str:
    if isinstance(problem, etree.XMLSyntaxError):
        line, _column = problem.position
        return f"line {line}: {str(problem.msg).partition(', line ')[0]}"
    return "its encoding is unknown or its bytes do not fit it"


def _require_dmn(root: Element, file: str) -> tuple[Element | None, list[Diagnostic]]:
    name = etree.QName(root)
    place = f"{file}: line {line_of(root)}"
    if name.localname != "definitions":
        message = f"the outermost element is '{name.localname}'; a DMN model is in 'definitions'"
        return None, [error("not-dmn", place, message)]
    namespace = name.namespace or ""
    if namespace not in VERSIONS:
        hint = near_miss(namespace, VERSIONS)
        message = f"the namespace '{namespace}' is no version of DMN from 1.0 to 1.6{hint}"
        return None, [error("unknown-namespace", place, message)]
    return root, []


def children(element: Element, *names: str) -> Iterator[Element]:
    """Yield the direct children with these local names in the element's own namespace.

    Extension elements live in other namespaces, so they are passed over.
    """
    namespace = etree.QName(element).namespace
    for child in element:
        found = etree.QName(child)
        if found.namespace == namespace and found.localname in names:
            yield child


def first_child(element: Element, *names: str) -> Element | None:
    """Return the first such child, or None."""
    return next(children(element, *names), None)


def text_of(element: Element | None) -> str | None:
    """Return the text of an element's `text` child; None if it has none."""
    if element is None:
        return None
    found = first_child(element, "text")
    return None if found is None else "".join(map(str, found.itertext()))


def local_name(element: Element) -> str:
    """Return an element's name without its namespace."""
    return etree.QName(element).localname


def line_of(element: Element) -> int | None:
    """Return the line on which an element begins."""
    line: Any = element.sourceline
    return line if isinstance(line, int) else None
