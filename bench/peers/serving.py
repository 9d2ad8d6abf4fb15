"""What all peers do alike: a program that answers the gate, a web server that asks it, and the
request by which both are known to be ready."""
import abc
import http.client
import socket
import time
import urllib.parse

from bench.harness.peer import Peer
from bench.peers.front import Front
from bench.peers.load import wrk
from bench.peers.program import wait_until

CONSTANT = "The gate let you through.\n"
READY_SECONDS = 60
WARM_UP_SECONDS = 20


def ask(url, headers, seconds=5):
    """(status, identity as the protected side saw it, body) of one GET."""
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=seconds)
    try:
        connection.request("GET", parts.path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.getheader("X-Auth-User"), answer.read().decode()
    finally:
        connection.close()


def accepts(path):
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
            return True
        except OSError:
            return False


class Serving(Peer):
    """start() and stop() around prepare(), which answers the peer's programs."""

    # start() makes so many requests before it returns: each process has then loaded its modules and
    # opened its connections.
    warm_up = 300  # for each process

    def __init__(self, run, postgres, workers):
        super().__init__(run, postgres, workers)
        self.programs, self.front = [], None
        self.url = ""

    @abc.abstractmethod
    def prepare(self):
        """Fills the database, starts the product, sets url; `self.programs` is what it started."""

    def start(self):
        self.run.chmod(0o755)
        (self.run / "static.txt").write_text(CONSTANT)
        try:
            self.prepare()
            if not wait_until(self._answers, READY_SECONDS):
                raise RuntimeError(f"{self.name} does not let the valid credential through")
            self._warm_up()
        except BaseException as error:
            tails = "\n".join(program.tail() for program in self._all())
            self.stop()
            if isinstance(error, Exception):
                raise RuntimeError(f"{error}\n{tails}") from error
            raise

    def _answers(self):
        for program in self._all():
            if not program.alive():
                raise RuntimeError(f"{self.name}: {program.name} has ended")
        try:
            return ask(*self.request())[0] == 200
        except OSError:
            return False

    def _warm_up(self):
        begin, done = time.monotonic(), 0
        while done < self.warm_up * self.workers and time.monotonic() - begin < WARM_UP_SECONDS:
            done += wrk(self.request(), 1, connections=4 * self.workers)["requests"]

    def _all(self):
        return [*self.programs, *([self.front] if self.front else [])]

    def pids(self):
        return [pid for program in self.programs for pid in program.pids()]

    def front_pids(self):
        return self.front.pids() if self.front else []

    def stop(self):
        for program in reversed(self._all()):
            program.stop()
        self.programs, self.front = [], None


class BehindNginx(Serving):
    """A peer that nginx asks with auth_request."""

    gate_template = None  # None: HTTP over the socket, as front.py has it

    @property
    def socket(self):
        return self.run / "gate.sock"

    @abc.abstractmethod
    def product(self):
        """Fills the database and answers the running product, which makes `self.socket`."""

    def prepare(self):
        self.programs = [self.product()]
        wait_until(lambda: accepts(self.socket) or not self.programs[0].alive(), READY_SECONDS)
        self.front = Front(self.run, self.socket, self.gate_template)
        self.url = self.front.url


class Bearer:
    """request() and refused() of a peer with bearer tokens, `self.tokens`, and 401 for all."""

    tokens = {}  # "valid", and what else: each of the others is refused

    def request(self):
        return self.url, {"Authorization": f"Bearer {self.tokens['valid']}"}

    def refused(self):
        others = [token for name, token in self.tokens.items() if name != "valid"]
        return [(self.url, {}, 401)] + [
            (self.url, {"Authorization": f"Bearer {token}"}, 401) for token in others]
