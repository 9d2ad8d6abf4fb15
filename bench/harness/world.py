"""Everything that runs, in one directory that is gone afterwards."""
import pathlib
import shutil
import tempfile
import typing

from bench.harness import proc
from bench.harness.cluster import Cluster, Database
from bench.harness.front import Front
from bench.harness.instance import Floor, Instance
from bench.harness.plan import Plan
from bench.harness.support import Children, Places, Record, Signals, Users

# Not /tmp, which may be memory: PostgreSQL shall wait for a disk.
PARENT = pathlib.Path("/var/tmp")


class World:
    """`with World(...) as world`: PostgreSQL runs within, and whatever else is asked for. Runs as
    whoever calls it; as root each program has the user that script/server gives it."""

    def __init__(self, plan: Plan, binary: pathlib.Path, tools: pathlib.Path, *,
                 with_cache: bool = True, parent: pathlib.Path | None = None):
        self.plan, self.with_cache = plan, with_cache
        self.users = Users()
        self._parent, self._binary, self._tools = parent or PARENT, binary, tools

    def __enter__(self) -> "World":
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="postern-bench-", dir=self._parent))
        self.root.chmod(0o755 if self.users.root else 0o700)
        self.signals = Signals()
        self.children = Children(self.signals, Record(self.root / "processes.json"))
        try:
            self.binary = self._reachable(self._binary)
            for program in self._tools.iterdir():
                self._reachable(program)
            self.cluster = Cluster(self.places("pg"), self.users)
            self.cluster.prepare()
            self.cluster.start(self.children)
            self.cluster.make_roles()
            return self
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_):
        self.signals.shield()
        self.children.end_all()
        shutil.rmtree(self.root, ignore_errors=True)

    def _reachable(self, program: pathlib.Path) -> pathlib.Path:
        """A copy that every user of ours can run, and that no build replaces meanwhile."""
        folder = self.folder("bin")
        copy = folder / program.name
        shutil.copyfile(program, copy)
        copy.chmod(0o755)
        return copy

    def tool(self, name: str) -> str:
        return str(self.root / "bin" / name)

    def folder(self, name: str) -> pathlib.Path:
        path = self.root / name
        path.mkdir(exist_ok=True, mode=0o755)
        return path

    def places(self, name: str) -> Places:
        places = Places(self.root / name)
        places.state.mkdir(exist_ok=True, mode=0o755)
        places.prepare(self.users)
        return places

    def settings(self, **changed: object) -> dict[str, object]:
        """What every Postern here is configured with beyond script/server's template. Dots are
        written as two underscores: server__gate__workers=4."""
        plan = self.plan
        settings: dict[str, object] = {
            "server.api.workers": plan.api_workers,
            "server.gate.workers": plan.gate_workers,
            "session.native.access_seconds": 86400,  # longer than a run
            "login_limit.per_account": 1000,         # all visitors come from one address
            "login_limit.per_network": 1000,
            "native.requests_per_minute": 0,
            "server.resolvers": plan.resolvers,
        }
        settings |= {name.replace("__", "."): value for name, value in changed.items()}
        if not self.with_cache:  # of a version that knows none of these
            later = ("server.resolvers", "native.requests_per_minute")
            settings = {name: value for name, value in settings.items()
                        if name not in later and not name.startswith("cache.")}
        return settings

    def instance(self, name: str, database: Database, settings: dict[str, object],
                 keys: typing.Optional[Instance] = None) -> Instance:
        return Instance(self, name, database, settings, keys).start()

    def floor(self, name: str, processes: int, status: int = 200) -> Floor:
        return Floor(self, name, processes, status).start()

    def front(self, name: str, *backends) -> Front:
        return Front(self, name, backends).start()

    def database_pids(self) -> list[int]:
        return proc.tree(self.cluster.part.pid)
