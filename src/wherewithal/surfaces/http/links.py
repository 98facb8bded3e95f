"""Links of the OpenAPI document: what an answer about a person makes possible to ask."""

from __future__ import annotations

from typing import Any

_CONSUMER = "$response.body#/consumer_id"
_OF_CONSUMER = ("readSpendingPower", "listMerchants", "listConsents", "issueConsumerToken")


def links_of_person(*ids: str) -> dict[str, dict[str, Any]]:
    """Return the links of an answer that names a person, and things of theirs by `ids`."""
    links = {
        operation_id: _link(operation_id, {"consumer_id": _CONSUMER})
        for operation_id in _OF_CONSUMER
    }
    if "prequalification_id" in ids:
        parameters = {
            "consumer_id": _CONSUMER,
            "prequalification_id": "$response.body#/prequalification_id",
        }
        links["readPrequalification"] = _link("readPrequalification", parameters)
    return links


def _link(operation_id: str, parameters: dict[str, str]) -> dict[str, Any]:
    return {"operationId": operation_id, "parameters": parameters}
