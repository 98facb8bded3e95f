"""The one presenter of errors: every problem on a line of standard error, nothing about a person.

Exit codes: 2 for an input or argument that cannot be used, 70 for a fault of our own, 75 for what
may well work in a moment.
"""

from __future__ import annotations

import errno
import sys

from cyclopts import CycloptsError

from wherewithal.dmn.errors import DmnError, ModelRefused
from wherewithal.service.errors import Conflicting, Unavailable
from wherewithal.vocabulary.errors import DomainError, InputRefused, WherewithalError

EXIT_REFUSED = 2
EXIT_OWN_FAULT = 70
EXIT_TRY_AGAIN = 75
_HELP = "Try the same command with --help."


def present(error: Exception) -> int:
    """Write what is wrong and what to do, and return the exit code."""
    lines, code = _lines(error)
    for line in lines:
        sys.stderr.write(f"error: {line}\n")
    return code


def _lines(error: Exception) -> tuple[list[str], int]:
    match error:
        case InputRefused():
            return [str(problem) for problem in error.problems], EXIT_REFUSED
        case CycloptsError():
            error.verbose = False
            return [f"{' '.join(str(error).split())} {_HELP}"], EXIT_REFUSED
        case OSError():
            return [_of_system(error)], EXIT_REFUSED
        case ModelRefused():
            return [str(diagnostic) for diagnostic in error.diagnostics], EXIT_REFUSED
        case DomainError() | DmnError():
            return [str(error)], EXIT_REFUSED
        case Conflicting() | Unavailable():
            joint = " Nothing" if str(error).endswith("?") else "; nothing"
            return [f"{error}{joint} was lost, try again in a moment"], EXIT_TRY_AGAIN
        case WherewithalError():
            return [str(error)], EXIT_OWN_FAULT
        case _:
            # The words of an unexpected error may quote a person's data; its kind cannot.
            message = (
                f"a fault of our own ({type(error).__name__}), not of your input; please report it."
                " With WHEREWITHAL_TRACEBACK=1 the command shows where it happened."
            )
            return [message], EXIT_OWN_FAULT


def _of_system(error: OSError) -> str:
    name = error.filename if isinstance(error.filename, str) else "a file"
    remedies = {
        errno.ENOENT: "there is no such file or folder",
        errno.EISDIR: "this is a folder; a file was expected",
        errno.ENOTDIR: "a part of this path is no folder",
        errno.EEXIST: "a file is there; a folder was expected",
        errno.EACCES: "may not be read or written by this user",
        errno.ENOSPC: "the disk is full",
    }
    words = remedies.get(error.errno or 0, (error.strerror or "cannot be used").lower())
    return f"{name}: {words} [unusable_file]"
