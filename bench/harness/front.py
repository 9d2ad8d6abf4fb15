"""The one nginx before all sides of a comparison: for each a server with the shipped snippets,
which differ in the sockets alone."""
import pathlib
import re
import shutil
import socket
import time
import typing
import urllib.error
import urllib.request

from bench.harness import proc
from bench.harness.support import BENCH, Failure, render, tail

UPSTREAM = re.compile(r"^upstream .*?^}\n", re.S | re.M)


class Backend(typing.Protocol):
    name: str

    def sockets(self) -> dict[str, pathlib.Path]: ...


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def snippets_of(backend: Backend) -> dict[str, str]:
    """The shipped snippets with this backend's upstreams and sockets. What the first file says
    beside its upstreams holds for all servers and comes as `http.conf`."""
    texts = {}
    for path in sorted((render.SOURCE / "nginx").glob("*.conf")):
        text = path.read_text().replace("snippets/", f"snippets/{backend.name}/")
        text = re.sub(r"\bpostern_(api|gate)\b", rf"{backend.name}_\1", text)
        for door, place in backend.sockets().items():
            text = text.replace(f"{render.INSTALLED_RUN}{door}.sock", str(place))
        texts[path.name] = text
    whole = texts.pop("postern-upstreams.conf")
    texts["upstreams.conf"] = "".join(UPSTREAM.findall(whole))
    texts["http.conf"] = UPSTREAM.sub("", whole)
    return texts


class Front:
    def __init__(self, world, name: str, backends: typing.Sequence[Backend]):
        self.world, self.backends = world, list(backends)
        self.places = world.places(name)
        self.ports = {backend.name: free_port() for backend in backends}
        self.part = None

    def url(self, backend: Backend, path: str) -> str:
        return f"http://127.0.0.1:{self.ports[backend.name]}{path}"

    def start(self) -> "Front":
        self._write()
        data = self.places.data.resolve()
        log = data / "log" / "nginx-error.log"
        self.world.children.start("nginx", [
            "/usr/sbin/nginx", "-p", f"{data}/nginx/", "-c", "nginx.conf", "-e", str(log),
            "-g", "daemon off;"], log=log)
        self.part = self.world.children.parts[-1]
        self._wait_ready(log)
        return self

    def _write(self) -> None:
        nginx = self.places.data / "nginx"
        shutil.copyfile("/etc/nginx/mime.types", nginx / "mime.types")
        render.copy_site(self.places)
        servers = ""
        for backend in self.backends:
            folder = nginx / "snippets" / backend.name
            folder.mkdir(exist_ok=True)
            for name, text in snippets_of(backend).items():
                render.write((nginx / "snippets" if name == "http.conf" else folder) / name, text)
            servers += self._fill("nginx-server.conf", NAME=backend.name,
                                  PORT=self.ports[backend.name])
        user = "user www-data;" if self.world.users.root else ""
        render.write(nginx / "nginx.conf",
                     self._fill("nginx.conf", USER=user, RUN=self.places.run, SERVERS=servers))

    @staticmethod
    def _fill(template: str, **values) -> str:
        text = (BENCH / "harness" / template).read_text()
        for name, value in values.items():
            text = text.replace(f"@{name}@", str(value))
        return text

    def _wait_ready(self, log: pathlib.Path) -> None:
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        waiting = [self.url(backend, "/auth/v1/readyz") for backend in self.backends]
        deadline = time.monotonic() + 60
        while waiting:
            try:
                direct.open(waiting[0], timeout=5).close()
                waiting.pop(0)
                continue
            except urllib.error.HTTPError as error:
                if error.code == 401:  # the floor that refuses everybody
                    waiting.pop(0)
                    continue
            except OSError:
                pass
            if not self.part.alive() or time.monotonic() > deadline:
                raise Failure("nginx or what stands behind it does not get ready.\n" + tail(log))
            time.sleep(0.03)

    def pids(self) -> list[int]:
        return proc.tree(self.part.pid) if self.part else []

    def stop(self) -> None:
        if self.part:
            self.world.children.end(self.part)
            self.part = None
