"""The demo's own service: `wherewithal up` in a folder that goes when the demo goes.

A process of its own runs it and watches a pipe from the demo. When the pipe closes, because the
demo ended or was killed, the service is stopped in order and its folder is removed.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path
from socket import create_server
from tempfile import TemporaryDirectory

from wherewithal.qualify.merchant_classes import merchant_classes, merchant_columns
from wherewithal.sources.bundle import load_bundle
from wherewithal.sources.catalogue import load_mcc_codes
from wherewithal.surfaces.cli.demo_ports import DemoService, MadeDirectory
from wherewithal.surfaces.cli.service import LOOPBACK, Started, Up
from wherewithal.vocabulary.errors import WherewithalError
from wherewithal.wiring.desk import now
from wherewithal.wiring.directory import MCC_CODES, made_directory
from wherewithal.wiring.places import BUNDLE, needed
from wherewithal.wiring.processes import ProcessEnded
from wherewithal.wiring.service_settings import BUREAU, DATA, DATABASE, SIMULATION
from wherewithal.wiring.up import run_up

_READY_WITHIN_S = 180.0
_STOPPED_WITHIN_S = 90.0
_PUBLISHED_WITHIN_S = 120.0
#: Wherever the demo runs, it uses nothing of the service that its user may have set up.
_NOT_PASSED_ON = (DATABASE, DATA, BUREAU, SIMULATION, "WHEREWITHAL_KEY")
_PASSABLE = 0o711


@contextlib.contextmanager
def start_demo_service(merchants: int) -> Iterator[Callable[[], DemoService]]:
    """Start a service at once, yield what waits for it, and end it."""
    process = subprocess.Popen(  # noqa: S603 - this very module
        [sys.executable, "-m", "wherewithal.wiring.demo_service", str(merchants)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=_environment(),
        # Control-C reaches the demo alone; it ends the rest in order.
        start_new_session=True,
        text=True,
    )
    said: queue.Queue[str | None] = queue.Queue()
    reader = threading.Thread(target=_read_lines, args=(process, said), daemon=True)
    reader.start()
    try:
        yield partial(_wait, said)
    finally:
        _end(process, reader)


def _end(process: subprocess.Popen[str], reader: threading.Thread) -> None:
    """Let the pipe go and wait; a service that takes too long ends by itself later."""
    if process.stdin:
        process.stdin.close()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_STOPPED_WITHIN_S)
        reader.join()
        if process.stdout:
            process.stdout.close()


def count_directory(merchants: int) -> MadeDirectory:
    """Return how large the directory is that such a service is filled with."""
    made = made_directory(merchants)
    bundle = load_bundle(needed(BUNDLE))
    columns = merchant_columns(made.merchants, bundle, now().date())
    programs = {program.program_id: program for program in made.programs}
    classes = merchant_classes(columns, bundle, programs)
    return MadeDirectory(
        merchants=made.merchants.height,
        programs=len(programs),
        classes=len(classes.sizes),
        categories=load_mcc_codes(needed(MCC_CODES)),
    )


def _read_lines(process: subprocess.Popen[str], said: queue.Queue[str | None]) -> None:
    for line in process.stdout or ():
        said.put(line.rstrip())
    said.put(None)


def _wait(said: queue.Queue[str | None]) -> DemoService:
    """Return the service once it says that it has started."""
    deadline = time.monotonic() + _READY_WITHIN_S
    lines: list[str] = []
    while True:
        try:
            line = said.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            line = None
        if line is None:
            raise ProcessEnded("\n".join(["the demo's service did not start:", *lines[-12:]]))
        if line.startswith("{"):
            return _service_of(json.loads(line))
        lines.append(line)


def _service_of(told: dict[str, str]) -> DemoService:
    data = Path(told["data"])
    return DemoService(
        port=int(told["port"]),
        bureau_port=int(told["bureau_port"]),
        key=told["key"],
        publish=partial(_publish, data),
        replay=partial(_replay, data),
    )


def _publish(data: Path, run: Path, portfolio: str, until: date) -> None:
    """Run the command that an operator would type."""
    command = ["offline", "publish", "--run", str(run), "--portfolio", portfolio]
    _run(data, [*command, "--expires-on", str(until)], codes=(0,))


def _replay(data: Path, sample: int) -> int:
    """Return how many of a sample of decisions the command cannot reproduce."""
    command = ["replay", "--all", "--sample", str(sample), "--json"]
    return int(json.loads(_run(data, command, codes=(0, 1)))["differing"])


def _run(data: Path, command: list[str], *, codes: tuple[int, ...]) -> str:
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "wherewithal.wiring.command", *command],
        env={**_environment(), DATA: str(data)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_PUBLISHED_WITHIN_S,
        check=False,
    )
    if done.returncode not in codes:
        raise ProcessEnded(f"{' '.join(command)} ended with {done.returncode}\n{done.stderr}")
    return done.stdout


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in _NOT_PASSED_ON}


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        taken = [stack.enter_context(create_server((LOOPBACK, 0))) for _ in range(count)]
        return [one.getsockname()[1] for one in taken]


def main() -> int:
    """Run the service until standard input ends."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with TemporaryDirectory(prefix="wherewithal-demo-") as folder:
        Path(folder).chmod(_PASSABLE)
        data, (port, bureau_port) = Path(folder) / "data", _free_ports(2)
        threading.Thread(target=_end_with_the_demo, daemon=True).start()
        up = Up(data=data, port=port, bureau_port=bureau_port, merchants=int(sys.argv[1]))
        try:
            run_up(up, say=_say, on_started=partial(_tell, up))
        except WherewithalError as error:
            _say(str(error))
            return 1
    return 0


def _tell(up: Up, started: Started) -> None:
    told = {
        "data": str(up.data),
        "port": up.port,
        "bureau_port": up.bureau_port,
        "key": started.service_key_file.read_text().strip(),
    }
    _say(json.dumps(told))


def _say(line: str) -> None:
    """Say a line to the demo, if it still is there."""
    with contextlib.suppress(OSError):
        print(line, flush=True)  # noqa: T201 - read by the demo


def _end_with_the_demo() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
