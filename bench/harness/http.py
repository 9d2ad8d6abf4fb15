"""A small HTTP client over one connection, with as little between the caller and the socket as
possible: the moments at which requests begin and answers end are what some scenarios measure."""
import json
import socket
import urllib.parse


class Connection:
    """HTTP/1.1, kept alive; opened again where the server closed it."""

    def __init__(self, host: str, port: int, timeout: float = 20):
        self.address, self.timeout = (host, port), timeout
        self._socket: socket.socket | None = None
        self._rest = b""

    @classmethod
    def to(cls, url: str, **options) -> "Connection":
        parts = urllib.parse.urlsplit(url)
        assert parts.hostname and parts.port
        return cls(parts.hostname, parts.port, **options)

    def request(self, method: str, path: str, headers: dict[str, str] | None = None,
                body: object = None) -> tuple[int, bytes]:
        return self.send(message(self.address[0], method, path, headers, body))

    def send(self, data: bytes) -> tuple[int, bytes]:
        """Status and body. `data` is a whole request."""
        if self._socket is None:
            self._socket = socket.create_connection(self.address, self.timeout)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._rest = b""
        try:
            self._socket.sendall(data)
            return self._answer()
        except BaseException:
            self.close()
            raise

    def _answer(self) -> tuple[int, bytes]:
        while b"\r\n\r\n" not in self._rest:
            self._more()
        head, _, self._rest = self._rest.partition(b"\r\n\r\n")
        fields = head.lower().split(b"\r\n")
        status = int(fields[0].split()[1])
        length = next((int(field[15:]) for field in fields
                       if field.startswith(b"content-length:")), None)
        chunked = any(field.startswith(b"transfer-encoding:") for field in fields)
        body = self._chunks() if chunked else self._exactly(length or 0)
        if b"connection: close" in fields:
            self.close()
        return status, body

    def _more(self) -> None:
        assert self._socket
        part = self._socket.recv(65536)
        if not part:
            raise ConnectionError("the server closed the connection")
        self._rest += part

    def _exactly(self, size: int) -> bytes:
        while len(self._rest) < size:
            self._more()
        body, self._rest = self._rest[:size], self._rest[size:]
        return body

    def _chunks(self) -> bytes:
        body = b""
        while True:
            while b"\r\n" not in self._rest:
                self._more()
            size, _, self._rest = self._rest.partition(b"\r\n")
            part = self._exactly(int(size, 16) + 2)
            if int(size, 16) == 0:
                return body
            body += part[:-2]

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *_) -> None:
        self.close()


def message(host: str, method: str, path: str, headers: dict[str, str] | None = None,
            body: object = None) -> bytes:
    """A whole request; `body` travels as JSON."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}",
             *(f"{name}: {value}" for name, value in (headers or {}).items())]
    data = b""
    if body is not None:
        data = json.dumps(body).encode()
        lines.append("Content-Type: application/json")
    if body is not None or method in ("POST", "PUT", "PATCH"):
        lines.append(f"Content-Length: {len(data)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + data


def get(url: str, headers: dict[str, str] | None = None) -> int:
    parts = urllib.parse.urlsplit(url)
    with Connection.to(url) as connection:
        return connection.request("GET", parts.path or "/", headers)[0]
