"""The authorization server beside oidc-provider: codes exchanged, tokens refreshed, looked at, and
given to applications that act for themselves."""
import copy
import pathlib
import typing

from bench.harness import rounds, units, wrk
from bench.harness.against_floor import bar, spread_text
from bench.harness.oauth_application import (CALLBACK, CHALLENGE, FORM, Application, Lines, basic,
                                             exchange_body, refresh_body)
from bench.harness.peers import running
from bench.harness.result import Bars, Result
from bench.harness.scenario import Scenario
from bench.harness.stage import each_line, each_once
from bench.peers.authorization_server.peer import AuthorizationServer, Wanted

TIMES = 5.0
EACH = {"exchange": "Code exchange", "refresh": "Refresh", "introspection": "Introspection",
        "client": "Client credentials"}

# What may be asked again and again in the same words: the floor can be asked it, too.
REPEATED = ("introspection", "client")

LoadOf = typing.Callable[[], wrk.Load]


class OneSide:
    """What is asked of one of the two, operation by operation."""

    def __init__(self, bench, folder: pathlib.Path, *, site: str, paths: dict[str, str],
                 authorization: str, acting: str, codes: list[str], refresh_tokens: list[str],
                 access_token: str):
        self._bench, self._folder, self._site, self._paths = bench, folder, site, paths
        self._authorization, self._acting = authorization, acting
        self._codes = Lines(folder, "codes", codes)
        self._refresh = Lines(folder, "refresh", refresh_tokens)
        self._access_token = access_token

    def at(self, site: str) -> "OneSide":
        other = copy.copy(self)
        other._site = site
        return other

    def _load(self, path: str, authorization: str) -> wrk.Load:
        headers = (("Content-Type", FORM), ("Authorization", authorization))
        return wrk.Load(self._site + self._paths[path], headers,
                        connections=self._bench.plan.concurrency)

    def _once(self, lines: Lines, body: str) -> wrk.Load:
        return each_once(self._load("token", self._authorization),
                         lines.take(self._bench.plan.codes), method="POST", body=body)

    def _again(self, path: str, authorization: str, body: str) -> wrk.Load:
        nothing = self._folder / "nothing.txt"
        nothing.write_text("-\n")
        return each_line(self._load(path, authorization), nothing, method="POST", body=body)

    def loads(self) -> dict[str, LoadOf]:
        return {
            "exchange": lambda: self._once(self._codes, exchange_body("%s")),
            "refresh": lambda: self._once(self._refresh, refresh_body("%s")),
            "introspection": lambda: self._again("introspection", self._authorization,
                                                 f"token={self._access_token}"),
            "client": lambda: self._again("token", self._acting, "grant_type=client_credentials")}


def side(bench, name: str, load: LoadOf, groups: rounds.Groups) -> rounds.Side:
    return rounds.Side(name, lambda: rounds.under_load(load(), bench.plan.seconds, groups),
                       lambda: rounds.under_load(load(), bench.plan.warm_up, groups))


class OAuth(Scenario):
    name = "oauth"
    title = "The authorization server beside oidc-provider"
    target = f"≥ {TIMES:.0f} × oidc-provider for each operation, with our store durable and its in memory"
    order = 220

    def run(self, bench):
        count = bench.plan.codes * (bench.plan.rounds + bool(bench.plan.warm_up))
        AuthorizationServer.wanted = wanted = Wanted(count, count, CALLBACK, CHALLENGE)
        with running(bench, AuthorizationServer, 1) as peer:
            side_of_ours = self.our_side(bench, count)
            ours = side_of_ours.loads()
            floor = side_of_ours.at(bench.front.url(bench.floor, "")).loads()
            theirs = self.their_side(bench, peer, wanted).loads()
            their_groups = {"nginx": peer.front_pids, peer.name: peer.pids}
            measured = {which: bench.alternate(
                side(bench, "postern", ours[which], bench.groups(bench.postern)),
                side(bench, peer.name, theirs[which], their_groups),
                *([side(bench, "floor", floor[which], bench.groups(bench.floor))]
                  if which in REPEATED else [])) for which in EACH}
        return self.told(bench, measured, peer.name)

    @staticmethod
    def our_side(bench, count: int) -> OneSide:
        application = Application(bench)
        return OneSide(bench, bench.world.folder("oauth-postern"),
                       site=bench.front.url(bench.postern, ""),
                       paths={"token": "/oauth/token", "introspection": "/oauth/introspect"},
                       authorization=application.authorization, acting=application.acting,
                       refresh_tokens=application.refresh_tokens(count),
                       access_token=application.access_token(),
                       codes=application.codes(count))  # the last: they age

    @staticmethod
    def their_side(bench, peer: AuthorizationServer, wanted: Wanted) -> OneSide:
        authorization = basic(wanted.client_id, wanted.secret)
        return OneSide(bench, bench.world.folder("oauth-peer"), site=peer.base,
                       paths={"token": "/token", "introspection": "/token/introspection"},
                       authorization=authorization, acting=authorization,
                       refresh_tokens=peer.made("refresh"), codes=peer.made("codes"),
                       access_token=peer.made("access")[0])

    @staticmethod
    def told(bench, measured: dict[str, rounds.Rounds], theirs: str) -> Result:
        result = Result(raw={which: one.raw() for which, one in measured.items()})
        for which, one in measured.items():
            share = one.ratio("postern", theirs, "rate")
            result.row(f"{EACH[which]}: Postern, times oidc-provider", spread_text(share),
                       f"≥ {TIMES}", share.median >= TIMES)
        for which in REPEATED:
            most = measured[which].ratio("floor", theirs, "rate")
            result.row(f"{EACH[which]}: the floor, times oidc-provider", spread_text(most))
        for which, one in measured.items():
            for who, label in (("postern", "Postern"), (theirs, "oidc-provider")):
                result.row(f"{EACH[which]}, {label}: requests per second, p99, processor time of one",
                           ", ".join((units.significant(one.spread(who, "rate").median),
                                      units.seconds(one.spread(who, "p99").median),
                                      units.seconds(one.spread(who, "cost").median))))
            result.charts.append(Bars(f"{EACH[which]}: requests per second", "", [
                bar("Postern", one.spread("postern", "rate"), True),
                bar("oidc-provider", one.spread(theirs, "rate"))]))
        result.notes += [
            f"Postern with {bench.plan.api_workers} workers of the API, PostgreSQL durable as it comes; "
            "oidc-provider in one process, since its store is that process's memory, behind an nginx as "
            "ours. Both check the client's secret, sign access tokens (JWT, RFC 9068) and ID tokens "
            "with ES256 (RS256, the default for ID tokens of both, costs more), and give a new refresh "
            "token each time.",
            "The floor answers the same requests with a constant: what nginx, FastCGI and the load generator "
            "leave of this machine, and so the most that there could be on it.",
            "oidc-provider introspects an opaque token, which it looks up in memory, because it "
            "introspects no JWT; Postern a JWT, which it remembers until something that it rests on is "
            "revoked, as the gate does."]
        return result
