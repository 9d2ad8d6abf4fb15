"""The gate's workers on the wire: they answer at once or hand on, and wait for nobody."""

import os
import signal
import time

import pytest

from fcgi_client import (AUTHORIZER, base_params, begin, connect, exchange, get, read_answer, record,
                         request, start_of, wait_for, PARAMS)
from wire_load import Load
from wire_server import Server, free_port


@pytest.fixture(scope="module")
def server():
    # What is answered together counts as one request to the watchdog.
    with Server(gate_workers=1, resolvers=1, receive_timeout=5, request_timeout=60) as running:
        yield running


def quick(server, uri="/quick", **params):
    return get(server.gate, uri, **params)


def test_the_desk_answers_at_once_and_whole(server):
    answer = quick(server)
    assert answer.whole and answer.status == 200 and not answer.reset
    assert answer.header("Cache-Control") == "no-store"
    assert answer.header("Content-Length") == "0" and answer.body == b""


def test_the_whole_answer_is_one_record_and_its_end(server):
    raw = exchange(server.gate, request(base_params("/quick"))).raw
    kinds = []
    while raw:
        kinds.append(raw[1])
        raw = raw[8 + int.from_bytes(raw[4:6], "big") + raw[6]:]
    assert kinds == [6, 6, 3], "STDOUT, its end, END_REQUEST"


def test_a_large_answer_comes_whole(server):
    answer = quick(server, "/quick/big")
    assert answer.whole and len(answer.body) == 100_000


def test_what_the_desk_does_not_know_is_answered_by_a_resolver(server):
    desk = quick(server).header("X-Pid")
    answer = get(server.gate)
    assert answer.whole and answer.field("door") == "gate"
    assert answer.field("pid") != desk


def test_a_busy_resolver_does_not_hold_up_what_is_at_hand(server):
    with connect(server.gate) as held:
        held.sendall(request(base_params("/slow")))
        waiting = [connect(server.gate) for _ in range(20)]
        for sock in waiting:
            sock.sendall(request(base_params("/slow")))
        start = time.monotonic()
        for _ in range(50):
            assert quick(server).status == 200
        assert time.monotonic() - start < 5  # of the six that the resolver is busy
        assert read_answer(held).status == 200
    for sock in waiting:
        assert read_answer(sock).status == 200
        sock.close()


def test_silent_and_slow_peers_hold_up_nobody(server):
    silent = [connect(server.gate) for _ in range(100)]
    half = [connect(server.gate) for _ in range(100)]
    for sock in half:
        sock.sendall(start_of()[:40])
    start = time.monotonic()
    for _ in range(50):
        assert quick(server).status == 200
    assert time.monotonic() - start < 4.5
    for sock in silent + half:  # receive_timeout is 5 s
        assert read_answer(sock).silent
        sock.close()
    assert time.monotonic() - start < 30


def test_a_request_in_pieces_is_answered(server):
    whole = request(base_params("/quick"))
    for step in (5, 17, 64):
        with connect(server.gate) as sock:
            for i in range(0, len(whole), step):
                sock.sendall(whole[i:i + step])
                time.sleep(0.002)
            assert read_answer(sock).status == 200


def test_a_request_in_pieces_is_handed_on(server):
    whole = request(base_params("/echo"))
    with connect(server.gate) as sock:
        sock.sendall(whole[:50])
        time.sleep(0.1)
        sock.sendall(whole[50:])
        assert read_answer(sock).field("door") == "gate"


def test_the_authorizer_role_is_answered_without_an_end_of_input(server):
    start = time.monotonic()
    with connect(server.gate) as sock:
        sock.sendall(request(base_params("/quick"), role=AUTHORIZER, stdin_end=False))
        answer = read_answer(sock)
        assert answer.whole and not answer.reset
    assert time.monotonic() - start < 4.5


def test_what_comes_after_the_answer_is_read_away(server):
    with connect(server.gate) as sock:
        sock.sendall(request(base_params("/quick"), role=AUTHORIZER, stdin_end=False))
        for _ in range(20):
            try:
                sock.sendall(record(5, b"x" * 1000))
            except (BrokenPipeError, ConnectionResetError):
                break
        answer = read_answer(sock)
        assert answer.whole, "the answer was lost to a reset"


@pytest.mark.parametrize("data", [b"\0" * 64, b"GET / HTTP/1.1\r\n\r\n", begin(role=3),
                                  record(9, b""), begin(request_id=0)])
def test_what_is_no_request_is_dropped_without_a_word(server, data):
    assert exchange(server.gate, data).silent
    assert quick(server).status == 200


def test_what_the_wall_refuses_is_answered_whole(server):
    params = base_params("/quick") + [("HTTP_AUTHORIZATION", "a"), ("HTTP_AUTHORIZATION", "b")]
    answer = exchange(server.gate, request(params))
    assert answer.whole and answer.status == 400
    answer = exchange(server.gate, request(base_params("/quick", HTTP_X="x" * 9000)))
    assert answer.whole and answer.status == 431


def test_cve_2025_23016_lengths_that_overflow_never_reach_anybody(server):
    for size in (0x7FFFFFFF, 0x7FFFFFFE, 0x40000000):
        lengths = (size | 0x80000000).to_bytes(4, "big") * 2
        answer = exchange(server.gate, begin() + record(PARAMS, lengths + b"x" * 16))
        assert answer.whole and answer.status == 431
    assert server.events("worker_died") == []


def test_more_visitors_than_places_are_all_served(server):
    crowd = [connect(server.gate) for _ in range(700)]  # kMaxVisits is 512
    for sock in crowd:
        sock.sendall(request(base_params("/quick")))
    for sock in crowd:
        assert read_answer(sock).status == 200
        sock.close()


def test_idle_connections_beyond_the_places_time_out_and_give_way(server):
    idle = [connect(server.gate) for _ in range(600)]
    start = time.monotonic()
    assert quick(server).status == 200
    assert time.monotonic() - start < 30
    for sock in idle:
        sock.close()


def test_a_peer_that_goes_at_once_leaves_nothing_behind(server):
    worker = int(quick(server).header("X-Pid"))

    def descriptors():
        return len(os.listdir(f"/proc/{worker}/fd"))

    before = descriptors()
    for _ in range(500):
        with connect(server.gate) as sock:
            sock.sendall(request(base_params("/quick")))
        connect(server.gate).close()
    assert quick(server).status == 200
    wait_for(lambda: descriptors() <= before)


def test_nobody_waits_for_ever_where_no_resolver_has_room():
    with Server(gate_workers=1, resolvers=1, request_timeout=120) as server:
        stuck = [connect(server.gate) for _ in range(500)]
        for sock in stuck:
            sock.sendall(request(base_params("/hang")))
        wait_for(lambda: server.events("no_resolver_free"))
        assert read_answer(stuck[-1]).status == 503
        assert quick(server).status == 200
        server.send(signal.SIGKILL)  # /hang never ends by itself
        server.process.wait()


def test_a_killed_gate_worker_is_replaced():
    with Server(gate_workers=1, resolvers=1) as server:
        first = int(quick(server).header("X-Pid"))
        os.kill(first, signal.SIGKILL)
        start = time.monotonic()
        assert int(quick(server).header("X-Pid")) != first
        assert time.monotonic() - start < 10


def test_a_resolver_killed_at_work_loses_that_visitor_alone():
    with Server(gate_workers=1, resolvers=2) as server:
        with connect(server.gate) as sock:
            sock.sendall(request(base_params("/crash")))
            answer = read_answer(sock)
            assert answer.silent and not answer.ended
        for _ in range(20):
            assert get(server.gate).status == 200


@pytest.mark.parametrize("uri", ["/quick", "/echo"])
def test_reloads_under_load_lose_no_visitor(uri):
    with Server(gate_workers=2, resolvers=2) as server:
        with Load(server.gate, uri=uri) as load:
            for _ in range(5):
                time.sleep(0.3)
                server.send(signal.SIGHUP)
            time.sleep(0.5)
            wait_for(lambda: load.good > 100)
        assert load.bad == [] and load.refused == 0


def test_stopping_serves_those_who_were_handed_on():
    with Server(gate_workers=1, resolvers=1, drain_timeout=60) as server:
        crowd = [connect(server.gate) for _ in range(8)]
        for sock in crowd:
            sock.sendall(request(base_params("/slow")))
        time.sleep(0.1)
        server.send(signal.SIGTERM)
        for sock in crowd:
            assert read_answer(sock).status == 200
            sock.close()
        assert server.process.wait(60) == 0


def test_the_log_of_allowed_checks_is_on_wish():
    with Server(gate_workers=1, log_checks=0) as server:
        for _ in range(5):
            assert quick(server).status == 200
            assert get(server.gate).status == 200
        assert get(server.gate, "/throw").status == 500
        wait_for(lambda: server.events("request"))
        assert {r["status"] for r in server.events("request")} == {500}


def test_tcp_does_as_well():
    with Server(gate="tcp:127.0.0.1:%d" % free_port()) as server:
        assert quick(server).status == 200
        assert get(server.gate).field("door") == "gate"
