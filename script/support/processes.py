"""Starting, recording and ending processes. Only what was started here is ever signalled: a process
is known by its number together with its start time, so that a number used again is not mistaken."""
import json
import os
import pathlib
import signal
import subprocess
import time

from errors import Failure, Stopped

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def start_time(pid):
    """In clock ticks since boot (proc(5), field 22); None when the process is gone or a zombie."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2]
    except OSError:
        return None
    fields = fields.split()
    return None if fields[0] in "ZX" else int(fields[19])


def group_lives(pgid):
    try:
        os.killpg(pgid, 0)
        return True
    except ProcessLookupError:
        return False
    except PermissionError:
        return True


def wait_until(condition, seconds):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


class Process:
    """One process, leader of a group and session of its own: Ctrl-C reaches it only through us."""

    # How each part is asked to end, how long that may take, and what follows if it does not.
    ENDINGS = {
        "nginx": [(signal.SIGTERM, 10)],
        "postern": [(signal.SIGTERM, 30)],
        "postgresql": [(signal.SIGINT, 20), (signal.SIGQUIT, 10)],
        "server": [(signal.SIGTERM, 90)],
    }

    def __init__(self, name, pid, started, child=None):
        self.name, self.pid, self.started, self.child = name, pid, started, child

    def alive(self):
        if self.child is not None:
            self.child.poll()
        return start_time(self.pid) == self.started

    def end(self):
        """Asks, waits, insists; afterwards nothing of its group is left."""
        asking = self.ENDINGS.get(self.name, [(signal.SIGTERM, 10)])
        for signum, seconds in asking + [(signal.SIGKILL, 5)]:
            if not self.alive():
                break
            os.kill(self.pid, signum)
            wait_until(lambda: not self.alive(), seconds)
        if self.name != "server" and group_lives(self.pid) and start_time(self.pid) is None:
            # Orphans of a leader that died without ending them.
            if not wait_until(lambda: not group_lives(self.pid), 2):
                os.killpg(self.pid, signal.SIGKILL)
        if self.child is not None:
            self.child.wait(5)

    def record(self):
        return {"name": self.name, "pid": self.pid, "started": self.started}

    @classmethod
    def from_record(cls, record):
        return cls(record["name"], record["pid"], record["started"])


class Record:
    """The file that says what runs, for --stop and for cleaning up after a killed script."""

    def __init__(self, path):
        self.path = path

    def read(self):
        try:
            return json.loads(self.path.read_text())
        except (OSError, ValueError):
            return {}

    def write(self, **values):
        new = self.path.with_suffix(".new")
        new.write_text(json.dumps(values, indent=1) + "\n")
        new.chmod(0o644)
        new.replace(self.path)

    def remove(self):
        self.path.unlink(missing_ok=True)

    def server(self):
        """The script that runs this state, or None."""
        record = self.read().get("server")
        process = Process.from_record(record) if record else None
        return process if process and process.alive() else None

    def parts(self):
        return [Process.from_record(entry) for entry in self.read().get("parts", [])]


class Signals:
    """Turns the first stop signal into the exception Stopped, never in the middle of a start."""

    def __init__(self):
        self.shielded = False
        self.received = None
        for signum in STOP_SIGNALS:
            signal.signal(signum, self._on_signal)

    def _on_signal(self, signum, _frame):
        self.received = self.received or signum
        if not self.shielded:
            self.shielded = True  # once; what follows is the orderly end
            raise Stopped(signum)

    def shield(self):
        self.shielded = True

    def unshield(self):
        self.shielded = False
        if self.received is not None:
            self.shielded = True
            raise Stopped(self.received)


class Children:
    """The processes of one running stack, in the order of their start."""

    def __init__(self, signals, record):
        self.signals, self.record = signals, record
        self.parts = []
        self.about = {}

    def start(self, name, command, *, log, user=None, cwd="/", env=None):
        self.signals.shield()
        try:
            with open(log, "ab") as out:
                child = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=cwd,
                    start_new_session=True, env=env, **(user.credentials() if user else {}))
            self.parts.append(Process(name, child.pid, start_time(child.pid), child))
            self.write_record()
        except OSError as error:
            raise Failure(f"{name} could not be started: {error}") from None
        finally:
            self.signals.unshield()

    def part(self, name):
        return next((part for part in self.parts if part.name == name), None)

    def end(self, part):
        part.end()
        self.parts.remove(part)
        self.write_record()

    def end_all(self):
        for part in reversed(self.parts[:]):
            self.end(part)
        self.record.remove()

    def write_record(self):
        own = Process("server", os.getpid(), start_time(os.getpid()))
        self.record.write(**self.about, server=own.record(),
                          parts=[part.record() for part in self.parts])


def run_step(command, what, *, user=None, env=None, quiet=True, text=None):
    """Runs a command to its end. Ended with all its children when a signal stops us."""
    child = subprocess.Popen(
        command, stdin=subprocess.PIPE if text is not None else subprocess.DEVNULL,
        stdout=subprocess.PIPE if quiet else None, stderr=subprocess.STDOUT if quiet else None,
        text=True, start_new_session=True, env=env, cwd="/" if user else None,
        **(user.credentials() if user else {}))
    try:
        output, _ = child.communicate(text)
    except BaseException:
        if group_lives(child.pid):
            os.killpg(child.pid, signal.SIGTERM)
        child.wait()
        raise
    if child.returncode != 0:
        tail = "\n".join((output or "").strip().splitlines()[-25:])
        raise Failure(f"{what} failed (exit {child.returncode}).\n{tail}".rstrip())
    return output or ""
