"""Judges what Handfast says of a connection."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

from cases import KEY_TRANSPORT, Case
from child import Child
from pki import Identity


def check_summary(case: Case, handfast: Child) -> dict[str, object]:
    """Judges what Handfast says of a good handshake: of the last one, if there are several."""
    summary = event(handfast, "connected")
    transport = case.suite in KEY_TRANSPORT
    authenticates = case.client is not None and case.client_auth != "none"
    wanted: dict[str, object] = {
        "version": case.version, "extendedMasterSecret": True, "secureRenegotiation": True,
        "applicationProtocol": None, "maxFragmentLength": None, **case.facts,
    }
    if case.suite != "-":
        wanted["cipherSuite"] = f"TLS_{case.suite}"
    if case.group or transport:
        wanted["group"] = case.group
    for name, value in wanted.items():
        expect(name, summary.get(name), value)
    # Nobody signs in a handshake that resumes.
    if case.resumes is None:
        expect("client signs", summary.get("clientSignatureScheme") is not None, authenticates)
        expect("server signs", summary.get("serverSignatureScheme") is not None, not transport)
    peer = case.server if case.handfast == "client" else case.client if authenticates else None
    expect("peer", summary.get("peer"), subject(case, peer) if peer else None)
    names = ("cipherSuite", "group", "serverSignatureScheme", "clientSignatureScheme")
    return {name: summary[name] for name in names if summary.get(name) is not None}


def subject(case: Case, peer: Identity) -> str:
    """By which Handfast calls it."""
    if not case.shows_raw_keys:
        return f"CN={peer.leaf.stem}"
    lines = peer.public_key.read_text().splitlines()
    key = base64.b64decode("".join(line for line in lines if "-----" not in line))
    return f"raw public key SHA-256 {hashlib.sha256(key).hexdigest()}"


def check_trace(case: Case, file: Path | None) -> dict[str, object]:
    """Judges what only the trace tells: that there was a retry, a resumption, a change of keys, early data."""
    if file is None:
        return {}
    trace = Trace(file)
    facts: dict[str, object] = {}
    if case.retries:
        expect("retried for", trace.last("retryRequested", "retry").get("group"), case.group)
        facts["retried"] = True
    if case.resumes:
        expect("connections", trace.connections, 2)
        outcomes = [trace.last("resumption", "resumption", connection) for connection in (1, 2)]
        expect("the first connection resumes", outcomes[0].get("outcome") == "resumed", False)
        expect("the second connection", outcomes[1].get("outcome"), "resumed")
        expect("mechanism", outcomes[1].get("mechanism"), case.resumes.value)
        facts["resumed"] = case.resumes.value
    if case.early:
        expect("early data", trace.last("earlyData", "earlyData").get("outcome"), case.early)
        facts["earlyData"] = case.early
    if case.updates:
        generations = {side: trace.generation(side) for side in ("sending", "receiving")}
        side = "receiving" if case.updates == "peer" else "sending"
        expect(f"keys of {side} changed", generations[side] > 0, True)
        facts["keyGenerations"] = generations
    return facts


class Trace:
    """The events in a trace of Handfast's (docs/trace-format.md)."""

    def __init__(self, file: Path) -> None:
        events = [json.loads(line) for line in file.read_text().splitlines()]
        self.events = [event for event in events if "event" in event]

    @property
    def connections(self) -> int:
        return len({event["connection"] for event in self.events})

    def last(self, name: str, key: str, connection: int | None = None) -> dict:
        found = [
            event[key] for event in self.events
            if event["event"] == name and connection in (None, event["connection"])
        ]
        return found[-1] if found else {}

    def generation(self, direction: str) -> int:
        """How often the keys of that direction were changed."""
        changes = [event["keys"] for event in self.events if event["event"] == "changedKeys"]
        return max((keys["generation"] or 0 for keys in changes if keys["direction"] == direction), default=0)


def check_refusal(case: Case, handfast: Child) -> dict[str, object]:
    assert (refusal := case.refusal)
    expect("exit status of handfast", handfast.exit_status(), refusal.exit_status)
    failed = event(handfast, "failed")
    error = failed["error"] + (":" + failed["rejection"] if "rejection" in failed else "")
    expect("error", error, refusal.error)
    if refusal.step:
        expect("step", failed.get("step"), refusal.step)
    check_diagnosis(failed)
    names = ("step", "alertSent", "alertReceived")
    return {name: failed[name] for name in names if failed.get(name) is not None}


def check_diagnosis(failed: dict) -> None:
    diagnosis = failed.get("diagnosis", {})
    for key in ("cause", "explanation", "reason"):
        expect(f"the diagnosis has its {key}", bool(diagnosis.get(key)), True)
    expect("the diagnosis has a remedy", bool(diagnosis["remedy"]["text"]), True)


def event(handfast: Child, name: str) -> dict:
    """The last of that name."""
    for line in reversed(handfast.stderr.splitlines()):
        if line.startswith("{") and (found := json.loads(line))["event"] == name:
            return found
    raise AssertionError(f"handfast reports no '{name}':\n{handfast.stderr}")


def expect(what: str, got: object, wanted: object) -> None:
    if got != wanted:
        raise AssertionError(f"{what}: {got!r} instead of {wanted!r}")


def expect_success(what: str, child: Child) -> None:
    if (status := child.exit_status()) != 0:
        raise AssertionError(f"{what} ends with status {status}:\n{child.stderr}")
