"""Holds what Handfast says of a failure to what the corpus expects."""

from __future__ import annotations

import json
import re

from fault import Expect, Fault
from tools import Outcome

# Handfast's exit statuses for files and command lines that it does not start with.
REFUSES_TO_START = (64, 65, 66)


def diagnosis(outcome: Outcome) -> dict | None:
    """The last one in the trace."""
    found = [event["diagnosis"] for event in outcome.trace if event["event"] == "failed" and event.get("diagnosis")]
    return found[-1] if found else None


def candidates(found: dict) -> list[dict]:
    return [found, *found.get("others", [])]


def check(fault: Fault, expected: Expect, outcome: Outcome) -> None:
    """Throws what is wrong."""
    found = diagnosis(outcome)
    if found is None:
        raise AssertionError(f"no diagnosis; it says:\n{outcome.shown}")
    complaints = [mismatches(expected, one) for one in candidates(found)[:expected.rank]]
    if all(complaints):
        nearest = min(complaints, key=len)
        raise AssertionError("; ".join(nearest) + "\n" + told(found))
    certain = [one for one in candidates(found) if one["certainty"] == "certain"]
    if "certain" not in expected.certainties and certain:
        raise AssertionError(f"claims to be certain\n{told(found)}")


def mismatches(expected: Expect, found: dict) -> list[str]:
    wrong = []

    def compare(what: str, got: object, allowed: tuple) -> None:
        if got not in allowed:
            wrong.append(f"{what} is {got!r}, not {' or '.join(map(repr, allowed))}")

    if "cause" in found and expected.causes:
        compare("cause", found["cause"], expected.causes)
    compare("fault", found["fault"], expected.faults)
    compare("certainty", found["certainty"], expected.certainties)
    if expected.certificate:
        owner, position = expected.certificate
        reference = found.get("certificate") or {}
        compare("certificate's owner", reference.get("owner"), (owner,))
        if position is not None:
            compare("certificate's position", reference.get("position"), (position,))
        if "cause" in found and position is not None and not reference.get("fingerprint"):
            wrong.append("the certificate's fingerprint is missing")
    if expected.parameter and "cause" in found and not re.search(expected.parameter, found.get("parameter") or "",
        re.I):
        wrong.append(f"parameter is {found.get('parameter')!r}, not {expected.parameter!r}")
    remedy = found["remedy"]
    if isinstance(remedy, dict):
        compare("remedy's side", remedy["side"], expected.remedy_sides)
        remedy = f"{remedy['text']} {remedy.get('command') or ''}"
    wrong += [f"the remedy lacks {word!r}: {remedy}" for word in expected.remedy if not re.search(word, remedy, re.I)]
    return wrong


def check_start(fault: Fault, outcome: Outcome) -> None:
    """A side that must not start says which file, and what to do."""
    if outcome.status not in REFUSES_TO_START:
        raise AssertionError(f"it ends with status {outcome.status}:\n{outcome.shown}")
    for word in (fault.cause_words, fault.field_words or "", *fault.remedy):
        if not re.search(word, outcome.shown, re.I):
            raise AssertionError(f"it does not say {word!r}:\n{outcome.shown}")


def check_nothing_claimed(outcome: Outcome) -> None:
    """After an ambiguous refusal: nothing is certain, and whoever is blamed is only possibly at fault."""
    found = diagnosis(outcome)
    if found is None:
        raise AssertionError(f"no diagnosis; it says:\n{outcome.shown}")
    for one in candidates(found):
        if one["certainty"] == "certain":
            raise AssertionError(f"claims to be certain\n{told(found)}")
        if one["fault"] is not None and one["certainty"] != "possible":
            raise AssertionError(f"claims to know whose fault it is\n{told(found)}")


def check_success(outcome: Outcome, warning: str | None) -> None:
    """Nothing failed, and nothing was warned of but what is expected."""
    failed = [event for event in outcome.trace if event["event"] == "failed"]
    if failed or outcome.status != 0:
        raise AssertionError(f"it ends with status {outcome.status}: {failed}\n{outcome.shown}")
    warnings = [line for line in outcome.shown.splitlines() if re.match(r"\s*warning\b", line)]
    warnings += [json.dumps(event) for event in outcome.trace if "warn" in event["event"].lower()]
    if false := [line for line in warnings if warning is None or not re.search(warning, line, re.I)]:
        raise AssertionError(f"false warning: {false}")


def told(found: dict) -> str:
    lines = []
    for one in candidates(found):
        remedy = one["remedy"]
        remedy = f"[{remedy['side']}] {remedy['text']}" if isinstance(remedy, dict) else remedy
        lines.append(
            f"    {one.get('cause')}: {one['certainty']}, fault {one['fault']}, certificate "
            f"{one.get('certificate')}, parameter "
            f"{one.get('parameter')!r} ({one.get('expected')!r} / {one.get('found')!r}): {one['explanation']} -> "
            f"{remedy}")
    return "\n".join(lines)
