"""The stack's own PostgreSQL: a Unix socket in a directory that only its users enter, and `peer`
authentication, so that there are no passwords. As root the program's user `postern` may only be the
role `postern`, which owns nothing; migrating as `postern_owner` is left to root."""
import os
import pathlib
import pwd
import subprocess

from errors import Failure
from processes import run_step, wait_until

ROLES = r"""
select 'create role postern_owner login' where not exists
  (select from pg_roles where rolname = 'postern_owner') \gexec
select 'create role postern login' where not exists
  (select from pg_roles where rolname = 'postern') \gexec
select 'create database postern owner postern_owner' where not exists
  (select from pg_database where datname = 'postern') \gexec
revoke all on database postern from public;
grant connect on database postern to postern;
"""


def programs():
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/postgres"),
                   key=lambda path: float(path.parts[-3]))
    if not found:
        raise Failure("No PostgreSQL server was found; script/bootstrap installs it.")
    return found[-1].parent


class Postgres:
    def __init__(self, places, users, unsafe_fast):
        self.bin = programs()
        self.data, self.socket = places.data.resolve() / "pg", places.run / "pg"
        self.log = places.data / "log" / "postgresql.log"
        self.users, self.unsafe_fast = users, unsafe_fast

    def url(self, role):
        return f"host={self.socket} dbname=postern user={role}"

    def prepare(self):
        version = self.data / "PG_VERSION"
        if version.exists():
            have, need = version.read_text().strip(), self.bin.parts[-2]
            if have != need:
                raise Failure(f"{self.data} was made by PostgreSQL {have}, but {need} is installed. "
                              "Upgrade it with pg_upgrade, or remove the state to begin anew.")
        else:
            command = [self.bin / "initdb", "-D", self.data, "-U", "postgres", "-E", "UTF8",
                       "--locale=C.UTF-8", "-A", "peer"]
            if self.unsafe_fast:
                command.append("--no-sync")
            run_step(command, "Making the database cluster", user=self.users.database,
                     env=self._env())
        self._write("pg_hba.conf", "local all all peer map=stack\n")
        self._write("pg_ident.conf", "".join(
            f'stack "{system}" {role}\n' for system, role in self._allowed()))

    def _allowed(self):
        roles = ("postgres", "postern_owner", "postern")
        us = pwd.getpwuid(os.geteuid()).pw_name
        allowed = [(us, role) for role in roles]
        if self.users.root:
            allowed += [("postgres", "postgres"), ("postern", "postern")]
        return allowed

    def _write(self, name, text):
        path = self.data / name
        path.write_text(text)
        if self.users.root:
            os.chown(path, self.users.database.uid, self.users.database.gid)

    def _env(self):
        return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": "/", "LANG": "C.UTF-8"}

    def start(self, children):
        settings = {
            "listen_addresses": "", "unix_socket_directories": self.socket,
            "unix_socket_permissions": "0777",  # the directory decides who enters
            "logging_collector": "off", "log_line_prefix": "%m [%p] %u ",
        }
        if self.unsafe_fast:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off",
                         "shared_buffers": "32MB"}
        command = [self.bin / "postgres", "-D", self.data]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        children.start("postgresql", command, log=self.log, user=self.users.database,
                       env=self._env())
        part = children.part("postgresql")
        ready = wait_until(lambda: self.accepts() or not part.alive(), 60)
        if not ready or not part.alive():
            raise Failure("PostgreSQL did not start.\n" + tail(self.log))

    def accepts(self):
        return subprocess.run([self.bin / "pg_isready", "-q", "-h", self.socket, "-U", "postgres",
                               "-d", "postgres"],
                              check=False).returncode == 0

    def make_roles(self):
        run_step([self.bin / "psql", "-X", "-q", "-h", self.socket, "-U", "postgres",
                  "-d", "postgres", "-v", "ON_ERROR_STOP=1", "-f", "-"],
                 "Making the database", env=self._env(), text=ROLES)


def tail(path, lines=15):
    try:
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""
