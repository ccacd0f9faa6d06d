"""What stands in a peer's place and speaks no TLS, and what stands between two peers."""

from __future__ import annotations

import select
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

PATIENCE = 8.0


@dataclass(frozen=True)
class Raw:
    """A peer that speaks no TLS. What it does with a connection; that is closed then."""

    act: Callable[[socket.socket], None]
    resets: bool = False
    """Ends with a reset instead of a close."""

    def play(self, connection: socket.socket) -> None:
        with connection:
            connection.settimeout(PATIENCE)
            try:
                self.act(connection)
                if self.resets:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            except OSError:
                pass


@dataclass(frozen=True)
class Relay:
    """Passes records on. `change` gets who sent it, its number among the sender's, and the whole record, and returns
    what to send instead; None cuts the connection."""

    change: Callable[[str, int, bytes], bytes | None]
    resets: bool = False


class Listener:
    """Takes one connection, on a thread of its own."""

    def __init__(self, serve: Callable[[socket.socket], None]) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.settimeout(PATIENCE)
        self._serve = serve
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            connection, _ = self._socket.accept()
        except OSError:
            return
        self._serve(connection)

    def close(self) -> None:
        self._socket.close()
        self._thread.join(PATIENCE)


def raw_server(raw: Raw) -> Listener:
    return Listener(raw.play)


def raw_client(raw: Raw, port: int) -> None:
    raw.play(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE))


def relay_to(port: int, relay: Relay) -> Listener:
    def serve(client: socket.socket) -> None:
        server = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        with client, server:
            try:
                pass_on(client, server, relay)
            except OSError:
                pass
            if relay.resets:
                for one in (client, server):
                    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return Listener(serve)


def pass_on(client: socket.socket, server: socket.socket, relay: Relay) -> None:
    """Until both sides have closed, or `relay` cuts the connection."""
    ways = {client: ("client", server, Records()), server: ("server", client, Records())}
    open_ways = [client, server]
    while open_ways:
        ready = select.select(open_ways, [], [], PATIENCE)[0]
        if not ready:
            return
        for source in ready:
            sender, sink, records = ways[source]
            data = received(source)
            is_cut = False
            passed = b""
            for number, record in records.feed(data):
                changed = relay.change(sender, number, record)
                if is_cut := changed is None:
                    break
                passed += changed
            send(passed, sink)
            if is_cut:
                return
            if not data:
                end(sink)
                open_ways.remove(source)


def received(source: socket.socket) -> bytes:
    try:
        return source.recv(65_536)
    except ConnectionError:
        return b""


def send(data: bytes, sink: socket.socket) -> None:
    """One that has hung up may have said why before: that is still to be passed on, so this is no end."""
    try:
        sink.sendall(data)
    except ConnectionError:
        pass


def end(sink: socket.socket) -> None:
    try:
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


class Records:
    """Cuts a stream into TLS records, and counts them."""

    def __init__(self) -> None:
        self._rest = b""
        self._count = 0

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        self._rest += data
        while len(self._rest) >= 5 and len(self._rest) >= (size := 5 + int.from_bytes(self._rest[3:5], "big")):
            record, self._rest = self._rest[:size], self._rest[size:]
            yield self._count, record
            self._count += 1


# What raw peers do.

def answers(reply: bytes) -> Callable[[socket.socket], None]:
    """Waits for the first bytes, and answers them."""
    def act(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(reply)
        drain(connection)
    return act


def greets(greeting: bytes) -> Callable[[socket.socket], None]:
    """Speaks first."""
    def act(connection: socket.socket) -> None:
        connection.sendall(greeting)
        drain(connection)
    return act


def leaves_after_hello(connection: socket.socket) -> None:
    connection.recv(65_536)


def leaves_at_once(connection: socket.socket) -> None:
    connection.shutdown(socket.SHUT_WR)
    drain(connection)


def stays_silent(connection: socket.socket) -> None:
    while connection.recv(65_536):
        pass


def drain(connection: socket.socket) -> None:
    """Waits for the peer to have read all and closed, so that no reset takes what was sent away from it."""
    connection.shutdown(socket.SHUT_WR)
    while connection.recv(65_536):
        pass
