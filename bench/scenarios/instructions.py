"""Instructions of single operations, beside those of the reference in the repository."""
from bench.harness import instructions
from bench.harness.result import Result
from bench.harness.scenario import Scenario

NOTE = f"""Counted by valgrind (callgrind) as the difference between {instructions.MANY} and \
{instructions.FEW} times the same with the same inputs, so that neither start-up nor what else the \
machine does is in it. OpenSSL, libsodium and libc choose their code by the processor: here it is the \
one that valgrind emulates, and OpenSSL is told to use no more than SSSE3 (`OPENSSL_ia32cap`), so that \
the figures of one machine hold on another (but for BLAKE2b where there is no AVX2). They say whether something grew, not how long it takes: \
OpenSSL's own generator of random numbers, for one, is not in `token_sign`."""


class Instructions(Scenario):
    name = "instructions"
    title = "Single operations, in instructions"
    target = f"at most {instructions.TOLERANCE:.0%} more than in bench/instructions.json"
    order = 610

    def run(self, bench):
        program = bench.world.tool("bench_instructions")
        titles, reference = instructions.operations(program), instructions.Reference.read()
        now = instructions.count(program, list(titles))
        result = Result(raw={"now": now, "reference": reference.instructions})
        changes = instructions.compare(now, reference)
        grew = [each.name for each in changes if each.grew]
        # One promise, not one for each operation.
        if reference.instructions:
            result.row("operations that grew", ", ".join(grew) or f"none of {len(changes)}", "none",
                       not grew)
        for each in changes:
            before = (f" ({each.ratio - 1:+.1%}, was {each.before:,})" if each.before is not None
                      else " (not in the reference)")
            result.row(f"{titles[each.name]} (`{each.name}`)", f"{each.now:,}{before}")
        result.notes.append(NOTE)
        result.notes += self.remarks(changes, reference)
        return result

    @staticmethod
    def remarks(changes, reference):
        shrank = [each.name for each in changes if each.shrank]
        gone = sorted({*reference.instructions} - {each.name for each in changes})
        others = reference.other_packages(instructions.packages())
        words = (("Less than the reference, which can be taken anew: {}.", shrank),
                 ("Only in the reference: {}.", gone),
                 ("Not as when the reference was taken: {}.", others))
        return [text.format(", ".join(names)) for text, names in words if names]
