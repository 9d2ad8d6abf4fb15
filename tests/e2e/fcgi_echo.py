"""A small FastCGI server that stands where Postern would: it records what nginx sent and answers
what a test told it. Only for tests of the nginx snippets."""
import os
import socketserver
import struct
import threading

BEGIN, ABORT, END, PARAMS, STDIN, STDOUT = 1, 2, 3, 4, 5, 6


def read_exactly(stream, size):
    data = stream.read(size)
    if len(data) != size:
        raise ConnectionError("peer ended in the middle")
    return data


def pairs(data):
    """Name-value pairs (FastCGI specification, 3.4), repeated names included."""
    at, found = 0, []

    def length():
        nonlocal at
        value = data[at]
        at += 1
        if value & 0x80:
            value = struct.unpack(">I", data[at - 1:at + 3])[0] & 0x7FFFFFFF
            at += 3
        return value
    while at < len(data):
        name_size, value_size = length(), length()
        found.append((data[at:at + name_size].decode("latin-1"),
                      data[at + name_size:at + name_size + value_size].decode("latin-1")))
        at += name_size + value_size
    return found


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        params, body = b"", b""
        while True:
            _, kind, request, size, padding, _ = struct.unpack(">BBHHBB", read_exactly(self.rfile, 8))
            content = read_exactly(self.rfile, size)
            read_exactly(self.rfile, padding)
            if kind == PARAMS:
                params += content
            elif kind == STDIN:
                body += content
                if not content:
                    break
        self.server.seen.append((pairs(params), body))
        answer = self.server.answer
        out = (answer(dict(pairs(params))) if callable(answer) else answer).encode()
        self.wfile.write(b"".join(
            struct.pack(">BBHHBB", 1, STDOUT, request, len(part), 0, 0) + part
            for part in (out[i:i + 60000] for i in range(0, len(out), 60000)))
            + struct.pack(">BBHHBB", 1, STDOUT, request, 0, 0, 0)
            + struct.pack(">BBHHBB8x", 1, END, request, 8, 0, 0))


class Echo(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """`seen` holds (parameters, body) of every request; `answer` is the CGI text, or a function
    from the parameters to it."""
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, path):
        super().__init__(str(path), Handler)
        os.chmod(path, 0o777)
        self.seen = []
        self.answer = "Status: 200 OK\r\nContent-Type: text/plain\r\n\r\nok"
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def handle_error(self, request, client_address):
        pass

    def params(self):
        """Of the last request, each name once; the test fails where one came twice."""
        names = [name for name, _ in self.seen[-1][0]]
        assert len(names) == len(set(names)), f"repeated parameters: {sorted(names)}"
        return dict(self.seen[-1][0])

    def end(self):
        self.shutdown()
        self.server_close()
