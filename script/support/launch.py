"""script/server after the bootstrap: builds and runs the whole of it."""
import argparse
import json
import os
import signal
import sys
import time
import traceback
import urllib.error
import urllib.request

import postern
import render
from errors import Failure, Stopped
from greeting import greeting
from places import Places, Users, check_port
from postgres import Postgres, tail
from processes import Children, Record, Signals, start_time, wait_until

HELP = """Builds Postern and runs it with a PostgreSQL and an nginx of its own, until Ctrl-C."""
MORE = """environment:
  POSTERN_STATE         where accounts, keys, logs and configuration live (default: var/)
  POSTERN_PORT          port on 127.0.0.1 (default: 8080)
  POSTERN_CONFIG_EXTRA  a configuration file layered over the generated $POSTERN_STATE/postern.toml
  POSTERN_BINARY        run this program and build nothing

for tests:
  POSTERN_UNSAFE_FAST   1: the database does not wait for the disk
  POSTERN_SAMPLE_STUDIO 1: the sample application answers for Kitsu's productions, behind the gate
  POSTERN_END_WITH      the number of a process; when it is gone, everything ends

SIGUSR1 to the running script stops the database, SIGUSR2 starts it again: to see an outage."""


def parse_arguments():
    parser = argparse.ArgumentParser(prog="script/server", description=HELP, epilog=MORE,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--detach", action="store_true",
                      help="return when it is ready, leaving it running")
    what.add_argument("--stop", action="store_true", help="end the server of this state")
    return parser.parse_args()


def port_from_environment():
    text = os.environ.get("POSTERN_PORT") or "8080"
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise Failure(f"POSTERN_PORT must be a number from 1 to 65535, not {text!r}.")
    return int(text)


def say(text):
    print(text, flush=True)


class Stack:
    """Everything from the lock on the state to the last process's end."""

    def __init__(self, places, users, port, binary):
        self.places, self.users, self.port, self.binary = places, users, port, binary
        self.database_wanted = True
        self.end_with = int(os.environ.get("POSTERN_END_WITH") or 0)

    def run(self, signals, report, ready):
        """Starts all, says so through `ready`, and stays until a signal or a part's end."""
        children = Children(signals, Record(self.places.record))
        children.about = {"port": self.port}
        try:
            self.start(children, report)
            ready()
            self.watch(children)
        finally:
            signals.shield()
            children.end_all()
            self.places.forget_run()

    def start(self, children, report):
        self.places.prepare(self.users)
        children.about["run"] = str(self.places.run)
        self.postgres = Postgres(self.places, self.users,
                                 os.environ.get("POSTERN_UNSAFE_FAST") == "1")
        report("Starting PostgreSQL ...")
        self.postgres.prepare()
        self.postgres.start(children)
        self.postgres.make_roles()
        render.write_postern_config(self.places, self.users, self.postgres, self.port)
        render.copy_site(self.places)
        report("Migrating the database, making the keys ...")
        program = postern.Postern(self.places, self.users, self.binary)
        program.migrate()
        program.init()
        render.write_nginx(self.places, self.users, self.port, program.issuer_path())
        report("Starting Postern and nginx ...")
        program.serve(children)
        self.wait_for_sockets(children)
        self.start_nginx(children)
        self.wait_ready(children)

    def start_nginx(self, children):
        data = self.places.data.resolve()
        log = data / "log" / "nginx-error.log"
        children.start("nginx", ["/usr/sbin/nginx", "-p", f"{data}/nginx/", "-c", "nginx.conf",
                                 "-e", str(log), "-g", "daemon off;"], log=log)

    def wait_for_sockets(self, children):
        sockets = [self.places.run / "fcgi" / f"{door}.sock" for door in ("api", "gate")]
        wait_until(lambda: all(path.exists() for path in sockets)
                   or not children.part("postern").alive(), 30)
        self.check_parts(children)

    def wait_ready(self, children):
        deadline = time.monotonic() + 60
        while not self.answers_ready():
            self.check_parts(children)
            if time.monotonic() > deadline:
                raise Failure("It did not get ready within 60 seconds.\n" + tail(
                    self.places.data / "log" / "postern.log"))
            time.sleep(0.03)
        self.check_parts(children)

    def answers_ready(self):
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            url = f"http://127.0.0.1:{self.port}/auth/v1/readyz"
            return direct.open(url, timeout=5).status == 200
        except (urllib.error.URLError, OSError):
            return False

    def check_parts(self, children):
        for part in children.parts:
            if not part.alive():
                log = "nginx-error" if part.name == "nginx" else part.name
                raise Failure(f"{part.name} ended unexpectedly (exit {part.child.returncode}).\n"
                              + tail(self.places.data / "log" / f"{log}.log"))

    def watch(self, children):
        signal.signal(signal.SIGUSR1, lambda *_: setattr(self, "database_wanted", False))
        signal.signal(signal.SIGUSR2, lambda *_: setattr(self, "database_wanted", True))
        while True:
            database = children.part("postgresql")
            if database and not self.database_wanted:
                children.end(database)
            elif not database and self.database_wanted:
                self.postgres.start(children)
            self.check_parts(children)
            if self.end_with and start_time(self.end_with) is None:
                raise Failure(f"Process {self.end_with} is gone, as POSTERN_END_WITH expected.")
            time.sleep(0.1)


def in_foreground(stack, signals):
    def ready():
        say(greeting(stack.places, stack.port))
        say("\nCtrl-C ends it.")
    try:
        stack.run(signals, say, ready)
    except Stopped:
        say("\nEnded.")
        return 0


def in_background(stack, signals):
    """Forks the part that stays; returns when that says ready, or why it is not."""
    stack.places.state.joinpath("server.log").touch(mode=0o600)
    readable, writable = os.pipe()
    signals.shield()
    child = os.fork()
    if child == 0:
        os.close(readable)
        stay(stack, signals, os.fdopen(writable, "w"))
    os.close(writable)
    try:
        signals.unshield()
        return wait_for_ready(stack, os.fdopen(readable))
    except Stopped:
        os.kill(child, signal.SIGTERM)
        os.waitpid(child, 0)
        raise


def stay(stack, signals, pipe):
    os.setsid()
    log = os.open(stack.places.state / "server.log", os.O_WRONLY | os.O_APPEND)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for target, source in ((0, nothing), (1, log), (2, log)):
        os.dup2(source, target)

    def tell(kind, text=""):
        try:
            if not pipe.closed:
                pipe.write(json.dumps([kind, text]) + "\n")
                pipe.flush()
        except OSError:
            pass

    def ready():
        tell("ready")
        pipe.close()
    status = 0
    try:
        signals.unshield()
        stack.run(signals, lambda text: tell("progress", text), ready)
    except Stopped:
        pass
    except Failure as failure:
        say(str(failure))
        tell("failed", str(failure))
        status = 1
    except Exception:  # os._exit below would swallow it
        traceback.print_exc()
        status = 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def wait_for_ready(stack, pipe):
    for line in pipe:
        kind, text = json.loads(line)
        if kind == "progress":
            say(text)
        elif kind == "failed":
            raise Failure(text)
        elif kind == "ready":
            say(greeting(stack.places, stack.port))
            say("\nscript/server --stop ends it.")
            return 0
    raise Failure(f"It ended before it was ready; see {stack.places.state / 'server.log'}.")


def stop(places):
    record = Record(places.record)
    server, parts = record.server(), [part for part in record.parts() if part.alive()]
    if server is None and not parts:
        say(f"No server runs on {places.state}.")
        return 0
    if server is not None:
        server.end()
    end_leftovers(places)
    say("Stopped.")
    return 0


def end_leftovers(places):
    """Ends what a killed script left behind, nginx first and the database last."""
    record = Record(places.record)
    for part in reversed(record.parts()):
        part.end()
    record.remove()


def main():
    arguments = parse_arguments()
    places = Places(os.environ.get("POSTERN_STATE") or render.SOURCE / "var")
    if arguments.stop:
        return stop(places)
    port, binary = port_from_environment(), postern.given_binary()
    signals = Signals()
    users = Users()
    places.claim(users)
    end_leftovers(places)
    check_port(port)
    if binary is None:
        say("Building Postern (the first time takes a few minutes) ...")
        binary = postern.build()
    stack = Stack(places, users, port, binary)
    return in_background(stack, signals) if arguments.detach else in_foreground(stack, signals)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        print(f"script/server: {failure}", file=sys.stderr)
        sys.exit(1)
    except PermissionError as error:
        print(f"script/server: this state belongs to another user: {error}", file=sys.stderr)
        sys.exit(1)
    except Stopped as stopped:
        sys.exit(128 + stopped.signum)
