"""What PostgreSQL alone takes for a statement, by pgbench on the same server and with the same
durability."""
import pathlib
import re
import resource
import subprocess

from bench.harness import proc, rounds
from bench.harness.scenario import Unexpected


def _children_seconds() -> float:
    """Of all our children that have ended and were waited for."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def measure(cluster, database, script: pathlib.Path, *, clients: int, seconds: int,
            variables: dict[str, int] | None = None) -> rounds.Measured:
    """One round of prepared statements. pgbench itself counts as a process that is involved: some
    client has to send the statement and read its answer."""
    command = [str(cluster.bin / "pgbench"), "-n", "-M", "prepared", "-c", str(clients), "-j", "1",
               "-T", str(seconds), "-f", str(script), "-h", database.host, "-U", "postgres"]
    for name, value in (variables or {}).items():
        command += ["-D", f"{name}={value}"]
    server, client = proc.processor_seconds(cluster.pids()), _children_seconds()
    done = subprocess.run([*command, database.name], text=True, capture_output=True,
                          timeout=seconds + 60, check=False)
    client = _children_seconds() - client
    server = proc.processor_seconds(cluster.pids()) - server
    if done.returncode != 0:
        raise Unexpected(f"pgbench failed: {done.stderr[-500:]}")
    return read(done.stdout, {"postgresql": server, "pgbench": client})


def read(printed: str, processor: dict[str, float]) -> rounds.Measured:
    count = re.search(r"transactions actually processed: (\d+)", printed)
    rate = re.search(r"tps = ([\d.]+)", printed)
    failed = re.search(r"failed transactions: (\d+)", printed)
    if not count or not rate or not int(count[1]) or (failed and int(failed[1])):
        raise Unexpected("pgbench said: " + printed[-500:])
    return rounds.Measured(int(count[1]), int(count[1]) / float(rate[1]), processor, {})
