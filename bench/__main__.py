"""script/bench after the bootstrap."""
import argparse
import pathlib
import sys
import time
import traceback

from bench.harness import build, machine, report
from bench.harness.plan import FULL, QUICK
from bench.harness.result import Result
from bench.harness.scenario import Scenario, scenarios
from bench.harness.stage import Bench
from bench.harness.support import BENCH, SOURCE, Failure, Stopped
from bench.harness.world import World

HELP = "Measures Postern beside what it is compared with, and writes bench/REPORT.md."
MORE = """A run of only some scenarios, and a quick one, leave bench/REPORT.md alone and write
build/bench/REPORT.md. POSTERN_BINARY names a program to measure instead of the one that is
built."""


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench", description=HELP, epilog=MORE)
    parser.add_argument("--quick", action="store_true",
                        help="one short round of everything, few accounts: about three minutes")
    parser.add_argument("--only", metavar="NAME[,NAME]", help="only these scenarios")
    parser.add_argument("--merge", action="store_true",
                        help="put what --only measured into the report in its place")
    parser.add_argument("--peer", metavar="NAME[,NAME]", help="only these peers")
    parser.add_argument("--list", action="store_true", help="say which scenarios there are")
    parser.add_argument("--report", metavar="FILE", type=pathlib.Path, help="where the report goes")
    parser.add_argument("--render", action="store_true",
                        help="write the report again from its raw figures, measuring nothing")
    parser.add_argument("--build", metavar="DIR", type=pathlib.Path,
                        help="build nothing, use the programs of this build directory")
    parser.add_argument("--state", metavar="DIR", type=pathlib.Path,
                        help="where the run's directory is made (default: /var/tmp)")
    parser.add_argument("--without-cache", action="store_true",
                        help="leave the keys server.resolvers and cache.* out of the configuration")
    arguments = parser.parse_args()
    known = {scenario.name: scenario for scenario in scenarios()}
    wanted = arguments.only.split(",") if arguments.only else list(known)
    for name in wanted:
        if name not in known:
            parser.error(f"{name} is none of {', '.join(known)}")
    arguments.scenarios = [known[name] for name in known if name in wanted]
    return arguments


def say(text: str) -> None:
    print(text, flush=True)


def run_one(scenario: Scenario, bench: Bench) -> Result:
    """A scenario that fails is a line of the report; the others go on."""
    say(scenario.title)
    begun = time.monotonic()
    try:
        result = scenario.run(bench)
    except Exception as error:  # whatever it is, it is this scenario's
        traceback.print_exc()
        result = Result(failed=f"{type(error).__name__}: {str(error).splitlines()[0]}"
                        if str(error) else type(error).__name__)
    result.name, result.title, result.target = scenario.name, scenario.title, scenario.target
    result.seconds = time.monotonic() - begun
    for row in result.rows:
        say(f"  {row.what}: {row.measured}" + (f"  [{row.target}] " if row.target else " ")
            + report.verdict(row.met).replace("*", ""))
    if result.failed:
        say(f"  failed: {result.failed}")
    return result


def measure(arguments: argparse.Namespace) -> tuple[dict, list[Result]]:
    plan = QUICK if arguments.quick else FULL
    binary, tools = (build.existing(arguments.build.resolve()) if arguments.build
                     else build.build())
    begun = time.monotonic()
    with World(plan, binary, tools, with_cache=not arguments.without_cache,
               parent=arguments.state) as world:
        bench = Bench(world, say)
        bench.wanted_peers = arguments.peer.split(",") if arguments.peer else []
        about = {"machine": machine.machine(),
                 "versions": machine.versions(world.binary, world.cluster.version())}
        results = [run_one(scenario, bench) for scenario in arguments.scenarios]
        about["versions"] |= bench.more_versions
    minutes = (time.monotonic() - begun) / 60
    about["run"] = (f"{plan.rounds} rounds of {plan.seconds} s each, "
                    f"{plan.concurrency} connections, {minutes:.0f} minutes in all")
    return about, results


def report_file(arguments: argparse.Namespace) -> pathlib.Path:
    if arguments.report:
        return arguments.report
    whole = not (arguments.quick or arguments.only or arguments.peer)
    return (BENCH if whole or arguments.render or arguments.merge else SOURCE / "build" / "bench") / "REPORT.md"


def merged(file: pathlib.Path, fresh: list[Result]) -> tuple[dict, list[Result]]:
    """The report's results, with these in place of those of the same name; what it did not have yet
    stands at the end."""
    about, results = report.read(file.parent / "report")
    by_name = {result.name: result for result in fresh}
    again = f"; measured again afterwards: {', '.join(by_name)}"
    about["run"] = about["run"].replace(again, "") + again
    had = {result.name for result in results}
    return about, [*(by_name.get(result.name, result) for result in results),
                   *(result for result in fresh if result.name not in had)]


def main() -> int:
    arguments = parse_arguments()
    if arguments.list:
        for scenario in arguments.scenarios:
            print(f"{scenario.name:24} {scenario.title}" +
                  (f": {scenario.target}" if scenario.target else ""))
        return 0
    file = report_file(arguments)
    if arguments.render:
        report.write(file, *report.read(file.parent / "report"))
        return 0
    file.parent.mkdir(parents=True, exist_ok=True)
    about, results = measure(arguments)
    if arguments.merge:
        about, results = merged(file, results)
    report.write(file, about, results)
    say(f"The report: {file}")
    return 1 if any(result.failed for result in results) else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        print(f"script/bench: {failure}", file=sys.stderr)
        sys.exit(1)
    except Stopped as stopped:
        sys.exit(128 + stopped.signum)
