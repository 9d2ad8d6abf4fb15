"""Processor time of single operations."""
import json
import subprocess

from bench.harness import units
from bench.harness.against_floor import spread_text
from bench.harness.result import Result
from bench.harness.scenario import Scenario
from bench.harness.stats import Spread

# Of one operation in one round.
SECONDS = 0.1


class Micro(Scenario):
    name = "micro"
    title = "Single operations, in processor time"
    order = 600

    def run(self, bench):
        rounds: dict[str, list[float]] = {}
        titles: dict[str, str] = {}
        for each in self.measure(bench.world.tool("bench_micro"), bench.plan.rounds):
            if each.get("error_occurred"):
                raise RuntimeError(f"{each['name']}: {each['error_message']}")
            rounds.setdefault(each["run_name"], []).append(each["cpu_time"] * 1e-9)
            titles[each["run_name"]] = each["label"]
        result = Result(raw=rounds)
        for name, seconds in sorted(rounds.items()):
            result.row(f"{titles[name]} (`{name}`)", spread_text(Spread.of(seconds), units.seconds))
        result.notes.append(
            "Google Benchmark, one thread, the rounds of all operations mixed with each other. The "
            "processor's caches and its guesses at branches are warm, and the clock stands still, so "
            "that these are the least that an operation takes. The gate's two are everything between "
            "the web server's bytes and the answer's, without reading and sending them.")
        return result

    @staticmethod
    def measure(program, rounds):
        done = subprocess.run(
            [program, "--benchmark_format=json", f"--benchmark_repetitions={rounds}",
             f"--benchmark_min_time={SECONDS}", "--benchmark_enable_random_interleaving=true"],
            capture_output=True, text=True, timeout=600, check=True)
        return [run for run in json.loads(done.stdout)["benchmarks"]
                if run["run_type"] == "iteration"]
