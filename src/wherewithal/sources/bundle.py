"""Read a policy bundle from its folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from wherewithal.qualify.bundle import PolicyBundle, compile_bundle, problems_of_files
from wherewithal.sources.catalogue import load_catalogue, load_law, load_reasons
from wherewithal.vocabulary.errors import BundleRefused, InputRefused, Problem
from wherewithal.vocabulary.law import Law
from wherewithal.vocabulary.product import Catalogue
from wherewithal.vocabulary.reason import Reasons

REQUIRED = ("attributes.toml", "products.toml", "law.toml", "reasons.toml")
#: A policy is text that people review; anything larger is not one.
FILE_BYTES_MAX = 16 * 2**20


def load_bundle(folder: Path) -> PolicyBundle:
    """Return the bundle in a folder, or refuse it with everything that is wrong with it.

    Errors: BundleRefused; its problems name the file, the decision, rule and column, or the line.
    """
    problems: list[Problem] = []
    files = read_bundle_files(folder, problems)
    loaded: dict[str, Catalogue | Law | Reasons] = {}
    loaders: dict[str, Callable[[Path], Catalogue | Law | Reasons]]
    loaders = {
        "products.toml": load_catalogue,
        "law.toml": load_law,
        "reasons.toml": load_reasons,
    }
    for name, load in loaders.items():
        if name not in files:
            continue
        try:
            loaded[name] = load(folder / name)
        except InputRefused as refusal:
            problems += refusal.problems
    catalogue, law, reasons = (loaded.get(name) for name in loaders)
    if (
        not isinstance(catalogue, Catalogue)
        or not isinstance(law, Law)
        or not isinstance(reasons, Reasons)
    ):
        found = problems_of_files(
            files,
            catalogue=catalogue if isinstance(catalogue, Catalogue) else None,
            reasons=reasons if isinstance(reasons, Reasons) else None,
        )
        raise BundleRefused(_once([*problems, *found]))
    try:
        bundle = compile_bundle(files, catalogue=catalogue, law=law, reasons=reasons)
    except BundleRefused as refusal:
        raise BundleRefused(_once([*problems, *refusal.problems])) from None
    if problems:
        raise BundleRefused(problems)
    return bundle


def files_of_bundle(folder: Path) -> dict[str, bytes]:
    """Return the bytes of every file of a bundle's folder by name.

    Errors: BundleRefused where files are missing or too large; nothing else is checked.
    """
    problems: list[Problem] = []
    files = read_bundle_files(folder, problems)
    if problems:
        raise BundleRefused(problems)
    return files


def read_bundle_files(folder: Path, problems: list[Problem]) -> dict[str, bytes]:
    """Return the bytes of every file of the folder by name; what is missing is a problem."""
    if not folder.is_dir():
        message = "there is no such folder; a bundle is a folder such as policies/everyday"
        raise BundleRefused([Problem(code="missing_bundle", path=str(folder), message=message)])
    files: dict[str, bytes] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not path.is_file() or name.startswith("."):
            continue
        if path.stat().st_size > FILE_BYTES_MAX:
            message = f"is larger than {FILE_BYTES_MAX} bytes"
            problems.append(Problem(code="too_large", path=name, message=message))
        else:
            files[name] = path.read_bytes()
    problems += [
        Problem(code="missing_file", path=name, message="the bundle has no such file")
        for name in REQUIRED
        if name not in files
    ]
    if not any(name.endswith(".dmn") for name in files):
        message = "the bundle has no DMN model (*.dmn)"
        problems.append(Problem(code="missing_file", path="*.dmn", message=message))
    return files


def _once(problems: list[Problem]) -> list[Problem]:
    return list(dict.fromkeys(problems))
