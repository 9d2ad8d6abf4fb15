"""Whether requests of several kinds take the same time (rule R8), told on machines that have other
things to do as well."""
import random
import statistics
import time

ATTEMPTS = 3  # all of them stay within the limits that a network has at the most


def quartiles(kinds, ask, rounds):
    """The lower quartiles of shuffled requests: what they take where nothing disturbs them."""
    spent = {kind: [] for kind in kinds}
    order = list(kinds) * rounds
    random.Random(8).shuffle(order)
    for kind in order:
        begin = time.perf_counter()
        ask(kind)
        spent[kind].append(time.perf_counter() - begin)
    return {kind: statistics.quantiles(values)[0] for kind, values in spent.items()}


def take_the_same_time(kinds, ask, rounds, slack=0.0):
    """Whether they differ by a third at the most, and `slack` seconds. What is left out of the work
    of one kind shows each time; what disturbs this machine does not, so it is measured again."""
    for _ in range(ATTEMPTS):
        found = quartiles(kinds, ask, rounds)
        print({kind: f"{value * 1000:.2f} ms" for kind, value in found.items()})
        if max(found.values()) < 1.35 * min(found.values()) + slack:
            return True
    return False
