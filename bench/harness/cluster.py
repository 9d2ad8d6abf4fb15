"""The run's own PostgreSQL: script/server's, with its settings as they come but for the two that a
measurement needs, and a database for each of what is measured."""
import contextlib
import dataclasses
import typing

import psycopg2

from bench.harness.support import Postgres, Places, tail
from bench.harness import proc

# Everything else is PostgreSQL's default: it waits for the disk at each commit.
SETTINGS = """
max_connections = 200
shared_buffers = 1GB
"""


@dataclasses.dataclass(frozen=True)
class Database:
    host: str
    name: str
    user: str
    port: int = 5432

    def url(self, role: str) -> str:
        """As script/support's Postgres has it."""
        return f"host={self.host} port={self.port} dbname={self.name} user={role}"

    @property
    def dsn(self) -> str:
        return self.url(self.user)

    def through(self, host: str) -> "Database":
        """The same one, by way of a proxy's socket."""
        return dataclasses.replace(self, host=host)


class Cluster(Postgres):
    """Any system user may be the role `peer`, which owns the peers' databases and nothing else."""

    def __init__(self, places: Places, users):
        super().__init__(places, users, unsafe_fast=False)

    def _allowed(self):
        return [*super()._allowed(), ("/^.*$", "peer")]

    def prepare(self):
        super().prepare()
        with open(self.data / "postgresql.conf", "a", encoding="utf-8") as conf:
            conf.write(SETTINGS)

    def start(self, children):
        self.socket.chmod(0o755)  # peers run as other users
        super().start(children)
        self.part = children.parts[-1]

    def make_roles(self):
        super().make_roles()
        self.admin("create role peer login")

    def admin(self, statement: str, database: str = "postgres") -> list:
        connection = psycopg2.connect(host=str(self.socket), dbname=database, user="postgres")
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def create(self, name: str, owner: str = "postern_owner", user: str = "postern") -> Database:
        self.admin(f'create database "{name}" owner {owner}')
        return Database(str(self.socket), name, user)

    @contextlib.contextmanager
    def bulk_loading(self) -> typing.Iterator[None]:
        """Fewer checkpoints while a database is filled; nothing is measured meanwhile."""
        self.admin("alter system set max_wal_size = '16GB'")
        self.admin("select pg_reload_conf()")
        try:
            yield
        finally:
            self.admin("alter system reset max_wal_size")
            self.admin("select pg_reload_conf()")

    def drop(self, database: Database) -> None:
        self.admin(f'drop database if exists "{database.name}" with (force)')

    def pids(self) -> list[int]:
        return proc.tree(self.part.pid)

    def version(self) -> str:
        return self.admin("show server_version")[0][0]

    def log_tail(self) -> str:
        return tail(self.log)
