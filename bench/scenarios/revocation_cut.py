"""The other machine does not hear of revocations any more: its way to PostgreSQL is held up. Until
when does it accept what it holds in its cache?"""
import concurrent.futures
import time

from bench.harness import units
from bench.harness.hammer import Hammer, late, statuses
from bench.harness.http import Connection
from bench.harness.pair import second_machine
from bench.harness.result import Result
from bench.harness.revoking import victims
from bench.harness.scenario import Scenario, Unexpected
from bench.harness.stage import GATED, bearer

BOUND = 2.0  # cache.stale_limit_ms, shortened so that many rounds fit in; the default is 5 s
AFTER = 1.5  # seconds to go on asking past the bound
RECOVERY = 40
PATIENCE = 40
BELIEVED = 1.5  # by then the second Postern has heard enough to believe its cache


LISTENER = "postern listener"  # application_name of the connection that hears revocations


def of_the_notifier(name):
    return name == LISTENER


def of_anybody(_name):
    return True


def asked_at_once(gate, *credentials):
    """The answers to each, over connections of their own."""
    def ask(headers):
        with Connection(*gate.connections[0].address, timeout=PATIENCE) as connection:
            return connection.request("GET", gate.path, headers)[0]
    with concurrent.futures.ThreadPoolExecutor(len(credentials)) as pool:
        return list(pool.map(ask, credentials))


class RevocationCut(Scenario):
    name = "revocation-cut"
    title = "Revocation with the notifier cut off"
    target = "nothing revoked is accepted after the bound"
    order = 620

    def run(self, bench):
        result = Result()
        ways = {"the notifier's connection held up": of_the_notifier,
                "all connections held up": of_anybody}
        tokens = iter(bench.purse.take("expendable", len(ways) * bench.plan.cuts * 2))
        with second_machine(bench, proxied=True, cache__stale_limit_ms=int(BOUND * 1000)) as (
                other, front, proxy), \
                Connection.to(bench.front.url(bench.postern, "/")) as api, \
                Hammer(front.url(other, GATED)) as gate:
            for what, condition in ways.items():
                rounds = []
                for victim in victims(api, [next(tokens) for _ in range(bench.plan.cuts)]):
                    witness = bearer(next(tokens))
                    rounds.append(self.cut(bench, victim, api, gate, proxy, condition, witness))
                self.tell(result, what, rounds)
        result.notes.append(
            f"`cache.stale_limit_ms` is {BOUND * 1000:.0f} here. A proxy between the second "
            "Postern and PostgreSQL stops passing anything on, without closing the connection. Then the "
            "credential is revoked on the first one. The bound counts from the cut. With only the "
            "notifier held up, a valid credential has to be let in after the bound: the gate asks "
            "the database instead. With all held up, it has to be refused.")
        return result

    @staticmethod
    def cut(bench, victim, api, gate, proxy, condition, witness):
        """One round. What is asked after the bound is asked while the connection is still held up,
        however long the answer takes."""
        blows = gate.start(victim.headers)
        try:
            blows.wait_until_accepted(seconds=RECOVERY)
            time.sleep(BELIEVED)
            if bench.world.with_cache and LISTENER not in proxy.seen:
                raise Unexpected(f"no connection is named {LISTENER!r}, only {set(proxy.seen)}")
            proxy.hold(condition)
            cut = time.monotonic()
            answered = victim.revoke(api)
            time.sleep(BOUND + AFTER - (time.monotonic() - cut))
            revoked, valid = asked_at_once(gate, victim.headers, witness)
        finally:
            proxy.release()
            asked = blows.end()
        accepted = late(asked, answered)
        beyond = statuses(asked, cut + BOUND)
        return {"last": max(accepted, default=0.0),
                "beyond": beyond.get(200, 0) + (revoked == 200),
                "asked": sum(beyond.values()) + 1, "valid": valid}

    @staticmethod
    def tell(result, what, rounds):
        beyond = sum(each["beyond"] for each in rounds)
        asked = sum(each["asked"] for each in rounds)
        result.row(f"{what}: accepted after the bound", f"{beyond} of {asked:,}", "0", beyond == 0)
        result.row(f"{what}: last acceptance after the revocation",
                   units.seconds(max(each["last"] for each in rounds)), f"≤ {BOUND:.0f} s",
                   max(each["last"] for each in rounds) <= BOUND)
        valid = sorted({each["valid"] for each in rounds})
        wanted = [200] if "notifier" in what else [503]
        result.row(f"{what}: a valid credential after the bound", ", ".join(map(str, valid)),
                   ", ".join(map(str, wanted)), valid == wanted)
        result.raw[what] = rounds
