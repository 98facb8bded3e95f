"""What may go wrong between us and the database.

WherewithalError
├── StoreUnavailable     no answer from the database, now; later it may well answer
│   └── StoreBusy        every connection is in use, and the queue for one is full or too slow
├── StoreNotStarted      our own server cannot be started or stopped as things are on this machine
└── InputRefused
    └── StoreRefused     the database is not one that we may use; all problems in `.problems`

No message holds what a statement carried.
"""

from __future__ import annotations

from wherewithal.vocabulary.errors import InputRefused, WherewithalError


class StoreUnavailable(WherewithalError):
    """The database does not answer; try again later, with the same idempotency key."""


class StoreBusy(StoreUnavailable):
    """The database is busy; try again in a moment."""


class StoreNotStarted(WherewithalError):
    """The embedded server cannot be started or stopped; the message says why and what to do."""


class StoreRefused(InputRefused):
    """A database, or its migrations, are not as this program needs them; every problem is named."""
