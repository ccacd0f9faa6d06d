#!/usr/bin/env python3
"""Plays the corpus of broken set-ups: Handfast with itself, with OpenSSL, Go and Java on either side, and each of the
others with itself; and holds every diagnosis of Handfast's to what is known to be wrong.

Prints what fails, and the score of each tool. Ends with status 1 if a row fails, and with 2 if a tool is missing.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

INTEROP = Path(__file__).resolve().parent.parent
sys.path[1:1] = [str(INTEROP), str(INTEROP.parent / ".build-interop" / "python")]

from corpus import FAULTS  # noqa: E402
from peers.programs import Missing  # noqa: E402
from report import Report, revision, summary  # noqa: E402
from rows import Row, rows  # noqa: E402
from tools import ALL, Handfast, Tool  # noqa: E402


def main() -> int:
    arguments = parse()
    if arguments.summary:
        print(summary(json.loads(arguments.summary.read_text())))
        return 0
    Handfast.path = arguments.handfast.resolve()
    report = Report(arguments.revision or revision(), "python3 Interop/Faults/run.py " + " ".join(sys.argv[1:]))
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="handfast-faults-") as directory, ExitStack() as stack:
        base = Path(arguments.keep or directory)
        base.mkdir(exist_ok=True)
        base.chmod(0o755)
        tools: dict[str, Tool] = {}
        for kind in ALL:
            if arguments.peers and kind.name not in ("handfast", *arguments.peers):
                continue
            try:
                report.versions[kind.name] = kind.version()
                tools[kind.name] = stack.enter_context(kind())
            except Missing as missing:
                report.missing[kind.name] = str(missing)
        report.rows = chosen(arguments, list(tools))
        with ThreadPoolExecutor(arguments.workers) as pool:
            list(pool.map(lambda row: row.play(tools, base), report.rows))
    report.seconds = time.monotonic() - start
    return tell(report, arguments)


def chosen(arguments: argparse.Namespace, names: list[str]) -> list[Row]:
    faults = [
        fault for fault in FAULTS
        if (not arguments.only or any(word in fault.id for word in arguments.only.split(",")))
        and (not arguments.quick or fault.is_quick)
    ]
    return list(rows(faults, names, with_others=not (arguments.quick or arguments.ours)))


def tell(report: Report, arguments: argparse.Namespace) -> int:
    for row in report.failed:
        print(f"FAILED {row.name}\n  {row.problem}\n")
    if arguments.verbose:
        for row in report.rows:
            print(f"== {row.name}: {row.result} {row.cannot or ''} ({row.seconds:.1f} s)")
            for role, outcome in row.outcomes.items():
                print(f"-- {role} (works: {outcome.works}, status: {outcome.status}):\n{outcome.shown}")
    print(summary(report.evidence()))
    for name, why in report.missing.items():
        print(f"\n{name} is missing: {why}", file=sys.stderr)
    print(
        f"\n{len(report.ids())} faults, {len(report.ids('success'))} successes, {len(report.ids('ambiguous'))} "
        f"ambiguous refusals, "
        f"{len(report.played)} rows in {report.seconds:.0f} s "
        f"({len(report.rows) - len(report.played)} cannot be tried): {len(report.passed)} passed, "
        f"{len(report.failed)} failed", flush=True)
    if arguments.json:
        report.write(arguments.json)
    if arguments.corpus:
        arguments.corpus.write_text(json.dumps(report.corpus(), indent=1) + "\n")
    if report.missing:
        return 2
    return 1 if report.failed or not report.played else 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    job = parser.add_mutually_exclusive_group(required=True)
    job.add_argument("--handfast", type=Path, help="the handfast to test")
    job.add_argument("--summary", type=Path, help="only print the table that is in such a file, in Markdown")
    parser.add_argument("--quick", action="store_true", help="a few faults, without the other tools' scores")
    parser.add_argument("--ours", action="store_true", help="only rows with Handfast on a side")
    parser.add_argument("--only", help="only the faults whose id contains one of these (with commas between)")
    parser.add_argument(
        "--peers", type=lambda text: text.lower().split(","),
        help=f"only these of {', '.join(one.name for one in ALL[1:])}")
    parser.add_argument("--json", type=Path, help="write the scores and all rows to this file")
    parser.add_argument("--corpus", type=Path, help="write what every tool says of every fault, for manual.py")
    parser.add_argument("--workers", type=int, default=4, help="rows that run at the same time")
    parser.add_argument("--keep", type=Path, help="keep all files in this folder, which must not hold an earlier run's")
    parser.add_argument("--verbose", action="store_true", help="print what every side says")
    parser.add_argument("--revision", help="the revision that handfast was built from; by default the tree's")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
