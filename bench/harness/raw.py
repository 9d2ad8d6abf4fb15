"""What a library alone takes for one operation: bench/raw."""
import json
import subprocess

from bench.harness import rounds


def measure(world, operation: str, *, seconds: int, processes: int) -> rounds.Measured:
    done = subprocess.run([world.tool("raw"), operation, str(seconds), str(processes)], text=True,
                          capture_output=True, timeout=seconds + 60, check=True)
    told = json.loads(done.stdout)
    count = told["count"]
    return rounds.Measured(count, float(seconds), {"raw": told["processor_seconds"] * count}, {})
