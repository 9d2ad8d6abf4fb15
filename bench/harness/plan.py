"""How much is measured."""
import dataclasses
import os


@dataclasses.dataclass(frozen=True)
class Plan:
    rounds: int
    seconds: int            # of one round; wrk knows whole seconds
    short: int              # of one round where there are many
    warm_up: int            # seconds before the first round, 0 for none
    accounts: int
    credentials: int        # sessions and keys, of which
    sample: int             # so many can be used
    cold: int               # credentials that one cold round may use up
    refreshes: int          # the same for one round of refreshing
    codes: int              # authorization codes, or their refresh tokens, for one round
    growth: tuple[int, ...]
    growth_cold: int
    workers: tuple[int, ...]
    connections: tuple[int, ...]
    revocations: int        # rounds of revoking something
    cuts: int               # rounds of cutting the notifier off
    gate_workers: int = 2
    resolvers: int = 2
    api_workers: int = 4
    peer_workers: int = 4   # gate and resolvers together
    concurrency: int = 16   # connections where nothing else is said
    hashes: int = 2         # password.concurrent_hashes, as it comes
    key_makers: int = 400   # accounts that make keys in one round
    cores: int = os.cpu_count() or 1


FULL = Plan(rounds=5, seconds=3, short=2, warm_up=1,
            accounts=125_000, credentials=125_000, sample=125_000, cold=15_000, refreshes=12_000,
            codes=3_000,
            growth=(1_000, 100_000, 10_000_000), growth_cold=6_000, workers=(1, 2, 4, 8, 16),
            connections=(1, 4, 16, 64, 256, 1000), revocations=300, cuts=3)
QUICK = Plan(rounds=1, seconds=1, short=1, warm_up=0,
             accounts=1_000, credentials=20_000, sample=20_000, cold=4_000, refreshes=4_000,
             codes=400,
             growth=(1_000, 10_000), growth_cold=5_000, workers=(1, 4), connections=(1, 100),
             revocations=40, cuts=1)
