"""A client's address on this machine, as a real browser comes to it."""
import http.server
import threading
import urllib.parse

from oauth_browser import query_of
from oauth_site import App


class Application:
    """Takes the answers, and sends the browser home to another origin: localhost."""

    def __init__(self):
        self.answers, self.page = [], b"<!DOCTYPE html><title>At home</title><h1>At home</h1>"
        application = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def go_home(self, query):
                application.answers.append(query_of("?" + query))
                self.send_response(303)
                self.send_header("Location", application.home)
                self.end_headers()

            def do_GET(self):  # pylint: disable=invalid-name
                address = urllib.parse.urlsplit(self.path)
                if address.path == "/cb":
                    self.go_home(address.query)
                    return
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(application.page)

            def do_POST(self):  # pylint: disable=invalid-name
                self.go_home(self.rfile.read(int(self.headers["Content-Length"])).decode())

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.redirect_uri = f"http://127.0.0.1:{self.port}/cb"
        self.home = f"http://localhost:{self.port}/home"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def client(self, stack, name="Photo prints"):
        """A new client whose answers come here, as the first that come."""
        self.answers.clear()
        return App.register(stack, redirect_uris=[self.redirect_uri], client_name=name)

    def close(self):
        self.server.shutdown()
        self.server.server_close()
