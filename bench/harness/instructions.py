"""How many instructions an operation takes, counted by valgrind: the same on a busy machine as on a
quiet one. As a program it compares with bench/instructions.json, or writes it:

    python3 -m bench.harness.instructions [--update] PROGRAM

PROGRAM is bench_instructions of a release build."""
import argparse
import concurrent.futures
import dataclasses
import json
import os
import pathlib
import platform
import re
import subprocess
import sys

from bench.harness import machine
from bench.harness.support import BENCH, Failure

REFERENCE = BENCH / "instructions.json"
TOLERANCE = 0.03
# Two runs, whose difference holds nothing of what is done before the first time.
FEW, MANY = 50, 150
PACKAGES = ("g++-12", "libc6", "libstdc++6", "libssl3", "libsodium23", "valgrind")
# What both libraries would choose by the processor they find. valgrind shows every machine with AVX2
# the same processor, but not those without. OpenSSL is told here what to use: FXSR, SSE, SSE2, SSSE3.
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "OPENSSL_ia32cap": "0x0000020007000000:0x0"}


def operations(program: str) -> dict[str, str]:
    """Names and titles."""
    listed = subprocess.run([program, "--list"], capture_output=True, text=True, check=True)
    return dict(line.split("\t") for line in listed.stdout.splitlines())


def _collected(program: str, name: str, times: int) -> int:
    done = subprocess.run(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program, name, str(times)],
        capture_output=True, text=True, env=ENVIRONMENT, timeout=600, check=False)
    found = re.search(r"^==\d+== Collected : (\d+)$", done.stderr, re.M)
    if done.returncode != 0 or not found:
        said = [line for line in done.stderr.splitlines() if not line.startswith("==")]
        raise Failure(f"{name} under valgrind: {' '.join(said) or done.stderr.strip()[-300:]}")
    return int(found.group(1))


def count(program: str, names: list[str]) -> dict[str, int]:
    """Instructions of doing each of them once."""
    runs = [(name, times) for name in names for times in (FEW, MANY)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        collected = dict(zip(runs, pool.map(lambda run: _collected(program, *run), runs)))
    return {name: round((collected[name, MANY] - collected[name, FEW]) / (MANY - FEW))
            for name in names}


@dataclasses.dataclass
class Reference:
    """Counts of one architecture, and with which packages they were taken."""
    packages: dict[str, str] = dataclasses.field(default_factory=dict)
    instructions: dict[str, int] = dataclasses.field(default_factory=dict)

    @classmethod
    def read(cls, file: pathlib.Path = REFERENCE) -> "Reference":
        """Empty where nobody has counted on this architecture yet."""
        known = json.loads(file.read_text()) if file.exists() else {}
        return cls(**known.get(platform.machine(), {}))

    def write(self, file: pathlib.Path = REFERENCE) -> None:
        known = json.loads(file.read_text()) if file.exists() else {}
        known[platform.machine()] = dataclasses.asdict(self)
        file.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n")

    def other_packages(self, here: dict[str, str]) -> list[str]:
        """Whatever is not as it was, in words."""
        return [f"{name} {here.get(name, 'missing')} (was {self.packages.get(name, 'missing')})"
                for name in sorted({*here, *self.packages})
                if here.get(name) != self.packages.get(name)]


@dataclasses.dataclass
class Change:
    name: str
    now: int
    before: int | None  # None: not in the reference

    @property
    def ratio(self) -> float:
        return self.now / self.before if self.before else 1.0

    @property
    def grew(self) -> bool:
        return self.ratio > 1 + TOLERANCE

    @property
    def shrank(self) -> bool:
        return self.ratio < 1 - TOLERANCE


def compare(now: dict[str, int], reference: Reference) -> list[Change]:
    return [Change(name, now[name], reference.instructions.get(name)) for name in now]


def packages() -> dict[str, str]:
    return machine.packages(*PACKAGES)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python3 -m bench.harness.instructions",
                                     description="Counts instructions under valgrind.")
    parser.add_argument("--update", action="store_true",
                        help=f"write {REFERENCE.name} instead of comparing with it")
    parser.add_argument("program", type=pathlib.Path)
    arguments = parser.parse_args()
    program = str(arguments.program.resolve())
    now, reference = count(program, list(operations(program))), Reference.read()
    changes = compare(now, reference)
    for each in changes:
        before = "" if each.before is None else f"{each.before:>10,}  {each.ratio:.3f}"
        print(f"{each.name:16}{each.now:>10,}{before}" + ("  GREW" if each.grew else ""))
    if arguments.update:
        Reference(packages(), now).write()
        return 0
    for other in reference.other_packages(packages()):
        print(f"Not as in the reference: {other}")
    return 1 if any(each.grew for each in changes) else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        sys.exit(f"bench.harness.instructions: {failure}")
