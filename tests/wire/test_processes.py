"""Master, workers and sockets: what happens when processes die, hang, reload and stop."""

import os
import signal
import threading
import time

import pytest

from fcgi_client import base_params, connect, get, read_answer, request, wait_for
from wire_load import Load
from wire_server import Server, alive, children, free_port


# Workers

def test_a_killed_worker_is_replaced_at_once_under_load():
    with Server(workers=3) as server:
        with Load(server.api) as load:
            for _ in range(4):
                os.kill(int(get(server.api).field("pid")), signal.SIGKILL)
                time.sleep(0.5)
            wait_for(lambda: load.good > 200)
        # One request each died with its worker, none else.
        assert len(load.bad) <= 4
        wait_for(lambda: len(children(server.pid)) == 3 + 1 + 1 + 1)
        deaths, starts = server.times("worker_died"), server.times("worker_started")[5:]
        assert len(deaths) == len(starts) == 4
        assert all(start - death < 5 for death, start in zip(deaths, starts))


def test_all_workers_killed_at_once_are_replaced():
    with Server(workers=4) as server:
        wait_for(lambda: len(server.worker_pids()) == 4)
        time.sleep(1.1)
        for pid in server.worker_pids():
            os.kill(pid, signal.SIGKILL)
        start = time.monotonic()
        assert get(server.api).status == 200
        assert time.monotonic() - start < 10


def test_a_crash_ends_the_connection_without_an_answer_and_serving_goes_on():
    with Server(workers=1) as server:
        answer = get(server.api, "/crash")
        assert answer.silent and not answer.ended
        assert get(server.api).status == 200
        assert server.events("worker_died")[0]["signal"] == signal.SIGABRT


@pytest.mark.parametrize("how", ["1", "abort"])
def test_a_pool_that_dies_young_is_restarted_with_growing_pauses(how):
    with Server(broken_start=how) as server:
        time.sleep(2.2)
        # 100, 200, 400, 800 ms for the api and the resolvers, one for the gate: not thousands
        starts = wait_for(lambda: len(server.events("worker_started")) >= 6 and
                          server.times("worker_started"))
        assert len([start for start in starts if start - starts[0] < 2.2]) <= 18
        server.configure(broken_start="")
        assert get(server.api).status == 200


def test_a_stuck_worker_is_replaced():
    with Server(workers=1, receive_timeout=2, request_timeout=2) as server:
        start = time.monotonic()
        answer = get(server.api, "/hang")
        assert answer.silent and 1.9 < time.monotonic() - start < 20
        assert get(server.api).status == 200
        assert [r["crew"] for r in server.events("worker_stuck")] == ["api"]
        assert server.events("worker_died") == []


def test_a_slow_worker_does_not_hold_up_the_gate():
    with Server(workers=1) as server:
        with connect(server.api) as sock:
            sock.sendall(request(base_params("/hang")))
            time.sleep(0.1)
            start = time.monotonic()
            assert get(server.gate).field("door") == "gate"
            assert time.monotonic() - start < 20  # of 30, when the worker is ended


def test_a_worker_is_replaced_after_its_share_of_requests_and_none_fails():
    with Server(workers=2, max_requests=50) as server:
        with Load(server.api) as load:
            wait_for(lambda: load.good > 500)
        assert load.bad == [] and load.refused == 0
        assert len(server.events("worker_recycled")) >= 8
        assert server.events("worker_died") == []


def test_the_housekeeper_is_replaced_when_it_dies():
    with Server() as server:
        first = wait_for(server.house_pid)
        os.kill(first, signal.SIGKILL)
        second = wait_for(lambda: server.house_pid() not in (0, first) and server.house_pid())
        assert alive(second) and len(server.events("housekeeper_died")) == 1


# Reload

def test_a_reload_under_load_loses_no_request():
    with Server(workers=2) as server:
        with Load(server.api) as load, Load(server.gate, 2) as gate_load:
            for turn in range(6):
                server.configure(greeting="turn%d" % turn, workers=2 + turn % 2)
                server.send(signal.SIGHUP)
                wait_for(lambda: get(server.api).field("greeting") == "turn%d" % turn)
                time.sleep(0.15)
            wait_for(lambda: load.good > 300)
        assert load.bad == [] and load.refused == 0
        assert gate_load.bad == [] and gate_load.refused == 0
        wait_for(lambda: len(children(server.pid)) == 3 + 1 + 1 + 1)
        assert server.events("worker_died") == [] and server.events("worker_would_not_go") == []
        assert all(get(server.api).field("greeting") == "turn5" for _ in range(20))


def test_a_reload_finishes_the_request_under_way():
    with Server(workers=1) as server:
        with connect(server.api) as sock:
            sock.sendall(request(base_params("/slow")))
            time.sleep(0.1)
            server.send(signal.SIGHUP)
            assert read_answer(sock).status == 200


def test_settings_that_cannot_be_read_keep_the_old_ones():
    with Server() as server:
        before = wait_for(lambda: len(server.worker_pids()) == 2 and server.worker_pids())
        os.rename(server.dir + "/conf", server.dir + "/conf.away")
        server.send(signal.SIGHUP)
        wait_for(lambda: server.events("reload_refused"))
        assert server.worker_pids() == before


def test_new_workers_that_cannot_start_leave_the_old_ones_serving():
    with Server() as server:
        before = wait_for(lambda: len(server.worker_pids()) == 2 and server.worker_pids())
        server.configure(broken_start="1")
        server.send(signal.SIGHUP)
        wait_for(lambda: len(server.events("worker_died")) >= 3)
        assert before <= server.worker_pids() and get(server.api).status == 200
        server.configure(broken_start="")
        wait_for(lambda: not server.worker_pids() & before)


def test_another_socket_address_is_for_a_restart():
    with Server() as server:
        old = server.api
        server.configure(api=old + "2")
        server.send(signal.SIGHUP)
        wait_for(lambda: server.events("socket_change_needs_restart"))
        assert get(old).status == 200


def open_files(pid):
    """Nothing for a process that ended meanwhile."""
    try:
        return [os.path.realpath("/proc/%d/fd/%s" % (pid, fd))
                for fd in os.listdir("/proc/%d/fd" % pid)]
    except FileNotFoundError:
        return []


def test_every_process_opens_a_rotated_log_anew():
    with Server() as server:
        get(server.api)
        os.rename(server.log_path, server.log_path + ".1")
        server.send(signal.SIGHUP)
        wait_for(lambda: server.events("reload"))
        wait_for(lambda: len(children(server.pid)) == 5)
        def holders():
            return [pid for pid in children(server.pid) + [server.pid]
                    for path in open_files(pid) if path.endswith("log.1")]
        wait_for(lambda: holders() == [])
        answer = get(server.api)
        wait_for(lambda: [r for r in server.events("request") if r["id"] == answer.field("id")])


# Stop

@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_leaves_nothing_behind(number):
    with Server() as server:
        assert os.path.exists(server.dir + "/api.sock") and os.path.exists(server.dir + "/pid")
        with open(server.dir + "/pid") as file:
            assert int(file.read()) == server.pid
        start = time.monotonic()
        assert server.stop(number) == 0
        assert time.monotonic() - start < 20  # of the 30 that they may have
        assert sorted(os.listdir(server.dir)) == ["conf", "house", "log"]
        assert server.events()[-1]["event"] == "stopped"


def test_ctrl_c_in_a_terminal_reaches_all_and_still_drains():
    server = Server(workers=1)
    server.options = {"start_new_session": True}
    with server:
        with connect(server.api) as sock:
            sock.sendall(request(base_params("/slow")))
            time.sleep(0.1)
            os.killpg(server.pid, signal.SIGINT)
            assert read_answer(sock).status == 200
        assert server.process.wait(60) == 0


@pytest.mark.parametrize("kind", ["unix", "tcp"])
def test_a_stop_under_load_loses_no_accepted_request(kind):
    addresses = {} if kind == "unix" else {"api": "tcp:127.0.0.1:%d" % free_port()}
    with Server(workers=2, **addresses) as server:
        with Load(server.api, 8) as load:
            wait_for(lambda: load.good > 200)
            assert server.stop() == 0
            time.sleep(0.1)
        assert load.bad == []


def test_what_waits_in_the_queue_is_served_before_the_end():
    with Server(workers=1) as server:
        socks = [connect(server.api) for _ in range(8)]
        for sock in socks:
            sock.sendall(request(base_params("/slow")))
        time.sleep(0.1)
        server.send(signal.SIGTERM)
        assert [read_answer(sock).status for sock in socks] == [200] * 8
        assert server.process.wait(60) == 0
        for sock in socks:
            sock.close()


def test_a_worker_that_does_not_end_is_killed_after_the_drain_timeout():
    with Server(workers=1, drain_timeout=1, request_timeout=60) as server:
        with connect(server.api) as sock:
            sock.sendall(request(base_params("/hang")))
            time.sleep(0.1)
            start = time.monotonic()
            assert server.stop() == 0
            assert 0.9 < time.monotonic() - start < 20
            assert read_answer(sock).silent
        assert len(server.events("worker_would_not_go")) == 1


def test_no_process_outlives_a_master_that_is_killed():
    with Server() as server:
        wait_for(lambda: len(children(server.pid)) == 5)
        family = children(server.pid)
        server.process.kill()
        server.process.wait()
        wait_for(lambda: not [pid for pid in family if alive(pid)])
        # and what it left is no obstacle
        server.start()
        assert get(server.api).status == 200
