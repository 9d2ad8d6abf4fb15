"""mod_auth_openidc as an OAuth 2.0 resource server in Apache (event MPM): the JWT is verified locally,
the account's state comes from PostgreSQL through mod_dbd and mod_authz_dbd, the claims are passed on,
and Apache answers the constant itself."""
import base64
import json
import os
import pathlib
import subprocess
import time

import psycopg2

from bench.peers.program import (APP_USER, Program, fill, free_port, open_directory,
                                 package_versions, pool_size)
from bench.peers.serving import Bearer, Serving

HERE = pathlib.Path(__file__).resolve().parent
LOCATION = "/members/static"
ACCOUNTS = """
create table account (name text primary key, state text not null);
insert into account values ('alice', 'active'), ('carol', 'disabled');
"""


def _base64(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _signed(key, header, claims):
    text = ".".join(_base64(json.dumps(part).encode()) for part in (header, claims))
    signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", key], check=True,
                               input=text.encode(), capture_output=True).stdout
    return f"{text}.{_base64(signature)}"


class ModAuthOpenidc(Bearer, Serving):
    name = "mod_auth_openidc"
    title = "mod_auth_openidc in Apache (event), RS256 JWT, mod_authz_dbd"
    wants_ratio = 1.5

    def prepare(self):
        with psycopg2.connect(self.postgres.dsn) as connection, connection.cursor() as cursor:
            cursor.execute(ACCOUNTS)
        connection.close()
        self._make_tokens()
        port = free_port()
        open_directory(self.run / "cache")
        conf = self.run / "apache.conf"
        conf.write_text(fill(
            HERE / "apache.conf", RUN=self.run, PORT=port, WORKERS=self.workers, LOCATION=LOCATION,
            MAX=25 * self.workers, CONNECTIONS=pool_size(self.workers),
            USER=f"User {APP_USER}\nGroup {APP_USER}" if os.geteuid() == 0 else "",
            DATABASE=self.postgres.dsn))
        self.url = f"http://127.0.0.1:{port}{LOCATION}"
        self.programs = [Program(["/usr/sbin/apache2", "-f", conf, "-DFOREGROUND"],
                                 self.run / "apache-error.log", cwd="/")]

    def _make_tokens(self):
        key, certificate = self.run / "issuer.key", self.run / "issuer.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                        "-subj", "/CN=issuer", "-keyout", key, "-out", certificate], check=True,
                       capture_output=True)
        now = int(time.time())

        def token(user, lifetime=86400):
            return _signed(key, {"alg": "RS256", "typ": "JWT", "kid": "issuer"},
                           {"iss": "https://issuer.example.org", "sub": user, "aud": "bench",
                            "iat": now, "exp": now + lifetime})
        valid = token("alice")
        text, _, signature = valid.rpartition(".")
        self.tokens = {"valid": valid, "forged": f"{text}.{signature[::-1]}", "unknown": token("bob"),
                       "expired": token("alice", -60), "disabled": token("carol")}

    def versions(self):
        return package_versions("apache2-bin", "libapache2-mod-auth-openidc",
                                "libaprutil1-dbd-pgsql", "libcjose0")
