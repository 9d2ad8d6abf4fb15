"""oidc-provider as the authorization server that it is, with all it knows in its own memory; the
scenario `oauth` is measured beside it."""
import dataclasses
import json
import pathlib

from bench.peers.program import PEERS, Program, npm_versions, package_versions
from bench.peers.serving import BehindNginx

FOLDER = pathlib.Path(__file__).resolve().parent
DISCOVERY = "/.well-known/openid-configuration"


@dataclasses.dataclass(frozen=True)
class Wanted:
    """What it shall have made when it has started."""
    codes: int
    refresh_tokens: int
    callback: str
    challenge: str
    resource: str = "https://api.example.org"
    client_id: str = "site"
    secret: str = "bench-bench-bench-bench-bench-bench-bench-bench"


class AuthorizationServer(BehindNginx):
    name = "authorization_server"
    title = "oidc-provider, in memory"
    wants_ratio = 5.0
    gate_template = FOLDER / "oauth-http.conf"
    wanted: Wanted  # said before it is started

    def product(self):
        if not (PEERS / "node_modules").is_dir():
            raise RuntimeError("script/bootstrap --bench installs the npm packages")
        w = self.wanted
        options = {"callback": w.callback, "challenge": w.challenge, "clientId": w.client_id,
                   "codes": w.codes, "refreshTokens": w.refresh_tokens, "resource": w.resource,
                   "run": str(self.run), "secret": w.secret, "socket": str(self.socket)}
        return Program(["node", FOLDER / "app.js", json.dumps(options)], self.run / "node.log",
                       cwd=FOLDER, umask=0)  # the socket is for nginx too

    @property
    def base(self):
        parts = self.url.split("/")
        return "/".join(parts[:3])

    def request(self):
        return self.base + DISCOVERY, {}

    def refused(self):
        return [(self.base + "/me", {"Authorization": "Bearer wrong"}, 401)]

    def made(self, name):
        return (self.run / f"{name}.txt").read_text().split()

    def versions(self):
        return {**npm_versions("oidc-provider", "koa"), **package_versions("nginx-light")}
