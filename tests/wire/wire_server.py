"""Starts wire_app in a directory of its own and watches over it."""

import contextlib
import datetime
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile

from fcgi_client import wait_for


def program():
    return os.path.join(os.environ["POSTERN_BUILD"], "tests", "wire", "wire_app")


def alive(pid):
    try:
        with open("/proc/%d/stat" % pid) as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def children(pid):
    try:
        with open("/proc/%d/task/%d/children" % (pid, pid)) as file:
            return [int(word) for word in file.read().split()]
    except OSError:
        return []


def free_port(family=socket.AF_INET, host="127.0.0.1"):
    """Below those that outgoing connections are given: none of them takes it meanwhile."""
    for port in random.sample(range(10_000, 32_000), 100):
        with socket.socket(family) as probe, contextlib.suppress(OSError):
            probe.bind((host, port))
            return port
    raise OSError("no port is free on " + host)


class Server:
    def __init__(self, **settings):
        self.dir = tempfile.mkdtemp(prefix="wire-")
        os.chmod(self.dir, 0o755)
        self.api = "unix:%s/api.sock" % self.dir
        self.gate = "unix:%s/gate.sock" % self.dir
        self.log_path = self.dir + "/log"
        self.house_path = self.dir + "/house"
        self.settings = {"api": self.api, "gate": self.gate, "log": self.log_path,
                         "house": self.house_path, "pid_file": self.dir + "/pid"}
        self.configure(**settings)
        self.process = None
        self.options = {}

    def configure(self, **settings):
        self.settings.update(settings)
        self.api, self.gate = self.settings["api"], self.settings["gate"]
        draft = self.dir + "/conf.new"
        with open(draft, "w") as file:
            file.writelines("%s %s\n" % item for item in self.settings.items() if item[1] != "")
        os.rename(draft, self.dir + "/conf")

    def launch(self):
        self.process = subprocess.Popen([program(), self.dir + "/conf"],
                                        stderr=subprocess.PIPE, **self.options)
        return self

    def start(self):
        before = len(self.events("started"))
        self.launch()
        wait_for(lambda: len(self.events("started")) > before or self.process.poll() is not None)
        assert self.process.poll() is None, self.log_text()
        return self

    @property
    def pid(self):
        return self.process.pid

    def send(self, number):
        os.kill(self.pid, number)

    def log_text(self):
        try:
            with open(self.log_path) as file:
                return file.read()
        except OSError:
            return ""

    def events(self, name=None):
        whole = self.log_text().rpartition("\n")[0]  # a line may be on its way
        records = [json.loads(line) for line in whole.splitlines()]
        return [r for r in records if name is None or r["event"] == name]

    def times(self, name):
        return [datetime.datetime.fromisoformat(r["time"].rstrip("Z")).timestamp()
                for r in self.events(name)]

    def house_pid(self):
        try:
            with open(self.house_path) as file:
                return int(file.read() or 0)
        except OSError:
            return 0

    def worker_pids(self):
        """The api workers that live and are ready."""
        return {r["pid"] for r in self.events("worker_ready")
                if r["crew"] == "api" and alive(r["pid"])}

    def stop(self, number=signal.SIGTERM, seconds=60):
        family = children(self.pid)
        self.send(number)
        code = self.process.wait(seconds)
        assert not [pid for pid in family if alive(pid)]
        return code

    def close(self):
        if self.process is not None:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            self.process.stderr.close()
        shutil.rmtree(self.dir, ignore_errors=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.close()
