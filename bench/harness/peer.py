"""What the harness needs of a product that it measures the gate beside."""
import abc
import pathlib
import typing


class Database(typing.Protocol):
    """A fresh, empty PostgreSQL database of the peer's own. Every system user may connect to it as
    `user` without a password, who owns it."""

    host: str  # the directory of the Unix socket
    port: int
    user: str
    name: str
    dsn: str   # all of it in libpq's form: "host=... port=... dbname=... user=..."


class Peer(abc.ABC):
    """A product that does the gate's work: verify the credential, load the account's state, pass
    identity on."""

    name: str           # "lemonldap": file- and command-line name
    title: str          # "LemonLDAP::NG FastCGI server under nginx auth_request"
    wants_ratio: float  # the figure to reach: Postern's throughput / this peer's; 0: none set

    def __init__(self, run: pathlib.Path, postgres: Database, workers: int):
        """`run` is an empty directory of its own that every user can reach; everything the peer
        writes is in it. `workers` is the number of its processes that answer requests."""
        self.run, self.postgres, self.workers = run, postgres, workers

    @abc.abstractmethod
    def start(self):
        """Returns when it answers; raises with the log's tail otherwise."""

    @abc.abstractmethod
    def request(self):
        """(url, {header: value}) of one allowed GET with a valid credential: a constant text."""

    @abc.abstractmethod
    def refused(self):
        """[(url, headers, expected status)]: no credential, a bad one, one of a revoked or disabled
        account. The harness asserts these before it measures, so that no peer is measured open."""

    @abc.abstractmethod
    def pids(self):
        """Every process of the product itself, children included, without nginx and PostgreSQL."""

    @abc.abstractmethod
    def front_pids(self):
        """The processes of its nginx; none where the product is the web server."""

    @abc.abstractmethod
    def versions(self):
        """{"lemonldap-ng": "2.16.1", ...}"""

    @abc.abstractmethod
    def stop(self):
        """Ends all its processes, by number, and waits for them."""
