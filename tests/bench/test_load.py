"""What drives the load: wrk's answers judged, the credentials handed out, PostgreSQL's connections
held up."""
import json
import pathlib
import socket
import struct
import threading

import pytest

from bench.harness import pgbench, wrk
from bench.harness.fixture import Purse, scattered
from bench.harness.hammer import Asked, late, statuses
from bench.harness.pgproxy import Proxy, application_name
from bench.harness.scenario import Unexpected

FIGURES = {"requests": 100, "seconds": 2.0, "refused": 0, "errors": 0, "timeouts": 0, "mean": 1.5,
           "p50": 1, "p90": 2, "p99": 3, "p999": 4, "max": 5}


def answered(**changed):
    return wrk.read("Running 2s test\nJSON " + json.dumps(FIGURES | changed) + "\n")


def test_wrks_figures_are_read():
    assert answered().rate == 50 and answered().p99 == 3


def test_a_wrk_that_says_nothing_is_an_error():
    with pytest.raises(Unexpected):
        wrk.read("unable to connect to 127.0.0.1")


@pytest.mark.parametrize("expect,figures", [
    ("2xx", {"refused": 1}), ("4xx", {"refused": 99}), ("2xx", {"errors": 1}),
    ("2xx", {"timeouts": 1}), ("2xx", {"requests": 0}), ("4xx", {"refused": 0})])
def test_a_round_with_other_answers_is_no_round(expect, figures):
    with pytest.raises(Unexpected):
        wrk.judge(wrk.Load("http://x/", expect=expect), answered(**figures))


@pytest.mark.parametrize("expect,figures", [
    ("2xx", {}), ("4xx", {"refused": 100}), ("any", {"refused": 5, "timeouts": 1})])
def test_a_round_with_the_answers_that_were_expected(expect, figures):
    assert wrk.judge(wrk.Load("http://x/", expect=expect), answered(**figures)).requests == 100


def test_pgbench_is_read():
    text = ("number of transactions actually processed: 2000\n"
            "number of failed transactions: 0 (0.000%)\ntps = 1000.0 (without ...)\n")
    assert pgbench.read(text, {"postgresql": 1.0}).seconds == 2.0
    for wrong in (text.replace(": 0 (0", ": 3 (0"), text.replace("2000", "0"), "FATAL"):
        with pytest.raises(Unexpected):
            pgbench.read(wrong, {})


def make_purse(folder, count):
    for name in ("access", "refresh", "keys"):
        (folder / f"{name}.txt").write_text("".join(f"{name}{i}\n" for i in range(count)))
    return Purse(folder, {"password": "p"})


def test_no_credential_is_handed_out_twice(tmp_path):
    purse = make_purse(tmp_path, 100)
    lines = purse.slice("access", 40).read_text().split() + purse.take("access", 55)
    assert len(set(lines)) == 95
    with pytest.raises(Unexpected):
        purse.one("access")


def test_sessions_that_will_be_ended_are_nobody_elses(tmp_path):
    purse = make_purse(tmp_path, 1000)
    ended = {line.removeprefix("access") for line in purse.take("expendable", 50)}
    for kind in ("access", "refresh"):
        assert ended.isdisjoint(line.removeprefix(kind) for line in purse.take(kind, 950))


@pytest.mark.parametrize("size", [1, 2, 3, 10, 97, 1000])
def test_scattering_loses_nothing(size):
    lines = [str(number) for number in range(size)]
    assert sorted(scattered(lines), key=int) == lines


def test_late_is_what_began_after_the_answer_and_was_let_in():
    asked = [Asked(1.0, 200), Asked(1.9, 200), Asked(2.0, 200), Asked(2.5, 401), Asked(2.75, 200)]
    assert late(asked, 2.0) == [0.0, 0.75]
    assert statuses(asked, 2.0) == {200: 2, 401: 1}


def startup(name):
    body = struct.pack("!i", 196608) + b"user\0u\0application_name\0" + name.encode() + b"\0\0"
    return struct.pack("!i", len(body) + 4) + body


def test_the_name_is_read_from_the_startup_message():
    assert application_name(startup("postern listener")) == "postern listener"
    assert application_name(struct.pack("!ii", 8, 196608)) == ""


@pytest.fixture(name="echo")
def fixture_echo(tmp_path):
    """A "server" that answers everything with itself."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(tmp_path / ".s.PGSQL.5432"))
    listener.listen(8)

    def serve(client):
        with client:
            while data := client.recv(1000):
                client.sendall(data)

    def accept():
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(client,), daemon=True).start()
    threading.Thread(target=accept, daemon=True).start()
    yield pathlib.Path(tmp_path)
    listener.close()


def connect(folder, name):
    client = socket.socket(socket.AF_UNIX)
    client.settimeout(5)
    client.connect(str(folder / ".s.PGSQL.5432"))
    client.sendall(startup(name))
    assert client.recv(1000) == startup(name)
    return client


def test_the_proxy_holds_up_whom_it_is_told_to(echo, tmp_path):
    folder = tmp_path / "proxy"
    folder.mkdir()
    with Proxy(folder, str(echo), 5432) as proxy, connect(folder, "listener") as held, \
            connect(folder, "gate") as free:
        proxy.hold(lambda name: name == "listener")
        held.sendall(b"held")
        free.sendall(b"free")
        assert free.recv(100) == b"free"
        held.settimeout(0.8)
        with pytest.raises(TimeoutError):
            held.recv(100)
        proxy.release()
        held.settimeout(5)
        assert held.recv(100) == b"held", "nothing is lost"
