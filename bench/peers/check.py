"""Starts each peer by itself and sees that it lets in and keeps out whom it should:
    /usr/bin/python3 -m bench.peers.check [--load SECONDS] [NAME...]        (from the checkout's root)
"""
import argparse
import dataclasses
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

import psycopg2

from bench.peers import peers
from bench.peers.load import wrk
from bench.peers.serving import CONSTANT, ask

ACCOUNT = "alice"
POSTGRES = pathlib.Path(__file__).resolve().parents[2] / "tests/support/postgres"


@dataclasses.dataclass
class Database:
    host: str
    name: str
    port: int = 5432
    user: str = "peer"

    @property
    def dsn(self):
        return f"host={self.host} port={self.port} dbname={self.name} user={self.user}"


def as_superuser(directory, statement):
    connection = psycopg2.connect(Database(str(directory), "postgres", user="postgres").dsn)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()


def check(peer):
    """Its findings, none when all is well."""
    url, headers = peer.request()
    wrong = []
    for _ in range(3):
        status, identity, body = ask(url, headers)
        if (status, body) != (200, CONSTANT) or identity != ACCOUNT:
            wrong.append(f"the valid credential: {status}, identity {identity!r}")
    for number, (url, headers, expected) in enumerate(peer.refused()):
        status = ask(url, headers)[0]
        if status != expected:
            wrong.append(f"refusal {number}: {status}, expected {expected}")
    if not peer.pids():
        wrong.append("no process of its own")
    return wrong


def load(peer, seconds):
    seen = wrk(peer.request(), seconds)
    return f", {seen['rate']:.0f} requests/s, p99 {seen['p99']} {seen['wrong']}".rstrip()


def run_one(kind, directory, postgres, seconds, workers):
    run = directory / kind.name
    run.mkdir()
    as_superuser(postgres, f'create database "{kind.name}" owner peer')
    peer = kind(run, Database(str(postgres), kind.name), workers)
    pids, figures = [], ""
    try:
        peer.start()
        pids = peer.pids() + peer.front_pids()
        wrong = check(peer)
        if seconds and not wrong:
            figures = load(peer, seconds)
        own = len(peer.pids())
    except RuntimeError as error:
        wrong, own = [str(error)], 0
    finally:
        peer.stop()
    left = [pid for pid in pids if pathlib.Path(f"/proc/{pid}").exists()]
    if left:
        wrong.append(f"processes left: {left}")
    print(f"{kind.name}: {'; '.join(wrong) or 'ok'} ({own} processes{figures})", flush=True)
    return not wrong


def main():
    parser = argparse.ArgumentParser(description="Starts and checks the peers of the benchmark.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="peers; all without")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--load", type=int, default=0, metavar="SECONDS",
                        help="measure with wrk for so long, 8 connections")
    parser.add_argument("--keep", action="store_true", help="keep the logs")
    options = parser.parse_args()
    known = {kind.name: kind for kind in peers()}
    for name in options.names:
        if name not in known:
            parser.error(f"{name} is none of {', '.join(known)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # by way of what ends the peers
    directory = pathlib.Path(tempfile.mkdtemp(prefix="postern-peers-"))
    directory.chmod(0o755)
    postgres = directory / "pg"
    try:
        subprocess.run([POSTGRES, "start", postgres], check=True)
        as_superuser(postgres, "create role peer login")
        good = [run_one(known[name], directory, postgres, options.load, options.workers)
                for name in options.names or known]
    finally:
        subprocess.run([POSTGRES, "stop", postgres], check=False)
        if options.keep:
            print(f"The logs are in {directory}")
        else:
            shutil.rmtree(directory)
    return 0 if all(good) else 1


if __name__ == "__main__":
    raise SystemExit(main())
