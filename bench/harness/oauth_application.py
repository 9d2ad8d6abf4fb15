"""Applications that ask Postern for tokens, and what they need for it: codes and refresh tokens that
nobody has used, made by people who sign in at the pages."""
import base64
import concurrent.futures
import hashlib
import json
import pathlib
import urllib.parse

from bench.harness.http import Connection
from bench.harness.instance import ISSUER
from bench.harness.oauth_person import Person
from bench.harness.scenario import Unexpected
from bench.harness.support import run_step

CALLBACK = "https://app.example.org/callback"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
SCOPE = "openid offline_access"
FORM = "application/x-www-form-urlencoded"
PEOPLE = 16


def basic(client_id: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()


def exchange_body(code: str) -> str:
    return (f"grant_type=authorization_code&code={code}&code_verifier={VERIFIER}&redirect_uri="
            + urllib.parse.quote(CALLBACK, safe=""))


def refresh_body(token: str) -> str:
    return f"grant_type=refresh_token&refresh_token={token}"


class Application:
    """A confidential client of an administrator's making."""

    def __init__(self, bench):
        self._bench, self._instance = bench, bench.postern
        self._people_named = bench.purse.logins.read_text().split()[:PEOPLE]
        self.client_id, secret = self._make("--grant", "code", "--grant", "refresh",
                                            "--redirect-uri", CALLBACK)
        self.authorization = basic(self.client_id, secret)
        self.acting = basic(*self._make("--grant", "client", "--account", self._people_named[0]))

    def _make(self, *words: str) -> tuple[str, str]:
        program = self._instance.program
        printed = run_step(program.command("client", "create", "--name", "bench", "--auth", "basic",
                                           "--id-token-alg", "ES256", *words), "postern client create",
                           user=self._bench.world.users.app, env=program.env)
        lines = printed.strip().splitlines()
        return lines[0].rpartition(" ")[2].rstrip("."), lines[-1].strip()

    def _question(self) -> str:
        return "/oauth/authorize?" + urllib.parse.urlencode({
            "response_type": "code", "client_id": self.client_id, "redirect_uri": CALLBACK,
            "state": "s", "scope": SCOPE, "code_challenge": CHALLENGE,
            "code_challenge_method": "S256"})

    def _spread(self, count: int, work) -> list[str]:
        """`work(person, how many)` for all people, as many at a time as may hash passwords; what they
        made, in turns."""
        site = self._bench.front.url(self._instance, "")
        each = -(-count // PEOPLE)

        def of_one(login: str) -> list[str]:
            person = Person(site, ISSUER, login, self._bench.purse.password)
            return work(person, each)
        with concurrent.futures.ThreadPoolExecutor(self._bench.plan.hashes) as pool:
            made = list(pool.map(of_one, self._people_named))
        return [one for turn in zip(*made) for one in turn][:count]

    def codes(self, count: int) -> list[str]:
        def some(person: Person, each: int) -> list[str]:
            return [person.answer_of(self._question(), CALLBACK)["code"] for _ in range(each)]
        return self._spread(count, some)

    def refresh_tokens(self, count: int) -> list[str]:
        def some(person: Person, each: int) -> list[str]:
            tokens = []
            with Connection.to(self._bench.front.url(self._instance, "")) as connection:
                for _ in range(each):
                    code = person.answer_of(self._question(), CALLBACK)["code"]
                    tokens.append(self._tokens(connection, code)["refresh_token"])
            return tokens
        return self._spread(count, some)

    def access_token(self) -> str:
        with Connection.to(self._bench.front.url(self._instance, "")) as connection:
            return self._tokens(connection, self.codes(1)[0])["access_token"]

    def _tokens(self, connection: Connection, code: str) -> dict:
        body = exchange_body(code).encode()
        head = (f"POST /oauth/token HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {FORM}\r\n"
                f"Authorization: {self.authorization}\r\nContent-Length: {len(body)}\r\n\r\n")
        status, answer = connection.send(head.encode() + body)
        if status != 200:
            raise Unexpected(f"the token endpoint answered {status}: {answer[:200]!r}")
        return json.loads(answer)


class Lines:
    """Credentials of which none is handed out twice, a file of them at a time."""

    def __init__(self, folder: pathlib.Path, name: str, lines: list[str]):
        self._folder, self._name, self._left, self._files = folder, name, lines, 0

    def take(self, count: int) -> pathlib.Path:
        if len(self._left) < count:
            raise Unexpected(f"{count} more of {self._name} are wanted, {len(self._left)} are left")
        some, self._left = self._left[:count], self._left[count:]
        self._files += 1
        path = self._folder / f"{self._name}-{self._files}.txt"
        path.write_text("\n".join(some) + "\n")
        return path
