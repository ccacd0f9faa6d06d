"""Peers that are libraries: a small program in the peer's language plays all rows in one process.

It reads a line for each row, with tabs between the fields, where "-" stands for the library's default:

    id, role, version, suite, certificate chain, key, roots, port (of a server: 0, to choose one and listen), the
    server's name, groups (with commas between), count of connections, whether tickets may be used, count of bytes to
    send

It answers `ID listening PORT`, and `ID done VERSION SUITE COMMON-NAME RESUMED` or `ID failed REASON`; what the library
does not tell is "-". As server it echoes until the client says goodbye. As client it sends, compares, and says goodbye.
With two connections, the second is to resume the session of the first, and is the one to tell of.
"""

from __future__ import annotations

import itertools
import re
import threading
from abc import abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cases import Case, Resumption
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
        yield AgentServer(self, self.order("server", case, case.server, "0"), size(case))

    def client(self, case: Case, port: str) -> Seen:
        return self.outcome(self.order("client", case, case.client, port))

    def order(self, role: str, case: Case, identity: Identity | None, port: str) -> str:
        with self._sending:
            number = str(next(self._ids))
            own = [identity.chain, identity.key] if identity else ["-", "-"]
            # Of TLS 1.3's suites Handfast offers or takes only one: not all libraries can be told which.
            suite = "-" if case.is_13 or case.suite == "-" else self.suites[case.suite]
            fields = [
                number, role, (case.peer_version or "-").removeprefix("TLS "), suite, *own, self.setting.pki.root, port,
                case.name, ",".join(case.peer_groups) or "-", 2 if case.resumes else 1,
                "no" if case.resumes == Resumption.SESSION_ID else "yes", size(case),
            ]
            self._agent.send(("\t".join(str(field) for field in fields) + "\n").encode())
        return number

    def answer(self, number: str, pattern: str) -> re.Match[str]:
        return self._agent.find(rf"(?m)^{number}\t{pattern}\r?\n")

    def outcome(self, number: str) -> Seen:
        answer = self.answer(number, r"(done|failed)\t(.*)")
        if answer[1] == "failed":
            raise Refused(f"{self.name}: {answer[2]}")
        version, suite, subject, resumed = (None if told == "-" else told for told in answer[2].split("\t"))
        return Seen(suite, subject, version, None if resumed is None else resumed == "yes")


def size(case: Case) -> int:
    """Java changes its keys after a mebibyte, as it is told to."""
    return 2_200_000 if case.updates == "peer" else 40_000


class AgentServer(Server):
    def __init__(self, peer: AgentPeer, number: str, size: int) -> None:
        self.size = size
        self.peer = peer
        self.number = number
        self.port = peer.answer(number, r"listening\t(\d+)")[1]

    def seen(self, handfast: Child) -> Seen:
        return self.peer.outcome(self.number)
