"""Requests that stop, drip or break off, and records that are no part of one."""

import os
import signal
import socket
import time

import pytest

from fcgi_client import (ABORT, BEGIN, DATA, FILTER, GET_VALUES, KEEP_CONN, PARAMS, STDIN,
                         base_params, begin, connect, exchange, get, pair, read_answer, record,
                         request, start_of)
from wire_server import Server


@pytest.fixture(autouse=True)
def still_serving(server):
    yield
    assert get(server.api).status == 200


def test_params_that_end_inside_a_pair_are_refused(server):
    data = begin() + record(PARAMS, pair("REQUEST_METHOD", "GET")[:-1]) + record(PARAMS)
    answer = exchange(server.api, data + record(STDIN))
    assert answer.whole and answer.status == 400


def whole_post():
    return request(base_params(REQUEST_METHOD="POST"), b"0123456789")


@pytest.mark.parametrize("how", ["close", "shutdown"])
def test_a_request_cut_anywhere_gets_no_answer(server, how):
    data = whole_post()
    for cut in range(0, len(data), 5):
        with connect(server.api) as sock:
            sock.sendall(data[:cut])
            if how == "close":
                continue
            sock.shutdown(socket.SHUT_WR)
            assert read_answer(sock).silent, cut


def test_half_closing_after_a_whole_request_is_fine(server):
    with connect(server.api) as sock:
        sock.sendall(whole_post())
        sock.shutdown(socket.SHUT_WR)
        assert read_answer(sock).status == 200


def test_a_request_in_single_bytes_is_the_same_request(server):
    data = request(base_params(), b"0123456789", stdin_end=True)
    with connect(server.api) as sock:
        sock.setblocking(True)  # with a timeout, Python waits for writability before each write
        for i in range(len(data)):
            sock.sendall(data[i:i + 1])
        answer = read_answer(sock)
    assert answer.status == 200 and answer.text.endswith("\n0123456789")


@pytest.mark.parametrize("sent", [b"", b"\x01", begin(), start_of()[:-3],
                                  start_of(base_params(CONTENT_LENGTH="10")) + record(STDIN, b"1")])
def test_a_peer_that_stops_holds_a_worker_no_longer_than_receive_timeout(impatient, sent):
    start = time.monotonic()
    with connect(impatient.api) as sock:
        sock.sendall(sent)
        assert read_answer(sock).silent
        assert 0.8 < time.monotonic() - start < 20


def test_a_dripping_peer_is_held_to_the_same_bound(impatient):
    data = whole_post()
    start = time.monotonic()
    with connect(impatient.api) as sock:
        with pytest.raises(OSError):  # long before the last byte
            for i in range(len(data)):
                sock.sendall(data[i:i + 1])
                time.sleep(0.02)
    assert time.monotonic() - start > 0.8


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1])
@pytest.mark.parametrize("part", ["params", "body"])
def test_a_signal_in_the_middle_cuts_nothing_short(number, part):
    data = whole_post()
    half = len(data) - 14 if part == "body" else len(data) // 2
    with Server(workers=1) as own:
        worker = int(get(own.api).field("pid"))
        with connect(own.api) as sock:
            sock.sendall(data[:half])
            time.sleep(0.1)
            os.kill(worker, number)
            time.sleep(0.1)
            sock.sendall(data[half:])
            answer = read_answer(sock)
        assert answer.status == 200 and answer.text.endswith("\n0123456789")
        assert int(answer.field("pid")) == worker


# Records that are no part of a request

@pytest.mark.parametrize("data", [
    b"\0" * 64, b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 64,
    record(GET_VALUES, pair("FCGI_MAX_CONNS", ""), 0),
    record(GET_VALUES, pair("FCGI_MAX_CONNS", "") * 4, 0) + request(),
    record(GET_VALUES, pair("FCGI_MAX_CONNS", "") * 1000, 0) * 3,
    begin() + record(GET_VALUES, pair("FCGI_MAX_CONNS", "") * 4, 0),
    start_of() + record(GET_VALUES, pair("FCGI_MAX_CONNS", "") * 4, 0) + record(STDIN),
    record(99, b"", 0) + request(),
    begin(role=FILTER) + start_of()[16:], begin(role=4), begin(role=0), begin(role=0x101),
    record(BEGIN, b"\0\1\0", 1), record(BEGIN, b"\0\1" + b"\0" * 14, 1), begin(request_id=0),
    begin() + begin(), begin() + record(PARAMS, b"", 2), begin() + record(STDIN),
    begin() + record(ABORT), start_of() + record(ABORT), start_of() + record(DATA, b"x"),
    start_of() + begin(request_id=2), start_of()[:-8] + record(ABORT),
    record(BEGIN, b"\0\1" + b"\0" * 6, version=2),
    begin() + record(PARAMS, b"", version=0)])
def test_what_is_no_request_is_dropped_without_a_word(server, data):
    start = time.monotonic()
    assert exchange(server.api, data).silent
    assert time.monotonic() - start < 8  # of the ten that are waited for a request


@pytest.mark.parametrize("data", [
    begin(padding=8) + start_of()[16:] + record(STDIN),
    start_of()[:-8] + record(PARAMS, padding=8) + record(STDIN)])
def test_padding_that_libfcgi_would_take_for_a_record_is_dropped(server, data):
    assert exchange(server.api, data).silent


def test_padding_elsewhere_is_skipped(server):
    content = b"".join(pair(*p) for p in base_params(CONTENT_LENGTH="3"))
    data = begin() + record(PARAMS, content, padding=255) + record(PARAMS)
    data += record(STDIN, b"abc", padding=7) + record(STDIN, padding=8)
    answer = exchange(server.api, data)
    assert answer.status == 200 and answer.text.endswith("\nabc")


def test_params_in_many_records_cut_anywhere(server):
    content = b"".join(pair(*p) for p in base_params(HTTP_X="v" * 300))
    for size in (1, 3, 50):
        data = begin() + b"".join(record(PARAMS, content[i:i + size], padding=i % 8)
                                  for i in range(0, len(content), size))
        answer = exchange(server.api, data + record(PARAMS) + record(STDIN))
        assert answer.status == 200 and "header x: " + "v" * 300 in answer.text


def test_what_follows_a_whole_request_is_no_second_one(server):
    answer = exchange(server.api, request(flags=KEEP_CONN) + request(base_params("/crash")))
    assert answer.status == 200 and answer.raw.count(b"Status:") == 1


def test_keep_conn_is_not_honoured(server):
    start = time.monotonic()
    for _ in range(5):
        assert exchange(server.api, request(flags=KEEP_CONN)).whole
    assert time.monotonic() - start < 10  # one that is kept would be waited on so long


def test_other_request_ids(server):
    for request_id in (1, 255, 256, 65535):
        assert exchange(server.api, request(request_id=request_id)).whole
