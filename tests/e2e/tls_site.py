"""A site of somebody else's for a test, over TLS: it publishes documents and takes posts.

    with TlsSite(place) as site:
        site.pages["/agent.json"] = ("application/json", "{}")
        ...
        form = site.post_to("/logout")
"""
import http.server
import ssl
import threading
from urllib.parse import parse_qs

from mail_server import make_authority
from stack import wait_for


class TlsSite:
    def __init__(self, place, name="site"):
        self.authority, chain, key = make_authority(place, name)
        self.pages, self.headers = {}, {}
        self.status = 200
        self.asked, self.posts = [], []
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def answer(self, status, kind, body):
                self.send_response(status)
                for header, value in {"Content-Type": kind, **site.headers}.items():
                    self.send_header(header, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self):
                site.asked.append(self.path)
                kind, text = site.pages.get(self.path, ("text/plain", ""))
                self.answer(site.status if self.path in site.pages else 404, kind, text.encode())

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                site.posts.append((self.path, dict(self.headers), parse_qs(body)))
                self.answer(site.status, "text/plain", b"")

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain, key)
        # The handshake belongs to the thread of its connection: one that hangs holds up no other.
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True,
                                                 do_handshake_on_connect=False)
        self.url = f"https://localhost:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def posts_to(self, path):
        return [form for to, _, form in self.posts if to == path]

    def post_to(self, path, seconds=10):
        """The last form that came; waits for the first."""
        return wait_for(lambda: self.posts_to(path), seconds, f"a post to {path}")[-1]
