"""`python -m wherewithal`: the same as the console script."""

import sys

from wherewithal.wiring.command import main

if __name__ == "__main__":
    sys.exit(main())
