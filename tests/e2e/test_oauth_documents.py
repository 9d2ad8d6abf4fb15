"""Clients that nobody registered: their client_id is the https address of a document that says who
they are (oauth.md 3a.25), as agents on people's machines have it."""
import http.server
import json
import shutil
import ssl
import subprocess
import threading

import pytest

from oauth_browser import Browser, Page
from oauth_site import App, claims_of, configured, members
from stack import Stack, temporary_state

REDIRECTS = ["http://localhost/callback", "http://127.0.0.1/callback"]


class Publisher:
    """Serves documents over TLS at https://localhost:PORT/…, and counts who asks."""

    def __init__(self, folder):
        self.certificate = folder / "localhost.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-nodes", "-days", "1", "-subj", "/CN=localhost",
                        "-addext", "subjectAltName=DNS:localhost", "-keyout", folder / "key.pem",
                        "-out", self.certificate], check=True, capture_output=True)
        self.certificate.chmod(0o644)
        self.answers, self.asked = {}, []
        publisher = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_GET(self):  # pylint: disable=invalid-name
                publisher.asked.append(self.path)
                status, headers, body = publisher.answers.get(self.path, (404, {}, b""))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, folder / "key.pem")
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def address(self, path):
        return f"https://localhost:{self.server.server_port}{path}"

    def publish(self, path, status=200, kind="application/json", headers=None, **changes):
        """The client_id of what lies there."""
        body = {"client_id": self.address(path), "client_name": "An agent",
                "redirect_uris": REDIRECTS, "token_endpoint_auth_method": "none",
                "grant_types": ["authorization_code", "refresh_token"], **changes}
        self.answers[path] = (status, {"Content-Type": kind, **(headers or {})},
                              json.dumps(body).encode())
        return self.address(path)


@pytest.fixture(scope="module", name="publisher")
def fixture_publisher():
    folder = temporary_state()
    made = Publisher(folder)
    yield made
    made.server.shutdown()
    made.server.server_close()
    shutil.rmtree(folder)


@pytest.fixture(scope="module", name="stack")
def fixture_stack(publisher):
    config = configured(oauth=f'fetch_networks = "127.0.0.0/8 ::1/128"\n'
                              f'fetch_ca_file = "{publisher.certificate}"')
    with Stack(config=config) as running:
        running.register("ann")
        yield running


def app_of(stack, client_id, redirect="http://localhost:61234/callback"):
    return App(stack, {"client_id": client_id, "redirect_uris": [redirect],
                       "token_endpoint_auth_method": "none"})


def test_3a_25_an_agent_comes_in_by_its_document(stack, publisher):
    app = app_of(stack, publisher.publish("/agent.json"))
    browser = Browser(stack, "ann")
    tokens = app.tokens(browser, resource=members(stack))
    assert claims_of(tokens["access_token"])["client_id"] == app.client_id
    assert stack.get("/members/read/", token=tokens["access_token"]).status_code == 200
    fresh = app.refresh(tokens["refresh_token"])
    assert fresh.status_code == 200
    shown = next(page for page in browser.pages if page.deciding())
    assert "An agent" in shown.text and "localhost" in shown.text
    assert publisher.asked.count("/agent.json") == 1  # and is kept from then on
    other = app_of(stack, app.client_id, "http://127.0.0.1:4711/callback")
    assert other.answer(browser).url.startswith("http://127.0.0.1:4711/callback?code=")


@pytest.mark.parametrize("wrong", [
    {"client_id": "https://localhost/other"}, {"client_id": None}, {"redirect_uris": []},
    {"client_secret": "a secret for all"}, {"token_endpoint_auth_method": "client_secret_basic"},
    {"status": 404}, {"status": 500}, {"kind": "text/html"}, {"client_name": "x" * 11000},
    {"status": 302, "headers": {"Location": "/agent.json"}}])
def test_3a_25_a_document_that_is_not_as_it_must_be_is_no_client(stack, publisher, wrong):
    client_id = publisher.publish(f"/wrong-{len(publisher.answers)}.json", **wrong)
    page = Browser(stack, "ann").open(app_of(stack, client_id).question())
    assert isinstance(page, Page) and page.status in (400, 503), page


def test_3a_25_a_redirect_address_must_be_in_the_document(stack, publisher):
    client_id = publisher.publish("/strict.json", redirect_uris=["https://agent.example/back"])
    for redirect in ("https://evil.example/", "http://localhost:61234/callback"):
        page = Browser(stack, "ann").open(app_of(stack, client_id, redirect).question())
        assert isinstance(page, Page) and page.status == 400


def test_3a_25_nothing_is_fetched_twice_because_of_many(stack, publisher):
    client_id = publisher.publish("/busy.json", headers={"Cache-Control": "max-age=3600"})
    for _ in range(10):
        assert Browser(stack, "ann").open(app_of(stack, client_id).question()).status == 200
    assert publisher.asked.count("/busy.json") == 1
