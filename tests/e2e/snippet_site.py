"""A real nginx with the snippets as they stand, and in Postern's place a server that shows what
reached it. For what the snippets promise by themselves."""
import os
import pathlib
import shutil
import socket
import subprocess

import requests

from fcgi_echo import Echo
from stack import SOURCE, Stack, free_port, temporary_state, wait_for

# A site with mistakes that sites have: the snippets must hold nevertheless.
SITE = """
%(user)s
worker_processes 1;
pid nginx.pid;
error_log error.log warn;
events { worker_connections 256; }
http {
  access_log off;
  client_body_temp_path t-body; proxy_temp_path t-proxy; fastcgi_temp_path t-fastcgi;
  uwsgi_temp_path t-uwsgi; scgi_temp_path t-scgi;
  fastcgi_intercept_errors on;
  error_page 401 403 500 502 503 504 =200 /everything-is-fine.txt;
  include snippets/postern-upstreams.conf;
  limit_req_zone $server_port zone=few:1m rate=1r/m;
  limit_req_status 429;
  server {  # lets one request through, and then none for a minute
    listen 127.0.0.1:%(busy_port)d;
    limit_req zone=few;
    include snippets/postern-api.conf;
    include snippets/postern-oauth.conf;
  }
  server {
    listen 127.0.0.1:%(port)d;
    root site;
    satisfy any;
    allow all;
    include snippets/postern-api.conf;
    include snippets/postern-oauth.conf;
    include snippets/postern-gate.conf;
    include snippets/postern-kitsu.conf;
    include snippets/postern-kitsu-bare.conf;
    location ^~ /api/data/ {
      include snippets/postern-kitsu-upstream.conf;
      include snippets/postern-identity-proxy.conf;
      proxy_pass http://127.0.0.1:%(port)d/application/;
    }
    location ^~ /nobody/ {  # its server is away
      include snippets/postern-kitsu-upstream.conf;
      proxy_pass http://127.0.0.1:1/;
    }
    location ^~ /proxied/ {
      include snippets/postern-protect.conf;
      include snippets/postern-identity-proxy.conf;
      client_max_body_size 20m;
      proxy_pass http://127.0.0.1:%(port)d/application/;
    }
    location ^~ /fastcgi/ {
      include snippets/postern-protect.conf;
      include snippets/postern-identity-fastcgi.conf;
      fastcgi_pass unix:%(run)s/app.sock;
    }
    location ^~ /files/ {
      include snippets/postern-protect.conf;
    }
    location ^~ /application/ {
      client_max_body_size 0;
      satisfy all;
      default_type text/plain;
      return 200 "uri=$request_uri\\naccount=$http_x_auth_account\\nuser=$http_x_auth_user\\nemail=$http_x_auth_email\\nrole=$http_x_auth_role\\npermissions=$http_x_auth_permissions\\ncredential=$http_x_auth_credential\\nclient=$http_x_auth_client\\nstatus=$http_x_auth_status\\nremote_user=$http_remote_user\\nauthorization=$http_authorization\\nkey=$http_x_api_key\\nproof=$http_dpop\\nforwarded=$http_x_forwarded_for\\ncookie=$http_cookie\\n";
    }
  }
}
"""


class SnippetSite:
    def __init__(self):
        self.state, self.port, self.busy_port = temporary_state(), free_port(), free_port()
        run = self.state / "run"
        for name in ("run", "snippets", "site/files"):
            (self.state / name).mkdir(parents=True)
        (self.state / "site/files/page.txt").write_text("a protected file\n")
        (self.state / "site/everything-is-fine.txt").write_text("fine\n")
        for path in (SOURCE / "nginx").glob("*.conf"):
            (self.state / "snippets" / path.name).write_text(
                path.read_text().replace("/run/postern/", f"{run}/"))
        user = "user www-data;" if os.geteuid() == 0 else ""
        (self.state / "nginx.conf").write_text(
            SITE % {"port": self.port, "busy_port": self.busy_port, "run": run, "user": user})
        self.api, self.gate, self.app = (Echo(run / f"{name}.sock")
                                         for name in ("api", "gate", "app"))
        self.nginx = None

    def command(self, *words):
        return ["/usr/sbin/nginx", "-p", f"{self.state}/", "-c", "nginx.conf",
                "-e", str(self.state / "error.log"), *words]

    def __enter__(self):
        checked = subprocess.run(self.command("-t"), capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stderr
        self.nginx = subprocess.Popen(self.command("-g", "daemon off;"))
        wait_for(self._listens, 10, "nginx")
        return self

    def _listens(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
            return True
        except OSError:
            return False

    def __exit__(self, *_):
        self.nginx.terminate()
        self.nginx.wait(10)
        for server in (self.api, self.gate, self.app):
            server.end()
        shutil.rmtree(self.state, ignore_errors=True)

    def ask(self, path, method="GET", port=None, **options):
        """On a connection of its own."""
        with requests.Session() as session:
            session.trust_env = False
            return session.request(method, f"http://127.0.0.1:{port or self.port}{path}",
                                   timeout=60, allow_redirects=False, **options)

    def raw(self, target, *headers, method="GET"):
        """As Stack.raw_get()."""
        helper = Stack.__new__(Stack)
        helper.port = self.port
        return Stack.raw_get(helper, target, *headers, method=method)

    def begin(self, kind="text/plain", body="ok", **identity):
        """As each test finds it: nothing seen, the gate says yes to ann (and as `identity` says),
        Postern answers this."""
        self.allow(account="a-1", user="ann", **identity)
        self.api.answer = f"Status: 200 OK\r\nContent-Type: {kind}\r\n\r\n{body}"
        for server in (self.api, self.gate, self.app):
            server.seen.clear()

    def allow(self, **identity):
        """The gate says yes from now on, with these X-Auth-* headers."""
        lines = "".join(f"X-Auth-{name.title()}: {value}\r\n" for name, value in identity.items())
        self.gate.answer = f"Status: 200 OK\r\n{lines}\r\n"

    def refuse(self, status, *headers):
        lines = "".join(f"{header}\r\n" for header in headers)
        self.gate.answer = f"Status: {status} X\r\n{lines}\r\n"

    def away(self, server):
        """Takes a backend's socket away; the returned function gives it back."""
        path = pathlib.Path(server.server_address)
        hidden = path.with_suffix(".hidden")
        path.rename(hidden)
        return lambda: hidden.rename(path)
