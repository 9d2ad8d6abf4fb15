"""Listening sockets: who reaches them, what is refused at the start."""

import grp
import os
import socket
import stat
import time

import pytest

from fcgi_client import base_params, connect, exchange, get, read_answer, request
from wire_server import Server, free_port


def refusal(server):
    """The reason why a server does not start."""
    server.launch()
    assert server.process.wait(5) == 1
    error = server.events("start_failed")[-1]["error"]
    assert error in server.process.stderr.read().decode()
    return error


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
@pytest.mark.parametrize("mode", ["660", "600", "666"])
def test_a_unix_socket_has_the_mode_that_was_asked_for(mask, mode):
    before = os.umask(mask)
    try:
        with Server(mode=mode) as server:
            found = os.stat(server.dir + "/api.sock")
            assert stat.S_IMODE(found.st_mode) == int(mode, 8)
    finally:
        os.umask(before)


def test_a_unix_socket_has_the_group_that_was_asked_for():
    group = "www-data" if os.geteuid() == 0 else grp.getgrgid(os.getgid()).gr_name
    with Server(group=group) as server:
        assert os.stat(server.dir + "/gate.sock").st_gid == grp.getgrnam(group).gr_gid


def test_an_unknown_group_is_a_clear_error():
    server = Server(group="no-such-group")
    assert "no group 'no-such-group'" in refusal(server)
    assert not os.path.exists(server.dir + "/api.sock")
    server.close()


def test_a_second_start_on_a_live_socket_is_a_clear_error():
    with Server() as server:
        other = Server(api=server.api)
        assert "another process is listening there" in refusal(other)
        other.close()
        other = Server(gate=server.gate)
        assert "another process is listening there" in refusal(other)
        assert not os.path.exists(other.dir + "/api.sock")  # nothing half-made stays
        other.close()
        assert get(server.api).status == 200 and get(server.gate).status == 200


def test_a_file_that_is_no_socket_is_not_touched():
    server = Server()
    with open(server.dir + "/api.sock", "w") as file:
        file.write("precious")
    assert "no socket" in refusal(server)
    with open(server.dir + "/api.sock") as file:
        assert file.read() == "precious"
    server.close()


@pytest.mark.parametrize("address,why", [
    ("unix:relative", "absolute"), ("unix:/" + "x" * 120, "107"), ("tcp:9000", "port"),
    ("tcp::9000", "IPv4"), ("tcp:localhost:9000", "IPv4"), ("tcp:127.0.0.1:0", "1 to 65535"),
    ("tcp:127.0.0.1:65536", "1 to 65535"), ("tcp:::1:9000", "brackets"), ("fd:x", "number"),
    ("fd:999", "inherited"), ("fd:2", "inherited"), ("/run/x.sock", "begin with")])
def test_an_address_that_cannot_be_is_a_clear_error(address, why):
    server = Server(api=address)
    error = refusal(server)
    assert why in error and address in error
    server.close()


def test_tcp_binds_exactly_the_address_given():
    port = free_port()
    with Server(api="tcp:127.0.0.1:%d" % port) as server:
        assert get(server.api).status == 200
        with open("/proc/net/tcp") as file:
            listening = [line.split()[1] for line in file if line.split()[3] == "0A"]
        assert "0100007F:%04X" % port in listening
        with pytest.raises(ConnectionRefusedError):
            connect("tcp:127.0.0.2:%d" % port)
        body = os.urandom(65536)
        answer = exchange(server.api, request(base_params(), body))
        assert answer.body.endswith(body)
        other = Server(api=server.api)
        assert "in use" in refusal(other)
        other.close()


def test_tcp_takes_tiny_pieces_and_holds_dripping_peers_to_the_bound():
    with Server(api="tcp:127.0.0.1:%d" % free_port()) as server:
        data = request(base_params(), b"0123456789")
        with connect(server.api) as sock:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for i in range(len(data)):
                sock.sendall(data[i:i + 1])
            assert read_answer(sock).text.endswith("\n0123456789")
    with Server(api="tcp:127.0.0.1:%d" % free_port(), receive_timeout=1) as server:
        with connect(server.api) as sock:
            start = time.monotonic()
            sock.sendall(data[:40])
            assert read_answer(sock).silent and time.monotonic() - start < 20


def test_tcp_over_ipv6():
    try:
        port = free_port(socket.AF_INET6, "::1")
    except OSError:
        pytest.skip("no IPv6 on this machine")
    with Server(api="tcp:[::1]:%d" % port) as server:
        assert get(server.api).status == 200


def test_inherited_sockets_are_served_and_left_alone():
    server = Server()
    path = server.dir + "/inherited.sock"
    with socket.socket(socket.AF_UNIX) as own:
        own.bind(path)
        own.listen(16)
        os.set_inheritable(own.fileno(), True)
        server.configure(api="fd:%d" % own.fileno())
        server.options = {"pass_fds": [own.fileno()]}
        with server:
            assert get("unix:" + path).status == 200
            assert server.stop() == 0
            assert os.path.exists(path)
            connect("unix:" + path).close()  # still listening: it was never ours to close
