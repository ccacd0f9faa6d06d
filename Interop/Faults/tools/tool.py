"""What all tools have in common: how one side of a row is started, and what its user gets to see."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from contextlib import contextmanager
from dataclasses import dataclass, field
from collections.abc import Iterator
from pathlib import Path

from child import Child
from fault import Side

HELLO = b"level\n"
"""The same in both directions: OpenSSL's server sends lines back reversed."""
SETTLE = 4.0
"""Seconds that a side has to end by itself, once the other one has."""


@dataclass
class Outcome:
    """How a side fared, by its own word."""

    shown: str
    """What its user sees."""
    log: str = ""
    """What more there is for those who ask for all."""
    works: bool = False
    """Whether the application's data came back. A server does not know."""
    started: bool = True
    status: int | None = None
    trace: list[dict] = field(default_factory=list)
    """Handfast's events."""


class NotStarted(Exception):
    """A tool refuses its own set-up."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.shown)
        self.outcome = outcome


class Tool(ABC):
    name: str

    def cannot(self, side: Side) -> str | None:
        """Why it cannot be set up in that way."""
        return None

    @abstractmethod
    def serve(self, side: Side, directory: Path): ...

    @abstractmethod
    def connect(self, side: Side, port: int, directory: Path) -> Outcome: ...

    @classmethod
    @abstractmethod
    def version(cls) -> str:
        """Throws `Missing` if the tool is not there."""

    def __enter__(self) -> Tool:
        return self

    def __exit__(self, *_: object) -> None:
        pass


class Program(Tool):
    """A tool that is a command: one process for each side."""

    listening: str
    """The server's words when it listens; the port is its group, if it chose that itself."""
    answer: bytes = HELLO
    stays: bool = False
    """Whether its server goes on after one connection."""

    @abstractmethod
    def server_command(self, side: Side, directory: Path) -> tuple[list[object], int | None]:
        """And the port, if it is chosen here."""

    @abstractmethod
    def client_command(self, side: Side, port: int, directory: Path) -> list[object]: ...

    def await_listening(self, child: Child, port: int | None) -> int:
        match = child.find(self.listening)
        return port or int(match[1])

    def outcome(self, child: Child, side: Side, directory: Path, works: bool = False) -> Outcome:
        return Outcome(child.text, works=works, status=ended(child))

    @contextmanager
    def serve(self, side: Side, directory: Path) -> Iterator[Server]:
        command, port = self.server_command(side, directory)
        with Child(*command) as child:
            try:
                port = self.await_listening(child, port)
            except AssertionError:
                ended(child, SETTLE)
                outcome = self.outcome(child, side, directory)
                outcome.started = False
                raise NotStarted(outcome) from None
            yield Server(self, child, side, directory, port)

    def connect(self, side: Side, port: int, directory: Path) -> Outcome:
        with Child(*self.client_command(side, port, directory)) as child:
            return self.talk(child, side, directory)

    def talk(self, child: Child, side: Side, directory: Path) -> Outcome:
        try:
            child.send(HELLO)
        except (AssertionError, OSError):
            pass
        works = self.await_answer(child)
        child.end_input()
        stop(child, SETTLE)
        return self.outcome(child, side, directory, works)

    def await_answer(self, child: Child) -> bool:
        return until(lambda: self.answer in child.stdout, child, 9.0)


@dataclass
class Server:
    tool: Program
    child: Child
    side: Side
    directory: Path
    port: int

    def finish(self) -> Outcome:
        self.child.end_input()
        stop(self.child, 0.3 if self.tool.stays else SETTLE)
        return self.tool.outcome(self.child, self.side, self.directory)


def until(done, child: Child, seconds: float) -> bool:
    """Waits until `done`, or the child has ended."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if done():
            return True
        if ended(child) is not None:
            ended(child, SETTLE)
            return done()
        time.sleep(0.01)
    return False


def ended(child: Child, patience: float = 0) -> int | None:
    """The exit status, with all output read; None: it still runs."""
    end = time.monotonic() + patience
    while (status := child._process.poll()) is None:
        if time.monotonic() >= end:
            return None
        time.sleep(0.01)
    for reader in child._readers:
        reader.join(SETTLE)
    return status


def stop(child: Child, patience: float) -> None:
    if ended(child, patience) is None:
        child.interrupt()
        if ended(child, 2.0) is None:
            child._process.kill()
            ended(child, 2.0)


def split(chain: Path) -> tuple[Path, Path | None]:
    """A chain's leaf and the rest, each in a file, for tools that want them so."""
    text = chain.read_text()
    end = "-----END CERTIFICATE-----\n"
    first, _, rest = text.partition(end)
    leaf, others = chain.with_suffix(".leaf.pem"), chain.with_suffix(".others.pem")
    leaf.write_text(first + end if end in text else text)
    others.write_text(rest)
    return leaf, others if rest.strip() else None
