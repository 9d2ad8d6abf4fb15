"""Credentials to be revoked, and one round of doing so while the gate is being asked."""
import dataclasses
import json
import time
import typing

from bench.harness.hammer import Hammer, late, statuses
from bench.harness.http import Connection
from bench.harness.scenario import Unexpected
from bench.harness.stage import api_key, bearer


@dataclasses.dataclass(frozen=True)
class Victim:
    """A credential and the request that ends it."""
    what: str
    headers: dict[str, str]
    method: str
    path: str
    by: dict[str, str]  # headers of the request that ends it

    def revoke(self, api: Connection) -> float:
        """The moment at which the answer was there."""
        status, body = api.request(self.method, self.path, self.by)
        answered = time.monotonic()
        if status != 204:
            raise Unexpected(f"{self.method} {self.path} answered {status}: {body[:200]!r}")
        return answered


def victims(api: Connection, tokens: typing.Iterable[str]) -> typing.Iterator[Victim]:
    """By turns a session, which logs out, and a key, which its owner revokes."""
    for number, token in enumerate(tokens):
        owner = bearer(token)
        if number % 2 == 0:
            yield Victim("session", owner, "POST", "/auth/v1/logout", owner)
            continue
        status, body = api.request("POST", "/auth/v1/keys", owner, {"name": f"victim {number}"})
        if status != 201:
            raise Unexpected(f"making a key answered {status}: {body[:200]!r}")
        made = json.loads(body)
        yield Victim("key", api_key(made["key"]), "DELETE", f"/auth/v1/keys/{made['id']}", owner)


@dataclasses.dataclass(frozen=True)
class Round:
    """`lag`: how long after the answer the last request began that was accepted; 0 for none."""
    what: str
    lag: float
    late: int
    asked: int  # requests that began after the answer


def one_round(victim: Victim, api: Connection, gate: Hammer, patience: float) -> Round:
    """The credential is hot when it is revoked: the gate is being asked all the time."""
    blows = gate.start(victim.headers)
    try:
        blows.wait_until_accepted()
        answered = victim.revoke(api)
        blows.wait_until_refused(answered, patience)
    finally:
        asked = blows.end()
    after = statuses(asked, answered)
    if set(after) - {200, 401}:
        raise Unexpected(f"the gate answered {after} after the revocation")
    accepted = late(asked, answered)
    return Round(victim.what, max(accepted, default=0.0), len(accepted), sum(after.values()))
