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


def context(role: str, suite: str, chain: str, key: str, roots: str) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if role == "server" else ssl.PROTOCOL_TLS_CLIENT)
    made.minimum_version = made.maximum_version = ssl.TLSVersion.TLSv1_2
    made.set_ciphers(suite)
    made.load_verify_locations(roots)
    made.verify_mode = ssl.CERT_REQUIRED
    if chain != "-":
        made.load_cert_chain(chain, key)
    return made


def end(number: str, connection: ssl.SSLSocket) -> None:
    """Says goodbye, and waits for the peer's. What is to be told is gone thereafter."""
    subject = dict(pair for part in connection.getpeercert()["subject"] for pair in part)["commonName"]
    seen = connection.version(), connection.cipher()[0], subject
    connection.unwrap()
    say(number, "done", *seen)


def serve(number: str, tls: ssl.SSLContext) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(15)
        say(number, "listening", listener.getsockname()[1])
        raw, _ = listener.accept()
    raw.settimeout(15)
    with tls.wrap_socket(raw, server_side=True) as connection:
        while data := connection.recv(65_536):
            connection.sendall(data)
        end(number, connection)


def connect(number: str, tls: ssl.SSLContext, port: int, name: str) -> None:
    raw = socket.create_connection(("127.0.0.1", port), timeout=15)
    with tls.wrap_socket(raw, server_hostname=name) as connection:
        data = secrets.token_bytes(40_000)
        connection.sendall(data)
        received = b""
        while len(received) < len(data) and (more := connection.recv(65_536)):
            received += more
        if received != data:
            raise OSError(f"{len(received)} bytes come back, not the {len(data)} sent")
        end(number, connection)


def play(line: str) -> None:
    number, role, suite, chain, key, roots, port, name = line.rstrip("\n").split("\t")
    try:
        tls = context(role, suite, chain, key, roots)
        if role == "server":
            serve(number, tls)
        else:
            connect(number, tls, int(port), name)
    except Exception as error:
        say(number, "failed", repr(error))


for order in sys.stdin:
    threading.Thread(target=play, args=(order,), daemon=True).start()
