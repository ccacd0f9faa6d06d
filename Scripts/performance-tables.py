#!/usr/bin/env python3
"""Prints the tables of docs/Manual/performance.md from docs/Evidence/performance.json."""

import json
import pathlib

EVIDENCE = pathlib.Path(__file__).parents[1] / "docs/Evidence/performance.json"
REMEMBERED = "Handfast, chains remembered"
OTHERS = ["BoringSSL", "NIOSSL", "OpenSSL", "GnuTLS"]
MAIN = [
    ("mutual, TLS 1.2", "full TLS 1.2 mutual ECDSA-P256 X25519"), ("mutual, TLS 1.3", "full TLS 1.3 mutual ECDSA-P256 X25519"),
    ("server-only, TLS 1.2", "full TLS 1.2 server-only ECDSA-P256 X25519"),
    ("server-only, TLS 1.3", "full TLS 1.3 server-only ECDSA-P256 X25519"),
    ("resumed, TLS 1.2", "resumed TLS 1.2 server-only"), ("resumed, TLS 1.3", "resumed TLS 1.3 server-only"),
]
BULK = [("16 KiB", 16384), ("1 KiB", 1024), ("64 B", 64)]


def table(head, rows):
    print(f"| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for row in rows:
        print(f"| {' | '.join(row)} |")
    print()


def main():
    results = {
        result["scenario"]: {item["stack"]: item for item in result["measurements"]}
        for result in json.loads(EVIDENCE.read_text())["results"]
    }

    def time(scenario, stack, digits=0, side="both"):
        found = results[scenario].get(stack)
        return f"{found[side]:.{digits}f}" if found else ""

    def ratio(scenario, stack, to="ratio"):
        found = results[scenario].get(stack, {}).get(to)
        return f"{found:.2f}" if found else ""

    columns = ["Handfast", REMEMBERED, "floor", "floor, chains remembered", "public-key operations", "public-key operations, chains remembered", *OTHERS]
    table(
        ["ECDSA P-256, X25519", "Handfast, cold", "remembered", "floor, cold", "remembered", "public keys alone, cold", "remembered", *OTHERS],
        [[title, *(time(name, stack) for stack in columns)] for title, name in MAIN])
    table(
        ["Time by Handfast's in the same round", "BoringSSL, cold", "remembered", "OpenSSL, cold", "GnuTLS, cold"],
        [[title, ratio(name, "BoringSSL"), ratio(name, "BoringSSL", "ratioToRemembered"), ratio(name, "OpenSSL"),
          ratio(name, "GnuTLS")] for title, name in MAIN])
    table(
        ["Each side alone", *(f"{name}, {side}" for name in ("Handfast, cold", "remembered", "BoringSSL") for side in ("client", "server"))],
        [[title, *(time(name, stack, side=side) for stack in ("Handfast", REMEMBERED, "BoringSSL") for side in ("client", "server"))]
         for title, name in MAIN])
    columns = ["Handfast", "bare AEAD", *OTHERS]
    table(
        ["AES-128-GCM, TLS 1.3, sent and received", *columns],
        [[title, *(time(f"bulk TLS 1.3 AES-128-GCM {size} B", stack, 2) for stack in columns)] for title, size in BULK])
    shown = {name for _, name in MAIN}
    rest = sorted(name for name in results if name.startswith(("full", "resumed")) and name not in shown)
    columns = ["Handfast", REMEMBERED, *OTHERS]
    table(
        ["The others", "Handfast, cold", "remembered", *OTHERS, "BoringSSL by remembered"],
        [[name.removeprefix("full "), *(time(name, stack) for stack in columns), ratio(name, "BoringSSL", "ratioToRemembered")]
         for name in rest])


main()
