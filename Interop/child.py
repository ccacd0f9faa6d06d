"""A child process whose output is collected while it runs. It never outlives its `with` block."""

from __future__ import annotations

import re
import subprocess
import threading
import time
from types import TracebackType
from typing import IO

DEADLINE = 15.0


class Child:
    def __init__(self, *command: object) -> None:
        self.command = [str(word) for word in command]
        self._changed = threading.Condition()
        self._output = {"stdout": b"", "stderr": b""}
        self._process = subprocess.Popen(
            self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self._readers = [
            threading.Thread(target=self._collect, args=(name, stream), daemon=True)
            for name, stream in (("stdout", self._process.stdout), ("stderr", self._process.stderr))
        ]
        for reader in self._readers:
            reader.start()

    def __enter__(self) -> Child:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        for reader in self._readers:
            reader.join(DEADLINE)
        assert self._process.stdin
        try:
            self._process.stdin.close()
        except BrokenPipeError:
            pass

    @property
    def stdout(self) -> bytes:
        with self._changed:
            return self._output["stdout"]

    @property
    def stderr(self) -> str:
        with self._changed:
            return self._output["stderr"].decode(errors="replace")

    @property
    def text(self) -> str:
        return self.stdout.decode(errors="replace") + self.stderr

    def send(self, data: bytes) -> None:
        assert self._process.stdin
        try:
            self._process.stdin.write(data)
            self._process.stdin.flush()
        except BrokenPipeError:
            raise AssertionError(f"{' '.join(self.command[:2])} takes no input:\n{self.text}") from None

    def end_input(self) -> None:
        assert self._process.stdin
        try:
            self._process.stdin.close()
        except BrokenPipeError:
            pass

    def interrupt(self) -> None:
        self._process.terminate()

    def find(self, pattern: str) -> re.Match[str]:
        """Waits for `pattern` in the child's output."""
        return self._await(lambda: re.search(pattern, self.text), f"'{pattern}'")

    def receive(self, count: int) -> bytes:
        """Waits for `count` bytes on the child's standard output."""
        return self._await(lambda: self.stdout if len(self.stdout) >= count else None, f"{count} bytes")

    def exit_status(self) -> int:
        try:
            status = self._process.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.command[0]} does not end:\n{self.text}") from None
        for reader in self._readers:
            reader.join(DEADLINE)
        return status

    def _await(self, probe, what: str):
        end = time.monotonic() + DEADLINE
        with self._changed:
            while not (result := probe()):
                has_ended = not any(reader.is_alive() for reader in self._readers)
                if has_ended or time.monotonic() > end:
                    raise AssertionError(f"no {what} from {' '.join(self.command[:2])}:\n{self.text}")
                self._changed.wait(0.2)
            return result

    def _collect(self, name: str, stream: IO[bytes]) -> None:
        while data := stream.read1(65_536):
            with self._changed:
                self._output[name] += data
                self._changed.notify_all()
