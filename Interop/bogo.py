#!/usr/bin/env python3
"""Holds Handfast to BoGo, BoringSSL's suite of misbehaving peers.

    python3 Interop/bogo.py --boringssl ~/boringssl [--json docs/Evidence/bogo.json]
    python3 Interop/bogo.py --boringssl ~/boringssl --test 'CertificateSelection-*'
    python3 Interop/bogo.py --summary docs/Evidence/bogo.json

`--boringssl` is a checkout of BoringSSL at the revision that `bogo.json` was written for (REVISION). The runner is built from it
with Go, once; `--runner` names one that is built already. The shim is built in release mode, or named with `--shim`.

Ends with status 1 when a test fails. Tests that the shim says it has no flags for count as not passed.
"""

from __future__ import annotations

import argparse
import collections
import fnmatch
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
CONFIGURATION = HERE / "bogo.json"
# The 2,080 tests of this revision that are about TLS 1.2 and 1.3 over streams, without deprecated or exotic features.
SCOPE = HERE / "bogo-scope.json"
REVISION = "a0689af29"
OUTCOMES = {"PASS": "passed", "FAIL": "failed", "SKIP": "unimplemented"}
COMMAND = "python3 Interop/bogo.py --boringssl ~/boringssl --json docs/Evidence/bogo.json"
# What a test's name says that it is about; the first pattern holds.
CATEGORIES = {
    "client authentication": "ClientAuth*|*ClientCertificate*|*Client-Certificate*|CertificateSelection-Client-*|*-Client-Sign*|"
    "Client-Sign*|Server-Verify*|Server-InvalidSignature*|VerifyPeer*|CheckClientCertificateTypes*|ClientCA*|*ClientCAList*|"
    "Verify*Client*|SkipClientCertificate*|ECDSAKeyUsage-Server*|RSAKeyUsage-Server*|*RequireAnyClientCert*",
    "choice of certificates": "CertificateSelection-*",
    "signatures": "*-Sign*|*-Verify*|*InvalidSignature*|*SigningHash*|*Digest*|*PSS*|*SignatureAlgorithm*",
    "early data": "*EarlyData*|*0RTT*",
    "resumption": "*Resum*|*Ticket*|*Session*|*PSK*|*Renew*",
    "extensions": "*ALPN*|*ServerName*|*OCSP*|*SCT*|*SignedCertificateTimestamp*|*Extension*|*CertCompression*|*GREASE*|*EMS*",
    "groups and key shares": "*Curve*|*KeyShare*|*HelloRetryRequest*|*ECDH*|*MLKEM*|*HRR*",
    "cipher suites": "*Cipher*|TLS-*_*|CBC*|*CBC*|*RSA*KeyExchange*",
    "versions and downgrades": "*Version*|*Fallback*|*Downgrade*",
    "shutdown and alerts": "Shutdown*|*Alert*",
    "records and key updates": "*Record*|*KeyUpdate*|*Fragment*|*ChangeCipherSpec*|*CCS*|*Packed*|*Trailing*|*Large*|*Empty*",
}


def main() -> int:
    arguments = parse()
    if arguments.summary:
        print(summary(json.loads(arguments.summary.read_text())))
        return 0
    check_revision(arguments)
    shim = arguments.shim or build_shim()
    runner = arguments.runner or build_runner(arguments.boringssl)
    results, seconds = run(runner, arguments.boringssl, shim, arguments)
    evidence = judge(results, seconds)
    for name, error in sorted(evidence.pop("errors").items()):
        print(f"FAILED {name}: {error}")
    print(summary(evidence))
    if arguments.json:
        arguments.json.write_text(json.dumps(evidence, indent=1, ensure_ascii=False) + "\n")
    return 1 if evidence["failed"] else 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--boringssl", type=Path, help="a checkout of BoringSSL")
    parser.add_argument("--runner", type=Path, help="ssl/test/runner, built with `go test -c`")
    parser.add_argument("--shim", type=Path, help="the shim, built")
    parser.add_argument("--test", default="", help="patterns of tests, with semicolons between them; all by default")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--json", type=Path, help="where to write the evidence")
    parser.add_argument("--summary", type=Path, help="print the summary of an earlier run")
    arguments = parser.parse_args()
    if not arguments.summary and not arguments.boringssl:
        parser.error("--boringssl is needed: the runner reads its keys there")
    return arguments


def check_revision(arguments: argparse.Namespace) -> None:
    """The runner and the list of what does not pass must be of the same age."""
    found = git(arguments.boringssl, "rev-parse", "HEAD")
    if found and not found.startswith(REVISION):
        sys.exit(f"{arguments.boringssl} is at {found[:9]}, and Interop/bogo.json is for {REVISION}")


def git(directory: Path, *command: str) -> str:
    return subprocess.run(["git", "-C", str(directory), *command], capture_output=True, text=True).stdout.strip()


def build_shim() -> Path:
    subprocess.run(["swift", "build", "-c", "release", "--product", "BogoShim"], cwd=ROOT, check=True)
    return ROOT / ".build" / "release" / "BogoShim"


def build_runner(boringssl: Path) -> Path:
    runner = ROOT / ".build-interop" / "bogo-runner"
    if not runner.exists():
        go = ROOT / ".build-interop" / "python" / "bin" / "go"
        runner.parent.mkdir(exist_ok=True)
        environment = os.environ | {"PYTHONPATH": str(go.parent.parent)} if go.exists() else os.environ
        subprocess.run(
            [str(go) if go.exists() else "go", "test", "-c", "-o", str(runner), "."],
            cwd=boringssl / "ssl" / "test" / "runner", env=environment, check=True)
    return runner


def run(
    runner: Path, boringssl: Path, shim: Path, arguments: argparse.Namespace
) -> tuple[dict[str, dict], float]:
    """Each test's result: PASS, FAIL, or SKIP for what the shim does not implement."""
    with tempfile.TemporaryDirectory(prefix="handfast-bogo-") as directory:
        output = Path(directory) / "results.json"
        command = [
            str(runner.resolve()), "-shim-path", str(shim.resolve()), "-shim-config", str(CONFIGURATION), "-pipe",
            "-allow-unimplemented", "-num-workers", str(arguments.workers), "-json-output", str(output),
        ]
        if arguments.test:
            command += ["-test", arguments.test]
        start = time.monotonic()
        subprocess.run(command, cwd=boringssl / "ssl" / "test" / "runner", stdout=subprocess.DEVNULL)
        return json.loads(output.read_text())["tests"], time.monotonic() - start


def category(name: str) -> str:
    for title, patterns in CATEGORIES.items():
        if any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns.split("|")):
            return title
    return "handshake"


def judge(results: dict[str, dict], seconds: float) -> dict:
    scope = set(json.loads(SCOPE.read_text()))
    disabled = json.loads(CONFIGURATION.read_text()).get("DisabledTests", {})
    by_result = collections.Counter(result["actual"] for result in results.values())
    unimplemented = sorted(name for name, result in results.items() if result["actual"] == "SKIP")
    in_scope: collections.Counter[str] = collections.Counter()
    categories: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    left_out: dict[str, list[str]] = collections.defaultdict(list)
    for name in sorted(scope):
        reasons = [reason for pattern, reason in disabled.items() if fnmatch.fnmatchcase(name, pattern)]
        outcome = OUTCOMES[results[name]["actual"]] if name in results else "left out"
        if outcome == "left out" and not reasons:
            continue  # Not asked for, by --test.
        in_scope[outcome] += 1
        categories[category(name)][outcome] += 1
        if outcome == "left out":
            left_out[reasons[0]].append(name)
        elif outcome == "unimplemented":
            left_out["no flags for it"].append(name)
    reasons = collections.Counter(reason.split(":")[0] for reason in disabled.values())
    return {
        "revision": git(ROOT, "rev-parse", "--short=9", "HEAD"),
        "BoringSSL": REVISION,
        "command": COMMAND,
        "seconds": round(seconds),
        "passed": by_result["PASS"],
        "failed": by_result["FAIL"],
        "unimplemented": by_result["SKIP"],
        "patterns left out": dict(reasons),
        "in scope": {
            "names": len(scope),
            "passed": in_scope["passed"],
            "failed": in_scope["failed"],
            "unimplemented": in_scope["unimplemented"],
            "left out": in_scope["left out"],
            "by category": {title: dict(sorted(counts.items())) for title, counts in sorted(categories.items())},
            "not passed": dict(sorted(left_out.items())),
        },
        "not implemented, beyond the scope": [name for name in unimplemented if name not in scope],
        "errors": {name: result.get("error", "").splitlines()[:1] for name, result in results.items()
                   if result["actual"] == "FAIL"},
    }


def summary(evidence: dict) -> str:
    scope = evidence["in scope"]
    lines = [
        f"BoGo at {evidence['BoringSSL']}: {evidence['passed']:,} passed, {evidence['failed']:,} failed, "
        f"{evidence['unimplemented']:,} without flags here.",
        f"In scope ({scope['names']:,}): {scope['passed']:,} passed, {scope['failed']:,} failed, "
        f"{scope['unimplemented']:,} without flags here, {scope['left out']:,} left out.",
        "", "| In scope | Passed | Not passed |", "|---|---|---|",
    ]
    for title, counts in scope["by category"].items():
        lines.append(f"| {title} | {counts.get('passed', 0)} | {sum(counts.values()) - counts.get('passed', 0)} |")
    lines += ["", "| Not passed, of those in scope | Tests |", "|---|---|"]
    lines += [f"| {reason} | {len(names)} |" for reason, names in scope["not passed"].items()]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
