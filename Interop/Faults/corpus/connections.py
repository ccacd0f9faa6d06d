"""What goes wrong below or beside TLS: other protocols, silence, cut connections, changed messages."""

from __future__ import annotations

from collections.abc import Iterator

from fault import BOTH, HONEST, Builder, Fault
from network import Raw, Relay, answers, greets, leaves_after_hello, leaves_at_once, stays_silent

OTHER = "Other protocols on the port"
CUT = "Connections that end or stall"
CHANGED = "Messages that change on the way"
ANY = ("client", "server", None)
NOT_TLS = (
    r"no TLS record|SSLv2 handshake|wrong version number|does not look like a TLS|not (a )?TLS|"
    r"Unsupported or unrecognized SSL message|packet length|http request|"
    r"https proxy request|plain HTTP|unexpected TLS packet|An unexpected TLS|SSH|SMTP|HTTP|MySQL|PROXY|FTP|IMAP|"
    r"Postgre")
CLOSED = (
    r"unexpected eof|EOF\b|closed|terminated|hung up|peer closed|Connection reset|reset by peer|errno=104|premature|"
    r"Broken pipe|"
    r"non-properly terminated|SSL_ERROR_SYSCALL|write:errno")
SILENT = r"tim(ed?|e-)[ -]?out|timeout|deadline|Timeout|within \d+|after \d+ s"
HTTP_PAGE = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def alone(
    identifier: str, theme: str, text: str, raw: Raw, tool: str, cause: str | tuple[str, ...], words: str, field: str,
    remedy: tuple[str, ...], fix: str, versions: tuple[str, ...] = ("1.3",),
    certainties: tuple[str, ...] = ("certain", "likely", "possible"),
    seconds: int | None = None, **more
) -> Fault:
    """One side speaks TLS, played by `tool`'s role; the other is no TLS."""
    def build(b: Builder) -> None:
        other = "client" if tool == "server" else "server"
        b.side(tool).seconds = seconds
        setattr(b, other, raw)

    causes = (cause,) if isinstance(cause, str) else cause
    return Fault(
        id=identifier, theme=theme, text=text, build=build, judge=tool, fault=None, cause=causes[0], cause_words=words,
        remedy=remedy, fix=fix, versions=versions, field_words=field, seen=False,
        raw="client" if tool == "server" else "server",
        judging={"causes": causes, "faults": ANY, "certainties": certainties, "remedy_sides": ANY}, **more)


def protocols() -> Iterator[Fault]:
    for name, title, reply, named in (
        ("http", "HTTP without TLS", answers(HTTP_PAGE), r"HTTP"),
        ("ssh", "SSH", greets(b"SSH-2.0-OpenSSH_9.6\r\n"), r"SSH"),
        ("smtp", "SMTP (STARTTLS would be needed)", greets(b"220 mail.example ESMTP ready\r\n"), r"SMTP|220|mail"),
        ("mysql", "MySQL, which greets first",
            greets(b"\x4a\x00\x00\x00\x0a8.0.36\x00\x08\x00\x00\x00abcdefgh\x00" + bytes(48)), r"MySQL|mysql|greet"),
    ):
        yield alone(
            f"server-speaks-{name}", OTHER, f"The port belongs to a server that speaks {title}.", Raw(reply), "client",
            "not-tls",
            NOT_TLS, named, ("port|TLS",),
            "Connect to the port where the server speaks TLS, or switch TLS on at the server.",
            is_quick=name == "http")
    for name, title, greeting, named in (
        ("http", "HTTP without TLS", b"GET / HTTP/1.1\r\nHost: server.example\r\n\r\n", r"HTTP|http"),
        ("proxy-header", "TLS behind a PROXY header (a balancer's send-proxy)",
            b"PROXY TCP4 10.0.0.1 10.0.0.2 40000 443\r\n", r"PROXY|proxy"),
        ("ssh", "SSH", b"SSH-2.0-OpenSSH_9.6\r\n", r"SSH"),
        ("http2", "HTTP/2 without TLS", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(9), r"HTTP"),
        ("noise", "something that is no protocol known", bytes(range(128, 192)),
            r"first (record|bytes)|record|message|packet"),
    ):
        yield alone(
            f"client-speaks-{name}", OTHER, f"A client connects that speaks {title}.", Raw(greets(greeting)), "server",
            "not-tls", NOT_TLS, named, ("TLS|http|PROXY|client|port",),
            "Have the client speak TLS to this port, or another port.",
            is_quick=name == "http")


    yield alone(
        "server-sends-huge-record", OTHER, "The server answers with a record that claims to have 65,535 bytes.",
        Raw(answers(b"\x16\x03\x03\xff\xff" + bytes(64))), "client",
        ("limit-exceeded", "protocol-violation", "not-tls"),
        r"too (long|large|big)|overflow|oversized|packet length|record length|exceeds|bytes|not-tls",
        r"record|packet", ("TLS|server|proxy|middlebox|software",),
        "Look whether something between the two damages records; then update the server.")


def endings() -> Iterator[Fault]:
    yield alone(
        "server-closes-at-once", CUT, "The server takes the connection and closes it, before the ClientHello has come.",
        Raw(leaves_at_once), "client", "peer-closed", CLOSED,
        r"before it said anything|ClientHello|ServerHello|handshake|nothing",
        ("TLS|port|firewall|proxy|log",),
        "Look whether something stands before the server: an access list, a balancer without backends.",
        certainties=("likely", "possible"))
    yield alone(
        "server-closes-after-hello", CUT, "The server closes the connection after the ClientHello, without an alert.",
        Raw(leaves_after_hello), "client", "peer-closed", CLOSED,
        r"before it said anything|ClientHello|ServerHello|handshake",
        ("TLS|port|firewall|proxy|log",),
        "Look into the server's log: some servers refuse names or versions in that way.",
        certainties=("likely", "possible"), is_quick=True)
    yield alone(
        "server-resets-after-hello", CUT, "The connection is reset after the ClientHello.",
        Raw(leaves_after_hello, resets=True),
        "client", "peer-closed", CLOSED, r"before it said anything|ClientHello|ServerHello|handshake",
        ("TLS|port|firewall|proxy|log",), "Look for a firewall that inspects TLS; then into the server's log.",
        certainties=("likely", "possible"))
    yield alone(
        "server-silent", CUT, "The server takes the connection and says nothing.", Raw(stays_silent), "client",
        "peer-silent", SILENT,
        r"ServerHello|nothing|said|handshake", ("alive|TLS|port",),
        "Look whether the server is alive, and whether the port is one where the client must wait (STARTTLS).",
        seconds=2,
        certainties=("likely", "possible"), is_quick=True)
    yield alone(
        "client-silent", CUT, "A client connects and says nothing.", Raw(stays_silent), "server", "peer-silent", SILENT,
        r"ClientHello|nothing|said|handshake", ("alive|TLS|client",),
        "Nothing, if it is a monitor or a browser's spare connection; else look at the client.", seconds=2,
        certainties=("likely", "possible"))
    yield alone(
        "client-closes-at-once", CUT, "A client connects and leaves: a port scan, or a balancer's health check.",
        Raw(leaves_at_once), "server", "peer-closed", CLOSED, r"before it said anything|ClientHello|handshake|nothing",
        ("health|scan|log",), "Nothing; or let the balancer check in another way.", certainties=("likely", "possible"))
    def stall(sender: str, number: int, record: bytes) -> bytes | None:
        return b"" if sender == "server" and number >= 1 else record

    for name, sender, at, text in (
        ("server", "server", 1, "The connection is cut after the server's first record."),
        ("client", "client", 1, "The connection is cut before the client's second flight."),
    ):
        for resets in (False, True):
            def cut(b: Builder, sender=sender, at=at, resets=resets) -> None:
                b.relay = Relay(lambda who, number, record: None if (who, number) == (sender, at) else record, resets)

            yield Fault(
                id=f"connection-{'reset' if resets else 'cut'}-in-{name}-flight", theme=CUT,
                text=text.replace("cut", "reset") if resets else text, build=cut, judge=None, fault=None,
                cause="peer-closed",
                cause_words=CLOSED, remedy=("log|firewall|proxy|network|close",),
                fix="Look for a firewall or proxy between the two; compare the traces of both sides.",
                field_words=r"handshak|Hello\b|KeyExchange|Finished|waiting|awaited", seen=False,
                judging={"causes": ("peer-closed", "data-truncated"), "faults": (None,),
                    "certainties": ("likely", "possible"), "remedy_sides": ANY, "rank": 2})

    def stalled(b: Builder) -> None:
        b.client.seconds = b.server.seconds = 2
        b.relay = Relay(stall)

    yield Fault(
        id="connection-stalls", theme=CUT,
        text="Only the first of the server's records gets through (a black hole for large packets).",
        build=stalled, judge=None, fault=None, cause="peer-silent", cause_words=SILENT + "|" + CLOSED,
        remedy=("alive|network|log|firewall|MTU",),
        fix="Look at the path's MTU and at firewalls: small packets pass, large ones do not.", seen=False,
        field_words=r"handshak|Hello\b|KeyExchange|Finished|waiting|awaited|Encrypted",
        judging={"causes": ("peer-silent", "peer-closed", "peer-canceled"), "faults": (None,),
            "certainties": ("likely", "possible"), "remedy_sides": ANY})


def flipping(sender: str, number: int, at: int):
    def change(who: str, count: int, record: bytes) -> bytes:
        if (who, count) != (sender, number) or len(record) <= 5 + abs(at):
            return record
        changed = bytearray(record)
        changed[at if at < 0 else 5 + at] ^= 1
        return bytes(changed)
    return change


def changes() -> Iterator[Fault]:
    words = (
        r"bad.?record.?mac|decryption failed|decrypt.?error|Tag mismatch|bad signature|(wrong|invalid).{0,20}signature|"
        r"signature.{0,30}(not|invalid|verif|mismatch)|digest check failed|finished.{0,20}(not|incorrect|invalid|"
        r"differ)|changed on the way|"
        r"messages-changed|key-mismatch")
    causes = ("record-damaged", "messages-changed", "key-mismatch", "message-malformed", "protocol-violation")
    for identifier, text, sender, number, at, versions in (
        ("client-hello", "A byte of the ClientHello's random is changed on the way.", "client", 0, 10, BOTH),
        ("server-hello", "A byte of the ServerHello's random is changed on the way.", "server", 0, 10, BOTH),
        ("server-flight", "A byte of the server's first protected record is changed on the way.", "server", 2, -1,
            ("1.3",)),
        ("client-flight", "A byte of the client's last record before its data is changed on the way.", "client", 2, -1,
            ("1.3",)),
    ):
        def build(b: Builder, sender=sender, number=number, at=at) -> None:
            b.relay = Relay(flipping(sender, number, at))

        yield Fault(
            id=f"tampered-{identifier}", theme=CHANGED, text=text, build=build, judge=None, fault=None,
            cause="record-damaged",
            cause_words=words, remedy=("trace|digest|proxy|middlebox|on the way|between",),
            fix="Compare both sides' traces (handfast merge): a message whose digest differs was changed between the "
                "two.",
            versions=versions,
            # A client that cannot decrypt says so and closes; a reset, for what it left unread, may overtake its alert.
            told_by={"java/server/1.2": HONEST} | {
                f"{tool}/server/1.3": {"causes": causes + ("peer-closed",)} for tool in ("java", "go", "openssl")
            },
            field_words=r"Hello\b|CertificateVerify|KeyExchange|\bFinished|\brecord\b|signature", seen=False,
            judging={
                "causes": causes, "faults": (None,), "certainties": ("certain", "likely", "possible"),
                "remedy_sides": ANY,
            }, is_quick=identifier == "server-hello")


def faults() -> Iterator[Fault]:
    yield from protocols()
    yield from endings()
    yield from changes()
