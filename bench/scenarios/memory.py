"""Resident memory of the whole product."""
import contextlib
import time

from bench.harness import proc, units, wrk
from bench.harness.peers import load_on, running, short_title
from bench.harness.result import Bar, Bars, Result
from bench.harness.scenario import Scenario
from bench.harness.stage import GATED, JSON, LOGIN, REFRESH, each_line, each_once

WORKERS = 8
MOST_IDLE = 40 * 1048576
SETTLE = 2


class Memory(Scenario):
    name = "memory"
    title = "Memory"
    target = ("≤ 40 MiB resident (proportional set size) idle, 8 workers, besides PostgreSQL and "
              "nginx")
    order = 400

    def run(self, bench):
        result = Result()
        fresh, loaded, idle = self.of_postern(bench)
        figures = {"Postern": (idle, loaded)}
        result.row("Postern, idle after that load", units.mebibytes(idle), "≤ 40 MiB",
                   idle <= MOST_IDLE)
        result.row("Postern, under load", units.mebibytes(loaded))
        result.row("Postern, just started", units.mebibytes(fresh))
        for kind in bench.peers():
            try:
                figures[short_title(kind)] = self.of_peer(bench, kind)
            except Exception as error:  # a peer that does not run must not end the others
                first = (str(error) or type(error).__name__).splitlines()[0]
                result.row(short_title(kind), f"it failed: {first}")
                continue
            result.row(f"{short_title(kind)}: idle, under load",
                       ", ".join(map(units.mebibytes, figures[short_title(kind)])))
        for index, when in enumerate(("idle", "under load")):
            result.charts.append(Bars(f"Proportional set size, {when}", "MiB", [
                Bar(name, *[pair[index] / 1048576] * 3, name == "Postern")
                for name, pair in figures.items()]))
        result.raw = {name: list(pair) for name, pair in figures.items()}
        result.notes.append(
            f"Postern: {bench.plan.api_workers} API workers, {bench.plan.gate_workers} gate "
            f"workers, {bench.plan.resolvers} resolvers, master and housekeeper. The load is "
            "cold keys, logins and refreshes at once. Peers have "
            f"{WORKERS} processes and the load of one hot credential. nginx and PostgreSQL are not "
            "counted (Apache is, where it is the product).")
        return result

    @staticmethod
    def of_postern(bench):
        """Just started, under load, and idle again. No other Postern may run, since it would take
        half of what they share."""
        bench.postern.stop()
        bench.postern.serve()
        bench.expect(bench.postern, "/auth/v1/readyz", {}, 200)
        time.sleep(SETTLE)
        fresh = proc.proportional_set(bench.postern.pids())
        plan, purse = bench.plan, bench.purse
        loads = [
            each_once(bench.load(bench.postern, GATED), purse.slice("keys", plan.cold),
                      header="X-API-Key: %s"),
            each_line(bench.load(bench.postern, "/auth/v1/login", JSON, connections=plan.hashes),
                      purse.logins, method="POST", body=LOGIN.format(password=purse.password)),
            each_once(bench.load(bench.postern, "/auth/v1/refresh", JSON, connections=2),
                      purse.slice("refresh", plan.refreshes), method="POST", body=REFRESH)]
        with proc.Watch(bench.postern.pids) as watch, contextlib.ExitStack() as all_of_it:
            for load in loads:
                all_of_it.enter_context(wrk.beside(load, plan.seconds))
        time.sleep(SETTLE)
        return fresh, watch.largest, proc.proportional_set(bench.postern.pids())

    @staticmethod
    def of_peer(bench, kind):
        with running(bench, kind, WORKERS) as peer:
            with proc.Watch(peer.pids) as watch:
                wrk.run(load_on(bench, peer), bench.plan.seconds)
            time.sleep(SETTLE)
            return proc.proportional_set(peer.pids()), watch.largest
