"""What the two Node peers share: a seed.js that fills the database and prints tokens, an app.js that
answers the gate in `workers` processes."""
import abc
import pathlib
import secrets

from bench.peers.program import (PEERS, Program, database_env, npm_versions, package_versions,
                                 pool_size, run_json)
from bench.peers.serving import Bearer, BehindNginx


class NodePeer(Bearer, BehindNginx):
    packages = ()  # of npm
    warm_up = 5_000  # for each process: V8 compiles what is used often

    @property
    @abc.abstractmethod
    def folder(self) -> pathlib.Path:
        """Where its app.js and seed.js are."""

    def product(self):
        if not (PEERS / "node_modules").is_dir():
            raise RuntimeError("script/bootstrap --bench installs the npm packages")
        env = {**database_env(self.postgres), "NODE_ENV": "production",
               "GATE_SECRET": secrets.token_hex(32), "GATE_SOCKET": str(self.socket),
               "GATE_WORKERS": str(self.workers), "GATE_POOL": str(pool_size(self.workers))}
        self.tokens = run_json(["node", "seed.js"], env=env, cwd=self.folder)
        return Program(["node", "app.js"], self.run / "node.log", env=env, cwd=self.folder,
                       umask=0)  # the socket is for nginx too

    def versions(self):
        return {**npm_versions(*self.packages), **package_versions("nginx-light")}
