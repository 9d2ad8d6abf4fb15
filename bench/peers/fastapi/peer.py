"""FastAPI with python-jose (HS256, as its tutorial) under uvicorn with uvloop and httptools; accounts
through asyncpg's pool."""
import pathlib
import secrets

from bench.peers.program import Program, database_env, package_versions, pool_size, run_json
from bench.peers.serving import Bearer, BehindNginx

APP = pathlib.Path(__file__).resolve().parent / "app"


class FastApi(Bearer, BehindNginx):
    name = "fastapi"
    title = "FastAPI, python-jose, asyncpg, uvicorn under nginx auth_request"
    wants_ratio = 6.0

    def product(self):
        env = {**database_env(self.postgres), "GATE_SECRET": secrets.token_hex(32),
               "PYTHONDONTWRITEBYTECODE": "1",
               "GATE_POOL": str(pool_size(self.workers))}
        self.tokens = run_json(["/usr/bin/python3", "seed.py"], env=env, cwd=APP)
        return Program(["/usr/bin/uvicorn", "gate:app", "--uds", self.socket,
                        "--workers", self.workers, "--loop", "uvloop", "--http", "httptools",
                        "--no-access-log", "--log-level", "warning"],
                       self.run / "uvicorn.log", env=env, cwd=APP)

    def versions(self):
        return package_versions("python3-fastapi", "python3-jose", "uvicorn", "python3-uvloop",
                                "python3-httptools", "python3-asyncpg", "python3", "nginx-light")
