"""A real OpenID provider (the npm package oidc-provider) for the tests of the sign-in at providers,
with a front before it that can be told to lie, and a browser that goes through a sign-in."""
import contextlib
import http.server
import json
import pathlib
import shutil
import subprocess
import threading
from types import SimpleNamespace
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit, urlunsplit

import requests

from stack import Stack, free_port

FOLDER = pathlib.Path(__file__).parent / "oidc"
SECRET = "a-client-secret:of&the/tests+100%"

# One provider by two names; the second signs otherwise, and lets nobody in who is unknown here.
COMPANY_AND_STRICT = """
[[sso.provider]]
name = "company"
title = "The company"
issuer = "{issuer}"
client_id = "postern"
client_secret = "{secret}"
create_accounts = true
link_verified_email = true

[[sso.provider]]
name = "strict"
issuer = "{issuer}"
client_id = "postern-es"
"""


class Provider:
    """The process, anew with fresh keys at each start. It listens behind a Front."""

    def __init__(self, issuer, callbacks, address_in_token=False):
        self.port, self.process = free_port(), None
        self.options = {"issuer": issuer, "callbacks": callbacks, "secret": SECRET,
                        "addressInToken": address_in_token}

    def start(self):
        node = shutil.which("node") or shutil.which("nodejs")
        self.process = subprocess.Popen(  # pylint: disable=consider-using-with
            [node, "provider.mjs", json.dumps({**self.options, "port": self.port})],
            cwd=FOLDER, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self.process.stdout.readline() == "ready\n", "run script/bootstrap"
        return self

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def restart(self):
        self.stop()
        return self.start()


class Front:
    """Hands everything on to the provider, and everything it answers back, through hooks of a test:
    `ask(path) -> path` sees requests, `tell(path, status, headers, body) -> body` sees answers."""

    def __init__(self):
        self.port = free_port()
        self.target = None
        self.asked = []
        self.reset()
        front = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):  # pylint: disable=invalid-name
                front.pass_on(self)

            do_POST = do_GET

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def reset(self):
        self.ask = lambda path: path
        self.tell = lambda path, status, headers, body: body

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def count(self, path):
        return sum(asked.startswith(path) for asked in self.asked)

    def pass_on(self, handler):
        self.asked.append(handler.path)
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        headers = {name: value for name, value in handler.headers.items()
                   if name.lower() not in ("connection", "accept-encoding")}
        try:
            answer = requests.request(
                handler.command, f"http://127.0.0.1:{self.target}{self.ask(handler.path)}",
                headers=headers, data=body, allow_redirects=False, timeout=10)
            status, told, content = answer.status_code, answer.raw.headers, answer.content
        except requests.ConnectionError:
            status, told, content = 502, {}, b""
        content = self.tell(handler.path, status, told, content)
        handler.send_response(status)
        for name, value in told.items():
            if name.lower() not in ("content-length", "transfer-encoding", "connection", "date"):
                handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@contextlib.contextmanager
def site_with_provider(config, *names, **more):
    """A Stack, a provider whose sign-ins it knows by these names, and the front between the two.
    Into the configuration go {issuer}, {secret}, and more."""
    front = Front()
    with Stack(config=config.format(issuer=front.url, secret=SECRET, **more)) as stack:
        provider = Provider(front.url, [f"{stack.url}/auth/v1/sso/{name}/callback"
                                        for name in names]).start()
        front.target = provider.port
        try:
            yield SimpleNamespace(stack=stack, front=front, provider=provider)
        finally:
            provider.stop()
            front.close()


def query_of(url):
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def with_query(url, **changes):
    """The same address with some parameters changed, or left out where None."""
    query = {**query_of(url), **changes}
    text = urlencode({name: value for name, value in query.items() if value is not None})
    return urlunsplit(urlsplit(url)._replace(query=text))


class Browser:
    """Follows redirections by itself, so that a test can stop anywhere and change what it likes."""

    def __init__(self, stack):
        self.stack = stack
        self.http = requests.Session()
        self.http.trust_env = False

    def get(self, url):
        return self.http.get(url, allow_redirects=False, timeout=30)

    def start(self, provider, return_to, **more):
        query = urlencode({"return_to": return_to, **more})
        return self.get(f"{self.stack.url}/auth/v1/sso/{provider}/start?{query}")

    def at_provider(self, location, **answers):
        """From where start() sent us, as who the answers say, to the address of the callback."""
        for _ in range(10):
            if location.startswith(self.stack.url):
                return location
            if urlsplit(location).path.startswith("/interaction/"):
                location += "?" + urlencode(answers)
            answer = self.get(location)
            assert answer.status_code in (302, 303), (location, answer.status_code, answer.text)
            location = urljoin(location, answer.headers["Location"])
        raise AssertionError("the provider sends us in circles")

    def callback_of(self, provider, return_to, person, **more):
        started = self.start(provider, return_to, **more)
        assert started.status_code == 303, started.text
        return self.at_provider(started.headers["Location"], **{"as": person})

    def sign_in(self, provider, return_to, person, **more):
        """The parameters with which we come back to where the sign-in was begun for."""
        answer = self.get(self.callback_of(provider, return_to, person, **more))
        assert answer.status_code == 303, answer.text
        location = answer.headers["Location"]
        assert location.startswith(return_to), location
        return query_of(location)

    def redeem(self, code, **more):
        return self.stack.post("/auth/v1/sso/token", {"code": code, **more})
