"""Loan files of a few rows for the tests: the header of the real file, and its third row edited."""

import csv
import gzip
import io
from pathlib import Path

REAL = Path(__file__).parents[2] / "examples" / "loans" / "lendingclub_2007_2010.csv.gz"
with gzip.open(REAL, "rt", encoding="utf-8") as _file:
    _reader = csv.reader(_file)
    HEADER = next(_reader)
    ROW = dict(zip(HEADER, [next(_reader) for _ in range(3)][2], strict=True))


def row(**cells):
    """Return a real row with some cells replaced."""
    return {**ROW, **cells}


def csv_text(*rows, header=None):
    """Return a file of these rows."""
    names = header or list(dict.fromkeys(name for one in rows for name in one))
    text = io.StringIO()
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def write(folder, content, name="loans.csv"):
    """Write text or bytes to a file and return its path."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path
