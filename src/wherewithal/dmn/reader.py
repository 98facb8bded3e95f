"""Reads DMN models: XML from anyone into an authored model, with everything that is wrong with it.

Versions 1.1 to 1.6 by namespace. Elements of other namespaces (layout, tools' extensions) are
passed over. Source: DMN 1.5, chapters 6-8, 10.2 and the XSD.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wherewithal.dmn.diagnostics import Diagnostic, error, near_miss
from wherewithal.dmn.feel.lexer import normalise_name
from wherewithal.dmn.model import (
    BusinessKnowledgeModel,
    Decision,
    DecisionService,
    Import,
    InputData,
    Model,
)
from wherewithal.dmn.reader_boxed import read_child_expression, read_function
from wherewithal.dmn.reader_checks import check_model
from wherewithal.dmn.reader_drg import (
    Elements,
    collect_elements,
    element_names,
    read_references,
    read_requirements,
    read_signatures,
)
from wherewithal.dmn.reader_scope import Reading, Scope
from wherewithal.dmn.reader_types import read_item_definitions
from wherewithal.dmn.reader_xml import Element, children, first_child, line_of, read_root

_MEMBER_ELEMENTS = ("itemDefinition", "itemComponent", "output", "column", "variable")


def read_model(
    data: bytes, *, file: str, imported: Sequence[Model] = ()
) -> tuple[Model | None, list[Diagnostic]]:
    """Return the model and all its diagnostics; None if there is no model to speak of.

    `imported` are the models that this one may import, found by their namespace.
    """
    root, problems = read_root(data, file=file)
    if root is None:
        return None, problems
    imports = _read_imports(root)
    reading = Reading(
        file=file,
        members=_member_names(root, imports, imported),
        language=(root.get("expressionLanguage") or "").strip(),
        foreign_types=_foreign_types(root),
        type_prefixes=_type_prefixes(root, imports),
    )
    reading.diagnostics += problems
    model = _read_definitions(reading, root, imports, imported)
    check_model(reading, model)
    return model, reading.diagnostics


def read_models(files: Mapping[str, bytes]) -> tuple[list[Model], list[Diagnostic]]:
    """Return the models of several files, imports before those that import them.

    The keys are names to show in diagnostics. A cycle of imports is an error.
    """
    diagnostics: list[Diagnostic] = []
    pending: dict[str, tuple[bytes, str, set[str]]] = {}
    for file, data in files.items():
        root, problems = read_root(data, file=file)
        diagnostics += problems
        if root is not None:
            wanted = {item.namespace for item in _read_imports(root)}
            pending[file] = (data, (root.get("namespace") or "").strip(), wanted)
    models: list[Model] = []
    every = {namespace for _, namespace, _ in pending.values()}
    while pending:
        open_namespaces = {namespace for _, namespace, _ in pending.values()}
        ready = [file for file in pending if not pending[file][2] & open_namespaces]
        # One that imports a stranger comes last, so that its near miss among the others is known.
        ready.sort(key=lambda file: not pending[file][2] <= every)
        if not ready:
            # In a cycle nothing is ready; its first is read, and says which import it misses.
            circle = _circle(pending)
            ready = circle[:1]
            names = ", ".join(f"'{file}'" for file in circle)
            message = f"these models import each other in a circle: {names}; remove one import"
            diagnostics.append(error("import-cycle", ready[0], message))
        for file in ready:
            data, _, _ = pending.pop(file)
            model, problems = read_model(data, file=file, imported=models)
            diagnostics += problems
            if model is not None:
                models.append(model)
    return models, diagnostics


def _circle(pending: Mapping[str, tuple[bytes, str, set[str]]]) -> list[str]:
    """Return files that import each other in a circle, where each imports another of them."""
    path: list[str] = [next(iter(pending))]
    while True:
        wanted = pending[path[-1]][2]
        following = next(file for file, (_, namespace, _) in pending.items() if namespace in wanted)
        if following in path:
            found = path[path.index(following) :]
            return [file for file in pending if file in found]
        path.append(following)


def _read_imports(root: Element) -> tuple[Import, ...]:
    return tuple(
        Import(
            name=normalise_name(child.get("name") or ""),
            namespace=(child.get("namespace") or "").strip(),
        )
        for child in children(root, "import")
        if "DMN" in (child.get("importType") or "DMN").upper()
    )


def _foreign_types(root: Element) -> dict[str, str]:
    """Return the types of Camunda 7 that are numbers here, but for those that the model defines."""
    own = {normalise_name(item.get("name") or "") for item in children(root, "itemDefinition")}
    return {name: "number" for name in ("integer", "long", "double") if name not in own}


def _type_prefixes(root: Element, imports: Sequence[Import]) -> dict[str, str]:
    """Return what each XML prefix of a type reference stands for: DMN 1.1 wrote QNames."""
    own = (root.get("namespace") or "").strip()
    import_names = {item.namespace: item.name for item in imports}
    prefixes: dict[str, str] = {}
    for prefix, uri in root.nsmap.items():
        if prefix is None:
            continue
        if uri == own or "FEEL" in uri.upper():
            prefixes[prefix] = ""
        elif uri in import_names:
            name = import_names[uri]
            prefixes[prefix] = f"{name}." if name else ""
    return {"feel": "", **prefixes}


def _member_names(
    root: Element, imports: Sequence[Import], imported: Sequence[Model]
) -> frozenset[str]:
    names = {
        normalise_name(found.get("name") or "")
        for tag in _MEMBER_ELEMENTS
        for found in root.iter(f"{{*}}{tag}")
    }
    namespaces = {item.namespace for item in imports}
    for model in imported:
        if model.namespace in namespaces:
            names |= element_names(model)
    return frozenset(names - {""})


def _read_definitions(
    reading: Reading, root: Element, imports: tuple[Import, ...], imported: Sequence[Model]
) -> Model:
    namespace = (root.get("namespace") or "").strip()
    if not namespace:
        message = "the model has no namespace; give 'definitions' a 'namespace' attribute"
        reading.error("missing-namespace", "", message, line=line_of(root))
    _check_imports(reading, root, imports, imported)
    elements = collect_elements(root, namespace, imports, imported)
    reading.signatures.update(read_signatures(root, elements))
    return Model(
        name=reading.name(root, "", what="the model") or "",
        namespace=namespace,
        file=reading.file,
        inputs=tuple(_read_inputs(reading, root)),
        decisions=tuple(_read_decisions(reading, root, elements)),
        knowledge_models=tuple(_read_knowledge_models(reading, root, elements)),
        services=tuple(_read_services(reading, root, elements)),
        item_definitions=read_item_definitions(reading, root),
        imports=imports,
    )


def _check_imports(
    reading: Reading, root: Element, imports: Sequence[Import], imported: Sequence[Model]
) -> None:
    known = {model.namespace for model in imported}
    for item in imports:
        if item.namespace not in known:
            hint = near_miss(item.namespace, known)
            message = f"imports '{item.namespace}', a model that was not given{hint}"
            place = f"import '{item.name}'"
            reading.error("missing-import", place, message, line=line_of(root))


def _read_inputs(reading: Reading, root: Element) -> list[InputData]:
    found: list[InputData] = []
    for child in children(root, "inputData"):
        name = reading.name(child, "an input", what="an input")
        if name is not None:
            found.append(
                InputData(
                    name=name,
                    type_ref=_variable_type(reading, child, f"input '{name}'"),
                    element_id=child.get("id"),
                )
            )
    return found


def _variable_type(reading: Reading, element: Element, place: str) -> str | None:
    variable = first_child(element, "variable")
    if variable is None:
        return None
    return reading.type_ref(variable.get("typeRef"), place, element)


def _scope_of(place: str, requires: tuple[str, ...], elements: Elements) -> Scope:
    """Return the names that the requirements bring: an imported one brings its import's name."""
    brought = {elements.import_of.get(name, name) for name in requires}
    return Scope(
        place=place,
        names=frozenset(brought | elements.open_imports),
        elsewhere=elements.names(),
    )


def _read_decisions(reading: Reading, root: Element, elements: Elements) -> list[Decision]:
    found: list[Decision] = []
    for child in children(root, "decision"):
        name = reading.name(child, "a decision", what="a decision")
        if name is None:
            continue
        place = f"decision '{name}'"
        requires = read_requirements(reading, child, elements, place)
        expression = read_child_expression(reading, child, _scope_of(place, requires, elements))
        if expression is None:
            message = "the decision has no logic; it gives null"
            reading.warning("no-logic", place, message, line=line_of(child))
        found.append(
            Decision(
                name=name,
                type_ref=_variable_type(reading, child, place),
                expression=expression,
                requires=requires,
                element_id=child.get("id"),
                line=line_of(child),
            )
        )
    return found


def _read_knowledge_models(
    reading: Reading, root: Element, elements: Elements
) -> list[BusinessKnowledgeModel]:
    found: list[BusinessKnowledgeModel] = []
    for child in children(root, "businessKnowledgeModel"):
        name = reading.name(child, "a knowledge model", what="a knowledge model")
        if name is None:
            continue
        place = f"knowledge model '{name}'"
        requires = read_requirements(reading, child, elements, place)
        logic = first_child(child, "encapsulatedLogic")
        scope = _scope_of(place, requires, elements).knowing((name,))
        function = None if logic is None else read_function(reading, logic, scope)
        if function is None:
            message = "the knowledge model has no logic; calling it gives null"
            reading.warning("no-logic", place, message, line=line_of(child))
        found.append(
            BusinessKnowledgeModel(
                name=name,
                function=function,
                requires=requires,
                element_id=child.get("id"),
                type_ref=_variable_type(reading, child, place),
            )
        )
    return found


def _read_services(reading: Reading, root: Element, elements: Elements) -> list[DecisionService]:
    found: list[DecisionService] = []
    for child in children(root, "decisionService"):
        name = reading.name(child, "a decision service", what="a decision service")
        if name is None:
            continue
        place = f"decision service '{name}'"
        if first_child(child, "outputDecision") is None:
            message = "the service has no output decision; calling it gives nothing"
            reading.error("missing-output", place, message, line=line_of(child))
        found.append(
            DecisionService(
                name=name,
                outputs=read_references(reading, child, "outputDecision", elements, place),
                encapsulated=read_references(
                    reading, child, "encapsulatedDecision", elements, place
                ),
                input_decisions=read_references(reading, child, "inputDecision", elements, place),
                input_data=read_references(reading, child, "inputData", elements, place),
                element_id=child.get("id"),
                type_ref=_variable_type(reading, child, place),
            )
        )
    return found
