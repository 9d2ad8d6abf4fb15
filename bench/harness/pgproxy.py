"""Stands between a Postern and PostgreSQL's Unix socket, and can hold connections up: nothing is
lost or refused, it only does not arrive. Which connections, their application_name decides."""
import contextlib
import pathlib
import select
import socket
import struct
import threading
import typing

PROTOCOL_3 = 196608
PART = 65536


def application_name(startup: bytes) -> str:
    """Out of a startup message (PostgreSQL's documentation, 55.7); "" where it says none."""
    words = startup[8:].split(b"\0")
    for name, value in zip(words[::2], words[1::2]):
        if name == b"application_name":
            return value.decode(errors="replace")
    return ""


class Proxy:
    """`with Proxy(folder, host, port) as proxy`: a socket in `folder` that leads to the one in
    `host`. hold(condition) holds those up whose application_name fulfils it, those that come later
    included, until release()."""

    def __init__(self, folder: pathlib.Path, host: str, port: int):
        self.path = folder / f".s.PGSQL.{port}"
        self.target = f"{host}/.s.PGSQL.{port}"
        self.seen: list[str] = []
        self._held: typing.Callable[[str], bool] = lambda name: False
        self._changed = threading.Condition()
        self._ending = False

    def __enter__(self) -> "Proxy":
        self._listener = socket.socket(socket.AF_UNIX)
        self.path.unlink(missing_ok=True)
        self._listener.bind(str(self.path))
        self.path.chmod(0o777)  # the directory decides who enters
        self._listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        with self._changed:
            self._ending = True
            self._changed.notify_all()
        # accept() does not notice that its socket is closed; a visitor wakes it.
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as visitor:
            visitor.connect(str(self.path))
        self._listener.close()
        self.path.unlink(missing_ok=True)

    def hold(self, condition: typing.Callable[[str], bool]) -> None:
        with self._changed:
            self._held = condition

    def release(self) -> None:
        with self._changed:
            self._held = lambda name: False
            self._changed.notify_all()

    def _accept(self) -> None:
        while True:
            client, _ = self._listener.accept()
            if self._ending:
                client.close()
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as server:
            startup = self._startup(client)
            if startup is None:
                return
            name = application_name(startup)
            self.seen.append(name)
            self._pass(name)
            server.connect(self.target)
            server.sendall(startup)
            self._pump(name, client, server)

    @staticmethod
    def _startup(client: socket.socket) -> bytes | None:
        """The first message, whole. libpq asks for encryption on TCP only."""
        data = b""
        while len(data) < 4 or len(data) < struct.unpack("!i", data[:4])[0]:
            part = client.recv(PART)
            if not part:
                return None
            data += part
        return data

    def _pass(self, name: str) -> bool:
        """Waits while this name is held up. False when all ends."""
        with self._changed:
            self._changed.wait_for(lambda: self._ending or not self._held(name))
            return not self._ending

    def _pump(self, name: str, client: socket.socket, server: socket.socket) -> None:
        other = {client: server, server: client}
        while True:
            readable, _, _ = select.select(list(other), [], [], 0.5)
            if not self._pass(name):
                return
            for end in readable:
                part = end.recv(PART)
                if not part:
                    return
                other[end].sendall(part)
