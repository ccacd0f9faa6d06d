"""Python's `ssl` as a peer. See Interop/peers/agent.py for what it reads and writes."""

from __future__ import annotations

import secrets
import socket
import ssl
import sys
import threading

lock = threading.Lock()


def say(*fields: object) -> None:
    with lock:
        print(*(" ".join(str(field).split()) for field in fields), sep="\t", flush=True)


class Order:
    def __init__(self, line: str) -> None:
        (
            self.number, self.role, self.version, self.suite, self.chain, self.key, self.roots, port, self.name,
            self.groups, connections, tickets, size,
        ) = line.rstrip("\n").split("\t")
        self.port, self.connections, self.size = int(port), int(connections), int(size)
        self.uses_tickets = tickets == "yes"

    def context(self) -> ssl.SSLContext:
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if self.role == "server" else ssl.PROTOCOL_TLS_CLIENT)
        if self.version != "-":
            made.minimum_version = made.maximum_version = ssl.TLSVersion[f"TLSv{self.version.replace('.', '_')}"]
        if self.suite != "-":
            made.set_ciphers(self.suite)
        if self.groups != "-":
            made.set_ecdh_curve(self.groups)
        if not self.uses_tickets:
            made.options |= ssl.OP_NO_TICKET
        made.load_verify_locations(self.roots)
        made.verify_mode = ssl.CERT_REQUIRED
        if self.chain != "-":
            made.load_cert_chain(self.chain, self.key)
        return made

    def play(self) -> None:
        try:
            tls = self.context()
            told = self.serve(tls) if self.role == "server" else self.connect(tls)
            say(self.number, "done", *told)
        except Exception as error:
            say(self.number, "failed", repr(error))

    def serve(self, tls: ssl.SSLContext) -> tuple[object, ...]:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(15)
            say(self.number, "listening", listener.getsockname()[1])
            for _ in range(self.connections):
                raw, _ = listener.accept()
                raw.settimeout(15)
                with tls.wrap_socket(raw, server_side=True) as connection:
                    while data := connection.recv(65_536):
                        connection.sendall(data)
                    told = end(connection)
        return told

    def connect(self, tls: ssl.SSLContext) -> tuple[object, ...]:
        session = None
        for _ in range(self.connections):
            raw = socket.create_connection(("127.0.0.1", self.port), timeout=15)
            with tls.wrap_socket(raw, server_hostname=self.name, session=session) as connection:
                self.talk(connection)
                session = connection.session
                told = end(connection)
        return told

    def talk(self, connection: ssl.SSLSocket) -> None:
        data = secrets.token_bytes(self.size)
        connection.sendall(data)
        received = b""
        while len(received) < len(data) and (more := connection.recv(65_536)):
            received += more
        if received != data:
            raise OSError(f"{len(received)} bytes come back, not the {len(data)} sent")


def end(connection: ssl.SSLSocket) -> tuple[object, ...]:
    """Says goodbye, and waits for the peer's. What is to be told is gone thereafter."""
    subject = dict(pair for part in connection.getpeercert()["subject"] for pair in part)["commonName"]
    resumed = "yes" if connection.session_reused else "no"
    seen = connection.version(), connection.cipher()[0], subject, resumed
    connection.unwrap()
    return seen


for line in sys.stdin:
    threading.Thread(target=Order(line).play, daemon=True).start()
