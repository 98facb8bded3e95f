"""Reads folders of the DMN TCK: files of test cases, each with the models beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from wherewithal.dmn.tck import TckFile


def read_tck_folder(root: Path) -> Iterator[TckFile]:
    """Yield every file of test cases under a folder, in the order of their names."""
    for test_file in sorted(root.rglob("*-test-*.xml")):
        models = sorted(test_file.parent.glob("*.dmn"))
        yield TckFile(
            folder=test_file.parent.relative_to(root).as_posix(),
            test_file=test_file.stem,
            cases=test_file.read_bytes(),
            models={path.name: path.read_bytes() for path in models},
        )
