"""What a run tells: a table for people, a summary for the README, and evidence in JSON."""

from __future__ import annotations

import json
import platform
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from peers import Peer, Row


# What is tried beyond full handshakes, by how the cases' titles begin.
FEATURES = {
    "HelloRetryRequest": "HelloRetryRequest", "hybrid key exchange": "Hybrid key exchange, with ML-KEM",
    "resumption: PSK": "Resumption in TLS 1.3", "resumption: ticket": "Resumption in TLS 1.2 by ticket",
    "resumption: session id": "Resumption in TLS 1.2 by session id", "early data": "Early data",
    "KeyUpdate by the peer": "KeyUpdate by the peer", "KeyUpdate by Handfast": "KeyUpdate by Handfast",
    "raw public key": "Raw public keys",
    "key log": "Decrypted with Handfast's key log",
}


@dataclass
class Figures:
    """A peer's line in the summary."""

    version: str
    rows: list[Row]
    lacks: dict[str, str]

    def entry(self) -> dict[str, object]:
        return {
            "version": self.version, "directions": self.directions, "rows": len(self.rows), "passed": self.passed,
            "byVersion": {version: counted(self.rows, version=version) for version in ("1.2", "1.3")},
            "seconds": round(sum(row.seconds for row in self.rows), 3), "lacks": self.lacks,
        }

    @property
    def directions(self) -> list[str]:
        return list(dict.fromkeys(row.direction for row in self.rows))

    @property
    def passed(self) -> int:
        return sum(row.problem is None for row in self.rows)


@dataclass
class Report:
    revision: str
    command: str
    figures: dict[str, Figures] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    seconds: float = 0

    def add(self, peer: type[Peer], version: str, rows: list[Row]) -> None:
        as_client = {f"{kind} client certificates": why for kind, why in peer.lacks_as_client.items()}
        self.figures[peer.name] = Figures(version, rows, peer.lacks | as_client)

    @property
    def rows(self) -> list[Row]:
        return [row for figures in self.figures.values() for row in figures.rows]

    @property
    def passed(self) -> list[Row]:
        return [row for row in self.rows if not row.problem]

    @property
    def failed(self) -> list[Row]:
        return [row for row in self.rows if row.problem]

    @property
    def features(self) -> dict[str, object]:
        found = {}
        for title, feature in FEATURES.items():
            if rows := [row for row in self.rows if row.case.startswith(title)]:
                found[feature] = counted(rows) | {"peers": list(dict.fromkeys(row.peer for row in rows))}
        return found

    def evidence(self) -> dict[str, object]:
        """All but the rows."""
        return {
            "revision": self.revision, "command": self.command, "system": platform.platform(),
            "python": platform.python_version(), "seconds": round(self.seconds, 1), "rowsPassed": len(self.passed),
            "rowsFailed": len(self.failed), "features": self.features,
            "peers": {name: peer.entry() for name, peer in self.figures.items()}, "missing": self.missing,
        }

    def write(self, file: Path) -> None:
        rows = [
            {**row.cells(), "negotiated": row.facts, "problem": row.problem, "seconds": round(row.seconds, 3)}
            for row in self.rows
        ]
        # A line for each row, to keep the file's differences readable.
        lines = ",\n".join(f"    {json.dumps(row)}" for row in rows)
        head = json.dumps(self.evidence(), indent=2).removesuffix("\n}")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f'{head},\n  "rows": [\n{lines}\n  ]\n}}\n')


def summary(evidence: dict) -> str:
    """A Markdown table of what `Report.evidence` holds."""
    lines = ["| Peer | Version | Handfast as | TLS 1.2 | TLS 1.3 |", "| --- | --- | --- | --- | --- |"]
    lacking = []
    for name, peer in evidence["peers"].items():
        sides = " and ".join(direction.removeprefix("handfast ") for direction in peer["directions"])
        passed = " | ".join(f"{rows['passed']} of {rows['rows']}" for rows in peer["byVersion"].values())
        lines.append(f"| {name} | {peer['version']} | {sides} | {passed} |")
        lacking += [f"{name} lacks {what}: {why}." for what, why in peer["lacks"].items()]
    lines += [f"| {name} | missing | | | |" for name in evidence["missing"]]
    lines += ["", "| Among them | With | Rows passed |", "| --- | --- | --- |"]
    for feature, rows in evidence["features"].items():
        lines.append(f"| {feature} | {', '.join(rows['peers'])} | {rows['passed']} of {rows['rows']} |")
    return "\n".join(lines + ([""] + lacking if lacking else []))


def counted(rows: list[Row], version: str | None = None) -> dict[str, object]:
    those = [row for row in rows if version in (None, row.version)]
    return {"rows": len(those), "passed": sum(row.problem is None for row in those)}


def table(rows: list[dict[str, object]]) -> str:
    columns = list(rows[0])
    widths = [max(len(str(row[column])) for row in [*rows, dict(zip(columns, columns))]) for column in columns]
    lines = [[*columns], ["-" * width for width in widths], *([row[column] for column in columns] for row in rows)]
    return "\n".join("  ".join(str(cell).ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines)


def revision() -> str:
    root = Path(__file__).resolve().parent.parent
    done = subprocess.run(
        ["git", "-C", str(root), "describe", "--always", "--dirty"], capture_output=True, text=True, timeout=30)
    return done.stdout.strip() or "unknown"
