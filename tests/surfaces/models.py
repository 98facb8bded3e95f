"""Small DMN models, written out."""

from __future__ import annotations

from collections.abc import Mapping

DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def dmn(decisions: Mapping[str, str], *, inputs: Mapping[str, str], types: str = "") -> str:
    """Return a model of literal decisions, each of which may read all inputs."""
    needs = "".join(
        f'<informationRequirement><requiredInput href="#i{place}"/></informationRequirement>'
        for place in range(len(inputs))
    )
    data = "".join(
        f'<inputData id="i{place}" name="{name}"><variable name="{name}" typeRef="{type_ref}"/>'
        "</inputData>"
        for place, (name, type_ref) in enumerate(inputs.items())
    )
    texts = "".join(
        f'<decision id="d{place}" name="{name}"><variable name="{name}"/>{needs}'
        f"<literalExpression><text>{text}</text></literalExpression></decision>"
        for place, (name, text) in enumerate(decisions.items())
    )
    return (
        f'<definitions xmlns="{DMN}" id="m" name="Small" namespace="urn:small">'
        f"{types}{data}{texts}</definitions>"
    )
