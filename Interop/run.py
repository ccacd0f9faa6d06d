#!/usr/bin/env python3
"""Makes `handfast` and other implementations of TLS shake hands in TLS 1.2 and 1.3, with mutual authentication.

Prints a table of all rows, and of all peers. Ends with status 1 if a row fails, and with 2 if a peer is missing (after
running the others). Interop/install.sh installs them all.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from peers import ALL, Missing, Peer, Row, Setting
from pki import PKI
from report import Report, revision, summary, table


def main() -> int:
    arguments = parse()
    if arguments.summary:
        print(summary(json.loads(arguments.summary.read_text())))
        return 0
    chosen = [peer for peer in ALL if not arguments.peers or peer.name.lower() in arguments.peers]
    report = Report(arguments.revision or revision(), "python3 Interop/run.py " + " ".join(sys.argv[1:]))
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="handfast-interop-") as directory:
        base = Path(directory)
        (base / "pki").mkdir()
        setting = Setting(arguments.handfast.resolve(), PKI(base / "pki"), base)
        for kind in chosen:
            try:
                report.add(kind, kind.version(), play(kind(setting), arguments))
            except Missing as missing:
                report.missing[kind.name] = str(missing)
    report.seconds = time.monotonic() - start
    return tell(report, arguments)


def play(peer: Peer, arguments: argparse.Namespace) -> list[Row]:
    with peer:
        rows = [row for row in peer.rows() if arguments.only is None or arguments.only in row.case]
        with ThreadPoolExecutor(min(peer.workers, arguments.workers)) as pool:
            list(pool.map(Row.run, rows))
    return rows


def tell(report: Report, arguments: argparse.Namespace) -> int:
    if report.rows:
        print(table([row.cells() for row in report.rows]), end="\n\n")
    print(summary(report.evidence()), flush=True)
    for figures in report.figures.values():
        for row in [row for row in figures.rows if row.problem][:3]:
            print(f"\n{row.cells()}\n{shortened(row.problem)}", file=sys.stderr)
    for name, why in report.missing.items():
        print(f"\n{name} is missing: {why}", file=sys.stderr)
    print(f"\n{len(report.rows)} rows with {len(report.figures)} peers in {report.seconds:.0f} s")
    print(f"{len(report.passed)} passed, {len(report.failed)} failed", flush=True)
    if arguments.json:
        report.write(arguments.json)
    if report.missing:
        return 2
    return 1 if report.failed or not report.rows else 0


def shortened(text: str, lines: int = 30, columns: int = 400) -> str:
    all = [line[:columns] for line in text.splitlines()]
    if len(all) <= lines:
        return "\n".join(all)
    return "\n".join([*all[:lines // 2], f"... ({len(all) - lines} lines)", *all[-lines // 2:]])


def parse() -> argparse.Namespace:
    names = [peer.name.lower() for peer in ALL]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    job = parser.add_mutually_exclusive_group(required=True)
    job.add_argument("--handfast", type=Path, help="the handfast to test")
    job.add_argument("--summary", type=Path, help="only print what is in such a file, in Markdown")
    parser.add_argument("--json", type=Path, help="write revision, versions, figures and rows to this file")
    parser.add_argument(
        "--peers", type=lambda text: text.lower().split(","), help=f"only these of {', '.join(names)}")
    parser.add_argument("--only", help="only the rows whose case contains this")
    parser.add_argument("--workers", type=int, default=4, help="rows that run at the same time")
    parser.add_argument("--revision", help="the revision that handfast was built from; by default the tree's")
    arguments = parser.parse_args()
    if unknown := set(arguments.peers or []) - set(names):
        parser.error(f"no such peer: {', '.join(sorted(unknown))}")
    return arguments


if __name__ == "__main__":
    sys.exit(main())
