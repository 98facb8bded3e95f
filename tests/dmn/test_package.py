"""The room alone, copied elsewhere, with nothing but its stated dependencies, runs a model.

The program that runs there is the example of the room's page.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOM = Path(__file__).resolve().parents[2] / "src" / "wherewithal" / "dmn"
PAGE = (ROOM / "README.md").read_text("utf-8")
(EXAMPLE,) = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)

#: Refuses every import that is neither Python's own, the room's nor one of the allowed.
FENCE = """
import sys
class Fence:
    def find_spec(self, name, path=None, target=None):
        top = name.partition('.')[0]
        is_pythons = top in sys.stdlib_module_names or top.startswith('_sysconfigdata')
        if is_pythons or top in {allowed!r}:
            return None
        if top == 'wherewithal' and name.split('.')[1:2] in ([], ['dmn']):
            return None
        raise ModuleNotFoundError(f'{{name}} is behind the fence', name=name)
sys.meta_path.insert(0, Fence())
sys.path.insert(0, {home!r})
"""


def run_alone(program, folder, allowed):
    """Run a program in a fresh interpreter that has the room and the allowed packages."""
    home = folder / "wherewithal"
    home.mkdir()
    (home / "__init__.py").touch()
    shutil.copytree(ROOM, home / "dmn", ignore=shutil.ignore_patterns("__pycache__"))
    fence = FENCE.format(allowed=sorted(allowed), home=str(folder))
    command = [sys.executable, "-I", "-c", fence + program]
    return subprocess.run(  # noqa: S603 - our own program
        command, capture_output=True, text=True, timeout=60, check=False, cwd=folder
    )


COMPILED = EXAMPLE.index("# Columns")


@pytest.mark.parametrize(
    ("program", "allowed"),
    [
        pytest.param(
            EXAMPLE, {"lxml", "msgspec", "numpy", "polars", "_polars_runtime_32"}, id="all three"
        ),
        pytest.param(EXAMPLE[:COMPILED], {"lxml", "msgspec"}, id="without columns"),
    ],
)
def test_the_room_is_a_package_of_its_own(program, allowed, tmp_path):
    answer = run_alone(program, tmp_path, allowed)
    assert (answer.returncode, answer.stderr) == (0, "")


def test_the_fence_holds(tmp_path):
    answer = run_alone("import wherewithal.dmn.columnar", tmp_path, {"lxml", "msgspec"})
    assert "polars is behind the fence" in answer.stderr
