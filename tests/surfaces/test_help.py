"""What `--help` says: a sentence for every command, argument and flag, with its default."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cyclopts import App, Argument

from wherewithal.wiring.command import app_of, ports


def commands_in(app: App, path: str = "wherewithal") -> Iterator[tuple[str, App]]:
    """Yield every command and group, with how it is called."""
    yield path, app
    for name in app:
        if not name.startswith("-"):
            yield from commands_in(app[name], f"{path} {name}")


APP = app_of(ports())
COMMANDS = dict(commands_in(APP))
ARGUMENTS = [
    pytest.param(argument, id=f"{path} {argument.name}")
    for path, command in COMMANDS.items()
    if command.default_command is not None
    for argument in command.assemble_argument_collection(parse_docstring=True)
]


def test_the_walk_finds_what_is_there():
    assert {"wherewithal decide", "wherewithal key revoke", "wherewithal dmn tck"} <= set(COMMANDS)
    assert len(ARGUMENTS) > 60


@pytest.mark.parametrize("path", COMMANDS)
def test_every_command_says_what_it_does(path):
    said = (COMMANDS[path].help or "").strip()
    assert said[:1].isupper()
    assert said.endswith((".", "`", "```"))


@pytest.mark.parametrize("argument", ARGUMENTS)
def test_every_argument_is_explained_and_shows_its_default(argument: Argument):
    said = (argument.parameter.help or "").strip()
    assert len(said.split()) >= 3
    assert said.endswith(".")
    assert argument.parameter.show_default is not False
