"""Where things of one state lie, and who may see them.

$POSTERN_STATE holds what the person wants to see: postern.toml, admin.json, log/. Everything that
the running programs need is under data/ in it. As root these programs run as users of their own;
where those cannot enter (a checkout below /root), data is a symbolic link to a place in
/var/lib/postern-dev that they can."""
import fcntl
import os
import pathlib
import pwd
import grp
import re
import shutil
import socket
import stat
import tempfile

from errors import Failure

# A socket's path ends at 107 characters, and "/fcgi/gate.sock" and "/pg/.s.PGSQL.5432" come after.
MAX_RUN_PATH = 85
OUTSIDE = pathlib.Path("/var/lib/postern-dev")


class User:
    def __init__(self, name, groups=()):
        entry = pwd.getpwnam(name)
        self.name, self.uid, self.gid = name, entry.pw_uid, entry.pw_gid
        self.groups = [grp.getgrnam(group).gr_gid for group in groups]

    def credentials(self):
        return {"user": self.uid, "group": self.gid, "extra_groups": self.groups}


class Users:
    """As root: PostgreSQL, Postern and nginx's workers each have their own. Else: all are us."""

    def __init__(self):
        self.root = os.geteuid() == 0
        self.database = self.app = None
        self.web_group = ""
        if self.root:
            try:
                self.web_group = "www-data"
                self.database = User("postgres")
                self.app = User("postern", groups=[self.web_group])
            except KeyError as error:
                raise Failure(f"{error.args[0]}; script/bootstrap makes it.") from None


def everybody_enters(directory):
    """Whether every user can reach `directory`, judged by the permission bits alone."""
    return all(path.stat().st_mode & stat.S_IXOTH
               for path in (directory, *directory.parents) if path.exists())


class Places:
    def __init__(self, state):
        self.state = pathlib.Path(os.path.abspath(state))
        if not re.fullmatch(r"[\w /.+,@=~-]+", str(self.state)):
            raise Failure(f"The state's path may hold letters, digits, spaces and . + , @ = ~ - _ "
                          f"only: {self.state}")
        self.data = self.state / "data"
        self.run = self.data / "run"
        self.record = self.state / "processes.json"
        self.admin = self.state / "admin.json"
        self.config = self.state / "postern.toml"

    def claim(self, users):
        """Makes the state's directory and holds it until this process and its forks are gone."""
        self.state.mkdir(parents=True, exist_ok=True, mode=0o755 if users.root else 0o700)
        lock = os.open(self.state / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise Failure(f"A server runs on {self.state} already; script/server --stop ends it, "
                          "or choose another state by POSTERN_STATE.") from None
        self.lock = lock

    def prepare(self, users):
        self._choose_data(users)
        own = 0o755 if users.root else 0o700
        for name in ("pg", "app", "site", "nginx", "nginx/snippets", "nginx/tmp", "log", "bin"):
            (self.data / name).mkdir(exist_ok=True)
            (self.data / name).chmod(own)
        self._choose_run()
        for name in ("pg", "fcgi", "web"):
            (self.run / name).mkdir(exist_ok=True)
            (self.run / name).chmod(0o750 if users.root else 0o700)
        self.run.chmod(own)
        if users.root:
            self._give(users)
        for name in ("log", "postern.toml"):
            link = self.state / name
            if not link.is_symlink():
                link.symlink_to(f"data/{name}")

    def _choose_data(self, users):
        if self.data.is_symlink() and not self.data.exists():
            self.data.unlink()  # what it pointed to was removed: begin anew
        if not self.data.exists():
            if users.root and not everybody_enters(self.state):
                OUTSIDE.mkdir(mode=0o755, exist_ok=True)
                self.data.symlink_to(tempfile.mkdtemp(prefix="", dir=OUTSIDE))
            else:
                self.data.mkdir()
        self.data.chmod(0o755 if users.root else 0o700)
        if users.root and not everybody_enters(self.data.resolve()):
            raise Failure(f"{self.data} lies where the users postgres, postern and www-data cannot "
                          "enter. Remove it, and the next start will choose a better place.")

    def _choose_run(self):
        """Sockets go beside the data, unless the path is too long or needs quoting."""
        self.forget_run()
        near = self.data.resolve() / "run"
        if len(str(near)) <= MAX_RUN_PATH and re.fullmatch(r"[A-Za-z0-9_/.-]+", str(near)):
            near.mkdir(exist_ok=True)
        else:
            base = "/run" if os.geteuid() == 0 else os.environ.get("XDG_RUNTIME_DIR", "")
            base = base if os.access(base, os.W_OK) and len(base) < 40 else "/tmp"
            (self.data / "run").symlink_to(tempfile.mkdtemp(prefix="postern-", dir=base))
        self.run = near.resolve()

    def forget_run(self):
        """Removes the sockets' directory of the run before."""
        run = self.data / "run"
        if run.is_symlink():
            target = pathlib.Path(os.readlink(run))
            ours = target.name.startswith("postern-") and target.is_dir() and not target.is_symlink()
            if ours and target.stat().st_uid == os.geteuid():
                shutil.rmtree(target)
            run.unlink()
        elif run.is_dir():
            shutil.rmtree(run)

    def _give(self, users):
        web = grp.getgrnam(users.web_group).gr_gid
        os.chown(self.data / "pg", users.database.uid, users.database.gid)
        os.chown(self.data / "app", users.app.uid, users.app.gid)
        (self.data / "pg").chmod(0o700)
        (self.data / "app").chmod(0o700)
        os.chown(self.run / "pg", users.database.uid, users.app.gid)
        os.chown(self.run / "fcgi", users.app.uid, web)
        os.chown(self.run / "web", 0, web)


def check_port(port):
    """Says so before anything is started when nobody could listen there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Failure(f"Port {port} on 127.0.0.1 cannot be used: {os.strerror(error.errno)}. "
                          f"Choose another: POSTERN_PORT={port + 1 if port < 65535 else 8081} "
                          "script/server") from None
