"""A running Postern for a test: PostgreSQL, workers and nginx, through script/server as a person
would start them, on a free port and in a state of its own.

    with Stack(config='[session.native]\\nrefresh_leeway_seconds = 0\\n') as stack:
        token = stack.register("ann")
        assert stack.get("/members/", token=token).status_code == 200
"""
import contextlib
import json
import os
import pathlib
import pwd
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import psycopg2
import requests

SOURCE = pathlib.Path(os.environ.get("POSTERN_SOURCE") or pathlib.Path(__file__).parents[2])
BINARY = pathlib.Path(os.environ.get("POSTERN_BINARY") or SOURCE / "build/dev/bin/postern")
PASSWORD = "correct horse battery"


def free_port():
    """Below those that outgoing connections are given: none of them takes it meanwhile."""
    for port in random.sample(range(10_000, 32_000), 100):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise OSError("no port is free")


def wait_for(condition, seconds=10, what="the condition"):
    """The condition's first true value; fails the test when it takes far longer than the `seconds`
    that a quiet machine needs at most."""
    patience = 6 * seconds
    deadline = time.monotonic() + patience
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, f"waited {patience} s in vain for {what}"
        time.sleep(0.02)


def temporary_state():
    """A directory that the stack's own users may enter too."""
    path = pathlib.Path(tempfile.mkdtemp(prefix="postern-e2e-"))
    path.chmod(0o755)
    return path


def children_of(pid):
    try:
        text = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    return [int(word) for word in text.split()]


class Stack:
    """Made, not started; `with` starts and ends it. `config` is TOML layered over the stack's."""

    def __init__(self, config="", state=None, script=SOURCE / "script/server", env=None):
        self.own_state = state is None
        self.state = temporary_state() if state is None else pathlib.Path(state)
        self.script, self.port = script, free_port()
        self.extra, self.config = None, ""
        self.more_env = env or {}
        self.http = requests.Session()
        self.http.trust_env = False
        self._admin_token = None
        self.set_config(config)

    # --- the whole -------------------------------------------------------------------------------

    def env(self):
        env = {**os.environ, "POSTERN_STATE": str(self.state), "POSTERN_PORT": str(self.port),
               "POSTERN_BINARY": str(BINARY), "POSTERN_UNSAFE_FAST": "1",
               "POSTERN_END_WITH": str(os.getpid()), **self.more_env}
        env.pop("POSTERN_CONFIG_EXTRA", None)
        env.pop("POSTERN_CONFIG", None)
        if self.extra:
            env["POSTERN_CONFIG_EXTRA"] = str(self.extra)
        return env

    def run_script(self, *words, timeout=120):
        return subprocess.run([self.script, *words], env=self.env(), text=True, timeout=timeout,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False)

    def start(self):
        for _ in range(3):
            done = self.run_script("--detach")
            if done.returncode == 0 or "cannot be used" not in done.stdout:
                break
            self.port = free_port()
            self.set_config(self.config)
        assert done.returncode == 0, done.stdout + self.logs()
        self.printed = done.stdout
        return self

    def stop(self):
        done = self.run_script("--stop")
        assert done.returncode == 0, done.stdout

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self._forget()
            raise

    def __exit__(self, *_):
        try:
            self.stop()
        finally:
            self._forget()

    def _forget(self):
        if self.own_state and not os.environ.get("POSTERN_KEEP_STATE"):
            shutil.rmtree(self.state, ignore_errors=True)
        if self.extra:
            self.extra.unlink(missing_ok=True)

    def set_config(self, text):
        """What is layered over the generated configuration; seen at the next start or SIGHUP.
        @URL@ stands for the address of the site."""
        self.config = text
        if self.extra is None:
            handle, name = tempfile.mkstemp(prefix="postern-e2e-", suffix=".toml")
            os.close(handle)
            self.extra = pathlib.Path(name)
            self.extra.chmod(0o644)
        if "[native]" not in text:  # many a test asks more often than a visitor would
            text += "\n[native]\nrequests_per_minute = 0\n"
        self.extra.write_text(text.replace("@URL@", self.url))

    def logs(self):
        text = ""
        for path in sorted((self.state / "log").glob("*.log")):
            text += f"--- {path.name}\n" + "\n".join(
                path.read_text(errors="replace").splitlines()[-15:]) + "\n"
        return text

    def log_entries(self):
        """Postern's own log: one object a line."""
        entries = []
        for line in (self.state / "log/postern.log").read_text().splitlines():
            with contextlib.suppress(ValueError):
                entries.append(json.loads(line))
        return entries

    # --- processes -------------------------------------------------------------------------------

    def record(self):
        return json.loads((self.state / "processes.json").read_text())

    def pid(self, name):
        """Of "postern" (the master), "nginx", "postgresql" or "server" (the script)."""
        record = self.record()
        if name == "server":
            return record["server"]["pid"]
        return next(part["pid"] for part in record["parts"] if part["name"] == name)

    def worker_pids(self):
        return children_of(self.pid("postern"))

    def reload(self):
        os.kill(self.pid("postern"), signal.SIGHUP)

    def stop_database(self):
        os.kill(self.pid("server"), signal.SIGUSR1)
        wait_for(lambda: all(part["name"] != "postgresql" for part in self.record()["parts"]), 30,
                 "the database's end")

    def start_database(self):
        os.kill(self.pid("server"), signal.SIGUSR2)
        wait_for(lambda: any(part["name"] == "postgresql" for part in self.record()["parts"]), 30,
                 "the database's start")

        def answers():
            try:
                return self.sql("select 1")
            except psycopg2.OperationalError:
                return None
        wait_for(answers, 30, "the database's first answer")

    def cli(self, *words, text=None):
        """`postern WORDS` with this stack's configuration, as the user it runs as."""
        env = self.env()
        env.pop("POSTERN_STATE")
        identity = {}
        if os.geteuid() == 0:
            user = pwd.getpwnam("postern")
            identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        copy = self.state / "data/bin" / BINARY.name  # made where that user cannot reach ours
        return subprocess.run([copy if copy.exists() else BINARY, "--config",
                               self.state / "postern.toml", *words], env=env, text=True,
                              input=text, capture_output=True, timeout=60, cwd="/", check=False,
                              **identity)

    # --- the database ----------------------------------------------------------------------------

    def connect(self, role="postgres", dbname="postern"):
        return psycopg2.connect(host=self.record()["run"] + "/pg", dbname=dbname, user=role)

    def sql(self, text, params=None, role="postgres"):
        """Runs one statement, committed; its rows, or the number of rows it wrote."""
        connection = self.connect(role)
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(text, params)
                return cursor.fetchall() if cursor.description else cursor.rowcount
        finally:
            connection.close()

    # --- requests --------------------------------------------------------------------------------

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def request(self, method, path, token=None, key=None, headers=None, session=None, **options):
        headers = dict(headers or {})
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        if key is not None:
            headers["X-API-Key"] = key
        options.setdefault("timeout", 60)
        return (session or self.http).request(method, self.url + path, headers=headers,
                                              allow_redirects=False, **options)

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def post(self, path, json=None, **options):  # pylint: disable=redefined-outer-name
        return self.request("POST", path, json=json, **options)

    def raw(self, data, seconds=60):
        """Sends bytes as they are on a connection of their own; everything that comes back."""
        if isinstance(data, str):
            data = data.encode("latin-1")
        with socket.create_connection(("127.0.0.1", self.port), seconds) as connection:
            connection.sendall(data)
            answer = b""
            with contextlib.suppress(ConnectionResetError):
                while part := connection.recv(65536):
                    answer += part
        return answer

    def raw_get(self, target, *headers, method="GET"):
        """A request whose target no library has tidied; the status and the whole answer."""
        lines = [f"{method} {target} HTTP/1.1", "Host: 127.0.0.1", "Connection: close", *headers]
        answer = self.raw("\r\n".join(lines) + "\r\n\r\n")
        words = answer.split(b" ", 2)
        return (int(words[1]) if answer.startswith(b"HTTP/") else 0), answer

    # --- people ----------------------------------------------------------------------------------

    def admin(self):
        return json.loads((self.state / "admin.json").read_text())

    def admin_token(self, again=False):
        if self._admin_token is None or again:
            admin = self.admin()
            self._admin_token = self.login(admin["username"], admin["password"])["access_token"]
        return self._admin_token

    def login(self, name, password=PASSWORD):
        answer = self.post("/auth/v1/login", {"login": name, "password": password})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def register(self, name, password=PASSWORD):
        """A new account, signed in: its access token."""
        return self.register_tokens(name, password)["access_token"]

    def register_tokens(self, name, password=PASSWORD):
        answer = self.post("/auth/v1/register", {
            "username": name, "email": f"{name}@example.org", "password": password})
        assert answer.status_code == 201, answer.text
        return self.login(name, password)
