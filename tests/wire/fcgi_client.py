"""A FastCGI client that says exactly the bytes it is told to, sound or not."""

import socket
import struct
import time

BEGIN, ABORT, END, PARAMS, STDIN, STDOUT, STDERR, DATA, GET_VALUES = range(1, 10)
RESPONDER, AUTHORIZER, FILTER = 1, 2, 3
KEEP_CONN = 1


def record(kind, content=b"", request_id=1, padding=0, version=1):
    header = struct.pack(">BBHHBB", version, kind, request_id, len(content), padding, 0)
    return header + content + b"\0" * padding


def begin(role=RESPONDER, flags=0, request_id=1, padding=0):
    return record(BEGIN, struct.pack(">HB5x", role, flags), request_id, padding)


def length(number, wide=False):
    return struct.pack(">I", number | 0x80000000) if wide or number > 127 else bytes([number])


def pair(name, value):
    name = name.encode("latin-1") if isinstance(name, str) else name
    value = value.encode("latin-1") if isinstance(value, str) else value
    return length(len(name)) + length(len(value)) + name + value


def base_params(uri="/echo", method="GET", **more):
    params = {"REQUEST_METHOD": method, "REQUEST_URI": uri, "REMOTE_ADDR": "192.0.2.7",
              "REQUEST_SCHEME": "https", "QUERY_STRING": "", "HTTP_HOST": "example.test"}
    params.update(more)
    return [(name, value) for name, value in params.items() if value is not None]


def stream(kind, content, request_id=1, piece=32768):
    pieces = [content[i:i + piece] for i in range(0, len(content), piece)]
    return b"".join(record(kind, p, request_id) for p in pieces) + record(kind, b"", request_id)


def request(params=None, body=None, role=RESPONDER, flags=0, stdin_end=True, request_id=1):
    """The bytes of a whole request; `body` also sets CONTENT_LENGTH unless params do."""
    params = list(base_params() if params is None else params)
    if body is not None and not any(name == "CONTENT_LENGTH" for name, _ in params):
        params.append(("CONTENT_LENGTH", str(len(body))))
    out = begin(role, flags, request_id)
    out += stream(PARAMS, b"".join(pair(n, v) for n, v in params), request_id)
    if body:
        out += b"".join(record(STDIN, body[i:i + 32768], request_id)
                        for i in range(0, len(body), 32768))
    return out + (record(STDIN, b"", request_id) if stdin_end else b"")


def start_of(params=None, role=RESPONDER):
    return begin(role) + stream(PARAMS, b"".join(pair(*p) for p in params or base_params()))


class Answer:
    """What came back until the peer closed: `ended` says whether END_REQUEST came."""

    def __init__(self, raw, reset):
        self.raw, self.reset, self.ended, self.stdout = raw, reset, False, b""
        while len(raw) >= 8:
            _, kind, _, size, padding, _ = struct.unpack(">BBHHBB", raw[:8])
            content, raw = raw[8:8 + size], raw[8 + size + padding:]
            if kind == STDOUT:
                self.stdout += content
            if kind == END:
                self.ended = True
        head, _, self.body = self.stdout.partition(b"\r\n\r\n")
        self.lines = head.decode("latin-1").split("\r\n")
        first = self.lines[0].split(" ")
        self.status = int(first[1]) if first[0] == "Status:" else None
        self.text = self.body.decode("latin-1")

    def header(self, name):
        wanted = name.lower() + ": "
        found = [line[len(wanted):] for line in self.lines if line.lower().startswith(wanted)]
        return found[0] if found else None

    def field(self, name):
        for line in self.text.split("\n"):
            if line.startswith(name + " "):
                return line[len(name) + 1:]
        return None

    @property
    def whole(self):
        return self.ended and self.status is not None

    @property
    def silent(self):
        """Closed without a byte, so that every front end fails closed."""
        return self.raw == b""


def connect(address, timeout=60):
    kind, _, rest = address.partition(":")
    if kind == "unix":
        sock = socket.socket(socket.AF_UNIX)
        target = rest
    else:
        host, _, port = rest.rpartition(":")
        v6 = host.startswith("[")
        sock = socket.socket(socket.AF_INET6 if v6 else socket.AF_INET)
        target = (host.strip("[]"), int(port))
    sock.settimeout(timeout)
    sock.connect(target)
    return sock


def read_answer(sock):
    raw, reset = b"", False
    try:
        while True:
            piece = sock.recv(65536)
            if not piece:
                break
            raw += piece
    except ConnectionResetError:
        reset = True
    return Answer(raw, reset)


def exchange(address, data, timeout=60):
    """Sends the bytes and reads until the peer closes."""
    with connect(address, timeout) as sock:
        try:
            sock.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass
        return read_answer(sock)


def get(address, uri="/echo", **params):
    return exchange(address, request(base_params(uri, **params)))


def wait_for(condition, seconds=60.0, pause=0.02):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(pause)
    raise AssertionError("did not happen within %s s" % seconds)
