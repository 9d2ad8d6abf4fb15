"""What the wall lets through, and what it refuses, byte by byte."""

import os
import random
import socket
import time

import pytest

from fcgi_client import (AUTHORIZER, PARAMS, STDIN, base_params, begin, connect, exchange, get,
                         length, read_answer, record, request, start_of, wait_for)
from wire_server import children


@pytest.fixture(autouse=True)
def still_serving(server):
    yield
    assert get(server.api).status == 200


def test_a_request_arrives_as_it_was_sent(server):
    answer = exchange(server.api, request(base_params(
        "/a/%7Eb?q=1", "POST", CONTENT_TYPE="Application/JSON; charset=utf-8",
        HTTP_X_API_KEY="k"), b"{}"))
    assert answer.whole and answer.status == 200
    assert answer.lines[0] == "Status: 200 OK"
    assert answer.field("method") == "POST" and answer.field("target") == "/a/%7Eb?q=1"
    assert answer.field("path") == "/a/~b" and answer.field("address") == "192.0.2.7"
    assert answer.field("scheme") == "https" and answer.field("host") == "example.test"
    assert answer.field("type") == "application/json" and answer.field("body") == "2"
    assert "header x-api-key: k\n" in answer.text and answer.text.endswith("\n{}")
    assert answer.header("X-Request-Id") == answer.field("id") and len(answer.field("id")) == 32


def test_every_answer_has_another_request_id(server):
    assert len({get(server.api).header("X-Request-Id") for _ in range(200)}) == 200


def test_head_has_the_length_and_no_body(server):
    answer = get(server.api, REQUEST_METHOD="HEAD")
    assert answer.status == 200 and answer.body == b"" and int(answer.header("Content-Length")) > 0


def test_a_large_answer_arrives_whole(server):
    assert get(server.api, "/big").body == b"x" * 1_000_000


def test_only_http_params_become_headers_and_httpoxy_does_not(server):
    answer = get(server.api, X_API_KEY="param", HTTP_PROXY="http://evil", REMOTE_USER="root")
    assert "header x-api-key" not in answer.text and "evil" not in answer.text
    assert "root" not in answer.text


def test_cve_2011_2766_nothing_of_a_request_is_left_for_the_next(server):
    for _ in range(20):
        first = exchange(server.api, request(base_params(HTTP_AUTHORIZATION="Bearer s"), b"secret"))
        assert "Bearer s" in first.text
        second = get(server.api)
        assert "authorization" not in second.text and second.field("body") == "0"


@pytest.mark.parametrize("name", [
    "REQUEST_METHOD", "REQUEST_URI", "CONTENT_LENGTH", "CONTENT_TYPE", "REMOTE_ADDR", "HTTPS",
    "REQUEST_SCHEME", "FCGI_ROLE", "HTTP_AUTHORIZATION", "HTTP_X_API_KEY", "HTTP_HOST",
    "HTTP_COOKIE", "HTTP_X_ANYTHING", "REMOTE_USER"])
@pytest.mark.parametrize("second", ["", "other"])
def test_a_repeated_parameter_is_refused(server, name, second):
    first = {"REQUEST_METHOD": "GET", "FCGI_ROLE": "RESPONDER", "CONTENT_LENGTH": ""}.get(name, "x")
    params = [p for p in base_params() if p[0] != name]
    answer = exchange(server.api, request(params + [(name, first), (name, second)]))
    assert answer.whole and answer.status == 400


@pytest.mark.parametrize("other", ["http_x_api_key", "HTTP_X-API_KEY", "HTTP_X_API-KEY"])
def test_b7_37_a_header_in_another_spelling_is_the_same_header(server, other):
    answer = exchange(server.api, request(base_params(HTTP_X_API_KEY="a") + [(other, "b")]))
    assert answer.status == 400


def test_lists_that_decide_nothing_may_come_in_pieces(server):
    answer = exchange(server.api, request(
        base_params() + [("HTTP_VIA", "1.1 a"), ("HTTP_VIA", "1.1 b")]))
    assert answer.status == 200 and "header via: 1.1 a, 1.1 b\n" in answer.text


@pytest.mark.parametrize("name,value", [
    ("HTTP_X", "a\0b"), ("HTTP_X", "a\r\nb"), ("HTTP_X", "a\nb"), ("HTTP_X", "\x7f"),
    ("HTTP=X", "a"), ("HTTP X", "a"), ("", "a"), ("HTTP_\0", "a"), ("H\x80", "a")])
def test_names_and_values_that_could_be_taken_for_others_are_refused(server, name, value):
    answer = exchange(server.api, request(base_params() + [(name, value)]))
    assert answer.whole and answer.status == 400


@pytest.mark.parametrize("method", ["", "get", "GET POST", "A" * 17, "G\tT", None])
def test_a_method_is_a_short_upper_case_token(server, method):
    assert get(server.api, REQUEST_METHOD=method).status == 400


def test_scheme_and_role_that_contradict_are_refused(server):
    assert get(server.api, REQUEST_SCHEME="ftp").status == 400
    assert get(server.api, FCGI_ROLE="AUTHORIZER").status == 400
    assert get(server.api, FCGI_ROLE="RESPONDER").status == 200
    assert get(server.api, REQUEST_SCHEME=None, HTTPS="on").field("scheme") == "https"
    assert get(server.api, REQUEST_SCHEME=None, HTTPS="off").field("scheme") == "http"


def test_a_target_in_doubt_reaches_the_application_without_a_path(server):
    assert get(server.api, "/a/%2e%2e/%2e%2e/b").field("path") == "none"
    assert get(server.api, REQUEST_URI=None).field("path") == "none"


# Bodies

@pytest.mark.parametrize("size", [0, 1, 8191, 8192, 8193, 40000, 65535, 65536])
def test_bodies_up_to_the_limit(server, size):
    body = os.urandom(size)
    answer = exchange(server.api, request(base_params(REQUEST_METHOD="POST"), body))
    assert answer.status == 200 and answer.field("body") == str(size)
    assert answer.body.endswith(b"\n" + body)


@pytest.mark.parametrize("pieces", [1, 7, 1000])
def test_a_body_in_many_records(server, pieces):
    body = b"0123456789" * 100
    size = len(body) // pieces
    records = b"".join(record(STDIN, body[i:i + size], padding=i % 9)
                       for i in range(0, len(body), size))
    data = start_of(base_params(CONTENT_LENGTH="1000")) + records + record(STDIN)
    assert exchange(server.api, data).body.endswith(b"\n" + body)


@pytest.mark.parametrize("announced,sent", [(10, 5), (10, 0), (5, 10), (0, 1), (1, 0)])
def test_a_body_of_another_length_than_announced_is_refused(server, announced, sent):
    data = request(base_params(CONTENT_LENGTH=str(announced)), b"x" * sent)
    answer = exchange(server.api, data)
    assert answer.whole and answer.status == 400


def test_a_body_without_content_length_is_refused(server):
    data = start_of() + record(STDIN, b"hidden") + record(STDIN)
    assert exchange(server.api, data).status == 400


@pytest.mark.parametrize("text,status", [
    ("", 200), ("0", 200), ("00", 200), ("-1", 400), ("+1", 400), ("1x", 400), (" 1", 400),
    ("0x10", 400), ("1.0", 400), ("1" + "0" * 20, 413), ("18446744073709551617", 413),
    ("65537", 413)])
def test_b7_47_content_length_is_a_number_within_the_limit(server, text, status):
    answer = exchange(server.api, request(base_params(CONTENT_LENGTH=text)))
    assert answer.whole and answer.status == status


def test_a_body_over_the_limit_is_answered_while_it_is_still_being_sent(server):
    with connect(server.api) as sock:
        sock.sendall(start_of(base_params(CONTENT_LENGTH="10000000")) + record(STDIN, b"x" * 1000))
        start = time.monotonic()
        answer = read_answer(sock)
    assert answer.whole and answer.status == 413 and time.monotonic() - start < 8
    assert answer.text == "failure 413 GET\n"


def test_a_peer_that_sends_all_of_a_large_body_still_gets_its_answer(server):
    answer = exchange(server.api, request(base_params(), b"x" * 3_000_000))
    assert answer.whole and answer.status == 413


# Sizes

def test_one_value_over_the_limit(server):
    assert get(server.api, HTTP_X="y" * 8192).status == 200
    assert get(server.api, HTTP_X="y" * 8193).status == 431


def test_all_parameters_over_the_limit(server):
    many = [("HTTP_X%d" % i, "y" * 8000) for i in range(3)]
    assert exchange(server.api, request(base_params() + many)).status == 200
    many = [("HTTP_X%d" % i, "y" * 8000) for i in range(5)]
    assert exchange(server.api, request(base_params() + many)).status == 431
    many = [("HTTP_X%d" % i, "y" * 8000) for i in range(100)]
    assert exchange(server.api, request(base_params() + many)).status == 431


def test_too_many_parameters(server):
    room = 128 - len(base_params())
    many = [("P%d" % i, "") for i in range(room + 1)]
    assert exchange(server.api, request(base_params() + many[:-1])).status == 200
    assert exchange(server.api, request(base_params() + many)).status == 431


def test_params_and_body_at_their_limits_together(server):
    many = [("HTTP_X%d" % i, "y" * 8000) for i in range(3)]
    answer = exchange(server.api, request(base_params() + many, b"b" * 65536))
    assert answer.status == 200 and answer.field("body") == "65536"


@pytest.mark.parametrize("name_length,value_length", [
    (0x7FFFFFFF, 0x7FFFFFFF), (0x7FFFFFFE, 0x7FFFFFFE), (0x40000000, 0x40000000),
    (0x10000000, 0x10000000), (0x7FFFFFFF, 0), (0, 0x7FFFFFFF), (8193, 0)])
def test_cve_2025_23016_impossible_lengths(server, name_length, value_length):
    lengths = length(name_length, True) + length(value_length, True)
    with connect(server.api) as sock:  # nothing follows: the announcement alone is refused
        sock.sendall(begin() + record(PARAMS, lengths + b"x" * 16))
        answer = read_answer(sock)
    assert answer.whole and answer.status == 431


# Roles and doors

def test_the_authorizer_role_reads_no_body_and_waits_for_no_end(server):
    params = base_params(REQUEST_METHOD="POST", CONTENT_LENGTH="1000", FCGI_ROLE="AUTHORIZER")
    for address in (server.api, server.gate):
        start = time.monotonic()
        answer = exchange(address, request(params, role=AUTHORIZER, stdin_end=False))
        assert answer.status == 200 and answer.field("role") == "authorizer"
        assert answer.field("body") == "0" and time.monotonic() - start < 8


def test_the_gate_reads_no_body_whatever_content_length_says(server):
    for text in ("7", "10000000", "nonsense"):
        params = base_params(REQUEST_METHOD="POST", CONTENT_LENGTH=text)
        answer = exchange(server.gate, request(params))
        assert answer.status == 200 and answer.field("door") == "gate"
        assert answer.field("body") == "0"


def test_refusals_in_the_authorizer_role_are_whole_answers(server):
    params = base_params() + [("HTTP_AUTHORIZATION", "a"), ("HTTP_AUTHORIZATION", "b")]
    answer = exchange(server.gate, request(params, role=AUTHORIZER, stdin_end=False))
    assert answer.whole and answer.status == 400


# What goes wrong inside

@pytest.mark.parametrize("uri", ["/throw", "/throw-odd"])
def test_what_a_handler_throws_becomes_a_whole_500(server, uri):
    answer = get(server.api, uri)
    assert answer.whole and answer.status == 500 and answer.text == "failure 500 GET\n"
    assert answer.header("X-Request-Id")


def test_a_failure_that_fails_is_still_a_refusal(server):
    answer = get(server.api, "/throw", HTTP_X_FAILURE_THROWS="1")
    assert answer.whole and answer.status == 500
    answer = get(server.api, REQUEST_METHOD="?", HTTP_X_FAILURE_THROWS="1")
    assert answer.whole and answer.status == 400


def test_a_peer_that_goes_before_its_answer_harms_nobody(server):
    for _ in range(50):
        with connect(server.api) as sock:
            sock.sendall(request(base_params("/big")))
    assert get(server.api).status == 200


def test_cve_2012_6687_two_thousand_connections(server):
    for _ in range(2000):
        connect(server.api).close()
    assert get(server.api).status == 200


def test_three_hundred_connections_at_once(server):
    socks = [connect(server.api) for _ in range(300)]
    for sock in socks:
        sock.sendall(request())
    assert all(read_answer(sock).whole for sock in socks)
    for sock in socks:
        sock.close()


def test_no_descriptor_is_left_open(server):
    def open_now():
        return {pid: len(os.listdir("/proc/%d/fd" % pid)) for pid in children(server.pid)}

    before = open_now()
    for data in (request(), b"junk junk", b"", start_of(base_params(CONTENT_LENGTH="-1"))):
        for _ in range(100):
            if data:
                exchange(server.api, data)
            else:
                connect(server.api).close()
    wait_for(lambda: open_now() == before)


def test_random_damage_never_kills_a_worker_nor_slips_through(server):
    chance = random.Random(20120687)
    base = request(base_params(HTTP_AUTHORIZATION="Bearer x"), b"0123456789")
    for _ in range(400):
        data = bytearray(base)
        for _ in range(chance.randint(1, 4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        with connect(server.api) as sock:
            sock.sendall(bytes(data))
            sock.shutdown(socket.SHUT_WR)
            answer = read_answer(sock)
        assert answer.silent or answer.whole


# Log

def test_a_request_leaves_one_line_without_anything_secret(server):
    answer = get(server.api, "/echo?token=SECRET1", HTTP_COOKIE="SECRET2", HTTP_X_ACCOUNT="acc-1")
    wait_for(lambda: [r for r in server.events("request") if r["id"] == answer.field("id")])
    lines = [r for r in server.events("request") if r["id"] == answer.field("id")]
    assert len(lines) == 1
    assert {k: lines[0][k] for k in ("door", "method", "route", "status", "account", "level")} == {
        "door": "api", "method": "GET", "route": "echo", "status": 200, "account": "acc-1",
        "level": "info"}
    assert lines[0]["us"] >= 0
    assert "SECRET" not in server.log_text()


def test_no_input_forges_a_log_line(server):
    get(server.api, "/throw")
    wait_for(lambda: server.events("handler_threw"))
    assert server.events("forged") == []  # events() parses every line as JSON
