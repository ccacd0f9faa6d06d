"""What all peers have in common: how they are started, and how a row of theirs is played and judged."""

from __future__ import annotations

import secrets
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from cases import MATRIX_KINDS, SUITES, Case, matrix
from child import Child
from pki import PKI, Identity

from .judge import check_refusal, check_summary, event, expect, expect_success


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
    suite: str
    certificate: str
    play: Callable[[], dict[str, object] | None]
    group: str = "-"
    client_auth: str = "required"
    problem: str | None = None
    seconds: float = 0
    facts: dict[str, object] = field(default_factory=dict)
    """What was negotiated."""

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
            "peer": self.peer, "direction": self.direction, "case": self.case, "suite": self.suite,
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

    def talk(self, handfast: Child) -> None:
        """Sends through Handfast, and judges what comes back. By default the peer echoes."""
        data = (secrets.token_hex(20_000) + "\n").encode()
        handfast.send(data)
        received = handfast.receive(len(data))
        handfast.end_input()
        expect("echo", received == data, True)

    @abstractmethod
    def seen(self, handfast: Child) -> Seen:
        """What the peer saw, once Handfast has ended."""


class MatrixPeer(Peer):
    """A peer that is tried with every suite and every kind of certificate which it has."""

    directions: tuple[str, ...] = ("client", "server")
    """The sides that Handfast takes."""
    suites: dict[str, str] = SUITES
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
        suites = [suite for suite in self.suites if suite not in self.lacks]
        kinds = [kind for kind in MATRIX_KINDS if kind not in self.lacks]
        client_kinds = [kind for kind in kinds if kind not in self.lacks_as_client]
        for case in matrix(self.setting.pki, self.directions, suites, kinds, client_kinds):
            play = self._play_client if case.handfast == "client" else self._play_server
            yield Row(
                self.name, f"handfast {case.handfast}", case.title, case.suite, case.certificate,
                lambda play=play, case=case: play(case))

    def _play_client(self, case: Case) -> dict[str, object]:
        with self.server(case) as server:
            with Child(*self._handfast_client(case, server.port)) as handfast:
                if case.refusal:
                    return self.refused_by_server(case, handfast, server)
                server.talk(handfast)
                expect_success("handfast", handfast)
                facts = check_summary(case, handfast)
                self._check_seen(case, server.seen(handfast), case.client)
                return facts

    def finished(self, handfast: Child) -> dict[str, object]:
        """Judges how the connection ended, with the peer as client."""
        expect_success("handfast", handfast)
        return {}

    def _play_server(self, case: Case) -> dict[str, object]:
        with Child(*self._handfast_server(case)) as handfast:
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
            facts = check_summary(case, handfast)
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
            expect(f"{self.name}'s version", seen.version, "TLSv1.2")
        if seen.suite is not None:
            expect(f"{self.name}'s suite", seen.suite, self.suites[case.suite])
        if seen.subject is not None:
            expect(f"{self.name}'s peer", seen.subject, presented.leaf.stem if presented else "")

    def _handfast_client(self, case: Case, port: int | str) -> list[object]:
        return [
            self.setting.handfast, "connect", f"127.0.0.1:{port}", "--server-name", case.name, "--ca",
            self.setting.pki.root, "--close-at-end", *self._handfast_options(case, case.client),
        ]

    def _handfast_server(self, case: Case) -> list[object]:
        return [
            self.setting.handfast, "serve", "--port", 0, "--once", *self.serve_options, "--client-ca",
            self.setting.pki.root, "--require-client-cert", *self._handfast_options(case, case.server),
        ]

    def _handfast_options(self, case: Case, identity: Identity | None) -> list[object]:
        own = ["--cert", identity.chain, "--key", identity.key] if identity else []
        return [*own, "--suite", case.suite, "--summary", "json", *case.options]
