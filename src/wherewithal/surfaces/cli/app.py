"""The command line: one app, one command a file, one presenter of errors around them."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError

from wherewithal import __version__
from wherewithal.surfaces.cli.commitment import CommitmentPorts, add_commitment
from wherewithal.surfaces.cli.decide import add_decide
from wherewithal.surfaces.cli.demo import add_demo
from wherewithal.surfaces.cli.demo_ports import DemoPorts
from wherewithal.surfaces.cli.dmn import add_dmn
from wherewithal.surfaces.cli.ledger import LedgerPorts, add_ledger
from wherewithal.surfaces.cli.lending import add_lending
from wherewithal.surfaces.cli.merchants import MerchantPorts, add_merchants
from wherewithal.surfaces.cli.offline import add_offline
from wherewithal.surfaces.cli.policy import add_policy
from wherewithal.surfaces.cli.ports import Ports
from wherewithal.surfaces.cli.problems import present
from wherewithal.surfaces.cli.publish import PublishPorts, add_publish
from wherewithal.surfaces.cli.replay import ReplayPorts, add_replay
from wherewithal.surfaces.cli.service import ServicePorts, add_service
from wherewithal.surfaces.cli.webhook import add_webhook
from wherewithal.surfaces.cli.why import ExplainsDecisions, add_why

HELP = """What a person can spend, with which product, at which merchant, at what cost and why.

Start with `wherewithal demo`, which decides for real people's files, or with one of them:

`wherewithal decide --source lendingclub examples/loans/lendingclub_2007_2010.csv.gz --row 7`

Answers go to standard output, as JSON where the command says so; talk and errors go to standard
error. A command ends with 0 when it answered, and with 2 when its input cannot be used.
"""
EXIT_INTERRUPTED = 130


def build_app(
    ports: Ports,
    *,
    service: ServicePorts,
    publish: PublishPorts,
    merchants: MerchantPorts,
    replay: ReplayPorts,
    why: ExplainsDecisions,
    ledger: LedgerPorts,
    commitments: CommitmentPorts,
    demo: DemoPorts,
) -> App:
    """Return the app with all commands."""
    app = App(
        name="wherewithal",
        help=HELP,
        version=__version__,
        help_format="markdown",
        suppress_keyboard_interrupt=False,
    )
    add_demo(app, ports, demo)
    add_decide(app, ports)
    add_service(app, service)
    add_offline(app, ports)
    add_publish(app, publish)
    add_replay(app, replay)
    add_why(app, ports, why)
    add_ledger(app, ledger)
    add_commitment(app, commitments)
    add_merchants(app, merchants)
    add_policy(app, ports)
    add_lending(app)
    add_dmn(app, ports)
    add_webhook(app)
    return app


def run(app: App, arguments: Sequence[str], *, with_traceback: bool = False) -> int:
    """Run one command and return its exit code; whatever goes wrong is presented, not raised.

    A reader that stops reading (`| head`) is no error. `with_traceback` lets faults of our own
    through, for those who look into them.
    """
    try:
        code = app(arguments, exit_on_error=False, print_error=False, result_action="return_value")
        sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes once more at exit; what is left has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except CycloptsError as error:
        return present(error)
    except Exception as error:
        if with_traceback:
            raise
        return present(error)
    return code if isinstance(code, int) else 0
