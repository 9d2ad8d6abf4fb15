"""What was revoked is refused from the answer on, on the machine that answered."""
import collections

from bench.harness.hammer import Hammer
from bench.harness.http import Connection
from bench.harness.result import Result
from bench.harness.revoking import one_round, victims
from bench.harness.scenario import Scenario
from bench.harness.stage import GATED

PATIENCE = 10


class RevocationHere(Scenario):
    name = "revocation-here"
    title = "Revocation on the same machine"
    target = "no request is accepted that began after the answer"
    order = 600

    def run(self, bench):
        tokens = bench.purse.take("expendable", bench.plan.revocations)
        with Connection.to(bench.front.url(bench.postern, "/")) as api, \
                Hammer(bench.front.url(bench.postern, GATED)) as gate:
            rounds = [one_round(victim, api, gate, PATIENCE) for victim in victims(api, tokens)]
        accepted = sum(each.late for each in rounds)
        result = Result(raw={"late": [each.late for each in rounds]})
        result.row("accepted after the answer", f"{accepted} of {sum(r.asked for r in rounds):,}",
                   "0", accepted == 0)
        kinds = collections.Counter(each.what for each in rounds)
        result.row("revoked", ", ".join(f"{count} {what}s" for what, count in kinds.items()))
        result.notes.append("Four connections ask with the credential before, while and after it "
                            "is revoked.")
        return result
