"""Processor time and memory of processes, from /proc."""
import os
import pathlib
import threading
import typing

TICKS = os.sysconf("SC_CLK_TCK")
PROC = pathlib.Path("/proc")


def _fields(pid: int) -> list[str] | None:
    """proc(5) stat from field 3 on; the name before may hold anything."""
    try:
        return (PROC / str(pid) / "stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return None


def tree(root: int) -> list[int]:
    """The process and all its descendants that live now."""
    parents = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit() and (fields := _fields(int(entry.name))):
            parents[int(entry.name)] = int(fields[1])
    family, grown = ([root] if root in parents else []), True
    while grown:
        more = [pid for pid, parent in parents.items() if parent in family and pid not in family]
        family, grown = family + more, bool(more)
    return family


def processor_seconds(pids: typing.Iterable[int]) -> float:
    """Of these processes, and of those of their children that have ended and were waited for: over
    a whole tree each process is counted once."""
    total = 0
    for pid in pids:
        if fields := _fields(pid):
            total += sum(int(value) for value in fields[11:15])
    return total / TICKS


def proportional_set(pids: typing.Iterable[int]) -> int:
    """Bytes: what is shared counts for each sharer in part (smaps_rollup, Pss)."""
    total = 0
    for pid in pids:
        try:
            text = (PROC / str(pid) / "smaps_rollup").read_text()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in text.splitlines()
                     if line.startswith("Pss:")) * 1024
    return total


class Watch:
    """The largest proportional set size while the block runs."""

    def __init__(self, pids: typing.Callable[[], list[int]], every: float = 0.25):
        self.pids, self.every, self.largest = pids, every, 0
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self):
        while True:
            self.largest = max(self.largest, proportional_set(self.pids()))
            if self._ending.wait(self.every):
                return

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._ending.set()
        self._thread.join()
