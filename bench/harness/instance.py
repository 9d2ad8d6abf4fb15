"""One running Postern, and the floor that it is compared with."""
import pathlib
import typing

from bench.harness import proc
from bench.harness.cluster import Database
from bench.harness.support import Failure, Places, postern, render, tail, wait_until
from bench.harness.toml import toml_text

ISSUER = "http://127.0.0.1:8080"
DOORS = ("api", "gate")


class Program(postern.Postern):
    """The product as script/server runs it; its second configuration file is ours."""

    def __init__(self, places: Places, users, binary: pathlib.Path, extra: pathlib.Path):
        super().__init__(places, users, binary)
        self.env["POSTERN_CONFIG_EXTRA"] = str(extra)


class Instance:
    """A Postern with sockets, configuration and shared memory of its own. `keys` names another one
    whose master key this one uses: two machines of one installation."""

    def __init__(self, world, name: str, database: Database, settings: dict[str, object],
                 keys: typing.Optional["Instance"] = None):
        self.world, self.name, self.database, self.settings = world, name, database, settings
        self.keys = keys
        self.places = world.places(name)
        self.master_key = keys.master_key if keys else (
            self.places.data.resolve() / "app" / "master.key")
        self.part = None

    def start(self) -> "Instance":
        world = self.world
        render.write_postern_config(self.places, world.users, self.database, 8080)
        extra = self.places.data / "app" / "bench.toml"
        render.write(extra, toml_text({
            "server.issuer": ISSUER, "keys.master_key_file": str(self.master_key),
            **self.settings}), group=world.users.app.gid if world.users.root else None, mode=0o640)
        self.program = Program(self.places, world.users, world.binary, extra)
        if not self.keys:
            self.program.migrate()
            self.program.init()
        return self.serve()

    def serve(self) -> "Instance":
        for door in DOORS:
            self.socket(door).unlink(missing_ok=True)
        self.program.serve(self.world.children)
        self.part = self.world.children.parts[-1]
        wait_until(lambda: all(self.socket(door).exists() for door in DOORS)
                   or not self.part.alive(), 30)
        if not self.part.alive():
            raise Failure(f"Postern ({self.name}) did not start.\n" + self.log_tail())
        return self

    def socket(self, door: str) -> pathlib.Path:
        return self.places.run / "fcgi" / f"{door}.sock"

    def sockets(self) -> dict[str, pathlib.Path]:
        return {door: self.socket(door) for door in DOORS}

    def pids(self) -> list[int]:
        return proc.tree(self.part.pid) if self.part else []

    def log_tail(self) -> str:
        return tail(self.places.data / "log" / "postern.log")

    def stop(self) -> None:
        if self.part:
            self.world.children.end(self.part)
            self.part = None


class Floor:
    """bench/floor: libfcgi and a constant answer, on one socket that is door to all."""

    def __init__(self, world, name: str, processes: int, status: int = 200):
        self.world, self.name, self.processes, self.status = world, name, processes, status
        self.places = world.places(name)
        self.path = self.places.run / "fcgi" / "floor.sock"
        self.part = None

    def start(self) -> "Floor":
        log = self.places.data / "log" / "floor.log"
        self.world.children.start("floor", [self.world.tool("floor"), str(self.path),
                                            str(self.processes), str(self.status)],
                                  log=log, user=self.world.users.app)
        self.part = self.world.children.parts[-1]
        wait_until(lambda: self.path.exists() or not self.part.alive(), 10)
        if not self.part.alive():
            raise Failure("The floor did not start.\n" + tail(log))
        return self

    def sockets(self) -> dict[str, pathlib.Path]:
        return {door: self.path for door in DOORS}

    def pids(self) -> list[int]:
        return proc.tree(self.part.pid) if self.part else []

    def stop(self) -> None:
        if self.part:
            self.world.children.end(self.part)
            self.part = None
