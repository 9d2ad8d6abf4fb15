"""Load: wrk with one of the files in bench/load/."""
import contextlib
import dataclasses
import json
import os
import subprocess

from bench.harness.scenario import Unexpected
from bench.harness.support import BENCH

LOADS = BENCH / "load"


@dataclasses.dataclass(frozen=True)
class Load:
    """What to send. `expect`: "2xx"; "4xx", when each answer must be a refusal; "any"."""
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    script: str = "constant"
    arguments: tuple[str, ...] = ()
    connections: int = 16
    threads: int = 1
    expect: str = "2xx"

    def command(self, seconds: int) -> list[str]:
        threads = min(self.threads, self.connections)
        words = ["wrk", "-t", str(threads), "-c", str(self.connections), "-d", f"{seconds}s",
                 "--timeout", "15s", "-s", str(LOADS / f"{self.script}.lua")]
        for name, value in self.headers:
            words += ["-H", f"{name}: {value}"]
        words += [self.url]
        if self.script != "constant":
            words += ["--", *self.arguments, f"threads={threads}"]
        return words


@dataclasses.dataclass(frozen=True)
class Answered:
    """What came of it: counts, wall-clock seconds, latencies in microseconds."""
    requests: int
    seconds: float
    refused: int
    errors: int
    timeouts: int
    mean: float
    p50: int
    p90: int
    p99: int
    p999: int
    max: int

    @property
    def rate(self) -> float:
        return self.requests / self.seconds if self.seconds else 0.0


def _environment() -> dict[str, str]:
    return {**os.environ, "BENCH_LOAD": str(LOADS)}


def read(printed: str) -> Answered:
    for line in printed.splitlines():
        if line.startswith("JSON "):
            return Answered(**json.loads(line[5:]))
    raise Unexpected("wrk said nothing: " + printed[-500:])


def judge(load: Load, answered: Answered) -> Answered:
    """As it is, or Unexpected."""
    wrong = []
    if answered.requests == 0:
        wrong.append("nothing was answered")
    if answered.errors or answered.timeouts:
        wrong.append(f"{answered.errors} connections broke, {answered.timeouts} timed out")
    if load.expect == "2xx" and answered.refused:
        wrong.append(f"{answered.refused} of {answered.requests} were refused")
    if load.expect == "4xx" and answered.refused != answered.requests:
        wrong.append(f"{answered.requests - answered.refused} of {answered.requests} were let in")
    if wrong and load.expect != "any":
        raise Unexpected(f"{load.url}: {'; '.join(wrong)}")
    return answered


def run(load: Load, seconds: int) -> Answered:
    done = subprocess.run(load.command(seconds), env=_environment(), capture_output=True, text=True,
                          timeout=seconds + 60, check=False)
    if done.returncode != 0:
        raise Unexpected(f"wrk failed: {done.stdout[-300:]}{done.stderr[-300:]}")
    return judge(load, read(done.stdout))


@contextlib.contextmanager
def beside(load: Load, seconds: int):
    """The load runs while the block does, and is waited for. Yields a list that then holds what
    came of it."""
    answered: list[Answered] = []
    with subprocess.Popen(load.command(seconds), env=_environment(), text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as child:
        try:
            yield answered
            printed, _ = child.communicate(timeout=seconds + 60)
            answered.append(judge(load, read(printed)))
        finally:
            if child.poll() is None:
                child.kill()
