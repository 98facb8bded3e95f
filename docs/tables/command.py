"""All generated parts by name, and the writing or checking of the pages that hold them."""

from __future__ import annotations

from pathlib import Path

from docs.tables import (
    api,
    api_fields,
    catalogue,
    checks,
    demo,
    events,
    facts,
    holds,
    pages,
    personas,
    policy,
    profile,
    trace,
    why,
)
from wherewithal.surfaces.cli.demo import LOANS
from wherewithal.wiring.command import ports

BUNDLE = "policies/everyday"


def parts_of(root: Path) -> dict[str, str]:
    """Return every generated part by its name."""
    doors = ports()
    bundle = doors.load_bundle(root / BUNDLE)
    return {
        "demo": demo.demo_block(doors, bundle, root),
        "attributes": facts.attributes_table(bundle),
        "facts": facts.facts_table(root / LOANS),
        "outcome": policy.outcome(bundle),
        "knock-outs": policy.knockouts(bundle),
        "tiers": policy.tiers(bundle),
        "formulas": policy.formulas(bundle),
        "price": policy.price(bundle),
        "products": catalogue.products(bundle),
        "law": catalogue.law(bundle),
        "reason-kinds": catalogue.reason_kinds(bundle),
        "reasons": catalogue.reasons(bundle),
        "cases": catalogue.cases(root / BUNDLE),
        "personas": personas.personas(bundle, root),
        "api-routes": api.routes(),
        "api-problems": api.problems(),
        "api-codes": api.mistakes(),
        "api-fields": api_fields.fields(),
        "api-records": api_fields.records(),
        "event-types": events.types(),
        "event-fields": events.fields(),
        "webhook-retries": events.retries(),
        "webhook-failures": events.failures(),
        "hold-moves": holds.moves(),
        "hold-lives": holds.lives(),
        "hold-refusals": holds.refusals(),
        "operations": profile.operations(),
        "inputs": profile.inputs(),
        "functions": profile.functions(),
        "inside": profile.inside(),
        "outside": profile.outside(),
        "hit-policies": profile.hit_policies(),
        "checks": checks.checks(),
        "trace-example": trace.example(root),
        "change-words": why.changes(bundle),
        "raise-moves": why.moves(bundle),
    }


def differing(root: Path, parts: dict[str, str]) -> dict[Path, str]:
    """Return the pages that are not as the code and the bundle make them, with what they should be.

    Errors: MarkersWrong, naming the page; also where a part has no page, or more than one.
    """
    found: dict[Path, str] = {}
    placed: list[str] = []
    for path in pages.pages_of(root):
        page = path.read_text(encoding="utf-8")
        try:
            made = pages.filled(page, parts)
        except pages.MarkersWrong as wrong:
            raise pages.MarkersWrong(f"{path.relative_to(root)}: {wrong}") from None
        placed += pages.names_in(page)
        if made != page:
            found[path] = made
    if sorted(placed) != sorted(parts):
        strays = sorted({name for name in parts if placed.count(name) != 1})
        raise pages.MarkersWrong(f"parts that stand on no page, or on several: {', '.join(strays)}")
    return found


def main(root: Path, *, is_check: bool) -> tuple[int, list[str]]:
    """Write the pages, or with `is_check` only compare; return the exit code and what to say."""
    pages_differ = differing(root, parts_of(root))
    names = [str(path.relative_to(root)) for path in pages_differ]
    if is_check:
        lines = [f"{name} is not as the code makes it; run scripts/docs" for name in names]
        return (1, lines) if lines else (0, ["Every generated table is up to date."])
    for path, page in pages_differ.items():
        path.write_text(page, encoding="utf-8")
    return 0, [f"wrote {name}" for name in names] or ["Nothing to do: all tables are up to date."]
