"""Refreshing a session, beside the UPDATE and the signature that it cannot do without."""
from bench.harness.costs import REFRESH_SQL, operation, statement, told
from bench.harness.scenario import Scenario
from bench.harness.stage import JSON, REFRESH, each_line, each_once

CLIENTS = 4


class Refresh(Scenario):
    name = "refresh"
    title = "Refresh"
    target = ("cost ≤ 1.2 × (one floor request + one pgbench UPDATE with the same durability + one "
              "ES256 signature)")
    order = 210

    def run(self, bench):
        sessions = self.copy_sessions(bench)
        path = "/auth/v1/refresh"

        def fresh():
            return each_once(bench.load(bench.postern, path, JSON, connections=CLIENTS),
                             bench.purse.slice("refresh", bench.plan.refreshes), method="POST",
                             body=REFRESH)
        floor = each_line(bench.load(bench.floor, path, JSON, connections=CLIENTS),
                          bench.purse.slice("refresh", 1000), method="POST", body=REFRESH)
        measured = bench.alternate(
            bench.side(bench.postern, fresh, name="refresh"),
            bench.side(bench.floor, floor),
            statement(bench, "update", REFRESH_SQL, CLIENTS, sessions=sessions),
            operation(bench, "es256_sign"), warm_up=False)
        result = told(measured, "refresh", ["floor", "update", "es256_sign"], 1.2)
        result.notes.append(
            f"{CLIENTS} at once. `update`: pgbench, one guarded UPDATE of one row by a unique "
            "number, in a copy of the session table; its own processor time counts, as the "
            "client's.")
        return result

    @staticmethod
    def copy_sessions(bench) -> int:
        """A table that may be spoilt, with the session table's rows and indexes; how many."""
        name = bench.postern.database.name
        for text in ("drop table if exists bench_session",
                     "create table bench_session (like postern.session including all)",
                     "alter table bench_session set (fillfactor = 70)",
                     "alter table bench_session add n bigint generated always as identity unique",
                     "insert into bench_session select * from postern.session",
                     "vacuum analyze bench_session"):
            bench.world.cluster.admin(text, name)
        return bench.world.cluster.admin("select count(*) from bench_session", name)[0][0]
