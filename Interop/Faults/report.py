"""What a run tells: the score of each tool, evidence in JSON, and what each tool says of each fault."""

from __future__ import annotations

import json
import platform
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from fault import BOTH, SIDES
from rows import Row
from score import Score, named

TITLES = {
    "handfast": "Handfast", "openssl": "OpenSSL", "go": "Go crypto/tls", "java": "Java JSSE, with its debug log",
    "curl+nginx": "curl and nginx", "gnutls": "GnuTLS",
}
COLUMNS = ["fault", "version", "client", "server", "result", "why", "clientNames", "serverNames"]


@dataclass
class Report:
    revision: str
    command: str
    rows: list[Row] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    seconds: float = 0

    def ids(self, kind: str = "fault") -> set[str]:
        return {row.fault.id for row in self.played if row.fault.kind == kind}

    @property
    def played(self) -> list[Row]:
        return [row for row in self.rows if not row.cannot]

    @property
    def failed(self) -> list[Row]:
        return [row for row in self.played if row.problem]

    @property
    def passed(self) -> list[Row]:
        return [row for row in self.played if not row.problem]

    @property
    def scores(self) -> dict[str, Score]:
        scores = {name: Score(version) for name, version in self.versions.items()}
        for row in self.rows:
            if len(set(row.tools.values())) != 1 or row.fault.kind != "fault":
                continue
            score = scores[next(iter(row.tools.values()))]
            title = f"{row.fault.id} {row.version}"
            if row.cannot:
                score.not_tried[title] = row.cannot
            elif row.works or (row.is_tolerated and not row.fault.starts):
                score.unnoticed.append(title)
            elif row.outcomes:
                score.add([named(row.fault, outcome.shown + outcome.log) for outcome in row.outcomes.values()])
        return scores

    @property
    def against_others(self) -> dict[str, dict[str, int]]:
        """Handfast on one side, another tool on the other."""
        found: dict[str, dict[str, int]] = {}
        for row in self.played:
            for role in SIDES:
                peer = row.tools.get("server" if role == "client" else "client")
                if row.fault.kind != "fault" or row.tools.get(role) != "handfast" or peer in (None,
                    "handfast") or row.works or role not in row.outcomes:
                    continue
                figures = found.setdefault(peer, {"sides": 0, "named": 0})
                figures["sides"] += 1
                figures["named"] += named(row.fault, row.outcomes[role].shown).both
        return found

    def evidence(self) -> dict[str, object]:
        return {
            "revision": self.revision, "command": self.command, "system": platform.platform(),
            "seconds": round(self.seconds, 1), "faults": len(self.ids()), "successes": len(self.ids("success")),
            "ambiguousRefusals": len(self.ids("ambiguous")), "rowsPassed": len(self.passed),
            "rowsFailed": len(self.failed), "rowsNotTried": len(self.rows) - len(self.played),
            "tools": {name: score.entry() for name, score in self.scores.items()},
            "handfastAgainstOthers": self.against_others, "missing": self.missing,
        }

    def write(self, file: Path) -> None:
        lines = ",\n".join(f"    {json.dumps(self.cells(row))}" for row in self.rows)
        head = json.dumps(self.evidence() | {"columns": COLUMNS}, indent=2).removesuffix("\n}")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f'{head},\n  "rows": [\n{lines}\n  ]\n}}\n')

    def cells(self, row: Row) -> list[str | None]:
        """Of each side what it names: "c" its cause, "o" the object; null: no such side, or nothing to name."""
        names: dict[str, str] = {}
        for role, outcome in row.outcomes.items():
            told = named(row.fault, outcome.shown + outcome.log)
            names[role] = "c" * told.cause + "o" * told.object
        is_fault = row.fault.kind == "fault"
        return [
            row.fault.id, row.version, row.tools.get("client"), row.tools.get("server"), row.result,
            row.cannot or row.problem or ("not noticed" if is_fault and row.works else None),
            *(names.get(role) if is_fault else None for role in ("client", "server")),
        ]

    def corpus(self) -> list[dict[str, object]]:
        """For each fault, what the manual's tools say of it, each with itself on both sides, in the newest version."""
        entries: dict[str, dict[str, object]] = {}
        for row in self.rows:
            if len(set(row.tools.values())) != 1 or row.fault.kind != "fault":
                continue
            if next(iter(row.tools.values())) not in ("handfast", "openssl", "go", "java"):
                continue
            fault, name = row.fault, next(iter(row.tools.values()))
            entry = entries.setdefault(fault.id, {
                "id": fault.id, "theme": fault.theme, "setup": fault.text, "fix": fault.fix, "cause": fault.cause,
                "versions": list(fault.versions), "says": {},
            })
            if row.cannot:
                entry["says"].setdefault(name, {})["cannot"] = row.cannot.partition(": ")[2]
                continue
            says = entry["says"].setdefault(name, {}).setdefault(row.version, {})
            if row.works:
                says["unnoticed"] = True
            for role, outcome in row.outcomes.items():
                says[role] = essence(outcome.shown) if name != "handfast" else level(outcome.shown)
        for entry in entries.values():
            for says in entry["says"].values():
                for older in sorted(version for version in says if version in BOTH)[:-1]:
                    del says[older]
        return list(entries.values())


TROUBLE = (
    r"error|alert|mismatch|fail|fatal|exception|refus|problem|expired|timed? ?out|unexpected|closed|did not return|"
    r"peer reset|EOF|could not|unable|cannot|not for|is valid for")
CHATTER = (
    r"Verification: OK|Verified peername|verify return:1|Verify return code|Verification error|verify depth|"
    r"SSL_connect:|session cache timeouts|Early data|items in the session cache|callback cache hits|server accepts|"
    r"cache full|\[notice\]")


def essence(text: str) -> list[str]:
    """Of a tool's output the lines that speak of trouble."""
    lines = [line.strip() for line in level(text)]
    telling = []
    for number, line in enumerate(lines):
        if not re.search(TROUBLE, line, re.I) or re.search(CHATTER, line):
            continue
        # OpenSSL names the certificate on the line before.
        is_verdict = line.startswith("verify error") and number and lines[number - 1].startswith("depth=")
        telling.append(f"{lines[number - 1]}: {line}" if is_verdict else line)
    telling = list(dict.fromkeys(telling or lines))
    return [telling[0], *telling[-2:]] if len(telling) > 3 else telling


def level(text: str) -> list[str]:
    """Without what differs from run to run."""
    text = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT", text)
    text = re.sub(r"\b[0-9A-F]{12,16}:error:", "error:", text)
    text = re.sub(r"/\S*/(?=[\w.-]+\.(pem|crl|der))", "", text)
    text = re.sub(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?( ?UTC|Z)?", "DATE", text)
    text = re.sub(r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d", "DATE", text)
    text = re.sub(r"\b[0-9a-f]{32,}\b", "HEX", text)
    text = re.sub(r"SHA-256 [0-9a-f]{16}\b", "SHA-256 HEX", text)
    text = re.sub(r"\w{3} \w{3} +\d+ \d\d:\d\d:\d\d UTC \d{4}", "DATE", text)
    text = re.sub(r"\w{3} +\d+ \d\d:\d\d:\d\d \d{4} GMT", "DATE", text)
    text = re.sub(r"nanoseconds|\d+#\d+: ", "", text)
    text = re.sub(r"\b\d+#\d+: \*\d+ ", "", text)
    return [line.rstrip() for line in text.splitlines() if line.strip() and "listening on" not in line]


def summary(evidence: dict) -> str:
    """A Markdown table."""
    lines = [
        "| Tool, on both sides | Version | Failures with two sides | Cause and object named on both sides | on "
        "either side "
        "| Failures with one side | named there |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name, tool in evidence["tools"].items():
        two, one = tool["failuresWithTwoSides"], tool["failuresWithOneSide"]
        lines.append(
            f"| {TITLES[name]} | {tool['version']} | {two} | {share(tool['namedOnBothSides'], two)} | "
            f"{share(tool['namedOnEitherSide'], two)} | {one} | {share(tool['namedOnThatSide'], one)} |")
    if evidence["handfastAgainstOthers"]:
        lines += ["", "| Handfast on one side, on the other | Failures told of | Cause and object named |",
            "| --- | --- | --- |"]
        for name, figures in evidence["handfastAgainstOthers"].items():
            lines.append(f"| {TITLES[name]} | {figures['sides']} | {share(figures['named'], figures['sides'])} |")
    return "\n".join(lines)


def share(count: int, of: int) -> str:
    return f"{count} ({round(100 * count / of)}%)" if of else "-"


def revision() -> str:
    root = Path(__file__).resolve().parent.parent.parent
    done = subprocess.run(
        ["git", "-C", str(root), "describe", "--always", "--dirty"], capture_output=True, text=True, timeout=30)
    return done.stdout.strip() or "unknown"
