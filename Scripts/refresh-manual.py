#!/usr/bin/env python3
"""Runs the commands whose output stands in the manual, and rewrites the blocks that changed.

    Scripts/refresh-manual.py --handfast .build/release/handfast [--check] [PAGE...]

A block is marked by a comment on the line before its fence:

    <!-- run: handfast demo --break expired -->        run, wait, show what it wrote and its exit status
    <!-- run [steps 8,12]: handfast demo -->           only these steps of a narrative
    <!-- run [first 9]: ... --> <!-- run [last 9]: ... -->    may follow `steps`, too
    <!-- run [failing]: ... -->                        the status must not be 0 (otherwise it must be)
    <!-- start: handfast serve --port 4433 ... -->     run it until the page ends, or a `stop`; show what it wrote
    <!-- start [quiet 8443]: ... -->                   the same, without showing what it wrote; it listens there
    <!-- stop -->                                      end what the last `start` started (it may also end by itself)
    <!-- file: nginx.conf -->                          write the block to a file, for the commands that follow

Each page runs in an empty folder of its own, without a terminal. Ports 4433, 4434 and 8443 stand for ports that are free. Random and
time-dependent values are levelled before old and new are compared (see RULES), so a block changes only when the words do.
With --check nothing is written, and a block that would change, or a file that a page names and that is gone, is an error.
"""

import argparse
import difflib
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGES = ROOT / "docs" / "Manual"
PORTS = ("4433", "4434", "8443")
PATIENCE = 20  # seconds for one command

# What differs from run to run, and what it is levelled to. Order matters.
RULES = [
    (r"[ ]*\+\d+\.\d+ m?s\b", " +TIME"),
    (r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?( ?UTC|Z)?", "DATE"),
    (r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", "DATE"),
    (r"\w{3} [ \d]\d \d\d:\d\d:\d\d \d{4} GMT", "DATE"),
    (r"\w{3} [ \d]\d \d\d:\d\d\b", "DATE"),
    (r"(?m)^ +[0-9a-f]{4}  [0-9a-f ]+\|.*\|$", "DUMP"),
    (r"\b[0-9a-f]{4,}…[0-9a-f]{4,}\b", "HEX"),
    (r"\b[0-9a-f]{8,}\b", "HEX"),
    (r"GREASE \(0x[0-9a-f]{4}\b", "GREASE (0x"),
    (r"(127\.0\.0\.1:|\[::1\]:|port )\d+", r"\1PORT"),
    (r"\b\d+(\.\d+)? ?(ms|µs)\b", "TIME"),
    (r"\b\d+ s ago\b", "N s ago"),
    (r"\b\d+ bytes", "N bytes"),  # an ECDSA signature in DER is one to three bytes longer or shorter
    (r'("byteCount"|"nanoseconds"):\d+', r"\1:N"),
    (r"\b\d+ trusted roots", "N trusted roots"),
    (r"(nginx|curl|openssl|OpenSSL)([/ ])\d+(\.\d+)+\w*", r"\1\2VERSION"),
    (r"(?<=\S) {2,}", " "),  # columns move with the widths of the above
]

MARK = re.compile(r"^<!-- (run|start|file|stop)(?: \[([^\]]*)\])?(?:: (.*?))? -->$")
NAMED = re.compile(r"`((?:Sources|Tests|Interop|Scripts|Examples|docs)/[^`*: ]*)[^`]*`")
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


class Broken(Exception):
    """Something that the page's author has to mend."""


def level(text):
    for pattern, replacement in RULES:
        text = re.sub(pattern, replacement, text)
    return text


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


class Stage:
    """The folder, the ports and the background commands of one page."""

    def __init__(self, page, folder, handfast):
        self.page, self.folder = page, folder
        self.ports = {port: free_port() for port in PORTS}
        tools = folder / ".bin"
        tools.mkdir()
        (tools / "handfast").symlink_to(handfast)
        hidden = ("NO_COLOR", "SSLKEYLOGFILE", "COLUMNS", "FORCE_COLOR", "COLORTERM")
        self.environment = {key: value for key, value in os.environ.items() if key not in hidden}
        self.environment.update(PATH=f"{tools}:{os.environ['PATH']}:/usr/sbin", LC_ALL="C.UTF-8", TZ="UTC", TERM="dumb")
        self.running = []

    def real(self, text):
        return re.sub(r"\b(%s)\b" % "|".join(PORTS), lambda found: self.ports[found[0]], text)

    def shown(self, text):
        for port, stand_in in self.ports.items():
            text = re.sub(rf"\b{stand_in}\b", port, text)
        text = text.replace(str(self.folder) + "/", "").replace(str(self.folder), ".")
        return "\n".join(line.rstrip() for line in text.rstrip().split("\n"))

    def run(self, command, failing):
        try:
            done = subprocess.run(
                ["bash", "-c", self.real(command)], cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PATIENCE, start_new_session=True)
        except subprocess.TimeoutExpired as error:
            raise Broken(f"{self.page}: `{command}` took over {PATIENCE} s; so far: {error.output}") from None
        self.settle()
        text = self.shown(done.stdout.decode("utf-8", "replace"))
        if done.returncode == 127:
            raise Broken(f"{self.page}: a command is missing here: {text}")
        if (done.returncode != 0) != failing:
            raise Broken(f"{self.page}: `{command}` ended with {done.returncode}: {text}")
        return text + (f"\n[exit status {done.returncode}]" if done.returncode else "")

    def settle(self):
        """Waits until those in the background have written what they have to say of the last command."""
        before, deadline = None, time.monotonic() + 2
        while time.monotonic() < deadline:
            now = [log.stat().st_size for _, log in self.running]
            if now == before:
                return
            before = now
            time.sleep(0.08 if now else 0)

    def start(self, command, how):
        log = self.folder / f".log{len(self.running)}"
        with log.open("wb") as out:
            process = subprocess.Popen(
                ["bash", "-c", "exec " + self.real(command)], cwd=self.folder, env=self.environment,
                stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, start_new_session=True)
        port = next((self.ports[port] for port in PORTS if re.search(rf"\b{port}\b", command + " " + how)), None)
        self.running.append((process, log))
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if process.poll():
                break
            if process.returncode == 0 or self.listens(command, log, port):
                return log
            time.sleep(0.02)
        raise Broken(f"{self.page}: `{command}` does not run (status {process.returncode}): {log.read_text()}")

    def listens(self, command, log, port):
        if command.startswith("handfast"):
            return b"listening" in log.read_bytes()
        with socket.socket() as probe:  # others don't say so
            return port is None or probe.connect_ex(("127.0.0.1", int(port))) == 0

    def stop(self):
        if not self.running:
            return
        process, _ = self.running[-1]
        try:
            process.wait(timeout=2)  # it may be about to end by itself
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=PATIENCE)

    def close(self):
        for process, _ in self.running:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(timeout=5)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


def cut(text, how):
    """The part of an output that `how` asks for; what is left out shows as one line with three dots."""
    lines = text.split("\n")
    if steps := re.search(r"steps ([\d,]+)", how):
        wanted, kept, number = set(steps[1].split(",")), [], None
        for line in lines:
            if header := re.match(r"━━ (\d+)  ", line):
                number = header[1]
            if number in wanted:
                kept.append(line)
            elif kept[-1:] != ["…"]:
                kept = kept[:-1] + ["", "…"] if kept[-1:] == [""] else kept + ["…"]
        if kept == ["…"]:
            raise Broken(f"no such steps: {how}")
        lines = "\n".join(kept).replace("\n\n…", "\n…").split("\n")
    if first := re.search(r"first (\d+)", how):
        lines = lines[: int(first[1])] + ["   …"] * (len(lines) > int(first[1]))
    if last := re.search(r"last (\d+)", how):
        lines = ["…"] * (len(lines) > int(last[1])) + lines[-int(last[1]):]
    return "\n".join(lines)


def fence_after(lines, index, page):
    """The lines of the fenced block that follows a mark: (first inside, fence at the end)."""
    if index + 1 >= len(lines) or not lines[index + 1].startswith("```"):
        raise Broken(f"{page}:{index + 1}: no fenced block follows the mark")
    end = index + 2
    while end < len(lines) and lines[end] != "```":
        end += 1
    if end == len(lines):
        raise Broken(f"{page}:{index + 1}: the block has no end")
    return index + 2, end


def merged(old, new):
    """The lines of `new`, with those of `old` where they say the same: for a diff that shows what matters."""
    before, after = [level(line) for line in old], [level(line) for line in new]
    result = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        result += old[a:b] if kind == "equal" else new[c:d]
    return result


def refresh(path, handfast, check):
    """The page as it should be."""
    name = str(path.relative_to(ROOT))
    lines = path.read_text(encoding="utf-8").split("\n")
    blocks = []  # (first, end, command, how, output or log)
    with tempfile.TemporaryDirectory(prefix="handfast-manual-") as folder:
        stage = Stage(name, pathlib.Path(folder), handfast)
        try:
            for index, line in enumerate(lines):
                mark = MARK.match(line)
                if not mark:
                    if line.startswith("<!-- run") or line.startswith("<!-- start"):
                        raise Broken(f"{name}:{index + 1}: a mark that cannot be read")
                    continue
                kind, how, what = mark[1], mark[2] or "", mark[3] or ""
                if kind == "stop":
                    stage.stop()
                    continue
                first, end = fence_after(lines, index, name)
                if kind == "file":
                    (stage.folder / what).write_text(stage.real("\n".join(lines[first:end]) + "\n"))
                elif kind == "start":
                    blocks.append((first, end, what, how, stage.start(what, how)))
                else:
                    blocks.append((first, end, what, how, stage.run(what, "failing" in how)))
        finally:
            stage.close()
        for first, end, command, how, output in reversed(blocks):
            if "quiet" in how:
                output = ""
            elif isinstance(output, pathlib.Path):
                output = stage.shown(output.read_text(encoding="utf-8", errors="replace"))
            new = f"$ {command}\n{cut(output, how)}".rstrip().split("\n")
            if level("\n".join(new)) != level("\n".join(lines[first:end])):
                lines[first:end] = merged(lines[first:end], new) if check else new
    return "\n".join(lines), len(blocks)


def gone(path):
    """What the page names, in backticks or in links, and is not there."""
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.S)
    for name in NAMED.findall(text):
        if not (ROOT / name).exists():
            yield name
    for name in LINK.findall(text):
        if not (path.parent / name).exists():
            yield name


def main():
    parser = argparse.ArgumentParser(description="Refresh the outputs in docs/Manual.")
    parser.add_argument("--handfast", required=True, type=pathlib.Path, help="the program to run")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a page would change")
    parser.add_argument("pages", nargs="*", type=pathlib.Path, help="only these pages")
    options = parser.parse_args()
    handfast = options.handfast.resolve()
    if not os.access(handfast, os.X_OK):
        parser.error(f"{handfast} is no program")
    pages = [page.resolve() for page in options.pages] or sorted(PAGES.glob("*.md"))
    failed = False
    for page in pages:
        began = time.monotonic()
        name = page.relative_to(ROOT)
        try:
            new, blocks = refresh(page, handfast, options.check)
        except Broken as error:
            print(f"refresh-manual: {error}", file=sys.stderr)
            failed = True
            continue
        old = page.read_text(encoding="utf-8")
        changed = new != old
        if changed and options.check:
            sys.stdout.writelines(
                difflib.unified_diff(
                    old.splitlines(True), new.splitlines(True), f"{name} as it stands", f"{name} as it runs"))
        elif changed:
            page.write_text(new, encoding="utf-8")
        for missing in gone(page):
            print(f"refresh-manual: {name} names {missing}, which does not exist", file=sys.stderr)
            failed = True
        failed = failed or (changed and options.check)
        state = "differs" if changed and options.check else "rewritten" if changed else "as it runs"
        print(f"{name}: {blocks} blocks, {state} ({time.monotonic() - began:.1f} s)")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
