"""Programs that a peer consists of: started as children, found with all their descendants, ended by
number. And what they have in common: a user without rights, a free port, versions."""
import json
import os
import pathlib
import pwd
import signal
import socket
import subprocess
import time

PEERS = pathlib.Path(__file__).resolve().parent
APP_USER = "postern"  # as root: whoever insists on running without rights


def drop_rights():
    """subprocess's arguments for running as nobody in particular; none when we are that already."""
    if os.geteuid() != 0:
        return {}
    entry = pwd.getpwnam(APP_USER)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def open_directory(path):
    """A directory that programs of another user may write to."""
    path.mkdir(parents=True, exist_ok=True)
    rights = drop_rights()
    if rights:
        os.chown(path, rights["user"], rights["group"])
    return path


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def pool_size(workers):
    """Connections to PostgreSQL for each process: the drivers' usual ten, fewer where many processes
    would together exceed what PostgreSQL admits by default."""
    return max(2, min(10, 80 // workers))


def database_env(postgres):
    """The environment that libpq, asyncpg and pg read."""
    return {**os.environ, "PGHOST": str(postgres.host), "PGPORT": str(postgres.port),
            "PGUSER": postgres.user, "PGDATABASE": postgres.name}


def fill(template, **values):
    """The template's text with every @NAME@ replaced."""
    text = pathlib.Path(template).read_text()
    for name, value in values.items():
        text = text.replace(f"@{name}@", str(value))
    return text


def run_json(command, **options):
    """The last line that a program prints which prepares a peer: JSON. Libraries may talk before."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          check=False, **options)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} failed (exit {done.returncode}):\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.strip().rpartition("\n")[2])


def package_versions(*names):
    listed = subprocess.run(["dpkg-query", "-W", "-f=${Package} ${Version}\n", *names],
                            capture_output=True, text=True, check=False).stdout
    return dict(line.split() for line in listed.splitlines() if " " in line.strip())


def npm_versions(*names):
    def version(name):
        return json.loads((PEERS / "node_modules" / name / "package.json").read_text())["version"]
    node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
    return {"node": node.strip().lstrip("v"), **{name: version(name) for name in names}}


def wait_until(condition, seconds):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _parents():
    """{process: its parent} of everything that runs."""
    found = {}
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()
            except OSError:
                continue
            found[int(entry.name)] = int(fields[1])
    return found


class Program:
    """A child and all that it starts. It leads a session of its own, so that what it leaves behind
    can be ended too."""

    def __init__(self, command, log, **options):
        self.name, self.log = pathlib.Path(command[0]).name, log
        with open(log, "ab") as out:
            self.child = subprocess.Popen([str(word) for word in command], stdout=out, stderr=out,
                                          stdin=subprocess.DEVNULL, start_new_session=True,
                                          **options)

    def alive(self):
        return self.child.poll() is None

    def pids(self):
        """The child and its descendants; nothing once it has ended."""
        if not self.alive():
            return []
        parents = _parents()
        family, grown = {self.child.pid}, True
        while grown:
            more = {pid for pid, parent in parents.items() if parent in family} - family
            family, grown = family | more, bool(more)
        return sorted(family)

    def stop(self, seconds=10):
        try:
            if self.alive():
                self.child.terminate()
                wait_until(lambda: not self.alive(), seconds)
        finally:
            try:
                os.killpg(self.child.pid, signal.SIGKILL)  # whoever of its group is left
            except ProcessLookupError:
                pass
            self.child.wait()
            wait_until(lambda: not self._group_lives(), 5)

    def _group_lives(self):
        try:
            os.killpg(self.child.pid, 0)
            return True
        except ProcessLookupError:
            return False

    def tail(self, lines=25):
        try:
            text = pathlib.Path(self.log).read_text(errors="replace")
        except OSError:
            return ""
        return f"--- {self.log}\n" + "\n".join(text.splitlines()[-lines:])
