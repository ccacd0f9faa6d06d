"""Judges what Handfast says of a connection."""

from __future__ import annotations

import json

from cases import KEY_TRANSPORT, Case
from child import Child


def check_summary(case: Case, handfast: Child) -> dict[str, object]:
    """Judges what Handfast says of a good handshake with mutual authentication."""
    summary = event(handfast, "connected")
    transport = case.suite in KEY_TRANSPORT
    wanted = {
        "version": "TLS 1.2", "cipherSuite": f"TLS_{case.suite}", "extendedMasterSecret": True,
        "secureRenegotiation": True,
    }
    for name, value in wanted.items():
        expect(name, summary.get(name), value)
    expect("client signs", summary.get("clientSignatureScheme") is not None, True)
    expect("server signs", summary.get("serverSignatureScheme") is not None, not transport)
    peer = case.server if case.handfast == "client" else case.client
    expect("peer", summary.get("peer"), f"CN={peer.leaf.stem}" if peer else None)
    names = ("group", "serverSignatureScheme", "clientSignatureScheme")
    return {name: summary[name] for name in names if summary.get(name) is not None}


def check_refusal(case: Case, handfast: Child) -> dict[str, object]:
    assert (refusal := case.refusal)
    expect("exit status of handfast", handfast.exit_status(), refusal.exit_status)
    failed = event(handfast, "failed")
    error = failed["error"] + (":" + failed["rejection"] if "rejection" in failed else "")
    expect("error", error, refusal.error)
    expect("an explanation and a remedy", bool(failed.get("detail") and failed.get("remedy")), True)
    return {name: failed[name] for name in ("alertSent", "alertReceived") if failed.get(name) is not None}


def event(handfast: Child, name: str) -> dict:
    for line in handfast.stderr.splitlines():
        if line.startswith("{") and (found := json.loads(line))["event"] == name:
            return found
    raise AssertionError(f"handfast reports no '{name}':\n{handfast.stderr}")


def expect(what: str, got: object, wanted: object) -> None:
    if got != wanted:
        raise AssertionError(f"{what}: {got!r} instead of {wanted!r}")


def expect_success(what: str, child: Child) -> None:
    if (status := child.exit_status()) != 0:
        raise AssertionError(f"{what} ends with status {status}:\n{child.stderr}")
