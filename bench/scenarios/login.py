"""Logging in, beside the hash and the row that a login cannot do without."""
from bench.harness.costs import LOGIN_SQL, operation, statement, told
from bench.harness.scenario import Scenario
from bench.harness.stage import JSON, LOGIN, each_line


class Login(Scenario):
    name = "login"
    title = "Login"
    target = "cost ≤ 1.1 × (one floor request + one raw Argon2id hash + its row's read and write)"
    order = 200

    def run(self, bench):
        # As many at once as the machine may hash, so that none waits for a place.
        at_once = bench.plan.hashes
        body = LOGIN.format(password=bench.purse.password)

        def load(backend):
            return each_line(bench.load(backend, "/auth/v1/login", JSON, connections=at_once),
                             bench.purse.logins, method="POST", body=body)
        measured = bench.alternate(
            bench.side(bench.postern, load(bench.postern), name="login"),
            bench.side(bench.floor, load(bench.floor)),
            operation(bench, "argon2id", at_once),
            statement(bench, "row", LOGIN_SQL, at_once, accounts=bench.plan.accounts))
        result = told(measured, "login", ["floor", "argon2id", "row"], 1.1)
        result.notes.append(
            f"{at_once} at once. `argon2id`: libsodium, 19456 KiB, 2 passes, as many at once. "
            "`row`: pgbench reading an account by its name and writing its last login, in two statements "
            "of their own. A login also makes a session, counts the attempt and is audited, all in "
            "the one commit that the row's write stands for.")
        return result
