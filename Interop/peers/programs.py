"""Finds programs, and ports for them."""

from __future__ import annotations

import random
import shutil
import socket
import subprocess
import time
from pathlib import Path

from child import DEADLINE, Child


class Missing(Exception):
    """A peer is not installed."""


def program(*names: str | Path) -> str:
    """The first of these that is there."""
    for name in names:
        if found := shutil.which(name):
            return found
    raise Missing(f"{names[0]} is missing: run Interop/install.sh")


def first_line(*command: object) -> str:
    """What a program says of its version."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=60)
    lines = [line.strip() for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    if done.returncode != 0 or not lines:
        raise Missing(f"{command[0]} does not run: {lines[-1] if lines else done.returncode}")
    return lines[0]


_given: set[int] = set()


def free_port() -> int:
    """For peers that cannot choose one themselves. Outside the range that systems take client ports from, so that none
    of the other rows' connections gets it first."""
    for _ in range(1_000):
        port = random.randrange(20_000, 32_000)
        if port in _given:
            continue
        _given.add(port)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
    raise AssertionError("no free port")


def wait_for(port: int, child: Child) -> None:
    """Until somebody listens on the port."""
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.02)
    raise AssertionError(f"nobody listens on {port}:\n{child.text}")
