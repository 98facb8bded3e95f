"""SQL in the open: files of named blocks, found by their names.

-- name_of_the_block --
-- Why, in a line.
select ...
"""

from __future__ import annotations

import re
from importlib import resources

from wherewithal.vocabulary.errors import InvariantBroken

_NAME = re.compile(r"^-- ([a-z][a-z0-9_]*) --$", re.MULTILINE)


def load_queries(file: str) -> dict[str, str]:
    """Return the blocks of a file of this folder, such as `powers.sql`, by name.

    Errors: InvariantBroken if a name stands twice.
    """
    text = (resources.files(__name__) / file).read_text(encoding="utf-8")
    _, *parts = _NAME.split(text)
    names, blocks = parts[::2], parts[1::2]
    if len(set(names)) < len(names):
        message = f"queries/{file}: a block's name stands twice"
        raise InvariantBroken(message)
    return {name: block.strip() for name, block in zip(names, blocks, strict=True)}
