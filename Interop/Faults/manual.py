#!/usr/bin/env python3
"""Writes docs/Manual/failures.md: what went wrong in the corpus, what each tool says of it, and what to do.

    python3 Interop/Faults/run.py --handfast .build/release/handfast --corpus docs/Evidence/failures.json
    python3 Interop/Faults/manual.py docs/Evidence/failures.json docs/Manual/failures.md [--check]

With --check nothing is written: the page must be what the file makes of it, and every fault of the corpus must be in
it.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path

INTEROP = Path(__file__).resolve().parent.parent
sys.path[1:1] = [str(INTEROP), str(INTEROP.parent / ".build-interop" / "python")]

from corpus import FAULTS  # noqa: E402

NAMES = {"openssl": "OpenSSL", "go": "Go", "java": "Java"}
INTRODUCTION = """# Failures, and what they look like

{count} ways in which a mutual handshake fails, each played with fresh certificates: what both sides of Handfast say,
what OpenSSL's commands, a program in Go and one in Java say in its place (each with itself on both sides), and what to
do. Where the versions differ in their words, TLS 1.3's are shown. Search this page for the words that you have before
you, or ask `handfast explain`.

This page is written by `Interop/Faults/manual.py` from what the tools said in a run of the corpus; do not edit it.
The subjects are the corpus's: *Faults Alpha* is the root that both sides trust, *Faults Beta* the intermediate under
it, *Faults Client* and *Faults Server* the two sides' certificates. PORT, DATE and HEX stand for what differs from run
to run.
"""


def page(entries: list[dict]) -> str:
    themes = list(dict.fromkeys(entry["theme"] for entry in entries))
    lines = [INTRODUCTION.format(count=len(entries))]
    lines += [f"- [{theme}](#{anchor(theme)})" for theme in themes]
    for theme in themes:
        lines += ["", f"## {theme}"]
        for entry in entries:
            if entry["theme"] == theme:
                lines += section(entry)
    return "\n".join(lines) + "\n"


def anchor(title: str) -> str:
    return re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-")


def section(entry: dict) -> list[str]:
    versions = " and ".join(entry["versions"])
    lines = ["", f"### {entry['id']}", "", f"{entry['setup']} (TLS {versions})", ""]
    ours = latest(entry["says"].get("handfast", {}))
    told = {role: report(ours[role]) for role in ("client", "server") if ours.get(role)}
    if told:
        lines.append("```text")
        for number, (role, report_lines) in enumerate(told.items()):
            lines += [""] if number else []
            lines += [f"Handfast's {role}:", *(f"  {line}" for line in report_lines)]
        lines += ["```", ""]
    else:
        why = entry["says"].get("handfast", {}).get("cannot") or "it cannot be set up like that"
        lines += [f"Not played with Handfast on both sides: {why}.", ""]
    lines += table(entry["says"])
    return [*lines, f"**What to do:** {entry['fix']}"]


def latest(says: dict) -> dict:
    versions = [version for version in says if version in ("1.2", "1.3")]
    return says[max(versions)] if versions else {}


def report(lines: list[str]) -> list[str]:
    """From where it speaks of the failure, without the address."""
    start = next((at for at, line in enumerate(lines) if re.match(r"127\.0\.0\.1:PORT: |handfast: ", line)), 0)
    return [re.sub(r"^127\.0\.0\.1:PORT: ", "", line) for line in lines[start:]]


def table(says: dict) -> list[str]:
    rows = []
    for tool, name in NAMES.items():
        told = latest(says.get(tool, {}))
        if told.get("unnoticed"):
            rows.append(f"| {name} | notices nothing | notices nothing |")
        elif told:
            rows.append(f"| {name} | {cell(told.get('client'))} | {cell(told.get('server'))} |")
    return ["| | the client says | the server says |", "| --- | --- | --- |", *rows, ""] if rows else []


def cell(lines: list[str] | None) -> str:
    if lines is None:
        return ""
    return "<br>".join(f"`{shortened(line)}`" for line in lines[-3:]) or "nothing"


def shortened(line: str, limit: int = 200) -> str:
    line = line.replace("`", "'").replace("|", "\\|")
    return line if len(line) <= limit else line[:limit] + "..."


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("page", type=Path)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    entries = json.loads(arguments.corpus.read_text())
    if missing := {fault.id for fault in FAULTS if fault.kind == "fault"} - {entry["id"] for entry in entries}:
        print(f"{arguments.corpus} lacks {', '.join(sorted(missing))}", file=sys.stderr)
        return 1
    text = page(entries)
    if not arguments.check:
        arguments.page.write_text(text)
    elif arguments.page.read_text() != text:
        print(f"{arguments.page} is not what {arguments.corpus} makes of it: run manual.py without --check",
            file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
