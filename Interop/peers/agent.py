"""Peers that are libraries: a small program in the peer's language plays all rows in one process.

It reads a line for each row, with tabs between the fields: id, role, suite, certificate chain, key, roots, port (0:
choose one and listen), and the server's name. It answers `ID listening PORT`, and `ID done VERSION SUITE COMMON-NAME`
or `ID failed REASON`; a suite of "-" is one that the peer does not tell. As server it echoes until the client says
goodbye. As client it sends, compares, and says goodbye.
"""

from __future__ import annotations

import itertools
import re
import threading
from abc import abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cases import Case
from child import Child
from pki import Identity

from .peer import MatrixPeer, Refused, Seen, Server

AGENTS = Path(__file__).resolve().parent.parent / "agents"
INSTALLED = Path(__file__).resolve().parent.parent.parent / ".build-interop"


class AgentPeer(MatrixPeer):
    @abstractmethod
    def command(self) -> list[object]:
        """What starts the agent."""

    def __enter__(self) -> AgentPeer:
        self._agent = Child(*self.command())
        self._sending = threading.Lock()
        self._ids = itertools.count(1)
        return self

    def __exit__(self, *_: object) -> None:
        with self._agent:
            self._agent.end_input()

    @contextmanager
    def server(self, case: Case) -> Iterator[Server]:
        yield AgentServer(self, self.order("server", case, case.server, "0"))

    def client(self, case: Case, port: str) -> Seen:
        return self.outcome(self.order("client", case, case.client, port))

    def order(self, role: str, case: Case, identity: Identity | None, port: str) -> str:
        with self._sending:
            number = str(next(self._ids))
            own = [identity.chain, identity.key] if identity else ["-", "-"]
            fields = [number, role, self.suites[case.suite], *own, self.setting.pki.root, port, case.name]
            self._agent.send(("\t".join(str(field) for field in fields) + "\n").encode())
        return number

    def answer(self, number: str, pattern: str) -> re.Match[str]:
        return self._agent.find(rf"(?m)^{number}\t{pattern}\r?\n")

    def outcome(self, number: str) -> Seen:
        answer = self.answer(number, r"(done|failed)\t(.*)")
        if answer[1] == "failed":
            raise Refused(f"{self.name}: {answer[2]}")
        version, suite, subject = answer[2].split("\t")
        return Seen(None if suite == "-" else suite, subject, version)


class AgentServer(Server):
    def __init__(self, peer: AgentPeer, number: str) -> None:
        self.peer = peer
        self.number = number
        self.port = peer.answer(number, r"listening\t(\d+)")[1]

    def seen(self, handfast: Child) -> Seen:
        return self.peer.outcome(self.number)
