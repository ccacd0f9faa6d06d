"""Counts the instructions of handshakes and records under callgrind, and compares them with those recorded beside it.

    swift build -c release --product InstructionCounts
    python3 Benchmarks/Counts/check.py            # exit code 1 when a scenario takes over 3% (and 150) more, or is not recorded
    python3 Benchmarks/Counts/check.py --update   # records what is counted now

Instructions do not depend on what else the machine is doing, as time does. They do depend on compiler, libraries and processor, which
are recorded with them.
"""

import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
RECORD = HERE / "counts.json"
LIMIT = 1.03
# A short write is so few that it shows where its buffer happened to grow.
SLACK = 150
TIMES = 4


def count(program):
    """Instructions by scenario and side, for one handshake or one write."""
    with tempfile.TemporaryDirectory() as folder:
        output = pathlib.Path(folder) / "out"
        # Valgrind stops at debug information that is newer than it; the names of functions stay.
        stripped = str(pathlib.Path(folder) / "program")
        subprocess.run(["strip", "--strip-debug", "-o", stripped, program], check=True)
        program = stripped
        run = subprocess.run(
            [
                "valgrind", "--tool=callgrind", "--collect-atstart=no", f"--callgrind-out-file={output}", program,
            ],
            env={**os.environ, "SWIFT_DETERMINISTIC_HASHING": "1"}, capture_output=True, text=True)
        if run.returncode != 0:
            sys.exit(f"{program} failed under valgrind:\n{run.stdout}{run.stderr}")
        names = run.stdout.splitlines()
        counts = {}
        for number, name in enumerate(names, start=1):
            text = pathlib.Path(f"{output}.{number}").read_text()
            total = re.search(r"^(?:totals|summary): (\d+)", text, re.MULTILINE)
            counts[name] = round(int(total[1]) / TIMES)
        return counts


def environment():
    def first_line(*command):
        return subprocess.run(command, capture_output=True, text=True).stdout.splitlines()[0]

    return {"swift": first_line("swift", "--version"), "valgrind": first_line("valgrind", "--version")}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default=str(HERE.parents[1] / ".build/release/InstructionCounts"))
    parser.add_argument("--update", action="store_true")
    arguments = parser.parse_args()
    counts = count(arguments.program)
    if arguments.update:
        RECORD.write_text(json.dumps({"environment": environment(), "counts": counts}, indent=2) + "\n")
    record = json.loads(RECORD.read_text())
    if record["environment"] != environment():
        print(f"Recorded with other tools ({record['environment']}): a difference may be theirs.")
    failures = []
    for name in sorted({*counts, *record["counts"]}):
        now, then = counts.get(name), record["counts"].get(name)
        ratio = now / then if now and then else None
        print(f"{name:45} {now or 0:>12,} {f'{(ratio - 1) * 100:+.2f}%' if ratio else 'not on both sides':>10}")
        if not ratio or ratio > LIMIT and now - then > SLACK:
            failures.append(name)
    if failures:
        sys.exit(f"Over the limit of +{(LIMIT - 1) * 100:.0f}%, or not recorded: {'; '.join(failures)}")


main()
