"""What openssl does by command, or in two connections."""

from __future__ import annotations

import re
import secrets
from pathlib import Path

from child import Child

from .judge import expect, expect_success


def line() -> bytes:
    """Not beginning with a letter that is a command."""
    return f"x{secrets.token_hex(50)}\n".encode()


def change_keys(openssl: Child, connection: Child) -> None:
    """Makes openssl change its keys, then change them and ask for the other side's change. Data goes both ways before,
    between and after."""
    exchange(openssl, connection)
    for count, letter in enumerate(("k", "K"), 1):
        openssl.send(f"{letter}\n".encode())
        if openssl is connection:
            # s_server says nothing of it, but takes its input before what comes from the other side.
            openssl.find(rf"(KEYUPDATE\s+){{{count}}}")
        exchange(openssl, connection)


def exchange(openssl: Child, connection: Child, before: bytes = b"") -> None:
    """With openssl as server, a line each way. With openssl as client, a line that is echoed."""
    if before:
        openssl.find(before.decode())
    sent = line()
    connection.send(sent)
    openssl.find(sent.decode().strip())
    if openssl is connection:
        return
    answer = line()
    openssl.send(answer)
    connection.find(answer.decode().strip())


def resume(client: list[object], session: Path, early: Path | None) -> None:
    """Two connections, the second with the session of the first."""
    talk(client + ["-sess_out", session], "New", b"")
    more = ["-early_data", early] if early else []
    text = talk(client + ["-sess_in", session, *more], "Reused", early.read_bytes() if early else b"")
    if early:
        expect("early data was accepted", "Early data was accepted" in text, True)


def talk(command: list[object], kind: str, early: bytes) -> str:
    with Child(*command) as client:
        client.find(rf"{kind}, TLSv1\.[23], Cipher is")
        client.find(r"Verify return code: 0 \(ok\)")
        data = line()
        client.send(data)
        client.find(re.escape(data.decode().strip()))
        if early:
            client.find(re.escape(early.decode().strip()))
        client.end_input()
        expect_success("openssl", client)
        return client.text
