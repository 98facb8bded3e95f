"""The rule of one-way imports, and the reading of a source that it is checked on.

`violations` looks at one source text: at module level, inside functions, under TYPE_CHECKING,
relative or absolute, and at `import_module` and `__import__` with a literal name. There is no
escape for a line.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

_CORE = frozenset({"vocabulary", "lending", "dmn", "qualify"})
_OUTER = frozenset({"sources", "store", "runners", "surfaces"})

#: For each room, the rooms that it may import beside itself. What is not here is refused.
MAY_IMPORT: dict[str, frozenset[str]] = {
    "vocabulary": frozenset(),
    "lending": frozenset({"vocabulary"}),
    "dmn": frozenset(),
    "qualify": frozenset({"vocabulary", "lending", "dmn"}),
    "service": _CORE,
    **dict.fromkeys(_OUTER, _CORE | {"service"}),
    "wiring": _CORE | _OUTER | {"service"},
}
PURE = _CORE

#: What reaches outside the program: a pure room imports none of it. zoneinfo is not among it: it is
#: a table of rules, and FEEL has zones.
_IMPURE_MODULES = frozenset(
    {
        *("asyncio", "boto3", "concurrent", "ctypes", "ftplib", "getpass", "glob", "http"),
        *("httpx", "importlib", "io", "litestar", "logging", "multiprocessing", "os"),
        *("pathlib", "platform", "psycopg", "psycopg_pool", "random", "requests", "secrets"),
        *("select", "shutil", "signal", "smtplib", "socket", "sqlite3", "ssl", "subprocess"),
        *("tempfile", "threading", "time", "urllib", "uuid"),
    }
)
#: Calls that read a clock or a random source; only wiring may make them.
_IMPURE_CALLS = frozenset(
    {
        *("date.today", "datetime.now", "datetime.today", "datetime.utcnow"),
        *("time.time", "time.time_ns", "time.localtime", "time.gmtime"),
        *("uuid.uuid1", "uuid.uuid4", "uuid1", "uuid4", "os.urandom", "os.getrandom"),
    }
)
#: Modules whose every call is random.
_RANDOM_MODULES = frozenset({"random", "secrets"})
#: Calls that a pure room does not make, whatever it imports.
_PURE_FORBIDS = frozenset({"open", "input", "print", "breakpoint"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One line that breaks the rule."""

    line: int
    message: str


#: How a data frame reaches files.
_FRAME_IO = re.compile(
    r"(?:read|scan|write|sink)_"
    r"(?:avro|bytes|csv|database|delta|excel|iceberg|ipc|json|ndjson|parquet|text)"
)


def _dotted(node: ast.expr) -> str | None:
    """Return `a.b.c` for a chain of names, else None."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (owner := _dotted(node.value)):
        return f"{owner}.{node.attr}"
    return None


def _absolute(node: ast.ImportFrom, module: str, *, is_package: bool) -> str:
    """Return the absolute name of what an `import from` reads."""
    if not node.level:
        return node.module or ""
    package = module.split(".") if is_package else module.split(".")[:-1]
    base = package[: len(package) - node.level + 1]
    return ".".join([*base, node.module] if node.module else base)


def _imports(tree: ast.AST, module: str, *, is_package: bool) -> Iterator[tuple[str, int]]:
    """Yield every imported name, as far down as it is written, with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            source = _absolute(node, module, is_package=is_package)
            # `from wherewithal import store` names a room by its alias, so aliases count.
            for alias in node.names:
                yield f"{source}.{alias.name}", node.lineno
        elif isinstance(node, ast.Call):
            called = _dotted(node.func) or ""
            is_import = called.endswith("import_module") or called == "__import__"
            if is_import and node.args and isinstance(node.args[0], ast.Constant):
                yield str(node.args[0].value), node.lineno


def _room(name: str) -> str | None:
    parts = name.split(".")
    return parts[1] if parts[0] == "wherewithal" and len(parts) > 1 else None


def _import_violations(tree: ast.AST, module: str, *, is_package: bool) -> Iterator[Violation]:
    mine = _room(module) or "the package itself"
    for name, line in _imports(tree, module, is_package=is_package):
        other = _room(name)
        if other in MAY_IMPORT and other != mine and other not in MAY_IMPORT.get(mine, ()):
            yield Violation(line=line, message=f"{mine} imports {other}: imports go one way")
        if mine in PURE and name.split(".")[0] in _IMPURE_MODULES:
            yield Violation(line=line, message=f"the pure room {mine} imports {name.split('.')[0]}")


def _given_names(tree: ast.AST) -> dict[str, str]:
    """Return what each imported local name stands for: `t` -> `time`, `now` -> `time.time`."""
    given: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            given |= {alias.asname: alias.name for alias in node.names if alias.asname}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                given[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return given


def _clock_violations(tree: ast.AST) -> Iterator[Violation]:
    given = _given_names(tree)
    for node in ast.walk(tree):
        # A name that is passed on (`default_factory=uuid4`) is as good as a call.
        if not isinstance(node, (ast.Attribute, ast.Name)) or (name := _dotted(node)) is None:
            continue
        head, _, rest = name.partition(".")
        name = ".".join(filter(None, (given.get(head, head), rest)))
        tail = ".".join(name.split(".")[-2:])
        if tail in _IMPURE_CALLS or ("." in name and name.split(".")[0] in _RANDOM_MODULES):
            message = f"{name}: time and randomness are parameters; only wiring reads them"
            yield Violation(line=node.lineno, message=message)
        elif name.startswith(("numpy.random.", "np.random.")) and not name.endswith(".Generator"):
            yield Violation(line=node.lineno, message=f"{name}: pass a seeded generator instead")


def _file_violations(tree: ast.AST, mine: str) -> Iterator[Violation]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else _dotted(node.func)
        is_builtin = isinstance(node.func, ast.Name) and called in _PURE_FORBIDS
        if called and (is_builtin or _FRAME_IO.match(called)):
            message = f"the pure room {mine} calls {called}"
            yield Violation(line=node.lineno, message=message)


def violations(source: str, *, module: str, is_package: bool = False) -> list[Violation]:
    """Return each line of a source that breaks the rule, in order of lines.

    `module` is the dotted name of the source; `is_package` says that it is an `__init__.py`.
    """
    tree = ast.parse(source)
    mine = _room(module)
    found = list(_import_violations(tree, module, is_package=is_package))
    if mine != "wiring":
        found += _clock_violations(tree)
    if mine in PURE:
        found += _file_violations(tree, mine)
    return sorted(set(found), key=lambda violation: (violation.line, violation.message))
