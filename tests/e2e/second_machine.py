"""A second Postern over the database of a stack: another machine, as far as both can tell. Its gate
is asked directly; its way to the database can be held."""
import contextlib
import os
import pathlib
import pwd
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading

from stack import BINARY, SOURCE, children_of, wait_for

sys.path.insert(0, str(SOURCE / "tests/wire"))
from fcgi_client import base_params, exchange, request  # noqa: E402  pylint: disable=wrong-import-position


class DatabaseWay:
    """A unix socket that leads to a database. hold() keeps everything that comes, both ways."""

    def __init__(self, place, target):
        self.target = target
        self.going = threading.Event()
        self.going.set()
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(place / ".s.PGSQL.5432"))
        (place / ".s.PGSQL.5432").chmod(0o666)
        self.listener.listen(64)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                far = socket.socket(socket.AF_UNIX)
                try:
                    far.connect(self.target)
                except OSError:
                    near.close()
                    continue
                threading.Thread(target=self.carry, args=(near, far), daemon=True).start()

    def carry(self, near, far):
        other = {near: far, far: near}
        with contextlib.suppress(OSError), near, far, selectors.DefaultSelector() as selector:
            for end in other:
                selector.register(end, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select():
                    data = key.fileobj.recv(65536)
                    self.going.wait()
                    if not data:
                        return
                    other[key.fileobj].sendall(data)

    def hold(self):
        self.going.clear()

    def release(self):
        self.going.set()

    def close(self):
        self.release()
        self.listener.close()


class SecondMachine:
    def __init__(self, stack, cache=""):
        self.stack = stack
        self.place = pathlib.Path(tempfile.mkdtemp(prefix="postern-second-"))
        self.place.chmod(0o755)
        (self.place / "pg").mkdir(mode=0o755)
        (self.place / "run").mkdir(mode=0o777)
        (self.place / "run").chmod(0o777)
        self.way = DatabaseWay(self.place / "pg", stack.record()["run"] + "/pg/.s.PGSQL.5432")
        self.gate = f"unix:{self.place}/run/gate.sock"
        (self.place / "second.toml").write_text(
            f'[cache]\nstale_limit_ms = 2000\n{cache}[server.api]\nlisten = "unix:{self.place}/run/api.sock"\ngroup = ""\n'
            f'[server.gate]\nlisten = "{self.gate}"\ngroup = ""\n'
            f'[database]\nurl = "host={self.place}/pg dbname=postern user=postern"\n')
        self.process = None

    def __enter__(self):
        identity = {}
        if os.geteuid() == 0:
            user = pwd.getpwnam("postern")
            identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        copy = self.stack.state / "data/bin" / BINARY.name
        with open(self.place / "log", "wb") as log:
            self.process = subprocess.Popen(  # pylint: disable=consider-using-with
                [copy if copy.exists() else BINARY, "--config", self.stack.state / "postern.toml",
                 "serve"], env={**os.environ, "POSTERN_CONFIG_EXTRA": str(self.place / "second.toml")},
                stderr=log, stdin=subprocess.DEVNULL, cwd="/", **identity)
        wait_for(lambda: self.process.poll() is None and (self.place / "run/gate.sock").exists(),
                 10, "the second machine")
        return self

    def __exit__(self, *_):
        self.way.release()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        finally:
            self.way.close()
            shutil.rmtree(self.place, ignore_errors=True)

    def worker_pids(self):
        return children_of(self.process.pid)

    def ask(self, token, path="/members/", seconds=60):
        """Of its gate: the status, and who it says this is. None: it could not say in time."""
        try:
            answer = exchange(self.gate, request(base_params(
                path, HTTP_AUTHORIZATION=f"Bearer {token}", REQUEST_SCHEME="http")), timeout=seconds)
        except TimeoutError:
            return None, None
        status = answer.header("X-Auth-Status")
        return int(status) if status else answer.status, answer.header("X-Auth-User")
