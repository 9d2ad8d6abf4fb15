"""Django REST framework with simplejwt (HS256, its default) under gunicorn. JWTAuthentication loads
the user at every request; connections to PostgreSQL persist."""
import pathlib
import secrets

from bench.peers.program import Program, database_env, package_versions, run_json
from bench.peers.serving import Bearer, BehindNginx

SITE = pathlib.Path(__file__).resolve().parent / "site"


class Django(Bearer, BehindNginx):
    name = "django"
    title = "Django REST framework, simplejwt, gunicorn under nginx auth_request"
    wants_ratio = 15.0

    def product(self):
        env = {**database_env(self.postgres), "GATE_SECRET": secrets.token_hex(32),
               "PYTHONDONTWRITEBYTECODE": "1"}
        self.tokens = run_json(["/usr/bin/python3", "seed.py"], env=env, cwd=SITE)
        # The sync worker is gunicorn's default, and its advice behind a proxy that buffers.
        return Program(["/usr/bin/gunicorn", "--workers", self.workers, "--umask", "0",
                        "--bind", f"unix:{self.socket}", "--worker-tmp-dir", "/dev/shm",
                        "gate.wsgi"], self.run / "gunicorn.log", env=env, cwd=SITE)

    def versions(self):
        return package_versions("python3-django", "python3-djangorestframework",
                                "python3-djangorestframework-simplejwt", "gunicorn",
                                "python3-psycopg2", "python3", "nginx-light")
