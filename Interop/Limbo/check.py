"""Runs the harness as x509-limbo does, over the vendored suite, and checks its answers' form and the differences that are known."""

import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SUITE = ROOT / "Tests/Vectors/x509-limbo/limbo.json"
# LimboDifferences.swift lists them, with reasons; the tests hold that list to the case.
KNOWN = (ROOT / "Interop/Limbo/LimboDifferences.swift").read_text()


def run(harness, text):
    done = subprocess.run([harness], input=text, capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        sys.exit(f"the harness ended with {done.returncode}: {done.stderr}")
    return json.loads(done.stdout)


def main(harness):
    suite = json.loads(SUITE.read_text())
    cases = {case["id"]: case for case in suite["testcases"]}
    answer = run(harness, SUITE.read_text())
    assert set(answer) == {"version", "harness", "results"} and answer["version"] == 1, "not a LimboResult"
    assert [result["id"] for result in answer["results"]] == list(cases), "not every case once, in order"
    wrong = []
    for result in answer["results"]:
        assert result["actual_result"] in ("SUCCESS", "FAILURE", "SKIPPED"), result
        agrees = result["actual_result"] == cases[result["id"]]["expected_result"]
        if agrees == (f'"{result["id"]}"' in KNOWN):
            wrong.append(f'{result["id"]}: {result["actual_result"]} ({result.get("context")})')
    if wrong:
        sys.exit("\n".join(["These differ from the suite without being listed, or are listed without differing:"] + wrong))
    first = next(iter(cases.values()))
    single = run(harness, json.dumps(first))
    assert [result["id"] for result in single["results"]] == [first["id"]], "a single case is not answered"
    bad = subprocess.run([harness], input="{}", capture_output=True, text=True, timeout=60)
    assert bad.returncode != 0 and not bad.stdout, "what is no suite is answered"
    listed = sum(f'"{name}"' in KNOWN for name in cases)
    print(f"x509-limbo: {len(cases)} cases answered as expected; {listed} of them differ as listed")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else str(ROOT / ".build/debug/LimboHarness"))
