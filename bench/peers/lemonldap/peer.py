"""LemonLDAP::NG: its FastCGI server as Debian packages it, asked by nginx as its documentation
(Nginx handler) says. Configuration from a file, sessions in PostgreSQL (PgJSON), and its caches as
they come: the handler's own (15 s) and the local one in files (10 min)."""
import json
import os
import pathlib

import psycopg2

from bench.peers.program import (Program, drop_rights, fill, open_directory, package_versions,
                                 run_json)
from bench.peers.serving import BehindNginx

HERE = pathlib.Path(__file__).resolve().parent
HOST = "127.0.0.1"
COOKIE = "lemonldap"


class LemonLdap(BehindNginx):
    name = "lemonldap"
    title = "LemonLDAP::NG FastCGI server under nginx auth_request"
    wants_ratio = 6.0
    gate_template = HERE / "gate.conf"

    def product(self):
        with psycopg2.connect(self.postgres.dsn) as connection, connection.cursor() as cursor:
            cursor.execute((HERE / "sessions.sql").read_text())
        connection.close()
        conf = self._configuration()
        for directory in ("conf", "cache"):
            open_directory(self.run / directory)
        path = self.run / "conf" / "lmConf-1.json"
        path.write_text(json.dumps(conf, indent=1))
        ini = self.run / "lemonldap-ng.ini"
        ini.write_text(fill(HERE / "lemonldap-ng.ini", RUN=self.run))
        self.sessions = run_json(["/usr/bin/perl", str(HERE / "sessions.pl"), str(path)])
        return self._server(ini)

    def _configuration(self):
        database = self.postgres
        return {
            "cfgNum": 1, "cfgDate": 1, "cfgAuthor": "bench", "key": "not a secret in a measurement",
            "portal": "http://auth.example.org/", "domain": "example.org", "cookieName": COOKIE,
            "globalStorage": "Apache::Session::Browseable::PgJSON",
            "globalStorageOptions": {
                "DataSource": f"DBI:Pg:dbname={database.name};host={database.host};"
                              f"port={database.port}",
                "UserName": database.user, "Password": "", "Commit": 1, "TableName": "sessions",
                "generateModule": "Lemonldap::NG::Common::Apache::Session::Generate::SHA256"},
            # The defaults, but for where the files lie.
            "localSessionStorage": "Cache::FileCache",
            "localSessionStorageOptions": {
                "namespace": "lemonldap-ng-sessions", "default_expires_in": 600,
                "directory_umask": "007", "cache_depth": 3, "cache_root": str(self.run / "cache")},
            "whatToTrace": "uid",
            # The account's state is in its session, and the rule looks at it.
            "locationRules": {HOST: {"default": '$accountState eq "active"'}},
            "exportedHeaders": {HOST: {"Auth-User": "$uid"}},
        }

    def _server(self, ini):
        run = open_directory(self.run / "server")
        env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "HOME": str(run),
               "LLNG_DEFAULTCONFFILE": str(ini),
               "LLNG_DEFAULTLOGGER": "Lemonldap::NG::Common::Logger::Std"}
        return Program(["/usr/sbin/llng-fastcgi-server", "--foreground", "--proc", self.workers,
                        "--socket", self.socket, "--pid", run / "server.pid"],
                       self.run / "lemonldap.log", env=env, cwd="/", **drop_rights())

    @property
    def socket(self):
        return self.run / "server" / "gate.sock"

    def _cookie(self, name):
        return {"Cookie": f"{COOKIE}={self.sessions[name]}"}

    def request(self):
        return self.url, self._cookie("valid")

    def refused(self):
        """Whoever has no session is sent to log in (302)."""
        return [(self.url, {}, 302), (self.url, {"Cookie": f"{COOKIE}={os.urandom(32).hex()}"}, 302),
                (self.url, self._cookie("revoked"), 302), (self.url, self._cookie("disabled"), 403)]

    def versions(self):
        return package_versions("lemonldap-ng-fastcgi-server", "libapache-session-browseable-perl",
                                "libdbd-pg-perl", "perl", "nginx-light")
