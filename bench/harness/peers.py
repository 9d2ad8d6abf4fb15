"""A peer that runs, and the load on it."""
import contextlib
import re

from bench.harness import http, rounds, wrk
from bench.harness.scenario import Unexpected


def short_title(kind) -> str:
    """The product alone: "FastAPI" of "FastAPI, python-jose under nginx auth_request"."""
    return re.split(r", | under | in ", kind.title)[0]


@contextlib.contextmanager
def running(bench, kind, workers: int):
    """The peer, started over a database of its own and seen to let in and keep out whom it should;
    gone afterwards."""
    cluster = bench.world.cluster
    name = f"{kind.name}_{workers}"
    run = bench.world.folder(name)
    database = cluster.create(name, owner="peer", user="peer")
    peer = kind(run, database, workers)
    try:
        peer.start()
        _assert_closed(peer)
        bench.more_versions |= peer.versions()
        yield peer
    finally:
        peer.stop()
        cluster.drop(database)


def _assert_closed(peer) -> None:
    for url, headers, expected in [(*peer.request(), 200), *peer.refused()]:
        got = http.get(url, headers)
        if got != expected:
            raise Unexpected(f"{peer.name} answered {got}, expected {expected}")


def load_on(bench, peer) -> wrk.Load:
    url, headers = peer.request()
    return wrk.Load(url, tuple(headers.items()), connections=bench.plan.concurrency)


def side_of(bench, peer) -> rounds.Side:
    groups = {"nginx": peer.front_pids, peer.name: peer.pids,
              "postgresql": bench.world.cluster.pids}
    load = load_on(bench, peer)
    return rounds.Side(peer.name, lambda: rounds.under_load(load, bench.plan.seconds, groups),
                       lambda: wrk.run(load, bench.plan.warm_up))
