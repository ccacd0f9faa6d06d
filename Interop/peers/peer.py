"""What all peers have in common: how they are started, and how a row of theirs is played and judged."""

from __future__ import annotations

import secrets
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path

from cases import SUITES, SUITES_13, Case
from child import Child
from matrix import Abilities, matrix
from pki import PKI, Identity

from . import handfast as command
from .judge import check_refusal, check_summary, check_trace, event, expect, expect_success


class Refused(Exception):
    """A peer ends the handshake, as it must in some rows."""


@dataclass(frozen=True)
class Setting:
    """What a run is made with."""

    handfast: Path
    pki: PKI
    directory: Path
    """For whatever peers write. It goes away after the run."""


@dataclass
class Row:
    """One thing to try. `play` raises what is wrong."""

    peer: str
    direction: str
    case: str
    version: str
    suite: str
    certificate: str
    play: Callable[[], dict[str, object] | None]
    group: str = "-"
    client_auth: str = "required"
    problem: str | None = None
    seconds: float = 0
    facts: dict[str, object] = field(default_factory=dict)
    """What was negotiated."""

    @classmethod
    def of(cls, peer: str, case: Case, play: Callable[[], dict[str, object] | None]) -> Row:
        title = f"{case.title}: {case.resumes.value}" if case.title == "resumption" else case.title
        version = case.version.removeprefix("TLS ")
        return cls(
            peer, f"handfast {case.handfast}", title, version, case.suite, case.certificate, play, case.group or "-",
            case.client_auth)

    def run(self) -> None:
        start = time.monotonic()
        try:
            self.facts = self.play() or {}
        except Exception as error:  # A row that cannot be run is a row that fails.
            self.problem = str(error) or repr(error)
        self.seconds = time.monotonic() - start

    @property
    def result(self) -> str:
        return "FAILED" if self.problem else "ok"

    def cells(self) -> dict[str, object]:
        return {
            "peer": self.peer, "direction": self.direction, "case": self.case, "version": self.version,
            "suite": str(self.facts.get("cipherSuite", self.suite)).removeprefix("TLS_"),
            "group": self.facts.get("group") or self.group, "certificate": self.certificate,
            "client auth": self.client_auth, "result": self.result,
        }


@dataclass(frozen=True)
class Seen:
    """What the peer says of a connection. None: it does not tell."""

    suite: str | None
    """By the peer's own name."""
    subject: str | None
    """The common name of Handfast's certificate."""
    version: str | None = None
    resumed: bool | None = None


class Peer(ABC):
    """An implementation to try Handfast with. As a context it runs whatever its rows share."""

    name: str
    workers = 4
    """Rows that may run at the same time."""
    lacks: dict[str, str] = {}
    """The suites and kinds of certificates that it does not have, and what is known of why."""
    lacks_as_client: dict[str, str] = {}
    """The same of kinds that only clients cannot present."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting

    @classmethod
    @abstractmethod
    def version(cls) -> str:
        """Throws `Missing` if the peer is not there."""

    @abstractmethod
    def rows(self) -> Iterator[Row]: ...

    def __enter__(self) -> Peer:
        return self

    def __exit__(self, *_: object) -> None:
        pass


class Server(ABC):
    """A peer that listens."""

    port: int | str
    size = 40_000
    """Bytes that Handfast sends."""
    may_echo_first = b""
    """What the peer may have echoed already."""

    def talk(self, handfast: Child) -> None:
        """Sends through Handfast, and judges what comes back. By default the peer echoes."""
        data = (secrets.token_hex(self.size // 2) + "\n").encode()
        handfast.send(data)
        received = handfast.receive(len(data))
        if received.startswith(self.may_echo_first):
            received = handfast.receive(len(self.may_echo_first) + len(data)).removeprefix(self.may_echo_first)
        handfast.end_input()
        expect("echo", received == data, True)

    @abstractmethod
    def seen(self, handfast: Child) -> Seen:
        """What the peer saw, once Handfast has ended."""


class MatrixPeer(Peer):
    """A peer that is tried with every suite and every kind of certificate which it has."""

    abilities = Abilities()
    """What it can beyond full handshakes."""
    suites: dict[str, str] = SUITES | SUITES_13
    """Handfast's name of each suite, and the peer's."""
    serve_options: tuple[str, ...] = ("--echo",)
    judges_late: frozenset[str] = frozenset()
    """The cases in which it judges certificates only after the handshake, and then hangs up without an alert."""

    def server(self, case: Case) -> AbstractContextManager[Server]:
        raise NotImplementedError

    def client(self, case: Case, port: str) -> Seen:
        """Connects, exchanges data, and says goodbye. Throws `Refused` if the handshake fails."""
        raise NotImplementedError

    def rows(self) -> Iterator[Row]:
        abilities = replace(
            self.abilities, lacks=frozenset(self.lacks), lacks_as_client=frozenset(self.lacks_as_client))
        for case in matrix(self.setting.pki, abilities):
            yield Row.of(self.name, case, lambda case=case: self.play(case))

    def play(self, case: Case) -> dict[str, object]:
        return self._play_client(case) if case.handfast == "client" else self._play_server(case)

    def _play_client(self, case: Case) -> dict[str, object]:
        setting = self.setting
        trace = command.trace_file(case, setting.directory)
        with self.server(case) as server:
            with Child(*command.client(setting.handfast, case, server.port, setting.pki.root, trace)) as handfast:
                if case.refusal:
                    return self.refused_by_server(case, handfast, server)
                server.talk(handfast)
                expect_success("handfast", handfast)
                facts = check_summary(case, handfast) | check_trace(case, trace)
                self._check_seen(case, server.seen(handfast), case.client)
                return facts

    def finished(self, handfast: Child) -> dict[str, object]:
        """Judges how the connection ended, with the peer as client."""
        expect_success("handfast", handfast)
        return {}

    def _play_server(self, case: Case) -> dict[str, object]:
        setting = self.setting
        trace = command.trace_file(case, setting.directory)
        with Child(*command.server(setting.handfast, case, setting.pki.root, trace, self.serve_options)) as handfast:
            port = handfast.find(r'"port":(\d+)')[1]
            try:
                seen = self.client(case, port)
            except Refused as refused:
                if not case.refusal:
                    raise AssertionError(f"{refused}\nhandfast:\n{handfast.stderr}") from None
                return self._check_refusal(case, handfast)
            if case.refusal:
                raise AssertionError(f"{self.name} does not notice that the handshake fails")
            ending = self.finished(handfast)
            facts = check_summary(case, handfast) | check_trace(case, trace)
            self._check_seen(case, seen, case.server)
            return facts | ending

    def refused_by_server(self, case: Case, handfast: Child, server: Server) -> dict[str, object]:
        return self._check_refusal(case, handfast)

    def _check_refusal(self, case: Case, handfast: Child) -> dict[str, object]:
        assert case.refusal
        if case.title not in self.judges_late or case.refusal.error != "alertReceived":
            return check_refusal(case, handfast)
        status = handfast.exit_status()
        if status not in (0, 12, 69):
            raise AssertionError(f"handfast ends with status {status}:\n{handfast.stderr}")
        if status == 0:
            expect("bytes received", event(handfast, "closed")["bytesReceived"], 0)
        return {"refused": "late, without an alert", "exit status": status}

    def _check_seen(self, case: Case, seen: Seen, presented: Identity | None) -> None:
        if seen.version is not None:
            expect(f"{self.name}'s version", seen.version, case.version.replace(" ", "v"))
        if seen.resumed is not None:
            expect(f"resumed, by {self.name}", seen.resumed, case.resumes is not None)
        if seen.suite is not None and case.suite != "-":
            expect(f"{self.name}'s suite", seen.suite, self.suites[case.suite])
        if seen.subject is not None:
            expect(f"{self.name}'s peer", seen.subject, presented.leaf.stem if presented else "")
