"""Refusals whose cause nobody can see from the other side: whatever is claimed as certain here is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from fault import BOTH, SIDES, Builder, Fault
from network import Raw, Relay, answers

ALERTS = {
    "close_notify": 0, "unexpected_message": 10, "handshake_failure": 40, "bad_certificate": 42,
    "certificate_unknown": 46,
    "illegal_parameter": 47, "access_denied": 49, "decode_error": 50, "insufficient_security": 71, "internal_error": 80,
    "user_canceled": 90, "200": 200,
}


def refusal(identifier: str, text: str, build: Callable[[Builder], None], **more) -> Fault:
    return Fault(
        id=f"ambiguous-{identifier}", theme="Ambiguous refusals", text=text, build=build, judge=None, fault=None,
        cause="",
        cause_words="", remedy=(), fix="", kind="ambiguous", **more)


def alert(number: int) -> bytes:
    return bytes((21, 3, 3, 0, 2, 1 if number in (0, 90) else 2, number))


def faults() -> Iterator[Fault]:
    for name, number in ALERTS.items():
        def answer(b: Builder, number=number) -> None:
            b.server = Raw(answers(alert(number)))

        yield refusal(
            f"alert-{name.replace('_', '-')}-after-client-hello",
            f"The server answers the ClientHello with the alert {name}.", answer,
            raw="server", is_quick=name == "handshake_failure")
    for role in SIDES:
        def whim(b: Builder, role=role) -> None:
            b.side(role).refuses_anyone = True

        yield refusal(
            f"{role}-refuses-by-its-own-rule", f"The {role}'s program refuses whatever certificate the other side has.",
            whim,
            is_quick=True)
    for sender, at in (("server", 1), ("client", 1)):
        for name in ("handshake_failure", "bad_certificate", "internal_error"):
            def replaced(b: Builder, sender=sender, at=at, number=ALERTS[name]) -> None:
                # Some send a record for each message: there it comes in the middle of the first flight.
                b.relay = Relay(lambda who, count, record: alert(number) if (who, count) == (sender, at) else record)

            yield refusal(
                f"{sender}-alert-{name.replace('_', '-')}-in-second-flight",
                f"The {sender}'s second flight is the alert {name}.",
                replaced, versions=("1.2",))
