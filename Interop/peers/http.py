"""Web servers and balancers: they answer a request with a file, and tell in a header what they see."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cases import Case, Resumption
from child import Child
from matrix import Abilities

from .judge import expect
from .peer import MatrixPeer, Seen, Server
from .programs import free_port, wait_for

REQUEST = b"GET /file HTTP/1.1\r\nHost: server.example\r\nConnection: close\r\n\r\n"


class HTTPPeer(MatrixPeer):
    abilities = Abilities(sides=("client",), resumes={"client": (Resumption.PSK, Resumption.TICKET)})

    def command(self, case: Case, port: int, directory: Path) -> list[object]:
        """Writes what the server needs into `directory`, where it finds `file` to serve, and says how to start it."""
        raise NotImplementedError

    @contextmanager
    def server(self, case: Case) -> Iterator[Server]:
        port = free_port()
        directory = self.setting.directory / f"{self.name}-{port}"
        directory.mkdir()
        body = secrets.token_hex(5_000)
        (directory / "file").write_text(body)
        # The workers of a server that is started as root are not.
        self.setting.directory.chmod(0o755)
        with Child(*self.command(case, port, directory)) as child:
            wait_for(port, child)
            yield HTTPServer(port, body)


class HTTPServer(Server):
    def __init__(self, port: int, body: str) -> None:
        self.port = port
        self.body = body

    def talk(self, handfast: Child) -> None:
        # Its input stays open: nginx says no goodbye to clients that have said theirs before it has answered.
        handfast.send(REQUEST)

    def seen(self, handfast: Child) -> Seen:
        answer = handfast.stdout.decode()
        expect("status line", answer.split("\r\n")[0].split(" ")[1:2], ["200"])
        expect("file", answer.partition("\r\n\r\n")[2], self.body)
        told = re.search(r"(?im)^x-seen: (\S+) (\S+) (?:CN=)?(\S+) (\S+)\r$", answer)
        expect("header", told is not None, True)
        expect("verdict on the client", told[4] in ("SUCCESS", "0"), True)
        return Seen(told[2], told[3], told[1])
