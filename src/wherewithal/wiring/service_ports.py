"""The service's commands, bound late: what they need takes half a second to import.

A decision from a file, or `--help`, pays nothing for a database, a server and a bureau client.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from wherewithal.surfaces.cli.commitment import CommitmentPorts
from wherewithal.surfaces.cli.demo_ports import DemoPorts
from wherewithal.surfaces.cli.ledger import LedgerPorts
from wherewithal.surfaces.cli.merchants import MerchantPorts
from wherewithal.surfaces.cli.publish import PublishPorts
from wherewithal.surfaces.cli.replay import ReplayPorts
from wherewithal.surfaces.cli.service import ServicePorts
from wherewithal.surfaces.cli.why import ExplainsDecisions


def service_ports() -> ServicePorts:
    """Return what `up`, `api`, `worker`, `bureau-simulator`, `db` and `key` reach for."""
    return ServicePorts(
        up=_late("run_up"),
        api=_late("run_api"),
        worker=_late("run_worker"),
        bureau_simulator=_late("run_bureau_simulator"),
        migrate=_late("migrate_database"),
        add_key=_late("add_service_key"),
        list_keys=_late("list_service_keys"),
        revoke_key=_late("revoke_service_key"),
    )


def publish_ports() -> PublishPorts:
    """Return what `offline publish`, `rollback` and `prune` reach for."""
    return PublishPorts(
        publish=_late("publish_run"), roll_back=_late("roll_back_run"), prune=_late("prune_runs")
    )


def merchant_ports() -> MerchantPorts:
    """Return what `merchants` reaches for."""
    return MerchantPorts(
        read_directory=_late("read_directory"),
        read_programs=_late("read_programs"),
        replace_directory=_late("replace_directory"),
        put_programs=_late("put_programs"),
    )


def replay_ports() -> ReplayPorts:
    """Return what `replay` reaches for."""
    return ReplayPorts(
        one=_late("replay_decision", "replay"),
        against=_late("replay_against", "replay"),
        all=_late("replay_all", "replay"),
        run=_late("replay_run", "replay"),
    )


def ledger_ports() -> LedgerPorts:
    """Return what `loans` and `ledger` reach for."""
    return LedgerPorts(
        load=_late("load_loans", "ledger_commands"), check=_late("check_ledger", "ledger_commands")
    )


def commitment_ports() -> CommitmentPorts:
    """Return what `commitment` reaches for."""
    return CommitmentPorts(
        verify=_late("verify", "commitment_commands"),
        honour_rate=_late("honour_rate", "commitment_commands"),
    )


def demo_ports() -> DemoPorts:
    """Return what the demo's service needs."""
    return DemoPorts(
        start_service=_late("start_demo_service", "demo_service"),
        count_directory=_late("count_directory", "demo_service"),
    )


def why_port() -> ExplainsDecisions:
    """Return what `why` reaches for."""
    explain: ExplainsDecisions = _late("explain_decisions", "why")
    return explain


def _late(name: str, module: str = "service_commands") -> Any:
    """Return a function of a module of `wiring`, which is imported when it is called."""

    def call(*arguments: Any, **named: Any) -> Any:
        found = import_module(f"wherewithal.wiring.{module}")
        return getattr(found, name)(*arguments, **named)

    return call
