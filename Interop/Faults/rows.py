"""What is played: each fault in each version with each pair of tools."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import judge
from fault import SIDES, Builder, Fault, Setup, Side
from network import PATIENCE, Raw, leaves_after_hello, leaves_at_once, raw_client, raw_server, relay_to
from tools import NotStarted, Outcome, Tool


class CannotBeTried(Exception):
    """A tool cannot be set up like that."""


@dataclass
class Row:
    fault: Fault
    version: str
    tools: dict[str, str]
    """By side. A side that is missing speaks no TLS, or does not matter."""
    number: int = field(default_factory=itertools.count(1).__next__)
    problem: str | None = None
    cannot: str | None = None
    seconds: float = 0
    outcomes: dict[str, Outcome] = field(default_factory=dict)

    @property
    def name(self) -> str:
        pair = " - ".join(f"{self.tools.get(role, 'raw')} {role}" for role in SIDES)
        return f"{self.fault.id} {self.version}: {pair}"

    @property
    def works(self) -> bool:
        return "client" in self.outcomes and self.outcomes["client"].works

    @property
    def result(self) -> str:
        return "FAILED" if self.problem else "not tried" if self.cannot else "ok"

    def play(self, tools: dict[str, Tool], base: Path) -> None:
        start = time.monotonic()
        # Not named after the fault: tools print their files' paths, and would seem to name it.
        directory = base / f"row-{self.number}"
        directory.mkdir()
        # The workers of nginx are somebody else.
        directory.chmod(0o755)
        try:
            builder = Builder(directory, self.version)
            self.fault.build(builder)
            self.check_possible(builder.setup, tools)
            self.outcomes = run(builder.setup, {role: tools[name] for role, name in self.tools.items()}, directory,
                self.fault)
            self.judge()
        except CannotBeTried as why:
            self.cannot = str(why)
        except Exception as error:  # A row that cannot be run is a row that fails.
            self.problem = f"{type(error).__name__}: {error}" if not isinstance(error, AssertionError) else str(error)
        self.seconds = time.monotonic() - start

    def check_possible(self, setup: Setup, tools: dict[str, Tool]) -> None:
        for role, name in self.tools.items():
            side = setup.side(role)
            assert isinstance(side, Side)
            why = self.fault.lookup(self.fault.cannot, f"{name}/{role}/{self.version}", f"{name}/{role}",
                name) or tools[name].cannot(side)
            if why:
                raise CannotBeTried(f"{name} as {role}: {why}")

    @property
    def is_tolerated(self) -> bool:
        judging = self.tools.get(self.fault.judge or "")
        keys = (f"{judging}/{self.version}", f"{judging}/{self.fault.judge}", judging or "")
        return self.fault.lookup(self.fault.tolerant, *keys) is not None

    def judge(self) -> None:
        """What Handfast says of it, and whether the others notice at all."""
        if self.fault.kind == "success" and not self.works:
            raise AssertionError(f"it fails:\n{self.outcomes['client'].shown if 'client' in self.outcomes else ''}")
        for role in SIDES:
            if self.tools.get(role) == "handfast" and role in self.outcomes:
                try:
                    self.judge_side(role)
                except AssertionError as error:
                    raise AssertionError(f"handfast as {role}: {error}") from None
        if self.fault.kind == "fault" and self.fault.starts and self.tools.get(
            "client") and self.works != self.is_tolerated and len(self.tools) == 2:
            judging = self.tools.get(self.fault.judge or "client")
            raise AssertionError(
                f"{judging} does not notice" if self.works else f"{judging} was expected to let it pass")

    def judge_side(self, role: str) -> None:
        outcome = self.outcomes[role]
        if self.fault.kind == "success":
            told = self.fault.told_by.get(self.peer(role), {})
            judge.check_success(outcome, told.get("warning", self.fault.warning))
        elif self.fault.kind == "ambiguous":
            judge.check_nothing_claimed(outcome)
        elif not self.fault.starts:
            judge.check_start(self.fault, outcome)
        elif self.works and self.is_tolerated:
            judge.check_success(outcome, ".*" if "warning:" in outcome.shown else None)
        elif self.works:
            return
        else:
            judges = self.fault.judge in (None, role)
            judge.check(self.fault, self.fault.expectation(role, self.version, judges, self.peer(role)), outcome)

    def peer(self, role: str) -> str:
        return self.tools.get("server" if role == "client" else "client", "raw")


def run(setup: Setup, tools: dict[str, Tool], directory: Path, fault: Fault) -> dict[str, Outcome]:
    """What each side has to say in the end."""
    outcomes: dict[str, Outcome] = {}
    with ExitStack() as stack:
        server = None
        if "server" in tools:
            try:
                server = stack.enter_context(tools["server"].serve(setup.server, directory))
            except NotStarted as error:
                return {"server": error.outcome}
            port = server.port
        else:
            raw = setup.server if isinstance(setup.server, Raw) else Raw(leaves_after_hello)
            listener = raw_server(raw)
            stack.callback(listener.close)
            port = listener.port
        if setup.relay:
            listener = relay_to(port, setup.relay)
            stack.callback(listener.close)
            port = listener.port
        if "client" in tools:
            outcomes["client"] = tools["client"].connect(setup.client, port, directory)
        elif isinstance(setup.client, Raw):
            raw_client(setup.client, port)
        if server and not fault.starts:
            raw_client(Raw(leaves_at_once), port)
        if server and ("client" not in outcomes or outcomes["client"].started):
            outcomes["server"] = server.finish()
    return outcomes


def rows(faults: list[Fault], names: list[str], with_others: bool) -> Iterator[Row]:
    """Handfast with itself, with each of the others on either side, and each of the others with itself."""
    peers = [name for name in names if name in ("openssl", "go", "java")]
    for fault in faults:
        for version in fault.versions:
            alone = {"server": "client",
                "client": "server"}.get(fault.raw or "") or (None if fault.starts else fault.judge)
            if alone:
                for name in names if with_others and fault.kind == "fault" else names[:1]:
                    yield Row(fault, version, {alone: name})
                continue
            yield Row(fault, version, {"client": "handfast", "server": "handfast"})
            for peer in peers:
                yield Row(fault, version, {"client": "handfast", "server": peer})
                yield Row(fault, version, {"client": peer, "server": "handfast"})
            if with_others and fault.kind == "fault":
                for name in names[1:]:
                    yield Row(fault, version, {"client": name, "server": name})
