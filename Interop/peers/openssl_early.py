"""Early data that the second server does not take: another server than the one that gave the ticket."""

from __future__ import annotations

import secrets
import socket
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cases import Case
from child import Child

from . import handfast as command
from .judge import Trace, check_summary, expect, expect_success
from .openssl_sessions import exchange, talk

if TYPE_CHECKING:
    from .openssl import OpenSSL


def refused_by_handfast(peer: OpenSSL, case: Case, trace: Path) -> dict[str, object]:
    """Two servers share their ticket keys, but only the first takes early data. The second has to skip what it cannot
    read, and to go on with the resumed session."""
    setting = peer.setting
    keys = trace.with_suffix(".keys")
    keys.write_bytes(secrets.token_bytes(80))
    keys.chmod(0o600)
    sharing = replace(case, options=(*case.options, "--ticket-keys", str(keys)))
    session, early = trace.with_suffix(".session"), trace.with_suffix(".early")
    early.write_bytes(command.EARLY)
    taking = command.server(setting.handfast, replace(sharing, early="accepted"), setting.pki.root, None)
    with Child(*taking) as first:
        talk(peer.openssl_client(case, port_of(first), "-nocommands") + ["-sess_out", session], "New", b"")
    with Child(*command.server(setting.handfast, sharing, setting.pki.root, trace)) as second:
        client = peer.openssl_client(case, port_of(second), "-nocommands")
        text = talk([*client, "-sess_in", session, "-early_data", early], "Reused", b"")
        expect_success("handfast", second)
        expect("early data was rejected", "Early data was rejected" in text, True)
        facts = check_summary(case, second)
    return facts | outcomes(trace, 1, "resumed")


def refused_by_openssl(peer: OpenSSL, case: Case, trace: Path) -> dict[str, object]:
    """To the second server the ticket means nothing. Handfast has to make a full handshake, and to send its data
    again."""
    setting = peer.setting
    with Child(*peer.openssl_server(case)) as first, Child(*peer.openssl_server(case)) as second:
        ports = [server.find(r"ACCEPT 127\.0\.0\.1:(\d+)")[1] for server in (first, second)]
        with Relay(*ports) as relay:
            with Child(*command.client(setting.handfast, case, relay.port, setting.pki.root, trace)) as client:
                exchange(second, client, command.EARLY)
                client.end_input()
                expect_success("handfast", client)
                facts = check_summary(case, client)
    return facts | outcomes(trace, 2, "declined")


def port_of(server: Child) -> str:
    return server.find(r'"port":(\d+)')[1]


def outcomes(file: Path, connection: int, resumption: str) -> dict[str, object]:
    trace = Trace(file)
    expect("resumption", trace.last("resumption", "resumption", connection).get("outcome"), resumption)
    expect("early data", trace.last("earlyData", "earlyData", connection).get("outcome"), "rejected")
    return {"earlyData": "rejected"}


class Relay:
    """Leads each connection to the next of the ports."""

    def __init__(self, *ports: str) -> None:
        self._ports = ports
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(15)
        self.port = self._listener.getsockname()[1]

    def __enter__(self) -> Relay:
        threading.Thread(target=self._run, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def _run(self) -> None:
        for port in self._ports:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", int(port)), timeout=15)
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=pump, args=(source, sink), daemon=True).start()


def pump(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(65_536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass
